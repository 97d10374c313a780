package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.store.StoredRecord;
import org.partyline.engine.chains.SeenChains;
import org.partyline.engine.conversation.ReceiveChainRecord;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** A member of the channel has the seeds of the others' chains, and says their words once more (PROTOCOL 5). */
class ReplayedChainTest {
    private static final String OPENER = "this opens a chain";
    private static final String SIGNED = "I owe carol 100";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;
    private Insider mallory;

    @BeforeEach
    void aChannelWithASignedMessageOnAChain() throws Exception {
        nodeA.maxPayload = 256;
        nodeB.maxPayload = 256;
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.know(alice, "alice");
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        mallory = new Insider(network, clock, "lobby");
        alice.send("lobby", OPENER);
        alice.messages()
                .send(new Messages.Send(Optional.empty(), false, "lobby", SIGNED, Optional.empty(), false, true));
        TestServer.await("both arrive", () -> bob.received().equals(List.of(OPENER, SIGNED)));
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private byte[] seed() throws Exception {
        return mallory.opener().content().newChain().orElseThrow().seed();
    }

    /** Opens alice's chain once more, with her name, and puts the signed packet on it as it was. */
    private void replay(byte[] seed) throws Exception {
        Insider.Read signed = mallory.read(seed, 0);
        mallory.openChain(seed, "alice", "");
        mallory.again(signed.payload());
    }

    /** Waits until a server has met a chain that was opened before: the key derivation takes its time. */
    private static void awaitRefusal(TestServer server) throws Exception {
        TestServer.await(
                "the chain is refused or shown",
                () -> server.audited.contains("chain-replayed")
                        || server.received().contains(""));
        server.read();
    }

    private static List<StoredRecord> seen(TestServer server) throws Exception {
        return server.store.transact(tx -> tx.list(SeenChains.TABLE));
    }

    @Test
    void whoOpensAnothersChainOnceMoreDoesNotHaveItsWordsShownAgain() throws Exception {
        byte[] seed = seed();
        // What a server remembers of packets in memory must not be what stops it.
        bob = bob.restart(nodeB);
        replay(seed);
        awaitRefusal(bob);
        assertEquals(List.of(OPENER, SIGNED), bob.received());
    }

    @Test
    void wordsBesideASeedThatWasSeenAreNotShown() throws Exception {
        mallory.openChain(seed(), "alice", "I am alice");
        awaitRefusal(bob);
        assertEquals(List.of(OPENER, SIGNED), bob.received());
    }

    @Test
    void aMessageIsNotShownAgainUnderAnotherSuite() throws Exception {
        byte[] seed = seed();
        Insider.Read signed = mallory.read(seed, 0);
        assertEquals(Insider.XCHACHA.id(), signed.suite());
        mallory.sendOnChain(seed, 0, signed.content(), Insider.GCM);
        bob.read();
        assertEquals(List.of(OPENER, SIGNED), bob.received());
        mallory.openChain(seed, "alice", "");
        awaitRefusal(bob);
        mallory.sendOnChain(seed, 0, signed.content(), Insider.GCM);
        bob.read();
        assertEquals(List.of(OPENER, SIGNED), bob.received());
    }

    @Test
    void aChainThatIsOverIsNotOpenedAgainWhileItsRootIsKept() throws Exception {
        byte[] seed = seed();
        Insider.Read signed = mallory.read(seed, 0);
        // As if its keys were let go: the session id alone must be enough.
        bob.store.transact(tx -> {
            for (StoredRecord chain : tx.list(ReceiveChainRecord.TABLE)) {
                tx.delete(ReceiveChainRecord.TABLE, chain.key());
            }
            return null;
        });
        bob = bob.restart(nodeB);
        mallory.openChain(seed, "alice", "");
        awaitRefusal(bob);
        mallory.again(signed.payload());
        bob.read();
        assertEquals(List.of(OPENER, SIGNED), bob.received());
    }

    @Test
    void nobodyIsShownItsOwnWordsAsAnothers() throws Exception {
        byte[] seed = seed();
        replay(seed);
        awaitRefusal(alice);
        assertEquals(List.of(), alice.received());
        mallory.sendOnChain(seed, 7, mallory.text("never said"), Insider.XCHACHA);
        alice.read();
        assertEquals(List.of(), alice.received());
    }

    @Test
    void aSignatureDoesNotHoldInAnotherPlaceOfTheChain() throws Exception {
        Insider.Read signed = mallory.read(seed(), 0);
        mallory.sendOnChain(seed(), 5, signed.content(), Insider.XCHACHA);
        TestServer.await("the copy is there", () -> bob.received().size() == 3);
        List<Optional<String>> signers = bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.text().equals(Optional.of(SIGNED)))
                .map(Messages.Message::signedBy)
                .toList();
        assertTrue(signers.contains(Optional.of("alice")), signers.toString());
        assertTrue(signers.contains(Optional.of("nobody: the signature is wrong")), signers.toString());
    }

    @Test
    void aSignatureDoesNotHoldUnderAnotherSuite() throws Exception {
        byte[] seed = seed();
        Insider.Read signed = mallory.read(seed, 0);
        // Carol has not met alice's chain: mallory's copy comes first.
        network.evictAll();
        TestServer carol = TestServer.fresh(clock, network.node("c"));
        try {
            carol.know(alice, "alice");
            carol.join("lobby", Mode.RATCHET);
            mallory.openChain(seed, "alice", "");
            mallory.sendOnChain(seed, 0, signed.content(), Insider.GCM);
            TestServer.await("the copy is there", () -> carol.received().contains(SIGNED));
            assertFalse(
                    carol.messages().messages(Messages.Query.ALL).stream()
                            .anyMatch(message -> message.signedBy().equals(Optional.of("alice"))),
                    "signed under another suite");
        } finally {
            carol.close();
        }
    }

    @Test
    void aNewChainOfTheSameSenderIsReadAsBefore() throws Exception {
        replay(seed());
        awaitRefusal(bob);
        alice = alice.restart(nodeA);
        alice.send("lobby", "on a chain of its own");
        alice.send("lobby", "and on");
        TestServer.await(
                "both arrive", () -> bob.received().equals(List.of(OPENER, SIGNED, "on a chain of its own", "and on")));
    }

    @Test
    void everyPersonaOfAServerReadsAChainOnce() throws Exception {
        bob.personas().create("bobby");
        bob.personas().use("bobby");
        bob.join("lobby", Mode.RATCHET);
        alice = alice.restart(nodeA);
        alice.send("lobby", "to all of you");
        TestServer.await(
                "both have it",
                () -> bob.received().stream().filter("to all of you"::equals).count() == 2);
        mallory.openChain(seed(), "alice", "to all of you");
        awaitRefusal(bob);
        assertEquals(2, bob.received().stream().filter("to all of you"::equals).count());
    }

    @Test
    void seenChainsAreForgottenWithTheRootOfTheirDay() throws Exception {
        assertEquals(1, seen(bob).size());
        assertEquals(1, seen(alice).size());
        clock.pass(Duration.ofDays(1));
        network.mine();
        bob.read();
        bob.keep();
        assertEquals(1, seen(bob).size(), "yesterday's root is kept");
        clock.pass(Duration.ofDays(1));
        network.mine();
        bob.read();
        bob.keep();
        assertEquals(0, seen(bob).size(), "the root of the day before yesterday is gone");
    }

    @Test
    void seenChainsAreForgottenWithTheirChannel() throws Exception {
        bob.channels().leave(Optional.empty(), "lobby");
        assertEquals(0, seen(bob).size());
    }
}
