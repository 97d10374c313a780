package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MinedTooLate;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingMessageBuilder;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainSuite;

/** The session's own packets: on which chain they are sent, and how they change its state. */
class SessionPacketsTest {
    private static final byte[] KEY = filled(32, 7);

    private final SessionBench bench = new SessionBench();
    private final StageBench stage = bench.stage;
    private ContactConversation bob;

    @BeforeEach
    void aSession() throws Exception {
        bob = bench.session("bob", AeadId.XCHACHA20_POLY1305);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static byte[] filled(int length, int with) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) with);
        return bytes;
    }

    private SessionState stored() throws StoreException {
        return stage.guard.transact(tx -> SessionState.get(tx, bob.id()));
    }

    private void set(Consumer<SessionState> change) throws StoreException {
        stage.guard.transact(tx -> {
            SessionState session = SessionState.get(tx, bob.id());
            change.accept(session);
            session.put(tx);
            return null;
        });
    }

    private OutgoingMessage seal(PacketType type, byte[] body) throws Exception {
        return bench.sealer.seal(stage.queue(bob, type, body));
    }

    private void isOfNoUse(PacketType type, byte[] body) throws Exception {
        byte[] before = stored().chain;
        OutgoingMessage ended = seal(type, body);
        assertEquals(State.RECALLED, ended.state());
        assertEquals("its session no longer exists", ended.reason());
        assertArrayEquals(before, stored().chain, "no key was used");
    }

    /** Creates a chain's state, and its name. */
    private static byte[] chain(StageBench stage, byte[] chainKey) {
        try (SecretBytes key = SecretBytes.copyOf(chainKey);
                SendChain chain = stage.chains.sendSession(key, stage.clock.instant());
                SecretBytes state = chain.encode()) {
            return state.expose().clone();
        }
    }

    private static byte[] locator(OutgoingMessage sealed) {
        return Arrays.copyOfRange(sealed.parts().get(0).packet(), 1, 9);
    }

    /** Returns the locator of the next packet on a chain. */
    private byte[] next(byte[] state) {
        try (SendChain chain = stage.chains.decodeSend(state)) {
            SendChain.Step step = chain.step();
            step.secret().close();
            return step.locator();
        }
    }

    // ---- KEY_UPDATE

    private void due() throws StoreException {
        set(session -> session.updateQueued = true);
        bench.answers.put("KeyUpdates.body", arguments -> KEY);
    }

    @Test
    void aKeyUpdateRidesOnTheChainAndKeepsTheSaltOfItsPlace() throws Exception {
        due();
        byte[] place = next(stored().chain);
        OutgoingMessage update = seal(PacketType.KEY_UPDATE, new byte[0]);
        assertEquals(State.SEALED, update.state());
        assertArrayEquals(place, locator(update));
        assertFalse(update.opens());
        SessionState after = stored();
        try (SendChain chain = stage.chains.decodeSend(after.chain);
                SecretBytes salt = chain.rekeySalt()) {
            assertArrayEquals(salt.expose(), after.ownSalt);
        }
        assertEquals(1, bench.count("KeyUpdates.sealed"));
        assertEquals(0, after.sent);
    }

    @Test
    void nothingButAKeyUpdateKeepsASalt() throws Exception {
        seal(PacketType.CONTROL, new byte[] {ControlCodes.RECEIPT, 1, 2, 3, 4, 5, 6, 7, 8});
        bench.seal(stage.queue(bob, "words"));
        assertNull(stored().ownSalt);
    }

    @Test
    void aKeyUpdateThatIsNotDueAnyMoreIsOfNoUse() throws Exception {
        isOfNoUse(PacketType.KEY_UPDATE, new byte[0]);
        due();
        set(session -> session.state = Sessions.State.CLOSED);
        isOfNoUse(PacketType.KEY_UPDATE, new byte[0]);
        assertEquals(0, bench.count("KeyUpdates.sealed"));
    }

    @Test
    void aKeyUpdateWithATagWaitsForLargerPackets() throws Exception {
        due();
        stage.sizes.most = 64;
        assertEquals(
                State.SEALED,
                seal(PacketType.KEY_UPDATE, new byte[0]).state(),
                "one without a tag has room in any packet");
        bench.answers.put("KeyUpdates.body", arguments -> filled(42, 7));
        byte[] before = stored().chain;
        assertEquals(
                "it waits for a node that relays OP_RETURN outputs of 80 bytes",
                bench.waits(stage.queue(bob, PacketType.KEY_UPDATE, new byte[0])));
        assertArrayEquals(before, stored().chain);
    }

    private void missed() throws StoreException {
        set(session -> {
            session.lastPublic = KEY;
            session.oldChain = chain(stage, filled(32, 3));
            session.oldName = filled(8, 3);
            session.againQueued = true;
        });
    }

    @Test
    void aKeyThatTheContactMayHaveMissedIsSaidOnTheOldChain() throws Exception {
        missed();
        SessionState before = stored();
        stage.clock.pass(Duration.ofMinutes(1));
        OutgoingMessage again = seal(PacketType.KEY_UPDATE, new byte[0]);
        assertEquals(State.SEALED, again.state());
        assertArrayEquals(next(before.oldChain), locator(again));
        assertTrue(again.opens(), "the new chain is read once this is");
        assertEquals(HexFormat.of().formatHex(before.name), again.session());
        SessionState after = stored();
        assertArrayEquals(before.chain, after.chain);
        assertFalse(Arrays.equals(before.oldChain, after.oldChain));
        assertEquals(1, after.again);
        assertFalse(after.againQueued);
        assertEquals(stage.clock.millis(), after.lastSealed);
        assertNull(after.ownSalt);
        isOfNoUse(PacketType.KEY_UPDATE, new byte[0]);
    }

    @Test
    void aKeyIsNotSaidAgainWithoutTheOldChainOrTheSession() throws Exception {
        missed();
        set(session -> {
            session.oldChain = null;
            session.oldName = null;
        });
        isOfNoUse(PacketType.KEY_UPDATE, new byte[0]);
        missed();
        set(session -> session.state = Sessions.State.CLOSED);
        isOfNoUse(PacketType.KEY_UPDATE, new byte[0]);
    }

    @Test
    void whatSaysAKeyOrOpensASessionRidesOnNoChainThatItsReaderMayMiss() throws Exception {
        due();
        set(session -> session.accepted = 1);
        assertEquals("", seal(PacketType.KEY_UPDATE, new byte[0]).session());
        assertEquals("", seal(PacketType.HANDSHAKE_INIT, new byte[113]).session());
        assertEquals(
                HexFormat.of().formatHex(stored().name),
                bench.seal(stage.queue(bob, "words")).session());
    }

    // ---- answers

    private void asked(int place) throws StoreException {
        set(session -> {
            session.replyChain = filled(32, 5);
            session.replySuite = AeadId.XCHACHA20_POLY1305.code();
        });
        bench.answers.put("SessionChains.answerPlace", arguments -> place);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void anAnswerTakesThePlaceThatNoOtherServerUsed(int place) throws Exception {
        asked(place);
        byte[][] answered = new byte[1][];
        byte[][] named = new byte[1][];
        bench.answers.put("SessionChains.answered", arguments -> {
            named[0] = (byte[]) arguments[3];
            answered[0] = (byte[]) arguments[4];
            return null;
        });
        OutgoingMessage answer = seal(PacketType.HANDSHAKE_RESP, new byte[49]);
        assertArrayEquals(answerAt(place), locator(answer));
        try (SecretBytes key = SecretBytes.copyOf(filled(32, 5))) {
            assertArrayEquals(stage.chains.sessionId(key), named[0]);
        }
        assertArrayEquals(
                PacketId.of(Network.REGTEST.code(), answer.parts().get(0).packet())
                        .hash(),
                answered[0]);
        assertTrue(answer.opens());
        assertEquals(HexFormat.of().formatHex(stored().name), answer.session());
    }

    /** An earlier run, which is not in the backup, may have answered the same handshake with other words. */
    @Test
    void anAnswerUnderRestoredKeysHasAPositionThatNoEarlierAnswerHas() throws Exception {
        List<Integer> places = new ArrayList<>();
        stage.keys().restored = 1;
        for (int i = 0; i < 200; i++) {
            asked(0);
            bench.answers.put("SessionChains.answerPlace", arguments -> {
                places.add((Integer) arguments[2]);
                return arguments[2];
            });
            OutgoingMessage answer = seal(PacketType.HANDSHAKE_RESP, new byte[49]);
            assertArrayEquals(answerAt(places.get(i)), locator(answer));
        }
        assertTrue(places.stream().allMatch(place -> place >= 1 && place < Chains.WINDOW), places::toString);
        stage.keys().restored = 0;
        asked(0);
        bench.answers.put("SessionChains.answerPlace", arguments -> arguments[2]);
        assertArrayEquals(answerAt(0), locator(seal(PacketType.HANDSHAKE_RESP, new byte[49])));
    }

    private byte[] answerAt(int place) {
        try (SecretBytes key = SecretBytes.copyOf(filled(32, 5));
                SendChain chain = stage.chains.send(key, stage.clock.instant())) {
            for (int i = 0; i < place; i++) {
                chain.step().secret().close();
            }
            SendChain.Step step = chain.step();
            step.secret().close();
            return step.locator();
        }
    }

    /** The answer of a run after the one that wrote these files may be among what is still to be read. */
    @Test
    void anAnswerWaitsUntilAllIsReadThatNodesKnew() throws Exception {
        asked(0);
        stage.context.initialSync().begin();
        long id = stage.queue(bob, PacketType.HANDSHAKE_RESP, new byte[49]);
        assertTrue(bench.waits(id).startsWith("it waits until the latest blocks and the mempool are read"));
        stage.context.initialSync().settle(Network.REGTEST);
        assertEquals(State.SEALED, bench.sealer.seal(id).state());
    }

    @Test
    void anAnswerToAHandshakeWhoseSessionIsOverOpensNothing() throws Exception {
        asked(0);
        set(session -> session.state = Sessions.State.CLOSED);
        OutgoingMessage answer = seal(PacketType.HANDSHAKE_RESP, new byte[49]);
        assertFalse(answer.opens());
        assertEquals("", answer.session());
    }

    @Test
    void onlyAnAnswerIsToldAsOne() throws Exception {
        bench.seal(stage.queue(bob, "words"));
        assertEquals(0, bench.count("SessionChains.answered"));
    }

    @Test
    void anAnswerWaitsForItsSuiteAndForLargerPackets() throws Exception {
        asked(0);
        long id = stage.queue(bob, PacketType.HANDSHAKE_RESP, new byte[49]);
        stage.suites.remove("XCHACHA20_POLY1305");
        assertEquals("it waits for the cipher suite XCHACHA20_POLY1305 (partyline:suite-list)", bench.waits(id));
        stage.suites.add(new PlainSuite(AeadId.XCHACHA20_POLY1305));
        stage.sizes.most = 64;
        assertEquals("it waits for a node that relays OP_RETURN outputs of 80 bytes", bench.waits(id));
        stage.sizes.most = 80;
        assertEquals(State.SEALED, bench.sealer.seal(id).state());
    }

    // ---- the last message of a replaced session

    private static final byte[] FAREWELL = {ControlCodes.CLOSE, ControlCodes.CLOSE_REPLACED};

    @Test
    void theLastWordOnASessionRidesOnItsOwnChainWhichIsForgottenThen() throws Exception {
        byte[] former = chain(stage, filled(32, 9));
        set(session -> session.keepFormer(former, filled(8, 9), AeadId.AES_256_GCM.code()));
        byte[] before = stored().chain;
        OutgoingMessage last = seal(PacketType.CONTROL, FAREWELL);
        assertEquals(State.SEALED, last.state());
        assertArrayEquals(next(former), locator(last));
        assertNull(stored().formerChain);
        assertArrayEquals(before, stored().chain, "the new session's chain is not used");
        assertEquals(0, bench.count("HandshakeManager.ended"), "nor is it ended");
        isOfNoUse(PacketType.CONTROL, FAREWELL);
    }

    /** PROTOCOL 6.1 knows no content but that of a replaced session. */
    @Test
    void theEndOfASessionThatWasNeverUsedLooksLikeAnyOther() throws Exception {
        List<byte[]> bodies = new ArrayList<>();
        stage.put(PacketCodec.class, (PacketCodec) Proxy.newProxyInstance(
                PacketCodec.class.getClassLoader(), new Class<?>[] {PacketCodec.class}, (self, method, arguments) -> {
                    if (method.getName().equals("seal")) {
                        bodies.add(((Content) arguments[0]).body().clone());
                    }
                    return method.invoke(stage.codec, arguments);
                }));
        for (byte[] body : List.of(new byte[] {ControlCodes.CLOSE, ControlCodes.CLOSE_UNUSED}, FAREWELL)) {
            byte[] former = chain(stage, filled(32, 9));
            set(session -> session.keepFormer(former, filled(8, 9), AeadId.AES_256_GCM.code()));
            seal(PacketType.CONTROL, body);
        }
        assertArrayEquals(new byte[] {ControlCodes.CLOSE}, bodies.get(0));
        assertArrayEquals(FAREWELL, bodies.get(1));
    }

    @Test
    void aFormerChainWithoutItsNameIsNotUsed() throws Exception {
        set(session -> {
            session.formerChain = chain(stage, filled(32, 9));
            session.formerName = null;
        });
        isOfNoUse(PacketType.CONTROL, FAREWELL);
    }

    // ---- remarks

    private OutgoingMessage remark(String session) throws Exception {
        long id =
                stage.queue(bob, PacketType.CONTROL, new ControlBody.Edit(Locator.of(new byte[8], 0, 8), "x").encode());
        stage.guard.transact(tx -> {
            new RemarkRecord(id, bob.id(), 1, session, (byte) 0, 0)
                    .put(tx, stage.clock.instant().plus(Duration.ofDays(1)));
            return null;
        });
        return bench.sealer.seal(id);
    }

    @Test
    void whatIsSaidOfAMessageRidesOnTheKeysOfItsSessionOrOnNone() throws Exception {
        String own = HexFormat.of().formatHex(stored().name);
        assertEquals(State.SEALED, remark(own).state());
        assertEquals(State.SEALED, remark("").state(), "one of a message that has no session");
        byte[] before = stored().chain;
        OutgoingMessage late = remark("0123456789abcdef");
        assertEquals(State.RECALLED, late.state());
        assertEquals("the keys of the message no longer exist: its reader could not verify it", late.reason());
        set(session -> session.state = Sessions.State.CLOSED);
        assertEquals(State.RECALLED, remark(own).state());
        assertArrayEquals(before, stored().chain);
    }

    // ---- counts

    @Test
    void messagesAndPiecesOfExchangesCountAndControlsDoNot() throws Exception {
        bench.seal(stage.queue(bob, "words"));
        bench.seal(stage.queue(bob, "more"));
        seal(PacketType.CONTROL, new byte[] {ControlCodes.KEM_KEY, 1, 2, 3});
        seal(PacketType.CONTROL, new byte[] {ControlCodes.RECEIPT, 1, 2, 3, 4, 5, 6, 7, 8});
        SessionState after = stored();
        assertEquals(List.of(2L, 2L, 1L), List.of(after.sent, (long) after.onChain, (long) after.pieces));
        assertEquals(4, bench.count("KeyUpdates.queueIfDue"), "new keys may be due after each");
        assertEquals(2, bench.count("Controls.sealed"));
    }

    @Test
    void aMessageIsSignedWhereThatIsAskedFor() throws Exception {
        List<Content> contents = new ArrayList<>();
        stage.put(PacketCodec.class, (PacketCodec) Proxy.newProxyInstance(
                PacketCodec.class.getClassLoader(), new Class<?>[] {PacketCodec.class}, (self, method, arguments) -> {
                    if (method.getName().equals("seal")) {
                        contents.add((Content) arguments[0]);
                    }
                    return method.invoke(stage.codec, arguments);
                }));
        bench.seal(stage.queue(bob, "unsigned"));
        long id = stage.queue(bob, "signed");
        stage.outbox.change(
                id, now -> OutgoingMessageBuilder.builder(now).sign(true).build());
        bench.seal(id);
        assertEquals(Optional.empty(), contents.get(0).senderId());
        assertArrayEquals(
                stage.keys().keys.identity().senderId(),
                contents.get(1).senderId().orElseThrow());
        assertTrue(contents.get(1).signature().isPresent());
    }

    @Test
    void ourTimestampIsStored() throws Exception {
        stage.clock.pass(Duration.ofMinutes(1));
        OutgoingMessage sealed = bench.seal(stage.queue(bob, "words"));
        assertEquals(sealed.stamped(), lastStored());
        assertEquals(sealed.stamped(), bob.lastTimestamp());
        assertEquals(stage.clock.instant().getEpochSecond(), sealed.stamped());
    }

    private long lastStored() throws StoreException {
        return stage.guard.transact(tx -> Tables.find(tx, ContactRecord.TABLE, Keys.of(bob.id()), ContactRecord.class)
                .orElseThrow()
                .lastTimestamp());
    }

    @Test
    void whatIsSealedIsKnownAsOursWhenANodeShowsIt() throws Exception {
        OutgoingMessage sealed = bench.seal(stage.queue(bob, "words"));
        assertEquals(
                new PacketIndex.Sent(sealed.id(), 0),
                stage.recognition.packets.sent(PacketId.of(
                        Network.REGTEST.code(), sealed.parts().get(0).packet())));
    }

    // ---- messages that wait or are over

    @Test
    void whatIsOverIsNotSealed() throws Exception {
        long id = stage.queue(bob, "words");
        bench.seal(id);
        byte[] before = stored().chain;
        assertNull(bench.sealer.seal(id), "it is sealed already");
        assertNull(bench.sealer.seal(12_345), "there is no such message");
        assertNull(bench.sealer.of(bob).seal(bob, 12_345));
        long gone = stage.queue(bob, "whose words are erased");
        stage.guard.transact(tx -> tx.delete(MessageRecord.TABLE, Keys.of(gone)));
        assertNull(bench.sealer.seal(gone));
        long left = stage.queue(bob, "whose contact is erased");
        stage.guard.open(() -> {
            stage.people.conversations.remove(bob);
            return null;
        });
        assertNull(bench.sealer.seal(left));
        assertNull(bench.sealer.of(bob).seal(bob, left));
        assertArrayEquals(before, stored().chain);
    }

    @Test
    void withoutANodeThatCarriesAPacketItWaits() throws Exception {
        stage.sizes.most = 0;
        assertEquals(
                "it waits for a node that relays OP_RETURN outputs of 64 bytes",
                bench.waits(stage.queue(bob, "words")));
    }

    @Test
    void nothingIsSealedWhileAPartThatReadsIsAway() throws Exception {
        long id = stage.queue(bob, "words");
        stage.stop(Handshakes.class);
        assertThrows(AbsentException.class, () -> bench.sealer.seal(id));
        assertThrows(AbsentException.class, () -> cargo(CargoRecord.RECEIPTS, RECEIPT));
        assertEquals(State.QUEUED, stage.state(id));
    }

    @Test
    void whatIsStoppedIsUsedNoLonger() throws Exception {
        asked(0);
        due();
        long answer = stage.queue(bob, PacketType.HANDSHAKE_RESP, new byte[49]);
        long update = stage.queue(bob, PacketType.KEY_UPDATE, new byte[0]);
        long control = stage.queue(bob, PacketType.CONTROL, RECEIPT);
        stage.stop(PacketSizes.class);
        assertThrows(AbsentException.class, () -> bench.sealer.seal(control));
        stage.start(PacketSizes.class);
        stage.stop(Controls.class);
        assertThrows(AbsentException.class, () -> bench.sealer.seal(control));
        stage.stop(KeyUpdates.class);
        assertThrows(AbsentException.class, () -> bench.sealer.seal(update));
        stage.stop(Exchanges.class);
        assertThrows(AbsentException.class, () -> cargo(CargoRecord.EXCHANGE, new byte[0]));
        stage.stop(SessionChains.class);
        assertThrows(AbsentException.class, () -> bench.sealer.seal(answer));
        set(session -> session.state = Sessions.State.CLOSED);
        stage.stop(IdentityRotation.class);
        assertThrows(AbsentException.class, () -> bench.sealer.seal(control));
    }

    @ParameterizedTest
    @ValueSource(classes = {Outbox.class, HandshakeManager.class})
    void norIsAnythingSealedWithoutWhoKeepsMessagesOrSessions(Class<?> part) throws Exception {
        long id = stage.queue(bob, "words");
        stage.stop(part);
        assertThrows(AbsentException.class, () -> bench.sealer.seal(id));
        stage.start(part);
        bench.seal(id);
    }

    @Test
    void itsServiceIsThereUntilItIsStopped() {
        SealingStage other = new SealingStage(stage.context);
        Set<Class<?>> registered = StageBench.publish(other::publish);
        assertEquals(Set.of(QueueSealer.class), registered);
        other.stop();
        assertEquals(Set.of(), registered);
    }

    // ---- instead of decoys

    private static final byte[] RECEIPT = {ControlCodes.RECEIPT, 1, 2, 3, 4, 5, 6, 7, 8};

    private Optional<byte[]> cargo(int rank, byte[] body) throws Exception {
        return stage.guard.<Optional<byte[]>, Exception>open(() -> {
            try (AfterCommit after = new AfterCommit()) {
                CargoRecord cargo =
                        new CargoRecord(1, bob.id(), rank, "", PacketType.CONTROL.code(), body, 0, null, 0, 0);
                Optional<byte[]> sealed = stage.guard.<Optional<byte[]>, Exception>transact(
                        tx -> bench.sealer.of(bob).cargo(tx, after, bob, cargo, 80));
                after.commit();
                return sealed;
            }
        });
    }

    @Test
    void aReceiptInThePlaceOfADecoyMayMakeNewKeysDueAndItsTimeIsStored() throws Exception {
        stage.clock.pass(Duration.ofMinutes(1));
        assertTrue(cargo(CargoRecord.RECEIPTS, RECEIPT).isPresent());
        assertEquals(1, bench.count("Controls.sealed"));
        assertEquals(1, bench.count("KeyUpdates.queueIfDue"));
        assertEquals(0, stored().pieces);
        assertEquals(stage.clock.instant().getEpochSecond(), lastStored());
    }

    @Test
    void aPieceOfAnExchangeInThePlaceOfADecoyCountsAndAsksForNoPacketBeyondTheCover() throws Exception {
        byte[] before = stored().chain;
        bench.answers.put("Exchanges.next", arguments -> Optional.empty());
        assertEquals(Optional.empty(), cargo(CargoRecord.EXCHANGE, new byte[0]));
        assertArrayEquals(before, stored().chain, "nothing is to be said");
        byte[] piece = {ControlCodes.KEM_KEY, 1, 2, 3};
        bench.answers.put("Exchanges.next", arguments -> Optional.of(new Exchanges.Ride(PacketType.CONTROL, piece)));
        byte[] packet = cargo(CargoRecord.EXCHANGE, new byte[0]).orElseThrow();
        assertArrayEquals(next(before), Arrays.copyOfRange(packet, 1, 9));
        assertEquals(1, stored().pieces);
        assertNull(stored().ownSalt);
        assertEquals(1, bench.count("Controls.sealed"));
        assertEquals(0, bench.count("KeyUpdates.queueIfDue"));
    }

    @Test
    void aKeyUpdateInThePlaceOfADecoySaysTheKeyAndKeepsItsSalt() throws Exception {
        due();
        bench.answers.put(
                "Exchanges.next", arguments -> Optional.of(new Exchanges.Ride(PacketType.KEY_UPDATE, filled(100, 1))));
        assertTrue(cargo(CargoRecord.EXCHANGE, new byte[0]).isPresent(), "not the body of the ride, which has no room");
        assertNotNull(stored().ownSalt);
        assertEquals(1, bench.count("KeyUpdates.sealed"));
        assertEquals(0, bench.count("Controls.sealed"));
        assertEquals(0, stored().pieces);
    }

    // ---- opening a session

    private SessionOpening open() throws Exception {
        return stage.guard.<SessionOpening, Exception>open(() -> {
            try (AfterCommit after = new AfterCommit()) {
                return stage.guard.<SessionOpening, Exception>transact(
                        tx -> bench.sealer.of(bob).open(tx, after, bob));
            }
        });
    }

    private void opens() {
        bench.answers.put("HandshakeManager.open", arguments -> {
            StoreTransaction tx = (StoreTransaction) arguments[0];
            SessionState session = SessionState.get(tx, bob.id());
            session.state = Sessions.State.OPENING;
            session.put(tx);
            return null;
        });
    }

    @Test
    void aMessageToAContactWithoutASessionOpensOneOnce() throws Exception {
        set(session -> session.state = Sessions.State.NONE);
        long handshake = stage.queue(bob, PacketType.HANDSHAKE_INIT, new byte[113]);
        opens();
        SendPlan planned = bench.sealer.of(bob).opening(bob).orElseThrow();
        assertEquals(
                new SessionOpening(true, "it waits for 'bob' to accept a session; their server must be running"),
                open());
        OutgoingMessage sealed = bench.seal(handshake);
        assertEquals(
                planned.sizes(),
                sealed.parts().stream().map(part -> part.packet().length).toList(),
                "the price says what is sealed");
        assertTrue(sealed.parts().size() > 1);
        assertFalse(open().begun(), "it is queued");
        assertEquals(Optional.empty(), bench.sealer.of(bob).opening(bob));
    }

    @Test
    void nothingIsQueuedWhereASessionStands() throws Exception {
        stage.queue(bob, PacketType.HANDSHAKE_INIT, new byte[113]);
        assertEquals(SessionOpening.NOTHING, open());
        assertEquals(Optional.empty(), bench.sealer.of(bob).opening(bob));
        assertTrue(bench.sealer.of(bob).isOpen(bob));
        set(session -> session.state = Sessions.State.OPENING);
        assertFalse(bench.sealer.of(bob).isOpen(bob));
    }

    @Test
    void noHandshakeIsMadeWhileAPartThatReadsIsAway() throws Exception {
        set(session -> session.state = Sessions.State.NONE);
        opens();
        stage.stop(Handshakes.class);
        assertFalse(open().begun());
        assertEquals(0, bench.count("HandshakeManager.open"));
    }

    @Test
    void whoeverWaitsForAnAnswerAsksForNoSecondSession() throws Exception {
        set(session -> session.state = Sessions.State.OPENING);
        MessageWaitsException waits =
                assertThrows(MessageWaitsException.class, () -> bench.sealer.seal(stage.queue(bob, "words")));
        assertTrue(waits.isOnHold(), "bob decides when he answers");
        assertEquals(0, bench.count("HandshakeManager.open"));
    }

    @Test
    void whatASessionNeedsIsDoneOnceItsHandshakeIsStored() throws Exception {
        set(session -> session.state = Sessions.State.NONE);
        int[] done = new int[1];
        bench.answers.put("HandshakeManager.open", arguments -> {
            ((AfterCommit) arguments[1]).then(() -> done[0]++);
            return null;
        });
        bench.waits(stage.queue(bob, "words"));
        assertEquals(1, done[0]);
    }

    @Test
    void aHandshakeToAStrangerIsOfNoUse() throws Exception {
        stage.guard.open(() -> {
            bob.entry = bob.entry.with().signing(null).build();
            return null;
        });
        isOfNoUse(PacketType.HANDSHAKE_INIT, new byte[113]);
        stage.guard.open(() -> {
            bob.entry = bob.entry.with().signing(new byte[32]).inboxSecret(null).build();
            return null;
        });
        isOfNoUse(PacketType.HANDSHAKE_INIT, new byte[113]);
    }

    @Test
    void aContactThatRequiresProtectionGetsNoWordsBeforeTheSessionHasIt() throws Exception {
        stage.guard.open(() -> {
            bob.entry = bob.entry.with().requiresPostQuantum(true).build();
            return null;
        });
        long id = stage.queue(bob, "words");
        byte[] before = stored().chain;
        String why = bench.waits(id);
        assertTrue(why.startsWith("the session with 'bob' is not protected against quantum computers yet"), why);
        assertEquals(why, open().waits());
        assertArrayEquals(before, stored().chain);
        assertEquals(State.SEALED, seal(PacketType.CONTROL, RECEIPT).state(), "what protects it goes before");
        set(session -> session.protectedSince = 1);
        assertEquals("", open().waits());
        bench.seal(id);
    }

    // ---- abandoned messages

    @Test
    void aSessionThatCannotGoOnWithoutWhatWasGivenUpEnds() throws Exception {
        int[] done = new int[1];
        bench.answers.put("HandshakeManager.lost", arguments -> {
            assertEquals(bob, arguments[2]);
            ((AfterCommit) arguments[1]).then(() -> done[0]++);
            return null;
        });
        bench.sealer.abandon(stage.outgoing(stage.queue(bob, "words")));
        assertEquals(0, bench.count("HandshakeManager.lost"));
        OutgoingMessage update = stage.outgoing(stage.queue(bob, PacketType.KEY_UPDATE, new byte[0]));
        bench.sealer.abandon(update);
        assertEquals(1, done[0]);
        stage.guard.open(() -> {
            stage.people.conversations.remove(bob);
            return null;
        });
        bench.sealer.abandon(update);
        assertEquals(1, bench.count("HandshakeManager.lost"), "the contact is gone");
    }

    /** An answer of ours that has left. @param session the chain that the other side reads once it has it */
    private OutgoingMessage answered(String session) throws Exception {
        long id = stage.queue(bob, PacketType.HANDSHAKE_RESP, new byte[8]);
        OutgoingPart sent = OutgoingPart.of(new byte[80]).on(PacketEvent.TAKEN).on(PacketEvent.SHOWN);
        return stage.outbox.change(
                id, now -> now.sealed(List.of(sent), 1, true, session).with(List.of(sent)));
    }

    @Test
    void aSessionWhoseAnswerWasInNoBlockInTimeEndsUnlessTheOtherSideHasWritten() throws Exception {
        String chain = HexFormat.of().formatHex(stored().name);
        set(session -> session.accepted = 7);
        bench.sealer.abandon(answered("0011223344556677"));
        assertEquals(0, bench.count("HandshakeManager.lost"), "it is that of another session");
        OutgoingMessage answer = answered(chain);
        stage.bus.publish(new MinedTooLate(answer));
        assertEquals(1, bench.count("HandshakeManager.lost"));
        bench.sealer.abandon(answer);
        assertEquals(2, bench.count("HandshakeManager.lost"));
        set(session -> session.accepted = 0);
        bench.sealer.abandon(answer);
        assertEquals(2, bench.count("HandshakeManager.lost"));
    }

    @Test
    void aSessionWhoseAnswerIsLateWhileItsBundleIsUnavailableGoesOn() throws Exception {
        set(session -> session.accepted = 7);
        OutgoingMessage answer = answered(HexFormat.of().formatHex(stored().name));
        bench.answers.put("HandshakeManager.lost", arguments -> {
            throw new AbsentException("it waits for bundle contacts");
        });
        stage.bus.publish(new MinedTooLate(answer));
        assertEquals(1, bench.count("HandshakeManager.lost"));
        bench.sealing.stop();
        stage.bus.publish(new MinedTooLate(answer));
        assertEquals(1, bench.count("HandshakeManager.lost"), "nobody listens");
    }

    @Test
    void aContactDoesNotLearnNewKeysThatAreGivenUp() throws Exception {
        OutgoingMessage words = stage.outgoing(stage.queue(bob, "words"));
        OutgoingMessage keys =
                stage.outgoing(stage.queue(bob, PacketType.CONTROL, new byte[] {ControlCodes.ROTATE, 0}));
        bench.answers.put("IdentityRotation.unsaid", arguments -> {
            assertEquals(bob, arguments[2]);
            assertEquals(keys, arguments[3]);
            return null;
        });
        bench.sealer.abandon(words);
        assertEquals(0, bench.count("IdentityRotation.unsaid"));
        bench.sealer.abandon(keys);
        assertEquals(1, bench.count("IdentityRotation.unsaid"));
        assertEquals(0, bench.count("HandshakeManager.lost"));
    }

    /** Those sign the next ones. */
    @Test
    void newKeysWaitUntilABlockHasThoseAnnouncedBefore() throws Exception {
        stage.queue(bob, "words");
        long earlier = stage.queue(bob, PacketType.CONTROL, new byte[] {ControlCodes.ROTATE, 0});
        long keys = stage.queue(bob, PacketType.CONTROL, new byte[] {ControlCodes.ROTATE, 0});
        assertEquals(State.SEALED, bench.sealer.seal(earlier).state());
        MessageWaitsException waits = assertThrows(MessageWaitsException.class, () -> bench.sealer.seal(keys));
        assertEquals("it waits until a block has the new keys that were announced before", waits.getMessage());
        assertEquals(State.SEALED, seal(PacketType.CONTROL, RECEIPT).state());
        stage.outbox.change(earlier, one -> one.ended(MessageEvent.EXPIRED, "as a test wants it"));
        assertEquals(State.SEALED, bench.sealer.seal(keys).state());
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61})
    void newKeysThatABlockHasTooLateAreKnownToAContactThatHasWrittenSince(int later) throws Exception {
        long id = stage.queue(bob, PacketType.CONTROL, new byte[] {ControlCodes.ROTATE, 0});
        long now = stage.clock.instant().getEpochSecond();
        OutgoingPart left =
                OutgoingPart.of(new byte[80]).attempt("a", now * 1000).on(PacketEvent.TAKEN);
        OutgoingMessage keys = stage.outbox.change(
                id, one -> one.sealed(List.of(left), now - 9, false).with(List.of(left)));
        set(session -> session.heard = now + later);
        stage.bus.publish(new MinedTooLate(keys));
        assertEquals(later > 60 ? 0 : 1, bench.count("IdentityRotation.unsaid"));
    }

    // ---- the price

    @Test
    void thePriceOfAMessageIsThatOfWhatIsSealed() throws Exception {
        for (int length = 1; length < 130; length += 4) {
            String text = "x".repeat(length);
            Draft draft = new Draft(
                    PacketType.TEXT,
                    false,
                    stage.clock.instant().getEpochSecond(),
                    OptionalInt.of(60),
                    Optional.empty(),
                    Optional.empty(),
                    text.getBytes(StandardCharsets.UTF_8),
                    false);
            SendPlan plan = stage.guard.<SendPlan, PartylineException>open(
                    () -> bench.sealer.of(bob).outlook(bob, draft, new SizeRange(0, 80), "confirm"));
            OutgoingMessage sealed = bench.seal(stage.queue(bob, text));
            assertEquals(
                    plan.sizes(),
                    sealed.parts().stream().map(part -> part.packet().length).toList());
        }
    }
}
