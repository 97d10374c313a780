package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.engine.chains.SendChainRecord;
import org.partyline.engine.conversation.IdentityRecord;
import org.partyline.engine.conversation.ReceiveChainRecord;
import org.partyline.engine.sessions.SessionState;
import org.partyline.engine.store.Tables;
import org.partyline.engine.vault.Continuity;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * Files of a server are put back that are older than what it sent, and nobody shows what it sent. Two engines with the real
 * protocol bundles; everything that they seal is written down.
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

    private static Sessions.Session session(TestServer server, String contact) throws Exception {
        return server.sessions().list(Optional.empty()).stream()
                .filter(s -> s.contact().equals(contact))
                .findFirst()
                .orElseThrow();
    }

    private static long count(TestServer server, String kind) throws Exception {
        return server.messages().outbox(true).stream()
                .filter(out -> out.kind().equals(kind))
                .count();
    }

    private void openSession() throws Exception {
        alice.write("bob", "one");
        awaitReceived(bob, "one");
        bob.write("alice", "two");
        awaitReceived(alice, "two");
    }

    /** What is under way comes to its end: a copy that is made in the middle of it is an old one. */
    private void quiet() throws Exception {
        for (int i = 0; i < 2; i++) {
            for (TestServer each : List.of(alice, bob)) {
                each.round();
                each.read();
            }
        }
    }

    /** Another life of a server begins, on these files. */
    private TestServer next(TestServer before, MachineStore files, TestNetwork.Node node) throws Exception {
        before.close();
        used.addAll(before.secrets);
        clock.pass(Duration.ofSeconds(5));
        files.lock();
        TestServer next = new TestServer(files, clock, new HashMap<>(), node);
        next.vault().unlock(TestServer.STORE_PASSPHRASE);
        return next;
    }

    /** As a kill -9 leaves it: nothing that a stop does was done. */
    private TestServer nextAfterKill(TestServer before, MachineStore files, TestNetwork.Node node) throws Exception {
        Map<String, byte[]> outside = Map.copyOf(before.store.outside.tokens);
        before.close();
        before.store.outside.tokens.putAll(outside);
        return next(before, files, node);
    }

    /** Nobody has, or shows, what was sent so far. */
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

    private static void assertNothingWasFound(TestServer server) {
        assertEquals(List.of(), server.vault().warnings());
        assertFalse(server.audited.contains("state-may-be-old"), server.audited::toString);
    }

    private static void assertFound(TestServer server, String why) {
        List<String> warnings = server.vault().warnings();
        assertTrue(warnings.get(0).startsWith("the store may be an old copy that was put back"), warnings::toString);
        assertTrue(warnings.get(0).contains(why), warnings::toString);
        assertTrue(server.audited.contains("state-may-be-old"), server.audited::toString);
    }

    // ---- the lives

    @Test
    void aStandbyThatWatchedItsLeaderTakesTheStoreForTheNewest() throws Exception {
        openSession();
        quiet();
        MachineStore other = alice.store.onAnotherMachine();
        alice = nextAfterKill(alice, other.watched(), nodeA);
        assertNothingWasFound(alice);
        assertTheyTalkAndNoKeyWasUsedTwice();
        // From now on it has the token itself.
        alice = next(alice, alice.store, nodeA);
        assertNothingWasFound(alice);
    }

    @Test
    void aStandbyThatDidNotWatchItsLeaderOpensSessionsAnew() throws Exception {
        openSession();
        alice = nextAfterKill(alice, alice.store.onAnotherMachine(), nodeA);
        assertFound(alice, "its token is missing in the test's memory");
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    /** Watching vouches for the moment of the takeover, not for what is put back later. */
    @Test
    void anOldCopyOnAServerThatTookOverIsFound() throws Exception {
        openSession();
        MachineStore before = alice.store.copy();
        quiet();
        alice = nextAfterKill(alice, alice.store.onAnotherMachine().watched(), nodeA);
        MachineStore old = before.onAnotherMachine();
        alice.write("bob", "later");
        awaitReceived(bob, "later");
        old.outside.tokens.putAll(alice.store.outside.tokens);
        forgetWhatWasSent();
        alice = next(alice, old, nodeA);
        assertFound(alice, "another life of it left another token");
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void aServerThatIsNoLongerTheLeaderSendsNothing() throws Exception {
        openSession();
        int before = network.broadcasts().size();
        alice.store.lose();
        alice.write("bob", "from an old leader");
        TestServer.await("it asked before it sent", () -> alice.store.refusals() > 1);
        assertEquals(before, network.broadcasts().size());
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
        assertFound(alice, "another life of it left another token in the test's memory");
        assertTrue(alice.notices().stream().anyMatch(notice -> notice.contains("old copy")));
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void itIsFoundAlsoAfterAKillOfTheLifeInWhichTheCopyWasMade() throws Exception {
        openSession();
        MachineStore before = alice.store.copy();
        alice.write("bob", "three, of the first life");
        awaitReceived(bob, "three, of the first life");
        forgetWhatWasSent();
        alice = nextAfterKill(alice, before, nodeA);
        assertFound(alice, "another life");
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void personasOfTheSameServerAnswerOneAnotherInTheSecondInWhichItIsFound() throws Exception {
        alice.personas().create("other");
        String card = alice.personas().card(Optional.of("other"), Optional.empty());
        alice.contacts().add(Optional.of("alice"), card, Optional.of("other"));
        card = alice.personas().card(Optional.of("alice"), Optional.empty());
        alice.contacts().add(Optional.of("other"), card, Optional.of("alice"));
        MachineStore before = alice.store.copy();
        alice.write("bob", "of the first life");
        awaitReceived(bob, "of the first life");
        alice.close();
        forgetWhatWasSent();
        alice = next(alice, before, nodeA);
        assertFound(alice, "another life");
        alice.write("other", "in the same second");
        awaitReceived(alice, "in the same second");
    }

    @Test
    void theSameCopyMayBePutBackAgainAndAgain() throws Exception {
        openSession();
        MachineStore before = alice.store.copy();
        for (int life = 1; life <= 3; life++) {
            String text = "of life " + life;
            alice.write("bob", text);
            awaitReceived(bob, text);
            alice.close();
            forgetWhatWasSent();
            alice = next(alice, before.copy(), nodeA);
            assertFound(alice, "another life");
        }
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void whatWasQueuedInTheCopyGoesOverTheNewSession() throws Exception {
        openSession();
        nodeA.down = true;
        long queued = alice.write("bob", "queued");
        MachineStore before = alice.store.copy();
        nodeA.down = false;
        awaitReceived(bob, "queued");
        alice.write("bob", "three, of the first life");
        awaitReceived(bob, "three, of the first life");
        alice.close();
        forgetWhatWasSent();
        alice = next(alice, before, nodeA);
        assertTheyTalkAndNoKeyWasUsedTwice();
        TestServer.await("it is out again", () -> alice.state(queued).ordinal() >= State.BROADCAST.ordinal());
    }

    @Test
    void anAnswerThatTheFirstLifeMayHaveGivenIsNotGivenAgain() throws Exception {
        MachineStore before = bob.store.copy();
        alice.write("bob", "one");
        awaitReceived(bob, "one");
        List<byte[]> handshake = List.copyOf(network.broadcasts().subList(0, 3));
        bob.close();
        forgetWhatWasSent();
        bob = next(bob, before, nodeB);
        assertFound(bob, "another life");
        handshake.forEach(network::takes);
        bob.read();
        assertEquals(0, count(bob, "answer"));
        // Whoever opened to bob then is offered a session of his instead.
        TestServer.await("alice has it", () -> !session(alice, "bob").initiator());
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void anAnswerThatWaitsInTheCopyIsNotSealedAgain() throws Exception {
        nodeB.down = true;
        alice.write("bob", "one");
        TestServer.await("the answer waits", () -> count(bob, "answer") == 1);
        MachineStore before = bob.store.copy();
        nodeB.down = false;
        bob.kick();
        awaitReceived(bob, "one");
        bob.close();
        forgetWhatWasSent();
        bob = next(bob, before, nodeB);
        assertFound(bob, "another life");
        TestServer.await("alice has the new one", () -> !session(alice, "bob").initiator());
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void theAnswerToAHandshakeOfTheCopyOpensNoSessionThatTheFirstLifeUsed() throws Exception {
        network.hold();
        alice.write("bob", "one, of the first life");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);
        MachineStore before = alice.store.copy();
        network.release(all -> all);
        awaitReceived(bob, "one, of the first life");
        List<byte[]> answers = List.copyOf(network.broadcasts().subList(3, 4));
        alice.close();
        forgetWhatWasSent();
        alice = next(alice, before, nodeA);
        answers.forEach(network::takes);
        alice.read();
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void aChannelBeginsANewChainAlsoWhenItIsFoundAtAnUnlockInOneLife() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.send("lobby", "one");
        awaitReceived(bob, "one");
        alice.send("lobby", "two");
        awaitReceived(bob, "two");
        byte[] before = chainInLobby();
        alice.vault().lock();
        alice.store.outside.tokens.replaceAll((name, token) -> new byte[Continuity.TOKEN_LENGTH]);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        assertFound(alice, "another life");
        alice.send("lobby", "three");
        awaitReceived(bob, "three");
        assertFalse(Arrays.equals(before, chainInLobby()));
    }

    private byte[] chainInLobby() throws Exception {
        return alice.store
                .transact(tx -> Tables.all(tx, SendChainRecord.TABLE, SendChainRecord.class))
                .get(0)
                .session();
    }

    // ---- backups

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
        alice.backups().importFrom(file, passphrase);
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
            assertEquals(4, states.size(), "a session's two chains and a channel's");
            return states;
        });
    }

    /** Parts of which something is random: counters and times stand in many places. */
    private static boolean holdsPartOf(String text, String state) {
        for (int i = 0; i + 16 <= state.length(); i++) {
            String part = state.substring(i, i + 16);
            if (part.chars().distinct().count() > 8 && text.contains(part)) {
                return true;
            }
        }
        return false;
    }

    // ---- what is no rollback

    @Test
    void aFirstStartAndTheNextOnesFindNothingAndKeepTheSession() throws Exception {
        assertNothingWasFound(alice);
        openSession();
        Instant since = session(alice, "bob").since();
        for (int i = 0; i < 3; i++) {
            alice = next(alice, alice.store, nodeA);
            assertNothingWasFound(alice);
            alice.vault().lock();
            alice.vault().unlock(TestServer.STORE_PASSPHRASE);
            assertNothingWasFound(alice);
        }
        assertEquals(since, session(alice, "bob").since());
        assertTheyTalkAndNoKeyWasUsedTwice();
        assertEquals(since, session(alice, "bob").since());
    }

    @Test
    void aKillAtAnyMomentFindsNothing() throws Exception {
        openSession();
        Instant since = session(alice, "bob").since();
        for (int i = 0; i < 3; i++) {
            alice = nextAfterKill(alice, alice.store.copy(), nodeA);
            assertNothingWasFound(alice);
            alice.write("bob", "written in life " + i);
            awaitReceived(bob, "written in life " + i);
        }
        assertEquals(since, session(alice, "bob").since());
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    /** The store has the next token, the place outside has the one before. */
    @Test
    void aKillInTheMiddleOfAChangeFindsNothingAndACopyFromBeforeItIsFound() throws Exception {
        openSession();
        Instant since = session(alice, "bob").since();
        MachineStore before = alice.store.copy();
        Map<String, byte[]> outside = Map.copyOf(alice.store.outside.tokens);
        alice.write("bob", "three");
        awaitReceived(bob, "three");
        MachineStore after = alice.store.copy();
        Map<String, byte[]> newest = Map.copyOf(alice.store.outside.tokens);
        alice.close();
        // As if the process had ended between the two steps of the change.
        alice.store.outside.tokens.putAll(outside);
        alice = new TestServer(after.copy(), clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        assertNothingWasFound(alice);
        assertEquals(since, session(alice, "bob").since());
        alice.close();
        // And after both.
        alice.store.outside.tokens.putAll(newest);
        alice = new TestServer(after.copy(), clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        assertNothingWasFound(alice);
        alice.close();
        alice.store.outside.tokens.putAll(newest);
        alice = new TestServer(before, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        assertFound(alice, "another life");
    }

    @Test
    void theTokenOutsideIsTheNewestBeforeAPacketLeaves() throws Exception {
        openSession();
        byte[] before = alice.store.outside.tokens.values().iterator().next();
        nodeA.onBroadcast = () -> assertFalse(Arrays.equals(
                before, alice.store.outside.tokens.values().iterator().next()));
        alice.write("bob", "three");
        awaitReceived(bob, "three");
    }

    // ---- a place that does not keep the token

    @Test
    void aTokenThatWasRemovedOpensTheSessionsAnew() throws Exception {
        openSession();
        alice.close();
        alice.store.outside.tokens.clear();
        alice = next(alice, alice.store, nodeA);
        assertFound(alice, "its token is missing in the test's memory");
        assertTheyTalkAndNoKeyWasUsedTwice();
        alice = next(alice, alice.store, nodeA);
        assertNothingWasFound(alice);
    }

    @Test
    void aTokenThatCannotBeReadOpensTheSessionsAnew() throws Exception {
        openSession();
        alice.store.outside.refusesToRead = "Input/output error";
        alice = next(alice, alice.store, nodeA);
        assertFound(alice, "the token in the test's memory cannot be read: Input/output error");
        assertTheyTalkAndNoKeyWasUsedTwice();
    }

    @Test
    void whereNoTokenCanBeWrittenEachStartOpensTheSessionsAnewAndSaysSo() throws Exception {
        openSession();
        alice.store.outside.refusesToWrite = "Read-only file system";
        MachineStore before = alice.store;
        for (int i = 0; i < 2; i++) {
            MachineStore store = alice.store;
            alice.close();
            // Before anything is sealed in this life.
            AtomicReference<MachineStore> copy = new AtomicReference<>();
            store.outside.beforeWriting = () -> copy.compareAndSet(null, store.copy());
            alice = next(alice, store, nodeA);
            before = copy.get();
            assertFound(alice, i == 0 ? "Read-only file system" : "another life");
            String where = alice.vault().warnings().get(1);
            assertTrue(where.contains("Read-only file system"), where);
            assertTrue(where.contains("directory in org.partyline.continuity.cfg"), where);
            String text = "in life " + i;
            alice.write("bob", text);
            awaitReceived(bob, text);
        }
        alice.close();
        // A copy of the time when nothing was kept is found once something can be kept again.
        alice.store.outside.refusesToWrite = null;
        forgetWhatWasSent();
        alice = next(alice, before, nodeA);
        assertFound(alice, "another life");
        assertTheyTalkAndNoKeyWasUsedTwice();
        alice = next(alice, alice.store, nodeA);
        assertNothingWasFound(alice);
    }

    @Test
    void aPlaceThatFailsWhileTheServerRunsIsSaidAndTakenUpAgain() throws Exception {
        openSession();
        alice.store.outside.refusesToWrite = "No space left on device";
        alice.write("bob", "three");
        awaitReceived(bob, "three");
        assertTrue(alice.vault().warnings().get(0).contains("No space left on device"));
        alice.store.outside.refusesToWrite = null;
        alice.write("bob", "four");
        awaitReceived(bob, "four");
        assertEquals(List.of(), alice.vault().warnings());
        alice = next(alice, alice.store, nodeA);
        assertNothingWasFound(alice);
    }

    @Test
    void aNewStoreOpensAlsoWhereNoTokenCanBeWritten() throws Exception {
        MachineStore store = new MachineStore();
        store.outside.refusesToWrite = "Read-only file system";
        try (TestServer carol = new TestServer(store, clock, new HashMap<>(), network.node("c"))) {
            carol.vault().create(TestServer.STORE_PASSPHRASE);
            assertTrue(carol.vault().warnings().get(0).contains("Read-only file system"));
            assertFalse(carol.audited.contains("state-may-be-old"));
        }
    }

    @Test
    void theTokenIsOtherAfterEachUnlockEachLockAndEachStop() throws Exception {
        Map<String, byte[]> outside = alice.store.outside.tokens;
        String name = outside.keySet().iterator().next();
        byte[] made = outside.get(name);
        alice.vault().lock();
        byte[] locked = outside.get(name);
        assertFalse(Arrays.equals(made, locked));
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        byte[] unlocked = outside.get(name);
        assertFalse(Arrays.equals(locked, unlocked));
        alice.close();
        byte[] stopped = outside.get(name);
        assertFalse(Arrays.equals(unlocked, stopped));
        alice.store.lock();
        alice = new TestServer(alice.store, clock, new HashMap<>(), nodeA);
        assertArrayEquals(stopped, outside.get(name), "a locked server changes nothing");
        assertEquals(1, outside.size());
    }

    @Test
    void aChannelBeginsANewChainWhenItIsTold() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.send("lobby", "one");
        awaitReceived(bob, "one");
        byte[] before = chainInLobby();
        assertEquals(1, alice.channels().beginNewChains());
        assertEquals(0, alice.channels().beginNewChains());
        alice.send("lobby", "two");
        awaitReceived(bob, "two");
        assertFalse(Arrays.equals(before, chainInLobby()));
        assertEquals(0, bob.channels().beginNewChains());
    }
}
