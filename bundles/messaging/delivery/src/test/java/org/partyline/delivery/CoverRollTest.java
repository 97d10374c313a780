package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.cover.CoverTraffic.Use;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.CoverConversation;
import org.partyline.messaging.mailbox.MessageRenumbered;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.testkit.messaging.PlainCarrier;

/** Packets that left with cover traffic: whatever happens to their contents, they stay and come back like decoys. */
class CoverRollTest extends UnderCover {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

    /** A packet of a transaction that cannot be mined: it is sent again. */
    private OutgoingPart back(byte[] packet, Instant left) {
        return seen(packet, left).on(PacketEvent.TRANSACTION_GONE);
    }

    private OutgoingPart seen(byte[] packet, Instant left) {
        return attempted(packet, left).on(PacketEvent.TAKEN).on(PacketEvent.SHOWN);
    }

    /** With its own transaction, handed to a node. */
    private OutgoingPart attempted(byte[] packet, Instant left) {
        SignedTransaction paid = paid(packet);
        return OutgoingPart.of(packet)
                .signed(paid.raw(), paid.id().bytes(), paid.vsize(), paid.fee(), "a", "")
                .attempt("a", left.toEpochMilli());
    }

    private SignedTransaction paid(byte[] packet) {
        try {
            return bench.node.pay("", List.of(packet), new FeeRate(100));
        } catch (PartylineException e) {
            throw new AssertionError(e);
        }
    }

    /** @param covered whether it left in a slot */
    private long put(int membership, PacketType type, OutgoingPart part, Instant left, boolean covered)
            throws PartylineException {
        return bench.stage.guard.open(() -> bench.stage.guard.transact(tx -> {
            bench.stage.recognition.packets.addSent(
                    PacketId.of(Network.REGTEST.code(), part.packet()), new PacketIndex.Sent(500, 0));
            OutgoingMessage outgoing = new OutgoingMessage(
                    500,
                    membership,
                    State.SEALED,
                    "",
                    left.toEpochMilli(),
                    left.plus(Outbox.COVERED_LIFE).toEpochMilli(),
                    0,
                    false,
                    0,
                    List.of(part),
                    type.code(),
                    null,
                    false,
                    left.getEpochSecond(),
                    "confirm",
                    false);
            outgoing = outgoing.with(List.of(part));
            OutgoingRecords.put(tx, outgoing);
            PropagationRecords.put(tx, outgoing, new PropagationRecords.DeliveryOptions(0, covered));
            return outgoing.id();
        }));
    }

    private long decoy(OutgoingPart part, Instant left) throws PartylineException {
        return put(CoverConversation.id(ALICE, Network.REGTEST), PacketType.DECOY, part, left, true);
    }

    @Test
    void whatABlockLeftOutGoesAtOnceAndTakesNoPoint() throws Exception {
        start(MINUTE);
        point();
        Instant next = next();
        int before = handed();
        long id = decoy(back(packet(77), bench.clock.instant()), bench.clock.instant());
        List<byte[]> left = look(before);
        assertEquals(1, left.size(), "it rides again");
        assertEquals(List.of(ByteBuffer.wrap(packet(77))), payloads(left.get(0)));
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(next, next(), "before the next point");
        long message = write("hello");
        assertEquals(1, point().size());
        assertEquals(State.RELAYED, bench.stage.state(message), "which is the message's");
        assertEquals(List.of(Use.FREE, Use.MESSAGE), cover.uses);
    }

    @Test
    void whatComesAlongWithTheNextPacketDoesNotGoByItself() throws Exception {
        bench.carrier.takesAlong = true;
        start(MINUTE);
        long id = decoy(back(packet(77), bench.clock.instant()), bench.clock.instant());
        assertEquals(0, look().size());
        assertEquals(1, point().size());
        assertEquals(List.of(Use.FREE), cover.uses, "a decoy has the point");
        assertFalse(bench.carrier.calls.contains("dispatch " + id + "/0"), "what it has to carry is the carrier's");
        assertEquals(State.SEALED, bench.stage.state(id), "it waits for it, and is not given up");
    }

    @Test
    void whatLeftLongAgoRidesAgainAsADecoyDoes() throws Exception {
        start(Duration.ofDays(1));
        Instant left = bench.clock.instant();
        long id = put(lobby.id(), PacketType.TEXT, back(packet(77), left), left, true);
        // When its readers no longer accept it.
        assertEquals(1, pass(Duration.ofHours(21)).size());
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(List.of(), bench.stage.sealer.sealed, "and is not sealed again");
    }

    @Test
    void withoutCoverItRestsThen() throws Exception {
        Instant left = bench.clock.instant();
        OutgoingPart part = back(packet(77), left);
        bench.node.poor = true;
        long id = put(lobby.id(), PacketType.TEXT, part, left, false);
        assertEquals(0, pass(Duration.ofHours(21)).size());
        assertEquals(State.REPLACED, bench.stage.state(id));
    }

    @Test
    void whatBecameADecoyWhenItsConversationWasErasedComesBackAsDecoysDo() throws Exception {
        start(Duration.ofDays(100));
        Instant left = bench.clock.instant();
        decoy(seen(packet(77), left), left);
        assertEquals(1, pass(Duration.ofHours(12)).size(), "no node has it");
        assertTrue(
                bench.network.waiting().stream().anyMatch(raw -> payloads(raw).contains(ByteBuffer.wrap(packet(77)))));
        bench.network.evictAll();
        assertEquals(0, pass(Duration.ofHours(12)).size(), "a day later it is no more looked after");
    }

