package org.partyline.carrier.rolling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.testkit.CarrierBench;

/** A message's quoted price is that of the rolling versions that it joins. */
class RollingPriceTest {
    private static final int OTHER = 2;

    private final CarrierBench bench = new CarrierBench();
    private List<CarrierNode> nodes = nodes(80, 10);
    private Carrier carrier;
    private long last;

    @BeforeEach
    void open() throws PartylineException {
        bench.rate = new FeeRate(100);
        carrier = new RollingCarriers().open(bench);
        carrier.takeUp();
    }

    private static List<CarrierNode> nodes(int payload, int outputs) {
        return List.of(node("a", payload, outputs, 100));
    }

    private static CarrierNode node(String name, int payload, int outputs, long floor) {
        return new CarrierNode(
                name, new RelayPolicy(payload, outputs, outputs * (payload + 3), new FeeRate(floor), new FeeRate(100)));
    }

    private void setRules(int mostPackets, long mostFee, long feeMaximum) {
        CarrierRules now = bench.rules;
        bench.rules = new CarrierRules(
                now.resendAfter(),
                now.rebroadcastAfter(),
                new FeeRate(feeMaximum),
                now.spacing(),
                mostPackets,
                mostFee,
                now.mostAge(),
                now.burns());
    }

    private void haveRoom(int packets) {
        nodes = nodes(80, packets);
        setRules(packets, 10_000, 100_000);
    }

    /** A written message, with its price when it was stored. */
    private record Written(long id, long quoted) {}

    private Written write(int... sizes) throws PartylineException {
        return write(CarrierBench.PERSONA, false, sizes);
    }

    private Written write(int persona, boolean opens, int... sizes) throws PartylineException {
        long id = ++last;
        put(id, persona, opens, false, sizes);
        return new Written(id, quote(id, persona, opens, sizes));
    }

    private long quote(long id, int persona, boolean opens, int... sizes) throws PartylineException {
        return carrier.quote(
                new Quote(
                        id,
                        persona,
                        CarrierBench.NETWORK,
                        Arrays.stream(sizes).boxed().toList(),
                        opens),
                nodes);
    }

    /** @param sizes empty: it is not sealed yet */
    private void put(long id, int persona, boolean opens, boolean ended, int... sizes) {
        List<CarriedPacket> packets = new ArrayList<>();
        for (int size : sizes) {
            byte[] packet = new byte[size];
            ByteBuffer.wrap(packet).putLong(id).putInt(packets.size());
            packets.add(new CarriedPacket(
                    packet, PacketState.SEALED, false, Optional.empty(), Instant.EPOCH, Optional.empty()));
        }
        bench.put(new CarriedMessage(
                id,
                persona,
                CarrierBench.NETWORK,
                opens,
                ended,
                ended,
                0,
                bench.clock.instant().plus(Duration.ofDays(2)),
                packets));
    }

    private static int[] packets(int howMany, int size) {
        return IntStream.generate(() -> size).limit(howMany).toArray();
    }

    /** Sends its next version. @return whether all of it is out */
    private boolean board(long id) throws PartylineException {
        // It has propagated, and is shown.
        bench.clock.pass(Duration.ofMinutes(6));
        bench.show();
        carrier.tick();
        CarriedMessage message = bench.now(id);
        int index = IntStream.range(0, message.packets().size())
                .filter(i -> message.packets().get(i).isWaiting())
                .findFirst()
                .orElseThrow();
        carrier.awaitTurn(message, index);
        bench.inSlot(message.ref(index), () -> carrier.dispatch(message, index, nodes));
        return bench.now(id).isOut();
    }

