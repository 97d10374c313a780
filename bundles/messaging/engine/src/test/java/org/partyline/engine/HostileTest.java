package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.contacts.HandshakeLimits;
import org.partyline.engine.conversation.IdentityRecord;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Two engines hold a session, and somebody who has their cards, or their files, is against it. */
class HostileTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServers() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private static void awaitReceived(TestServer server, List<String> texts) throws Exception {
        try {
            TestServer.await(
                    "received " + texts.size() + " messages",
                    () -> server.received().size() >= texts.size());
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + ", but " + server.received() + " and "
                            + server.messages().outbox(true),
                    e);
        }
        assertEquals(texts, server.received());
    }

    private static Sessions.Session session(TestServer server, String contact) throws Exception {
        return server.sessions().list(Optional.empty()).stream()
                .filter(s -> s.contact().equals(contact))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isOpen(TestServer server, String contact) throws Exception {
        return server.sessions().list(Optional.empty()).stream()
                .anyMatch(s -> s.contact().equals(contact) && s.state() == Sessions.State.OPEN);
    }

    private static long count(TestServer server, String kind) throws Exception {
        return server.messages().outbox(true).stream()
                .filter(out -> out.kind().equals(kind))
                .count();
    }

    /** Lets a server handle all that it was told of so far: a message to a channel of its own comes after. */
    private void settle(TestServer server) throws Exception {
        network.mine();
        int height = network.height();
        TestServer.await(
                "block " + height + " is read",
                () -> server.store.note("cursor.regtest").orElse("").startsWith(height + ":"));
    }

    private void openSession() throws Exception {
        alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        bob.write("alice", "two");
        awaitReceived(alice, List.of("two"));
    }

    // ---- who has the card

    @Test
    void whoHasTheCardCannotPutWordsIntoItsOwnersMouth() throws Exception {
        Intruder mallory = new Intruder(network, clock, bob);
        bob.close();
        alice.write("bob", "are you there?");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);
        byte[] init = mallory.initsSeen().get(0);
        for (int position = 0; position < 3; position++) {
            mallory.sendOnReplyChain(
                    init,
                    position,
                    Content.of(
                            PacketType.TEXT,
                            clock.instant(),
                            ("send the money, position " + position).getBytes(StandardCharsets.UTF_8)));
        }
        settle(alice);
        assertEquals(List.of(), alice.received());
        bob = bob.restart(nodeB);
        awaitReceived(bob, List.of("are you there?"));
    }

    @Test
    void whoHasTheCardCannotSpoilItsOwnersAnswer() throws Exception {
        Intruder mallory = new Intruder(network, clock, bob);
        bob.close();
        alice.write("bob", "are you there?");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);
        mallory.sendOnReplyChain(
                mallory.initsSeen().get(0), 0, Content.of(PacketType.HANDSHAKE_RESP, clock.instant(), new byte[49]));
        settle(alice);
        bob = bob.restart(nodeB);
        awaitReceived(bob, List.of("are you there?"));
    }

    @Test
    void aHandshakeThatSomebodySealsAgainDoesNotTakeTheSessionsPlace() throws Exception {
        Intruder mallory = new Intruder(network, clock, bob);
        openSession();
        byte[] init = mallory.initsSeen().get(0);
        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofMinutes(7));
            mallory.sendInit(init);
            settle(bob);
        }
        bob.write("alice", "three");
        awaitReceived(alice, List.of("two", "three"));
        assertEquals(1, count(bob, "answer"));
    }

    @Test
    void aFloodOfHandshakesIsNotAnsweredForEver() throws Exception {
        Intruder mallory = new Intruder(network, clock, bob);
        for (int i = 0; i < 30; i++) {
            clock.pass(Duration.ofSeconds(5));
            mallory.sendInit(mallory.initOf(alice.keys()));
            settle(bob);
        }
        assertEquals(HandshakeLimits.MOST_ANSWERS, count(bob, "answer"));
    }

    // ---- keys that are renewed

    @Test
    void aKeyUpdateThatWasRepeatedLosesNothing() throws Exception {
        openSession();
        alice.settings.set("rekey-messages", "2");
        bob.close();
        alice.write("bob", "three");
        TestServer.await(
                "the key update is out",
                () -> count(alice, "key update") == 1
                        && alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.SEEN));
        network.mine();
        clock.pass(Duration.ofHours(25));
        int before = network.broadcasts().size();
        alice.keep();
        TestServer.await("it is repeated", () -> network.broadcasts().size() > before);
        List<byte[]> repeated = List.copyOf(
                network.broadcasts().subList(before, network.broadcasts().size()));
        network.evictAll();
        // Bob reads the first one alone, and answers it.
        bob = bob.restart(nodeB);
        TestServer.await(
                "renewed",
                () -> session(alice, "bob").lastRekey().isPresent()
                        && session(bob, "alice").lastRekey().isPresent());
        alice.write("bob", "four");
        TestServer.await(
                "it is out",
                () -> alice.messages().outbox(false).stream()
                        .allMatch(out -> !out.parts().isEmpty()
                                && out.parts().stream().allMatch(p -> p.state() != State.SEALED)));
        repeated.forEach(network::takes);
        TestServer.await("four", () -> bob.received().contains("four"));
        assertEquals(0, count(bob, "handshake"), "the session goes on");
        bob.write("alice", "five");
        TestServer.await("five", () -> alice.received().contains("five"));
    }

    // ---- files that were put back

    @Test
    void aCopyOfTheFilesThatIsPutBackUsesNoKeyTwice() throws Exception {
        openSession();
        alice.close();
        MachineStore before = alice.store.copy();
        alice.store.lock();
        alice = new TestServer(alice.store, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.write("bob", "three, of the first life");
        alice.write("bob", "four, of the first life");
        awaitReceived(bob, List.of("one", "three, of the first life", "four, of the first life"));
        alice.close();
        clock.pass(Duration.ofMinutes(5));
        alice = new TestServer(before, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.write("bob", "five, of the second life");
        TestServer.await("five", () -> bob.received().contains("five, of the second life"));
        assertNoKeyIsUsedTwice();
        bob.write("alice", "six");
        TestServer.await("six", () -> alice.received().contains("six"));
    }

    @Test
    void aCopyOfTheFilesThatIsPutBackAfterBlocksUsesNoKeyTwice() throws Exception {
        openSession();
        network.mine();
        alice.close();
        MachineStore before = alice.store.copy();
        alice.store.lock();
        alice = new TestServer(alice.store, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.write("bob", "three, of the first life");
        awaitReceived(bob, List.of("one", "three, of the first life"));
        network.mine();
        network.mine();
        alice.close();
        clock.pass(Duration.ofMinutes(50));
        alice = new TestServer(before, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.write("bob", "four, of the second life");
        TestServer.await("four", () -> bob.received().contains("four, of the second life"));
        assertNoKeyIsUsedTwice();
    }

    @Test
    void twoServersOnCopiesOfTheSameFilesUseNoKeyTwiceOnceTheyHearOfEachOther() throws Exception {
        openSession();
        MachineStore files = alice.store.copy();
        TestServer twin = new TestServer(files, clock, new HashMap<>(), network.node("c"));
        try {
            twin.vault().unlock(TestServer.STORE_PASSPHRASE);
            alice.write("bob", "three");
            awaitReceived(bob, List.of("one", "three"));
            settle(twin);
            twin.messages()
                    .send(new Messages.Send(
                            Optional.empty(), true, "bob", "four", Optional.of(Duration.ofDays(2)), false, false));
            TestServer.await("four", () -> bob.received().contains("four"));
            assertNoKeyIsUsedTwice();
        } finally {
            twin.close();
        }
    }

    /** A locator names a key: it may stand on the wire again, but only with the same packet. */
    private void assertNoKeyIsUsedTwice() throws Exception {
        Map<String, byte[]> byLocator = new HashMap<>();
        for (byte[] payload : new Intruder(network, clock, bob).payloads()) {
            String locator = HexFormat.of().formatHex(payload, 1, 9);
            byte[] known = byLocator.putIfAbsent(locator, payload);
            assertTrue(known == null || Arrays.equals(known, payload), "two packets under " + locator);
        }
    }

    // ---- what was meant for another session, or for nobody

    @Test
    void anEndThatCouldNotLeaveDoesNotEndTheNextSession() throws Exception {
        openSession();
        nodeA.down = true;
        alice.sessions().close(Optional.empty(), "bob");
        TestServer.await("closed", () -> !isOpen(alice, "bob"));
        bob.sessions().close(Optional.empty(), "alice");
        TestServer.await("closed too", () -> !isOpen(bob, "alice"));
        clock.pass(Duration.ofSeconds(5));
        bob.write("alice", "three");
        TestServer.await("the session is open at alice's", () -> isOpen(alice, "bob"));
        nodeA.down = false;
        alice.write("bob", "four");
        awaitReceived(alice, List.of("two", "three"));
        awaitReceived(bob, List.of("one", "four"));
        assertTrue(isOpen(alice, "bob") && isOpen(bob, "alice"));
        assertFalse(bob.notices().contains("alice has ended the session"));
    }

    @Test
    void aContactWhoCouldNotBeToldOfNewKeysIsToldOverTheNextSession() throws Exception {
        openSession();
        nodeA.down = true;
        alice.sessions().close(Optional.empty(), "bob");
        alice.personas().rotate(Optional.empty(), false);
        TestServer.await("closed", () -> !isOpen(alice, "bob"));
        nodeA.down = false;
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "three");
        TestServer.await("three", () -> bob.received().contains("three"));
        String now = alice.personas().current().senderId();
        TestServer.await(
                "bob has the new keys",
                () -> bob.contacts().get(Optional.empty(), "alice").senderId().equals(now));
        assertEquals(1, bob.contacts().list(Optional.empty()).size(), "alice is no stranger");
    }

    @Test
    void whatIsCountedIsNotCountedWhenItIsNotStored() throws Exception {
        openSession();
        long before = alice.personas().current().messages();
        alice.write("bob", "three");
        awaitReceived(bob, List.of("one", "three"));
        assertEquals(before + 1, alice.personas().current().messages());
        alice.store.failNext(IdentityRecord.TABLE, 1);
        alice.write("bob", "four");
        awaitReceived(bob, List.of("one", "three", "four"));
        assertEquals(before + 2, alice.personas().current().messages());
    }
}