    @Test
    void whatANodeTookWithoutAnAnswerBeforeItsConversationWasErasedComesBackToo() throws Exception {
        start(Duration.ofDays(100));
        Instant left = bench.clock.instant();
        int before = handed();
        long id = decoy(attempted(packet(77), left), left);
        List<byte[]> again = look(before);
        assertEquals(1, again.size());
        assertEquals(List.of(ByteBuffer.wrap(packet(77))), payloads(again.get(0)));
        assertEquals(State.RELAYED, bench.stage.state(id));
    }

    /** Missed events are delivered when it returns. */
    @Test
    void whoWasAwayWhenPacketsBecameADecoysIsToldBeforeAnythingElse() throws Exception {
        renumber(1, 2);
        assertTrue(bench.carrier.calls.contains("renamed 1 2"), () -> bench.carrier.calls.toString());
        bench.delivery.removeCarrier(bench.carrier);
        renumber(3, 4);
        PlainCarrier returned = new PlainCarrier();
        bench.add(returned);
        bench.round();
        assertEquals(List.of("renamed 3 4", "take up"), returned.calls);
        bench.delivery.removeCarrier(returned);
        PlainCarrier once = new PlainCarrier();
        bench.add(once);
        bench.round();
        assertEquals(List.of("take up"), once.calls, "once");
    }

    private void renumber(long message, long other) throws PartylineException {
        bench.round();
        bench.stage.guard.open(() -> bench.stage.guard.transact(tx -> {
            bench.stage.bus.publishWithin(new MessageRenumbered(tx, message, "confirm", other), "delivery");
            return null;
        }));
    }

    /** A carrier of another bundle may not know better. */
    @Test
    void whatWouldLeaveTwoPacketsInOneSlotIsNotSigned() throws Exception {
        List<String> refused = new ArrayList<>();
        bench.delivery.removeCarrier(bench.carrier);
        bench.add(new PlainCarrier() {
            @Override
            public Carrier open(CarrierContext with) {
                context = with;
                return new Each(with) {
                    @Override
                    public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes)
                            throws PartylineException {
                        try {
                            with.payments().sign(both(message, index, nodes), (tx, signed) -> new byte[0]);
                        } catch (IllegalStateException e) {
                            refused.add(e.getMessage());
                            throw e;
                        }
                    }
                };
            }
        });
        start(MINUTE);
        assertEquals(List.of(), point());
        assertEquals(List.of("several packets would leave in one slot of the cover traffic"), refused);
        assertEquals(List.of(), bench.node.signed);
    }

    @Test
    void aVersionPaysTheLeastThatNodesTakeWhateverItCarries() throws Exception {
        bench.delivery.removeCarrier(bench.carrier);
        bench.add(new PlainCarrier() {
            private Optional<byte[]> before = Optional.empty();

            @Override
            public Carrier open(CarrierContext with) {
                context = with;
                return new Each(with) {
                    @Override
                    public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes)
                            throws PartylineException {
                        with.payments().sign(one(message, index, before, nodes), (tx, signed) -> new byte[0]);
                        before = Optional.of(KEY);
                        with.broadcasts().hand(KEY, nodes, tx -> new byte[0]);
                    }
                };
            }
        });
        start(MINUTE);
        long fee = 0;
        int vsize = 0;
        for (int i = 0; i < 20; i++) {
            if (i % 3 == 0) {
                write("words");
            }
            byte[] version = point().get(0);
            SignedTransaction paid = bench.network.paid(TransactionScanner.id(version));
            assertEquals(
                    fee == 0
                            ? new FeeRate(100).fee(paid.vsize())
                            : bench.stage.fees.replacement(fee, vsize, paid.vsize(), List.of(bench.node)),
                    paid.fee(),
                    "the least fee");
            fee = paid.fee();
            vsize = paid.vsize();
        }
        assertEquals(7, cover.uses.stream().filter(Use.MESSAGE::equals).count());
        assertEquals(13, cover.left.size());
        assertEquals(
                fee,
                bench.stage.fees.counted.stream().mapToLong(Long::longValue).sum(),
                "what each adds is counted");
        assertEquals(List.of(80, 80, 80, 80, 80, 80, 80), cover.sent, "decoys are of the sizes of what says something");
    }

    private static SharedTransaction one(
            CarriedMessage message, int index, Optional<byte[]> before, List<CarrierNode> nodes) {
        return new SharedTransaction(
                message.persona(),
                message.network(),
                KEY,
                before,
                List.of(new SharedTransaction.Cargo(
                        message.ref(index), message.packets().get(index).bytes())),
                Set.of(message.ref(index)),
                false,
                (fee, vsize) -> {},
                nodes);
    }

    private static SharedTransaction both(CarriedMessage message, int index, List<CarrierNode> nodes) {
        return new SharedTransaction(
                message.persona(),
                message.network(),
                KEY,
                Optional.empty(),
                List.of(new SharedTransaction.Cargo(
                        message.ref(index), message.packets().get(index).bytes())),
                Set.of(message.ref(index), new PacketRef(message.id(), index + 1)),
                false,
                (fee, vsize) -> {},
                nodes);
    }
}
