package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Doubt;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions.State;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.vault.MachineStore;

/** A server is restored from a backup on another machine: no message is lost without a notice to both sides. */
class RestoreTest {
    private static final char[] PASSPHRASE = "backup passphrase".toCharArray();

    private static final Set<Messages.State> WAITING = Set.of(Messages.State.QUEUED, Messages.State.SEALED);

    @TempDir
    Path directory;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final TestNetwork.Node nodeC = network.node("c");
    private final UsedSecrets used = new UsedSecrets();

    private TestServer alice;
    /** Bob's server, of which the backup is made. */
    private TestServer original;
    /** The server restored from it. */
    private TestServer copy;

    private Path backup;

    @BeforeEach
    void aConversationAndABackup() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        original = TestServer.fresh(clock, nodeB);
        copy = TestServer.fresh(clock, nodeC);
        alice.personas().rename("me", "alice");
        original.personas().rename("me", "bob");
        alice.know(original, "bob");
        original.know(alice, "alice");
        alice.write("bob", "hello");
        awaitReceived(original, "hello");
        clock.pass(Duration.ofMinutes(2));
        original.write("alice", "hello yourself");
        awaitReceived(alice, "hello yourself");
        backup = directory.resolve("bob.backup");
        original.backups().exportTo(backup, PASSPHRASE);
        clock.pass(Duration.ofMinutes(5));
    }

    @AfterEach
    void close() throws Exception {
        used.addAll(alice.secrets);
        used.addAll(original.secrets);
        used.addAll(copy.secrets);
        alice.close();
        original.close();
        copy.close();
        used.assertEachHasOnePacket();
    }

    private static void awaitReceived(TestServer server, String... texts) throws Exception {
        TestServer.await("received " + List.of(texts), () -> server.received().containsAll(List.of(texts)));
    }

    private static void awaitNotice(TestServer server, String part) throws Exception {
        TestServer.await("a notice: " + part, () -> server.notices().stream().anyMatch(text -> text.contains(part)));
    }

    private void restore(Original what) throws Exception {
        copy.backups().importFrom(backup, PASSPHRASE, what);
    }

    private static void awaitSession(TestServer server, String contact, State state) throws Exception {
        TestServer.await(
                "the session with " + contact + " is " + state,
                () -> server.sessions().list(Optional.empty()).stream()
                        .anyMatch(session -> session.contact().equals(contact) && session.state() == state));
    }

    private void mineAllThatAliceWrote() throws Exception {
        TestServer.await(
                "all of it left",
                () -> alice.messages().outbox(false).stream()
                        .noneMatch(outgoing -> WAITING.contains(outgoing.state())));
        network.mine();
        TestServer.await(
                "all of it is mined",
                () -> alice.messages().outbox(true).stream()
                        .allMatch(outgoing -> outgoing.state().isSettled()));
    }

    private static Doubt doubt(TestServer server, String text) throws Exception {
        return server.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.outgoing() && message.text().equals(Optional.of(text)))
                .findFirst()
                .orElseThrow()
                .doubt();
    }

    @Test
    void theOriginalIsToldThatItsSessionWasReplacedAndTheMessagesToTheCopyAreSentAgain() throws Exception {
        restore(Original.GONE);
        awaitSession(copy, "alice", State.OPEN);
        awaitNotice(original, "a copy of this server may be in use elsewhere");
        copy.close();
        for (int i = 1; i <= 16; i++) {
            alice.write("bob", "nobody reads " + i);
        }
        mineAllThatAliceWrote();
        assertEquals(
                "a copy of this server may be in use elsewhere and has the session with 'alice': stop the copy, then"
                        + " take the session back with partyline:session-open --again alice",
                assertThrows(NoSuchThingException.class, () -> original.write("alice", "are you there?"))
                        .getMessage());
        assertTrue(original.vault().warnings().toString().contains("a copy of this server may be in use elsewhere"));
        clock.pass(Duration.ofMinutes(2));
        original.sessions().openAgain(Optional.empty(), "alice");
        awaitNotice(alice, "16 messages to bob since ");
        assertEquals(Doubt.MAY_BE_UNREAD, doubt(alice, "nobody reads 7"));
        alice.messages().sendAgain(Optional.empty(), "bob");
        awaitReceived(original, "nobody reads 1", "nobody reads 16");
        assertEquals(Doubt.SENT_AGAIN, doubt(alice, "nobody reads 7"));
        assertThrows(NoSuchThingException.class, () -> alice.messages().sendAgain(Optional.empty(), "bob"));
        assertEquals(List.of(), original.vault().warnings());
    }

    @Test
    void aServerThatEndsBeforeItHasOpenedItsSessionsOpensThemAfterAnotherStart() throws Exception {
        original.close();
        AtomicReference<MachineStore> files = new AtomicReference<>();
        Map<String, byte[]> tokens = new HashMap<>();
        MachineStore store = copy.store;
        store.afterChange = () -> {
            if (files.get() == null && hasContacts(store)) {
                files.set(store.copy());
                tokens.putAll(store.outside.tokens);
                nodeC.down = true;
            }
        };
        restore(Original.GONE);
        copy.close();
        files.get().outside.tokens.clear();
        files.get().outside.tokens.putAll(tokens);
        files.get().lock();
        nodeC.down = false;
        copy = new TestServer(files.get(), clock, new HashMap<>(), nodeC);
        copy.vault().unlock(TestServer.STORE_PASSPHRASE);
        copy.keep();
        awaitSession(copy, "alice", State.OPEN);
    }

    private static boolean hasContacts(MachineStore store) {
        try {
            return store.transact(tx -> tx.count(ContactRecord.TABLE)) > 0;
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aMessageThatTheRestoredServerCannotReadIsSentAgain() throws Exception {
        original.close();
        alice.write("bob", "while you were away");
        mineAllThatAliceWrote();
        restore(Original.GONE);
        awaitNotice(alice, "1 message to bob since ");
        assertEquals(Doubt.NONE, doubt(alice, "hello"), "bob has answered since");
        alice.messages().sendAgain(Optional.empty(), "bob");
        awaitReceived(copy, "while you were away");
    }

    @Test
    void aMessageWithAReceiptIsNotMarkedHoweverShortlyBeforeItArrived() throws Exception {
        original.contacts().setReceipts(Optional.empty(), "alice", ReceiptMode.PAY);
        alice.write("bob", "with a receipt");
        TestServer.await(
                "delivered",
                () -> alice.messages().messages(Messages.Query.ALL).stream()
                        .anyMatch(message -> message.text().equals(Optional.of("with a receipt"))
                                && message.remarks().delivered().isPresent()));
        original.close();
        alice.write("bob", "without one");
        mineAllThatAliceWrote();
        restore(Original.GONE);
        awaitNotice(alice, "1 message to bob since ");
        assertEquals(Doubt.NONE, doubt(alice, "with a receipt"));
        assertEquals(Doubt.MAY_BE_UNREAD, doubt(alice, "without one"));
    }

    @Test
    void twoCopiesThatAreBothInUseSaySo() throws Exception {
        restore(Original.GONE);
        awaitSession(copy, "alice", State.OPEN);
        awaitNotice(original, "a copy of this server may be in use elsewhere");
        awaitNotice(copy, "a copy of this server may be in use elsewhere");
        awaitNotice(alice, "two servers use the keys of bob");
        assertTrue(copy.vault().warnings().toString().contains("a copy of this server may be in use elsewhere"));
        assertTrue(original.audited.contains("copy-in-use"), original.audited::toString);
        clock.pass(Duration.ofMinutes(2));
        original.sessions().openAgain(Optional.empty(), "alice");
        awaitSession(original, "alice", State.OPEN);
        awaitSession(copy, "alice", State.CLOSED);
        alice.write("bob", "who reads this?");
        awaitReceived(original, "who reads this?");
    }

    @Test
    void withinAnHourOfTrafficBothCopiesSayThatThereAreTwo() throws Exception {
        restore(Original.GONE);
        for (int minute = 0; minute < 60; minute += 5) {
            clock.pass(Duration.ofMinutes(5));
            alice.write("bob", "alice at " + minute);
            write(original, "original at " + minute);
            write(copy, "copy at " + minute);
            for (TestServer server : List.of(alice, original, copy)) {
                server.round();
                server.read();
                server.keep();
            }
        }
        for (TestServer server : List.of(original, copy)) {
            awaitNotice(server, "a copy of this server may be in use elsewhere");
            assertTrue(server.vault().warnings().toString().contains("a copy of this server may be in use elsewhere"));
        }
        awaitNotice(alice, "two servers use the keys of bob");
        awaitReceived(copy, "alice at 55");
        awaitReceived(alice, "copy at 55");
        // Alice's messages are read by one of the two, or marked.
        for (int minute = 0; minute < 60; minute += 5) {
            String text = "alice at " + minute;
            assertTrue(
                    copy.received().contains(text)
                            || original.received().contains(text)
                            || doubt(alice, text) == Doubt.MAY_BE_UNREAD,
                    text);
        }
    }

    @Test
    void twoServersThatAnswerOneHandshakeSaySo() throws Exception {
        bothAnswer();
        clock.pass(Duration.ofMinutes(2));
        alice.sessions().openAgain(Optional.empty(), "bob");
        bothHaveSaidSo();
        clock.pass(Duration.ofMinutes(2));
        copy.close();
        original.sessions().openAgain(Optional.empty(), "alice");
        awaitSession(original, "alice", State.OPEN);
    }

    /** As if both were restored, or someone declared that the original is gone although it is not. */
    private void bothAnswer() throws Exception {
        restore(Original.IN_USE);
        // Requests from before it was restored are not answered.
        copy.read();
        copy.people().personas.keys().forEach(keys -> keys.copy = false);
        // Before that, nothing is answered.
        TestServer.await(
                "all is read", () -> copy.state.services().initialSync().isSettled(Network.REGTEST));
    }

    private void bothHaveSaidSo() throws Exception {
        awaitNotice(original, "a copy of this server may be in use elsewhere: it answered alice");
        awaitNotice(copy, "a copy of this server may be in use elsewhere: it answered alice");
        awaitNotice(alice, "two servers use the keys of bob");
        TestServer.await("alice has said which one she uses", () -> isOpen(original) != isOpen(copy));
        alice.write("bob", "who reads this?");
        awaitReceived(isOpen(original) ? original : copy, "who reads this?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b", "c"})
    void twoServersThatHaveAnsweredBeforeTheyMeetTheOthersAnswerSaySo(String first) throws Exception {
        bothAnswer();
        clock.pass(Duration.ofMinutes(2));
        network.hold();
        alice.sessions().openAgain(Optional.empty(), "bob");
        awaitAnswers(original, 0);
        handshakeIsOut();
        network.releaseFrom("a");
        awaitAnswers(original, 2);
        awaitAnswers(copy, 1);
        network.releaseFrom(first);
        // Alice writes to the one whose answer arrived, and which waits for nothing more.
        awaitSession(alice, "bob", State.OPEN);
        alice.write("bob", "to one of you");
        TestServer.await(
                "it is on its way",
                () -> alice.messages().outbox(false).stream()
                        .noneMatch(outgoing -> WAITING.contains(outgoing.state())));
        network.releaseFrom("a");
        awaitReceived(first.equals("b") ? original : copy, "to one of you");
        network.release(held -> held);
        bothHaveSaidSo();
        awaitSession(first.equals("b") ? original : copy, "alice", State.OPEN);
    }

    private void handshakeIsOut() throws Exception {
        TestServer.await(
                "the handshake is out",
                () -> alice.messages().outbox(false).stream()
                        .filter(outgoing -> outgoing.kind().equals("handshake"))
                        .noneMatch(outgoing -> WAITING.contains(outgoing.state())));
    }

    /** Waits until a server has handed over this many answers. */
    private static void awaitAnswers(TestServer server, int howMany) throws Exception {
        TestServer.await(
                howMany + " answers",
                () -> server.messages().outbox(false).stream()
                                .filter(outgoing -> outgoing.kind().equals("answer"))
                                .filter(outgoing -> !WAITING.contains(outgoing.state()))
                                .count()
                        >= howMany);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b", "c"})
    void aServerThatMeetsTheOthersAnswerFirstTakesTheNextPlaceForItsOwn(String first) throws Exception {
        bothAnswer();
        TestServer quick = first.equals("b") ? original : copy;
        TestServer slow = first.equals("b") ? copy : original;
        clock.pass(Duration.ofMinutes(2));
        slow.stop("delivery");
        alice.sessions().openAgain(Optional.empty(), "bob");
        awaitNotice(slow, "a copy of this server may be in use elsewhere: it answered alice");
        slow.start("delivery");
        bothHaveSaidSo();
        awaitSession(quick, "alice", State.OPEN);
    }

    @Test
    void aServerThatReadsTheHandshakeAfterTheOthersAnswerSaysSo() throws Exception {
        bothAnswer();
        clock.pass(Duration.ofMinutes(2));
        // The copy does not see unconfirmed packets, except for the original's answer.
        nodeC.silent = true;
        alice.sessions().openAgain(Optional.empty(), "bob");
        awaitSession(alice, "bob", State.OPEN);
        for (TestNetwork.Handed handed : network.handed()) {
            if (handed.node().equals("b")) {
                copy.meet(handed.raw(), nodeC, Optional.empty());
            }
        }
        copy.read();
        nodeC.silent = false;
        network.mine();
        bothHaveSaidSo();
        awaitSession(original, "alice", State.OPEN);
    }

    @Test
    void aStrangersPacketWithTheLocatorOfAnAnswerChangesNothing() throws Exception {
        clock.pass(Duration.ofMinutes(2));
        copy.close();
        int before = network.handed().size();
        alice.sessions().openAgain(Optional.empty(), "bob");
        awaitSession(original, "alice", State.OPEN);
        awaitSession(alice, "bob", State.OPEN);
        for (TestNetwork.Handed handed :
                List.copyOf(network.handed()).subList(before, network.handed().size())) {
            TransactionScanner.scan(handed.raw(), (output, offset, length) -> {
                byte[] payload = Arrays.copyOfRange(handed.raw(), offset, offset + length);
                payload[payload.length - 1] ^= 1;
                network.takes(network.transaction(List.of(payload)));
            });
        }
        original.read();
        assertEquals(List.of(), original.vault().warnings());
        awaitSession(original, "alice", State.OPEN);
        alice.write("bob", "as before");
        awaitReceived(original, "as before");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatComesAfterTheCopyHasOpenedASessionIsNoticed(boolean copysStands) throws Exception {
        while (Arrays.compareUnsigned(senderId(original), senderId(alice)) < 0 != copysStands) {
            close();
            Files.delete(backup);
            aConversationAndABackup();
        }
        clock.pass(Duration.ofMinutes(2));
        network.hold();
        alice.sessions().openAgain(Optional.empty(), "bob");
        handshakeIsOut();
        nodeC.silent = true;
        network.releaseFrom("a");
        awaitAnswers(original, 2);
        clock.pass(Duration.ofMinutes(2));
        nodeC.silent = false;
        restore(Original.GONE);
        copy.write("alice", "here I am");
        TestServer.await(
                "it has opened",
                () -> copy.messages().outbox(false).stream().anyMatch(outgoing -> !WAITING.contains(outgoing.state())));
        network.releaseFrom("c");
        alice.read();
        network.release(held -> held);
        for (int minute = 0; minute < 120 && !bothSay(); minute += 5) {
            clock.pass(Duration.ofMinutes(5));
            for (TestServer server : List.of(alice, original, copy)) {
                server.keep();
                server.round();
                server.read();
            }
        }
        awaitNotice(original, "a copy of this server may be in use elsewhere");
        awaitNotice(copy, "a copy of this server may be in use elsewhere");
    }

    private boolean bothSay() throws Exception {
        return Stream.of(original, copy)
                .allMatch(server -> notices(server).contains("a copy of this server may be in use elsewhere"));
    }

    private static byte[] senderId(TestServer server) {
        return server.people().personas.keys().get(0).keys.identity().senderId();
    }

    @Test
    void theLastWordOnASessionWaitsForNoMessageThatWaitsForTheNextOne() throws Exception {
        original.stop(original.confirm);
        original.write("alice", "not yet");
        restore(Original.GONE);
        awaitNotice(original, "a copy of this server may be in use elsewhere");
        original.start(original.confirm);
        awaitNotice(alice, "two servers use the keys of bob");
        awaitNotice(copy, "a copy of this server may be in use elsewhere");
    }

    private static boolean isOpen(TestServer server) throws Exception {
        return server.sessions().list(Optional.empty()).get(0).state() == State.OPEN;
    }

    private static void write(TestServer server, String text) throws Exception {
        try {
            server.write("alice", text);
        } catch (NoSuchThingException e) {
            assertTrue(e.getMessage().startsWith("a copy of this server may be in use elsewhere"), e::getMessage);
        }
    }

    @Test
    void aSessionThatAServerOpensAnewByItselfIsNoCopys() throws Exception {
        clock.pass(Duration.ofMinutes(2));
        original.sessions().openAgain(Optional.empty(), "alice");
        awaitSession(original, "alice", State.OPEN);
        mineAllThatAliceWrote();
        original.read();
        original.write("alice", "it goes on");
        awaitReceived(alice, "it goes on");
        assertFalse(original.notices().toString().contains("copy"), () -> notices(original));
        assertFalse(alice.notices().toString().contains("two servers"), () -> notices(alice));
        assertEquals(List.of(), original.vault().warnings());
    }

    private static String notices(TestServer server) {
        try {
            return server.notices().toString();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCopyOfAnOriginalThatIsInUseSendsNothingUntilItTakesOver() throws Exception {
        original.join("lobby", Mode.OPEN);
        Path later = directory.resolve("later.backup");
        original.backups().exportTo(later, PASSPHRASE);
        copy.backups().importFrom(later, PASSPHRASE, Original.IN_USE);
        String refusal = "persona 'bob' only reads, because it was restored while its original is in use:"
                + " run partyline:restore-takeover when the original is gone";
        assertEquals(
                refusal,
                assertThrows(NoSuchThingException.class, () -> copy.write("alice", "no"))
                        .getMessage());
        assertThrows(NoSuchThingException.class, () -> copy.send("lobby", "no"));
        assertThrows(NoSuchThingException.class, () -> copy.sessions().open(Optional.empty(), "alice"));
        assertThrows(NoSuchThingException.class, () -> copy.sessions().openAgain(Optional.empty(), "alice"));
        assertThrows(NoSuchThingException.class, () -> copy.personas().rotate(Optional.empty(), false));
        assertEquals(List.of(refusal), copy.vault().warnings());
        original.send("lobby", "to all");
        awaitReceived(copy, "to all");
        // The other side opens a session: the original has to answer it.
        clock.pass(Duration.ofMinutes(2));
        alice.sessions().openAgain(Optional.empty(), "bob");
        awaitSession(alice, "bob", State.OPEN);
        copy.cover().start(Optional.empty(), Duration.ofMinutes(1), 10_000);
        clock.pass(Duration.ofMinutes(5));
        copy.read();
        copy.keep();
        copy.round();
        alice.write("bob", "to the original");
        awaitReceived(original, "to the original");
        assertEquals(List.of(), copy.messages().outbox(true));
        assertTrue(copy.secrets.isEmpty(), "nothing was sealed");
        assertFalse(network.handed().stream().anyMatch(handed -> handed.node().equals("c")), "also no decoy");
        copy.cover().stop(Optional.empty());
        copy = copy.restart(nodeC);
        assertEquals(List.of(refusal), copy.vault().warnings(), "also after another start");
        original.close();
        clock.pass(Duration.ofMinutes(5));
        alice.write("bob", "is anybody there?");
        mineAllThatAliceWrote();
        assertEquals(List.of("bob"), copy.backups().takeOver().personas());
        assertThrows(NoSuchThingException.class, () -> copy.backups().takeOver());
        awaitNotice(alice, "to bob since ");
        alice.messages().sendAgain(Optional.empty(), "bob");
        awaitReceived(copy, "is anybody there?");
        copy.write("alice", "here I am");
        awaitReceived(alice, "here I am");
        copy.send("lobby", "and here");
        assertEquals(List.of(), copy.vault().warnings());
    }
}
