package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Messages;
import org.partyline.api.store.RowsPutBackException;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.vault.MachineStore;

/**
 * Restores files of a server that are older than its messages, which nobody reports. Two servers with the real protocol
 * bundles; all their sealed packets are recorded.
 */
class RollbackTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final UsedSecrets used = new UsedSecrets();
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

    private static void awaitReceived(TestServer server, String... texts) throws Exception {
        TestServer.await("received " + List.of(texts), () -> server.received().containsAll(List.of(texts)));
    }

    private void openSession() throws Exception {
        alice.write("bob", "one");
        awaitReceived(bob, "one");
        bob.write("alice", "two");
        awaitReceived(alice, "two");
    }

    /** Starts a server again on these files. */
    private TestServer next(TestServer before, MachineStore files, TestNetwork.Node node) throws Exception {
        before.close();
        used.addAll(before.secrets);
        clock.pass(Duration.ofSeconds(5));
        files.lock();
        TestServer next = new TestServer(files, clock, new HashMap<>(), node);
        next.vault().unlock(TestServer.STORE_PASSPHRASE);
        return next;
    }

    /** Nobody has, or reports, the packets sent so far. */
    private void forgetWhatWasSent() {
        network.evictAll();
    }

    private void assertTheyTalkAndNoKeyWasUsedTwice() throws Exception {
        alice.write("bob", "after it");
        awaitReceived(bob, "after it");
        bob.write("alice", "so it is");
        awaitReceived(alice, "so it is");
        used.addAll(alice.secrets);
        used.addAll(bob.secrets);
        used.assertEachHasOnePacket();
    }

    private static void assertFound(TestServer server, String why) {
        List<String> warnings = server.vault().warnings();
        assertTrue(warnings.get(0).startsWith("the store may be a restored old copy"), warnings::toString);
        assertTrue(warnings.get(0).contains(why), warnings::toString);
        assertTrue(server.audited.contains("state-may-be-old"), server.audited::toString);
    }

    @Test
    void aHomeThatIsPutBackUsesNoKeyTwiceThoughNobodyShowsWhatTheFirstLifeSent() throws Exception {
        openSession();
        MachineStore before = alice.store.copy();
        alice.write("bob", "three, of the first life");
        awaitReceived(bob, "three, of the first life");
        alice.close();
        forgetWhatWasSent();
        alice = next(alice, before, nodeA);
        assertFound(alice, "another server that used it left another token in the test's memory");
        assertTrue(alice.notices().stream().anyMatch(notice -> notice.contains("old copy")));
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    /** The copy knows nothing of that session, and its packets do not reveal it: bob must learn that nobody reads it. */
    @Test
    void aMessageOfASessionThatWasOpenedAfterTheCopyIsMarkedAndCanBeSentAgain() throws Exception {
        MachineStore before = alice.store.copy();
        alice.write("bob", "one, of the first life");
        awaitReceived(bob, "one, of the first life");
        alice.close();
        bob.write("alice", "two");
        TestServer.await(
                "two has left",
                () -> bob.messages().outbox(true).stream()
                        .allMatch(outgoing -> outgoing.state() == Messages.State.RELAYED));
        clock.pass(Duration.ofMinutes(2));
        alice = next(alice, before, nodeA);
        TestServer.await(
                "it is marked",
                () -> bob.notices().stream().anyMatch(notice -> notice.startsWith("1 message to alice since ")));
        bob.messages().sendAgain(Optional.empty(), "alice");
        awaitReceived(alice, "two");
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    /** A program knows the cursors of the first run: those of the second differ, so that it misses no event. */
    @Test
    void aHomeThatIsPutBackGivesNoCursorToTwoEvents() throws Exception {
        openSession();
        MachineStore before = bob.store.copy();
        alice.write("bob", "three, to the first life");
        awaitReceived(bob, "three, to the first life");
        long read = bob.log().newest();
        bob.close();
        bob = next(bob, before, nodeB);
        for (int i = 0; i < 3; i++) {
            alice.write("bob", "to the second life " + i);
        }
        awaitReceived(bob, "to the second life 0", "to the second life 1", "to the second life 2");
        List<Events.Event> events = bob.log().after(read, Events.MOST, Conversations.Selection.EVERYTHING);
        assertEquals(Events.Type.GAP, events.get(0).type(), events::toString);
        assertEquals(
                List.of("to the second life 0", "to the second life 1", "to the second life 2"),
                events.stream()
                        .filter(event -> event.type() == Events.Type.MESSAGE)
                        .map(event -> event.message().orElseThrow().text().orElseThrow())
                        .filter(text -> text.startsWith("to"))
                        .toList());
    }

    /** The coins of a persona that the first life created are in its account: no other persona pays with them. */
    @Test
    void aHomeThatIsPutBackGivesNoAccountToTwoPersonas() throws Exception {
        openSession();
        MachineStore before = alice.store.copy();
        String first = alice.personas().create("of-the-first-life").account();
        alice.close();
        alice = next(alice, before, nodeA);
        alice.close();
        alice = next(alice, alice.store.copy(), nodeA);
        String second = alice.personas().create("of-the-second-life").account();
        assertEquals("p2", first);
        // Otherwise a wallet that is restored from its words would not look so far.
        assertEquals("p4", second);
    }

    private void talkInBoth(String text) throws Exception {
        alice.write("bob", text);
        alice.send("lobby", text + ", to all");
        awaitReceived(bob, text, text + ", to all");
    }

    /** As someone with access to the database could, while the server is running. */
    private void putBackUnderAlice(MachineStore before, String... tables) throws Exception {
        forgetWhatWasSent();
        alice.store.putBack(before, tables);
        sendAgainWhereItIsRefused(() -> alice.write("bob", "after it was put back"));
        sendAgainWhereItIsRefused(() -> alice.send("lobby", "after it was put back, to all"));
        TestServer.await("it is found", () -> alice.audited.contains("state-may-be-old"));
        TestServer.await("it is said", () -> !alice.vault().warnings().isEmpty());
        assertTrue(
                alice.vault().warnings().get(0).startsWith("the store may be a restored old copy"),
                alice.vault().warnings()::toString);
        awaitReceived(bob, "after it was put back", "after it was put back, to all");
        alice.send("lobby", "and on, to all");
        awaitReceived(bob, "and on, to all");
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    private void sendAgainWhereItIsRefused(Executable sending) throws Exception {
        try {
            sending.execute();
        } catch (RowsPutBackException e) {
            TestServer.await("it is mended", () -> alice.audited.contains("state-may-be-old"));
            TestServer.await("it is said", () -> !alice.vault().warnings().isEmpty());
            assertDoesNotThrow(sending);
        } catch (Throwable e) {
            fail(e);
        }
    }

    private MachineStore talkAndCopyBetween() throws Exception {
        openSession();
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.send("lobby", "hello, to all");
        awaitReceived(bob, "hello, to all");
        MachineStore before = alice.store.copy();
        talkInBoth("three");
        return before;
    }

    @Test
    void aStoreThatIsPutBackUnderARunningServerUsesNoKeyTwice() throws Exception {
        putBackUnderAlice(talkAndCopyBetween());
    }

    @Test
    void sessionsThatArePutBackUnderARunningServerUseNoKeyTwice() throws Exception {
        putBackUnderAlice(talkAndCopyBetween(), SessionState.TABLE);
    }

    @Test
    void chainsOfChannelsThatArePutBackUnderARunningServerUseNoKeyTwice() throws Exception {
        putBackUnderAlice(talkAndCopyBetween(), SendChainRecord.TABLE);
    }

    @Test
    void sessionsThatArePutBackWithTheTokenUnderARunningServerUseNoKeyTwice() throws Exception {
        putBackUnderAlice(talkAndCopyBetween(), SessionState.TABLE, SendChainRecord.TABLE, "continuity", "newest");
    }

    @Test
    void aBackupHasNoStateOfChainsAndWhoIsRestoredUsesNoKeyTwice(@TempDir Path directory) throws Exception {
        openSession();
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.send("lobby", "to all");
        bob.send("lobby", "so do I");
        awaitReceived(bob, "to all");
        awaitReceived(alice, "so do I");
        Path file = directory.resolve("alice.plbackup");
        char[] passphrase = "backup passphrase".toCharArray();
        List<byte[]> states = chainStates(alice);
        alice.backups().exportTo(file, passphrase);
        try (SecretBytes content = TestServer.backupFile().open(Files.readAllBytes(file), passphrase)) {
            String text = new String(content.expose(), StandardCharsets.ISO_8859_1);
            byte[] inbox = alice.store
                    .transact(tx -> Tables.all(tx, IdentityRecord.TABLE, IdentityRecord.class))
                    .get(0)
                    .inboxSecret();
            assertTrue(text.contains(new String(inbox, StandardCharsets.ISO_8859_1)), "the search finds what is there");
            for (byte[] state : states) {
                assertFalse(holdsPartOf(text, new String(state, StandardCharsets.ISO_8859_1)));
            }
        }
        alice.write("bob", "three, of the first life");
        alice.send("lobby", "to all, of the first life");
        awaitReceived(bob, "three, of the first life", "to all, of the first life");
        alice.close();
        used.addAll(alice.secrets);
        forgetWhatWasSent();
        clock.pass(Duration.ofSeconds(5));
        alice = TestServer.fresh(clock, nodeA);
        alice.backups().importFrom(file, passphrase, Backups.Original.GONE);
        alice.personas().use("alice");
        alice.send("lobby", "to all, of the second");
        awaitReceived(bob, "to all, of the second");
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    private static List<byte[]> chainStates(TestServer server) throws Exception {
        return server.store.transact(tx -> {
            List<byte[]> states = new ArrayList<>();
            Tables.all(tx, SessionState.TABLE, SessionState.class).forEach(session -> states.add(session.chain));
            Tables.all(tx, SendChainRecord.TABLE, SendChainRecord.class).forEach(chain -> states.add(chain.chain()));
            Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class)
                    .forEach(chain -> states.add(chain.chain()));
            assertEquals(5, states.size(), "a session's two chains, its answer's and a channel's");
            return states;
        });
    }

    /** Only random parts: counters and times occur in many places. */
    private static boolean holdsPartOf(String text, String state) {
        for (int i = 0; i + 16 <= state.length(); i++) {
            String part = state.substring(i, i + 16);
            if (part.chars().distinct().count() > 8 && text.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