    /** The additions of the versions that a message, or the rest of it, joins. */
    private long paid(long id) throws PartylineException {
        int before = bench.added.size();
        while (!board(id)) {
            // The rest joins the next one.
        }
        return bench.added.subList(before, bench.added.size()).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private void assertPaid(Written written) throws PartylineException {
        assertEquals(written.quoted(), paid(written.id()), "message " + written.id());
    }

    @Test
    void whatRidesAlongIsInThePriceOfARollingMessage() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertPaid(write(80));
        }
        assertPaid(write(packets(4, 80)));
    }

    @Test
    void whatWaitsBeforeARollingMessageRidesAlongInItsPrice() throws Exception {
        paid(write(80).id());
        List<Written> waiting = List.of(write(80), write(80), write(packets(2, 80)));
        for (Written written : waiting) {
            assertPaid(written);
        }
    }

    /** A block may contain an earlier version: what joined later begins another roll. */
    @Test
    void whatAMessageCostsIfTheRunningTransactionIsLostIsInTheMost() throws Exception {
        bench.rate = new FeeRate(5_000);
        paid(write(80).id());
        for (int[] sizes : List.of(packets(1, 80), packets(4, 80))) {
            Written next = write(sizes);
            Carrier.Price price = carrier.price(
                    new Quote(
                            next.id(),
                            CarrierBench.PERSONA,
                            CarrierBench.NETWORK,
                            Arrays.stream(sizes).boxed().toList(),
                            false),
                    nodes);
            assertEquals(next.quoted(), price.fee());
            bench.clock.pass(bench.rules.mostAge().plusMinutes(1));
            long alone = paid(next.id());
            assertTrue(alone > next.quoted());
            assertEquals(alone * 125 / 100, price.most());
        }
    }

    @Test
    void theEmptyVersionAtTheEndOfARollIsInTheMost() throws Exception {
        Quote quote = new Quote(1, CarrierBench.PERSONA, CarrierBench.NETWORK, List.of(80), false);
        Carrier.Price left = carrier.price(quote, nodes);
        CarrierRules now = bench.rules;
        bench.rules = new CarrierRules(
                now.resendAfter(),
                now.rebroadcastAfter(),
                now.feeMaximum(),
                now.spacing(),
                now.mostPackets(),
                now.mostFee(),
                now.mostAge(),
                true);
        Carrier.Price burnt = carrier.price(quote, nodes);
        assertEquals(left.fee(), burnt.fee());
        assertTrue(burnt.most() >= left.most() + new FeeRate(100).fee(TransactionSize.of(List.of())));
    }

    /** It may be sent through each node that relays it. */
    @Test
    void theDearestOfSeveralNodesIsInThePrice() throws Exception {
        CarrierNode cheap = node("a", 80, 10, 100);
        CarrierNode dear = node("dear", 80, 10, 1_000);
        for (List<CarrierNode> among : List.of(List.of(cheap, dear), List.of(dear, cheap))) {
            nodes = among;
            assertEquals(new FeeRate(1_000).fee(TransactionSize.ONE_PACKET), quote(1, CarrierBench.PERSONA, false, 80));
        }
    }

    @Test
    void whatANodeAsksForThatDoesNotCarryAMessageIsNotInItsPrice() throws Exception {
        CarrierNode wide = node("a", 128, 3, 100);
        CarrierNode narrow = node("narrow", 80, 1, 1_000);
        nodes = List.of(wide, narrow);
        long quoted = write(128).quoted();
        assertEquals(new FeeRate(100).fee(TransactionSize.of(128, 1)), quoted);
        // The server hands it only to nodes that relay it.
        nodes = List.of(wide);
        assertEquals(quoted, paid(last));
    }

    @Test
    void whatFollowsInARollingTransactionIsPaidFromItsChange() throws Exception {
        assertFalse(carrier.paysFromChange(CarrierBench.PERSONA, CarrierBench.NETWORK));
        paid(write(80).id());
        assertTrue(carrier.paysFromChange(CarrierBench.PERSONA, CarrierBench.NETWORK));
        assertFalse(carrier.paysFromChange(OTHER, CarrierBench.NETWORK));
        bench.clock.pass(bench.rules.mostAge().plusMinutes(1));
        assertFalse(carrier.paysFromChange(CarrierBench.PERSONA, CarrierBench.NETWORK));
    }

    @Test
    void whatComesAfterARollIsOverIsPricedAsTheFirstOfAnother() throws Exception {
        Written first = write(80);
        paid(first.id());
        bench.clock.pass(bench.rules.mostAge().plusMinutes(1));
        Written second = write(80);
        assertEquals(first.quoted(), second.quoted());
        assertPaid(second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"roll-max-fee=70sat", "fee-maximum=0.25sat/vB"})
    void whereACoinMayPayNoMoreThePriceIsThatOfAnother(String limit) throws Exception {
        if (limit.startsWith("roll-max-fee")) {
            setRules(3, 70, 100_000);
        } else {
            setRules(3, 10_000, 250);
        }
        for (int i = 0; i < 8; i++) {
            assertPaid(write(80));
        }
        assertTrue(coins() > 1, "by several coins");
    }

    private long coins() {
        return bench.handed.stream()
                .map(raw -> ByteBuffer.wrap(raw, 0, 8))
                .distinct()
                .count();
    }

    @Test
    void aMessageThatFindsNoRoomInOneVersionIsPricedByAllThatItTakes() throws Exception {
        nodes = nodes(80, 2);
        assertPaid(write(packets(4, 80)));
        assertEquals(2, bench.handed.size());
    }

    /** Messages that do not join the same rolling transaction before it are not included in its price. */
    @Test
    void onlyWhatBoardsBeforeItIsInThePriceOfARollingMessage() throws Exception {
        haveRoom(16);
        // With one more packet before it, the coin could not pay for it.
        setRules(16, 70, 100_000);
        paid(write(80).id());
        paid(write(OTHER, false, 80).id());
        // The next version is not due yet: everything after it waits.
        write(OTHER, false, 80);
        Written cancelled = write(80);
        put(cancelled.id(), CarrierBench.PERSONA, false, true, 80);
        assertPaid(write(80));
    }

    @Test
    void whatHasBoardedAlreadyIsNotCountedAgain() throws Exception {
        nodes = nodes(80, 2);
        // If all of it joined again, the coin could not pay for what follows.
        setRules(3, 100, 100_000);
        Written several = write(packets(4, 80));
        assertFalse(board(several.id()), "some of it is out");
        Written next = write(80);
        long boarded = bench.added.get(0);
        assertEquals(several.quoted(), boarded + paid(several.id()));
        assertPaid(next);
    }

    @Test
    void theSizeOfARollIsThatWhichItsWalletMade() throws Exception {
        haveRoom(16);
        bench.heavier = 500;
        paid(write(80).id());
        assertPaid(write(80));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatOpenedTheChainKeepsItsPlaceInThePrice(boolean waits) throws Exception {
        haveRoom(3);
        nodes = nodes(256, 3);
        int[] sizes = {80, 256, 256, 256, 256};
        Written several = write(CarrierBench.PERSONA, true, sizes);
        if (waits) {
            Written next = write(256);
            assertPaid(several);
            assertPaid(next);
        } else {
            assertPaid(several);
            assertPaid(write(256));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 256})
    void whatWaitsUnsealedBeforeARollingMessageIsInItsPriceAsItWillBeSealed(int size) throws Exception {
        haveRoom(10);
        nodes = nodes(256, 10);
        paid(write(80).id());
        long unsealed = ++last;
        put(unsealed, CarrierBench.PERSONA, false, false);
        bench.likely.put(unsealed, List.of(size, 80));
        Written behind = write(80);
        put(unsealed, CarrierBench.PERSONA, false, false, size, 80);
        paid(unsealed);
        assertPaid(behind);
    }
}
