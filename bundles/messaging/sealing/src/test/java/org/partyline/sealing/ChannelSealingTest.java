package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingMessageBuilder;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;

/** Packets sealed for a channel, the data stored about them, and what remains of their keys. */
class ChannelSealingTest {
    /** Returns whether the store is lost as a transaction ends. */
    private BooleanSupplier lost = () -> false;

    private final StageBench stage = new StageBench(new HandSetClock(), store());
    /** The sealed contents, in order. */
    private final List<Content> contents = new ArrayList<>();

    private QueueSealer sealer;

    private MemoryStore store() {
        MemoryStore store = new MemoryStore() {
            @Override
            public synchronized <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X {
                T result = super.transact(work);
                if (lost.getAsBoolean()) {
                    throw new StoreException("the connection was lost");
                }
                return result;
            }
        };
        try {
            store.create(MemoryStore.PASSPHRASE.toCharArray());
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
        return store;
    }

    @BeforeEach
    void open() {
        stage.put(PacketCodec.class, (PacketCodec) Proxy.newProxyInstance(
                PacketCodec.class.getClassLoader(), new Class<?>[] {PacketCodec.class}, (self, method, arguments) -> {
                    if (method.getName().equals("seal")) {
                        contents.add((Content) arguments[0]);
                    }
                    try {
                        return method.invoke(stage.codec, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
        sealer = StageBench.offered(stage.add(SealingStage::new), QueueSealer.class);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private OutgoingMessage seal(ChannelMembership member, String text) throws Exception {
        return seal(member, text, "confirm");
    }

    private OutgoingMessage seal(ChannelMembership member, String text, String carrier) throws Exception {
        OutgoingMessage sealed = sealer.seal(stage.queue(member, text, carrier, Duration.ofHours(1)));
        assertEquals(State.SEALED, sealed.state(), sealed.reason());
        return sealed;
    }

    private Optional<SendChainRecord> chain(ChannelMembership member) throws StoreException {
        return stage.guard.transact(
                tx -> Tables.find(tx, SendChainRecord.TABLE, Keys.of(member.id()), SendChainRecord.class));
    }

    private MessageRecord message(long id) throws StoreException {
        return stage.guard.transact(tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                .orElseThrow());
    }

    private static PacketId id(OutgoingMessage sealed, int part) {
        return PacketId.of(Network.REGTEST.code(), sealed.parts().get(part).packet());
    }

    // ---- stored data

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aMessageIsKnownAsOursAndCountedAndItsTimeIsStored(Mode mode) throws Exception {
        ChannelMembership den = stage.join("den", mode);
        for (int i = 1; i <= 2; i++) {
            stage.clock.pass(Duration.ofMinutes(1));
            OutgoingMessage sealed = seal(den, "words");
            assertEquals(new PacketIndex.Sent(sealed.id(), 0), stage.recognition.packets.sent(id(sealed, 0)));
            assertArrayEquals(
                    id(sealed, 0).hash(), message(sealed.id()).packets().get(0));
            assertEquals(i, stage.keys().messages);
            assertEquals(
                    i,
                    stage.guard.<Long, StoreException>transact(
                            tx -> Tables.all(tx, IdentityRecord.TABLE, IdentityRecord.class)
                                    .get(0)
                                    .messages()));
            assertEquals(stage.clock.instant().getEpochSecond(), den.lastTimestamp());
            assertEquals(
                    den.lastTimestamp(),
                    stage.guard.<Long, StoreException>transact(
                            tx -> Tables.find(tx, MembershipRecord.TABLE, Keys.of(den.id()), MembershipRecord.class)
                                    .orElseThrow()
                                    .lastTimestamp()));
        }
    }

    @Test
    void onlyWhatRidesOnAChainHasAPlaceOnIt() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        assertEquals(-1, message(seal(lobby, "opens").id()).sequence());
        assertEquals(0, message(seal(lobby, "rides").id()).sequence());
        assertEquals(1, message(seal(lobby, "rides").id()).sequence());
    }

    /** So that readers can tell which of two came first. */
    @Test
    void noTwoSealedPacketsHaveTheSameTime() throws Exception {
        ChannelMembership den = stage.join("den", Mode.OPEN);
        long first = seal(den, "one").stamped();
        assertEquals(first + 1, seal(den, "two").stamped());
        assertEquals(first + 2, seal(den, "three").stamped());
    }

    @Test
    void aChannelNeedsNoSession() throws Exception {
        ChannelMembership den = stage.join("den", Mode.OPEN);
        assertSame(SessionOpening.NOTHING, sealer.of(den).open(null, null, den));
        assertTrue(sealer.of(den).isOpen(den));
        sealer.abandon(stage.outgoing(stage.queue(den, "words")));
    }

    // ---- signatures and nicknames

    @Test
    void aMessageIsSignedWhereThatIsAskedForAndHasNoSenderElse() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        seal(lobby, "opens");
        assertEquals(Optional.empty(), contents.get(0).senderId());
        assertEquals(Optional.empty(), contents.get(0).signature());
        long id = stage.queue(lobby, "signed");
        stage.outbox.change(
                id, now -> OutgoingMessageBuilder.builder(now).sign(true).build());
        assertEquals(State.SEALED, sealer.seal(id).state());
        Content signed = contents.get(1);
        assertArrayEquals(
                stage.keys().keys.identity().senderId(), signed.senderId().orElseThrow());
        byte[] signature = signed.signature().orElseThrow();
        boolean made = false;
        for (byte one : signature) {
            made |= one != 0;
        }
        assertTrue(made, "an empty one is filled in");
    }

    private List<NewChain> begun() {
        return contents.stream().flatMap(content -> content.newChain().stream()).toList();
    }

    @Test
    void aNicknameIsKeptWholeWhereItHasRoomAndCutWhereItHasNone() throws Exception {
        seal(stage.join("lobby", Mode.RATCHET), "x".repeat(60));
        assertEquals("alice", begun().get(0).nickname());
        stage.people.personas.setName(StageBench.ALICE.id(), "a name that is far too long \uD83D\uDC0E");
        stage.sizes.most = 64;
        seal(stage.join("plaza", Mode.RATCHET), "x".repeat(10));
        String cut = begun().get(1).nickname();
        assertTrue("a name that is far too long ".startsWith(cut), cut);
        assertFalse(cut.isEmpty());
    }

    // ---- chains

    @Test
    void aChainOfAFastClockIsRiddenOnNoMore() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        stage.clock.pass(Duration.ofHours(1));
        seal(lobby, "ahead");
        assertFalse(seal(lobby, "ahead").opens());
        stage.clock.pass(Duration.ofHours(-1));
        assertTrue(seal(lobby, "in time").opens(), "no reader has taken its opener");
        stage.clock.pass(Duration.ofSeconds(-100));
        assertFalse(seal(lobby, "a clock that is a little slow").opens());
    }

    private String remark(ChannelMembership lobby, String session) throws Exception {
        long id = stage.queue(
                lobby, PacketType.CONTROL, new ControlBody.Edit(Locator.of(new byte[8], 0, 8), "x").encode());
        stage.guard.transact(tx -> {
            new RemarkRecord(id, lobby.id(), 1, session, (byte) 0, 0)
                    .put(tx, stage.clock.instant().plus(Duration.ofDays(1)));
            return null;
        });
        assertNull(sealer.seal(id));
        assertEquals(State.RECALLED, stage.state(id));
        return stage.outgoing(id).reason();
    }

    @Test
    void whatIsSaidOfAMessageOfAnotherChainOrOfNoneIsOfNoUse() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        String why = "the message's chain has ended: its readers could not verify it";
        assertEquals(why, remark(lobby, "0123456789abcdef"), "there is no chain");
        seal(lobby, "opens");
        byte[] before = chain(lobby).orElseThrow().chain();
        assertEquals(why, remark(lobby, "0123456789abcdef"));
        assertArrayEquals(before, chain(lobby).orElseThrow().chain());
    }

    // ---- messages that wait or are over

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatIsOverIsNotSealed(Mode mode) throws Exception {
        ChannelMembership den = stage.join("den", mode);
        long id = seal(den, "words").id();
        byte[] before = chain(den).map(SendChainRecord::chain).orElse(new byte[0]);
        assertNull(sealer.seal(id), "it is sealed already");
        assertNull(sealer.seal(12_345), "there is no such message");
        assertNull(sealer.of(den).seal(den, 12_345));
        long gone = stage.queue(den, "whose words are erased");
        stage.guard.transact(tx -> tx.delete(MessageRecord.TABLE, Keys.of(gone)));
        assertNull(sealer.seal(gone));
        long left = stage.queue(den, "whose channel was left");
        stage.guard.open(() -> {
            stage.registry.remove(den);
            return null;
        });
        assertNull(sealer.seal(left));
        assertNull(sealer.of(den).seal(den, left));
        assertArrayEquals(before, chain(den).map(SendChainRecord::chain).orElse(new byte[0]));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void withoutANodeOrAPartThatReadsItWaits(Mode mode) throws Exception {
        ChannelMembership den = stage.join("den", mode);
        long id = stage.queue(den, "words");
        stage.sizes.most = 0;
        assertEquals(
                "it waits for a node that relays OP_RETURN outputs of 64 bytes",
                assertThrows(MessageWaitsException.class, () -> sealer.seal(id)).getMessage());
        stage.sizes.most = 80;
        stage.stop(Handshakes.class);
        assertThrows(AbsentException.class, () -> sealer.seal(id));
        assertEquals(0, stage.suites.argon2id().calls(), "nothing is derived in vain");
        assertEquals(State.QUEUED, stage.state(id));
    }

    /** Runs an action during a derivation. */
    private static final class Meanwhile implements KeyDerivation {
        private final KeyDerivation real;
        private final Action action;

        interface Action {
            void run() throws PartylineException;
        }

        Meanwhile(KeyDerivation real, Action action) {
            this.real = real;
            this.action = action;
        }

        @Override
        public KdfId id() {
            return real.id();
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            try {
                action.run();
            } catch (PartylineException e) {
                throw new AssertionError(e);
            }
            return real.derive(secret, salt, parameters, length);
        }
    }

    private void meanwhile(Meanwhile.Action action) {
        stage.suites.add(new Meanwhile(stage.suites.argon2id(), action));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatIsRecalledWhileAKeyIsDerivedIsNotSealed(Mode mode) throws Exception {
        ChannelMembership den = stage.join("den", mode);
        long id = stage.queue(den, "words");
        meanwhile(() -> stage.outbox.change(id, now -> now.ended(MessageEvent.RECALLED, "recalled")));
        assertNull(sealer.seal(id));
        assertEquals(State.RECALLED, stage.state(id));
        assertEquals(Optional.empty(), chain(den), "nor is a chain begun");
        assertEquals(0, stage.keys().messages);
    }

    @Test
    void noMessageIsSealedForAChannelThatIsLeftWhileAKeyIsDerived() throws Exception {
        ChannelMembership den = stage.join("den", Mode.RATCHET);
        long id = stage.queue(den, "words");
        meanwhile(() -> stage.guard.<Void, StoreException>open(() -> {
            stage.registry.remove(den);
            return null;
        }));
        assertNull(sealer.seal(id));
        assertEquals(Optional.empty(), chain(den));
    }

    @Test
    void whatIsStoppedWhileAKeyIsDerivedIsWaitedFor() throws Exception {
        ChannelMembership den = stage.join("den", Mode.RATCHET);
        long id = stage.queue(den, "words");
        meanwhile(() -> stage.stop(Handshakes.class));
        assertThrows(AbsentException.class, () -> sealer.seal(id));
        assertEquals(State.QUEUED, stage.state(id));
        assertEquals(Optional.empty(), chain(den));
    }

    // ---- remaining keys

    /** Returns the seeds of chains that were drawn. */
    private List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        stage.drawn = bytes -> {
            if (bytes.length == NewChain.SEED_LENGTH) {
                seeds.add(bytes);
            }
        };
        return seeds;
    }

    private static void assertWiped(List<byte[]> seeds) {
        assertFalse(seeds.isEmpty());
        seeds.forEach(seed -> assertArrayEquals(new byte[NewChain.SEED_LENGTH], seed));
    }

    @Test
    void theSeedOfAChainIsWipedOnceItIsSealed() throws Exception {
        List<byte[]> seeds = seeds();
        seal(stage.join("den", Mode.RATCHET), "words");
        assertWiped(seeds);
    }

    @Test
    void itIsWipedWhereTheChainIsNotOpenedAfterAll() throws Exception {
        ChannelMembership den = stage.join("den", Mode.RATCHET);
        long id = stage.queue(den, "words");
        stage.suites.deny("ARGON2ID");
        List<byte[]> seeds = seeds();
        assertThrows(MessageWaitsException.class, () -> sealer.seal(id));
        assertWiped(seeds);
        stage.suites.allow("ARGON2ID");

        seeds.clear();
        stage.put(ChannelKeys.class, (ChannelKeys) Proxy.newProxyInstance(
                ChannelKeys.class.getClassLoader(), new Class<?>[] {ChannelKeys.class}, (self, method, arguments) -> {
                    if (method.getName().equals("beacon")) {
                        throw new IllegalStateException("it fails");
                    }
                    return method.invoke(stage.channelKeys, arguments);
                }));
        assertThrows(IllegalStateException.class, () -> sealer.seal(id));
        assertWiped(seeds);
        stage.put(ChannelKeys.class, stage.channelKeys);

        seeds.clear();
        lost = () -> !seeds.isEmpty();
        assertThrows(StoreException.class, () -> sealer.seal(id));
        assertWiped(seeds);
        assertEquals(0, stage.suites.argon2id().calls(), "before anything was derived");
    }

    // ---- the price

    private SendPlan planned(ChannelMembership member, String text, String carrier) throws Exception {
        Draft draft = new Draft(
                PacketType.TEXT,
                false,
                stage.clock.instant().getEpochSecond(),
                OptionalInt.of(60),
                Optional.empty(),
                Optional.empty(),
                text.getBytes(StandardCharsets.UTF_8),
                false);
        return stage.guard.<SendPlan, PartylineException>open(
                () -> sealer.of(member).outlook(member, draft, new SizeRange(0, stage.sizes.most), carrier));
    }

    @ParameterizedTest
    @CsvSource({"OPEN,confirm", "RATCHET,confirm", "RATCHET,rolling", "OPEN,rolling"})
    void thePriceOfAMessageIsThatOfWhatIsSealed(Mode mode, String carrier) throws Exception {
        stage.sizes.most = 128;
        ChannelMembership fresh = stage.join("fresh", mode);
        for (int length = 1; length < 200; length += 3) {
            String text = "x".repeat(length);
            ChannelMembership den = stage.join("den" + length, mode);
            for (boolean opens : new boolean[] {mode == Mode.RATCHET, false}) {
                SendPlan plan = planned(den, text, carrier);
                OutgoingMessage sealed = seal(den, text, carrier);
                assertEquals(
                        plan.sizes(),
                        sealed.parts().stream()
                                .map(part -> part.packet().length)
                                .toList(),
                        length + " bytes");
                assertEquals(opens, sealed.opens());
                if (mode == Mode.RATCHET && !opens) {
                    assertEquals(planned(fresh, text, carrier), plan.later().orElseThrow(), "its chain may end");
                } else {
                    assertEquals(Optional.empty(), plan.later());
                }
            }
        }
    }

    /** If a version has room for one of them, a larger one after it would have to pay a higher rate. */
    @Test
    void whatOnlyOpensAChainIsAsLargeAsWhatFollowsWhereItRollsAndNoLargerElse() throws Exception {
        stage.sizes.most = 128;
        String text = "x".repeat(90);
        OutgoingMessage rolls = seal(stage.join("rolls", Mode.RATCHET), text, "rolling");
        OutgoingMessage confirms = seal(stage.join("confirms", Mode.RATCHET), text, "confirm");
        assertEquals(
                List.of(128, 128),
                rolls.parts().stream().map(part -> part.packet().length).toList());
        assertEquals(2, confirms.parts().size());
        assertTrue(confirms.parts().get(0).packet().length < 128);
    }

    @Test
    void whatWaitsOpensTheChainForWhatItsCarrierCarries() throws Exception {
        ChannelMembership lobby = stage.join("lobby", Mode.RATCHET);
        String text = "this has no room beside a chain";
        assertEquals(2, planned(lobby, text, "rolling").packets());
        assertEquals(2, planned(lobby, text, "confirm").packets());
        stage.queue(lobby, "waits", "rolling", Duration.ofHours(1));
        assertEquals(1, planned(lobby, text, "rolling").packets());
        assertEquals(2, planned(lobby, text, "confirm").packets(), "what rolls may be lost");
        stage.queue(lobby, "waits", "confirm", Duration.ofHours(1));
        assertEquals(1, planned(lobby, text, "confirm").packets());
        ChannelMembership plaza = stage.join("plaza", Mode.RATCHET);
        stage.queue(plaza, "waits", "confirm", Duration.ofHours(1));
        assertEquals(1, planned(plaza, text, "rolling").packets());
    }
}
