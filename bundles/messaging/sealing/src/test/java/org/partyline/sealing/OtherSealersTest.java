package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.sealing.Sealed;
import org.partyline.api.sealing.WrittenMessage;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.WaitsException;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.sealing.Outlook;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;

/** A channel that an operator gave to the sealer of another bundle: that seals, fails, takes its time, goes and comes. */
class OtherSealersTest {
    private final SealingBench bench = new SealingBench();
    private final PrivateSealer sealer = new PrivateSealer();
    /** Lets calls end that a test holds. */
    private final CountDownLatch gate = new CountDownLatch(1);

    private ChannelMembership lobby;

    @BeforeEach
    void giveAChannel() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
        bench.giveTo(lobby, "private");
    }

    @AfterEach
    void close() {
        gate.countDown();
        bench.close();
    }

    private long write(String text) throws StoreException {
        return bench.stage.queue(lobby, text);
    }

    /** What a message says that it waits for. */
    private String waits(long id) throws StoreException {
        String reason =
                assertThrows(WaitsException.class, () -> bench.sealers.seal(id)).getMessage();
        assertEquals(State.QUEUED, bench.now(id).state());
        assertEquals(List.of(), bench.now(id).parts(), "nothing is stored");
        return reason;
    }

    private void assertSealed(long id, String text) throws Exception {
        OutgoingMessage after = bench.sealers.seal(id);
        assertEquals(State.SEALED, after.state());
        assertEquals(1, after.parts().size());
        assertArrayEquals(PrivateSealer.packet(text), after.parts().get(0).packet());
        assertArrayEquals(
                PrivateSealer.packet(text), bench.now(id).parts().get(0).packet());
    }

    private PacketIndex.Sent sent(String text) {
        return bench.stage.memory().packets.sent(PacketId.of(Network.REGTEST.code(), PrivateSealer.packet(text)));
    }

    @Test
    void whatItSealsLeavesAndIsNotReadByWhoWroteIt() throws Exception {
        bench.sealing.addSealer(sealer);
        long one = write("one");
        assertSealed(one, "one");
        assertSealed(write("two"), "two");
        assertEquals(List.of(List.of(), List.of((byte) 1)), sealer.states);
        assertEquals(new PacketIndex.Sent(one, 0), sent("one"), "nodes that show it are heard");
        byte[] hash =
                PacketId.of(Network.REGTEST.code(), PrivateSealer.packet("one")).hash();
        assertTrue(
                bench.stage.guard.<Boolean, StoreException>transact(tx -> SeenLocators.isOther(tx, lobby.id(), hash)),
                "whoever can open it");
        assertEquals(
                bench.stage.clock.instant().getEpochSecond(), bench.now(one).stamped());
    }

    @Test
    void takenBackTheChannelIsSealedAsOursAgain() throws Exception {
        bench.sealing.addSealer(sealer);
        assertSealed(write("one"), "one");
        bench.giveTo(lobby, "");
        OutgoingMessage ours = bench.sealers.seal(write("two"));
        assertEquals(State.SEALED, ours.state());
        assertTrue(Packets.isCandidate(ours.parts().get(0).packet()));
        assertEquals(1, sealer.states.size());
    }

    @Test
    void whileItIsAwayMessagesWaitAndSayForWhat() throws Exception {
        String away = "it waits for the sealer 'private', which no bundle offers";
        long one = write("one");
        assertEquals(away, waits(one));
        assertEquals(away, opening());
        assertFalse(bench.sealers.of(lobby).isOpen(lobby));
        AtomicInteger retries = new AtomicInteger();
        bench.stage.bus.on(Bus.Retry.class, retry -> retries.incrementAndGet());
        bench.sealing.addSealer(sealer);
        assertEquals(1, retries.get(), "what waited is looked at again");
        assertEquals("", opening());
        assertTrue(bench.sealers.of(lobby).isOpen(lobby));
        assertSealed(one, "one");
        bench.sealing.removeSealer(sealer);
        long two = write("two");
        assertEquals(away, waits(two));
        PrivateSealer another = new PrivateSealer();
        bench.sealing.addSealer(another);
        assertSealed(two, "two");
        assertEquals(List.of(List.of((byte) 1)), another.states, "it goes on where the one before ended");
    }

    /** What is said at once of a message that is written. */
    private String opening() throws PartylineException {
        return bench.stage.guard.<String, PartylineException>open(memory ->
                bench.stage.guard.<String, PartylineException>transact(tx -> {
                    try (AfterCommit after = new AfterCommit()) {
                        return bench.sealers
                                .of(lobby)
                                .open(tx, memory, after, lobby)
                                .waits();
                    }
                }));
    }

    @Test
    void ofPacketsAndStateBothAreStoredOrNeither() throws Exception {
        bench.sealing.addSealer(sealer);
        long one = write("one");
        bench.stage.store.failNext(SendChainRecord.TABLE, 1);
        assertThrows(StoreException.class, () -> bench.sealers.seal(one));
        assertEquals(State.QUEUED, bench.now(one).state());
        assertNull(sent("one"));
        assertSealed(one, "one");
        assertEquals(List.of(List.of(), List.of()), sealer.states);
        assertNotNull(sent("one"));
        assertSealed(write("two"), "two");
        assertEquals(List.of((byte) 1), sealer.states.get(2));
    }

    @Test
    void whatIsSealedIsNotSealedAnewAndWithoutItsStateItBeginsAnew() throws Exception {
        bench.sealing.addSealer(sealer);
        long one = write("one");
        assertSealed(one, "one");
        assertNull(bench.sealers.seal(one));
        assertEquals(1, sealer.states.size());
        // As after a restart: the files may have been an old copy.
        forgetState();
        assertSealed(write("two"), "two");
        assertEquals(List.of(List.of(), List.of()), sealer.states);
    }

    private void forgetState() throws StoreException {
        bench.stage.guard.transact(tx -> tx.delete(SendChainRecord.TABLE, Keys.of(lobby.id())));
    }

    @Test
    void oneThatThrowsLosesNothing() throws Exception {
        bench.sealing.addSealer(sealer);
        long one = write("one");
        sealer.instead = message -> {
            throw new StackOverflowError();
        };
        assertTrue(waits(one).startsWith("it waits for the sealer 'private', which failed (StackOverflowError)"));
        sealer.instead = message -> null;
        assertTrue(waits(one).startsWith("it waits for the sealer 'private', which failed (IllegalStateException)"));
        sealer.instead = message -> Sealed.waits("its key");
        assertEquals("it waits for its key", waits(one));
        sealer.instead = sealer::sealed;
        assertSealed(one, "one");
    }

    @Test
    void theAnswerOfOneThatDoesNotAnswerComesTooLate() throws Exception {
        AtomicInteger retries = new AtomicInteger();
        bench.stage.bus.on(Bus.Retry.class, retry -> retries.incrementAndGet());
        OfferedSealers offered = bench.offered(Duration.ofMillis(500));
        OtherSealer others = bench.others(offered);
        sealer.instead = message -> {
            boolean open = false;
            while (!open) {
                try {
                    gate.await();
                    open = true;
                } catch (InterruptedException e) {
                    // It does not care.
                    open = false;
                }
            }
            return Sealed.of(List.of(new byte[] {'p', 'k', 1}), new byte[] {99});
        };
        offered.add(sealer);
        assertEquals(1, retries.get());
        long one = write("one");
        String silent = "it waits for the sealer 'private', which does not answer";
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    silent,
                    assertThrows(WaitsException.class, () -> others.seal(lobby, one))
                            .getMessage());
        }
        assertFalse(others.isOpen(lobby));
        assertEquals(List.of("sealer-late"), bench.stage.audited);
        assertEquals(1, sealer.states.size(), "it is asked once");
        sealer.instead = sealer::sealed;
        gate.countDown();
        Eventually.that("it can be asked again", () -> others.isOpen(lobby) && retries.get() == 2);
        OfferedSealers patient = bench.offered(Duration.ofMinutes(1));
        patient.add(sealer);
        assertEquals(State.SEALED, bench.others(patient).seal(lobby, one).state());
        assertArrayEquals(
                PrivateSealer.packet("one"), bench.now(one).parts().get(0).packet());
        assertEquals(List.of(List.of(), List.of()), sealer.states, "what came too late is not stored");
    }

    @Test
    void packetsThatAMessageCannotHaveAreRefused() throws Exception {
        bench.sealing.addSealer(sealer);
        long id = write("one");
        refused(
                id,
                message -> Sealed.of(List.of(new byte[81]), new byte[0]),
                "whose answer was refused: a packet of 81");
        refused(id, message -> Sealed.of(List.of(new byte[0]), new byte[0]), "whose answer was refused: a packet of 0");
        refused(
                id,
                message -> Sealed.of(List.of(new byte[] {1}, new byte[] {2}, new byte[] {1}), new byte[0]),
                "whose answer was refused: the same packet twice");
        refused(id, message -> Sealed.of(Collections.nCopies(17, new byte[9]), new byte[0]), "which failed");
        refused(id, message -> Sealed.of(List.of(), new byte[0]), "which failed");
        refused(id, message -> Sealed.of(List.of(new byte[9]), new byte[Sealed.MAX_STATE + 1]), "which failed");
        sealer.instead = sealer::sealed;
        assertSealed(id, "one");
    }

    private void refused(long id, Function<WrittenMessage, Sealed> answer, String why) throws Exception {
        sealer.instead = answer;
        String reason = waits(id);
        assertTrue(reason.startsWith("it waits for the sealer 'private', " + why), reason);
    }

    @Test
    void aPacketThatWasSentBeforeIsRefused() throws Exception {
        bench.sealing.addSealer(sealer);
        long one = write("one");
        assertSealed(one, "one");
        long two = write("two");
        refused(
                two,
                message -> Sealed.of(List.of(PrivateSealer.packet("one")), new byte[] {7}),
                "whose answer was refused: a packet that was sent before");
        // As after a restart, with the message gone: it is remembered all the same.
        bench.stage.memory().packets.removeSent(one);
        assertNull(sent("one"));
        refused(two, sealer.instead, "whose answer was refused: a packet that was sent before");
        sealer.instead = sealer::sealed;
        assertSealed(two, "two");
    }

    private void cover() {
        bench.stage.cover.orders.put(StageBench.ALICE.id(), new CoverOrder(Duration.ofSeconds(30), 100_000, 80));
        bench.stage.sizes.least = 80;
    }

    private static Sealed disguised(WrittenMessage message) {
        byte[] packet = new byte[80];
        packet[0] = Packets.VERSION;
        return Sealed.of(List.of(packet), new byte[] {1});
    }

    @Test
    void withCoverTrafficItsPacketsHaveToLookLikeDecoys() throws Exception {
        cover();
        bench.sealing.addSealer(sealer);
        long one = write("one");
        assertTrue(waits(one).contains("with cover traffic each looks like one of ours"));
        sealer.instead = OtherSealersTest::disguised;
        assertEquals(State.SEALED, bench.sealers.seal(one).state());
    }

    @Test
    void whereCoverTrafficBeginsMeanwhileItIsAskedAnew() throws Exception {
        bench.sealing.addSealer(sealer);
        long one = write("one");
        sealer.instead = message -> {
            cover();
            return sealer.sealed(message);
        };
        assertTrue(waits(one).contains("what it was sealed by has changed meanwhile"));
        sealer.instead = OtherSealersTest::disguised;
        assertEquals(State.SEALED, bench.sealers.seal(one).state());
    }

    @Test
    void anAnswerToAStateThatIsStoredNoMoreIsDropped() throws Exception {
        bench.sealing.addSealer(sealer);
        assertSealed(write("one"), "one");
        sealer.instead = message -> {
            sealer.instead = sealer::sealed;
            try {
                // As when new chains are begun.
                forgetState();
            } catch (StoreException e) {
                throw new IllegalStateException(e);
            }
            return sealer.sealed(message);
        };
        long two = write("two");
        assertTrue(waits(two).contains("what it was sealed by has changed meanwhile"));
        assertSealed(two, "two");
        assertEquals(List.of(List.of(), List.of((byte) 1), List.of()), sealer.states);
    }

    private Outlook outlook(boolean burn, boolean signed, PacketType type) throws Exception {
        Draft draft = new Draft(
                type,
                burn,
                bench.stage.clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                "words".getBytes(StandardCharsets.UTF_8),
                signed);
        return bench.sealers.of(lobby).outlook(bench.stage.memory(), lobby, draft, new SizeRange(0, 80), "confirm");
    }

    @Test
    void onlyWordsGoByIt() throws Exception {
        bench.sealing.addSealer(sealer);
        assertEquals(Outlook.UNKNOWN, outlook(false, false, PacketType.TEXT));
        NoSuchThingException burn =
                assertThrows(NoSuchThingException.class, () -> outlook(true, false, PacketType.TEXT));
        assertEquals(
                "a message to 'lobby' cannot burn when it was shown: what is written there is sealed by 'private'"
                        + " (partyline:channel-set --sealer)",
                burn.getMessage());
        assertThrows(NoSuchThingException.class, () -> outlook(false, true, PacketType.TEXT));
        assertThrows(NoSuchThingException.class, () -> outlook(false, false, PacketType.CONTROL));
    }

    @Test
    void whatWasWrittenBeforeAndCannotGoByItFails() throws Exception {
        bench.sealing.addSealer(sealer);
        long id = write("words");
        OutgoingMessage plain = bench.now(id);
        bench.stage.guard.transact(tx -> {
            OutgoingRecords.put(tx, burning(plain));
            return null;
        });
        assertNull(bench.sealers.seal(id));
        assertEquals(State.FAILED, bench.now(id).state());
        assertTrue(bench.now(id).reason().contains("cannot burn when it was shown"));
        assertEquals(List.of(id), bench.stage.outbox.givenUp);
        assertEquals(List.of(), sealer.states);
    }

    private static OutgoingMessage burning(OutgoingMessage plain) {
        return new OutgoingMessage(
                plain.id(),
                plain.membership(),
                plain.state(),
                plain.reason(),
                plain.queued(),
                plain.expires(),
                plain.ttlMinutes(),
                true,
                plain.textBytes(),
                plain.parts(),
                plain.type(),
                plain.body(),
                plain.sign(),
                plain.stamped(),
                plain.carrier(),
                plain.opens());
    }

    @Test
    void aTimeToLiveIsHandedOn() throws Exception {
        bench.sealing.addSealer(sealer);
        Duration[] life = new Duration[1];
        sealer.instead = message -> {
            life[0] = message.timeToLive().orElseThrow();
            return sealer.sealed(message);
        };
        assertSealed(bench.stage.queue(lobby, "words", "confirm", Duration.ofMinutes(5)), "words");
        assertEquals(Duration.ofMinutes(5), life[0]);
    }

    /** What leaves under cover traffic is sealed by ours, too. */
    @Test
    void withCoverTrafficNoPacketOfOursIsSmall() throws Exception {
        bench.giveTo(lobby, "");
        ChannelMembership open = bench.stage.join("open", Mode.OPEN);
        long small = bench.stage.queue(open, "hi");
        assertEquals(64, bench.sealers.seal(small).parts().get(0).packet().length);
        cover();
        for (ChannelMembership channel : List.of(open, lobby)) {
            for (String text : List.of("hi", "a long message in pieces ".repeat(10))) {
                bench.sealers
                        .seal(bench.stage.queue(channel, text))
                        .parts()
                        .forEach(part -> assertEquals(80, part.packet().length));
            }
        }
    }
}
