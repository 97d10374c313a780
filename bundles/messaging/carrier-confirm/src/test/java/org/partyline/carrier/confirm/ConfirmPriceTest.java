package org.partyline.carrier.confirm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.testkit.CarrierBench;

/** A message's quoted price is that of its packets' transactions. */
class ConfirmPriceTest {
    private final CarrierBench bench = new CarrierBench();
    private Carrier carrier;
    private long last;

    @BeforeEach
    void open() {
        bench.rate = new FeeRate(100);
        carrier = new ConfirmCarriers().open(bench);
    }

    private static CarrierNode node(String name, int payload, long floor) {
        return new CarrierNode(name, new RelayPolicy(payload, 1, payload + 3, new FeeRate(floor), new FeeRate(100)));
    }

    private long quote(List<Integer> sizes, List<CarrierNode> nodes) throws PartylineException {
        return carrier.quote(new Quote(1, CarrierBench.PERSONA, CarrierBench.NETWORK, sizes, false), nodes);
    }

    /** The actual price of a message with packets of these sizes. */
    private long paid(List<Integer> sizes, List<CarrierNode> nodes) throws PartylineException {
        CarriedMessage message = new CarriedMessage(
                ++last,
                CarrierBench.PERSONA,
                CarrierBench.NETWORK,
                false,
                false,
                false,
                0,
                bench.clock.instant().plus(Duration.ofDays(2)),
                sizes.stream()
                        .map(size -> new CarriedPacket(
                                new byte[size],
                                PacketState.SEALED,
                                false,
                                Optional.empty(),
                                Instant.EPOCH,
                                Optional.empty()))
                        .toList());
        bench.put(message);
        int before = bench.added.size();
        for (int i = 0; i < sizes.size(); i++) {
            int index = i;
            bench.inSlot(message.ref(i), () -> carrier.dispatch(bench.now(message.id()), index, nodes));
        }
        assertEquals(sizes.size(), bench.added.size() - before, "each by itself");
        return bench.added.subList(before, bench.added.size()).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void thePriceOfSeveralPacketsIsThatOfAll() throws Exception {
        for (List<Integer> sizes : List.of(List.of(80), Collections.nCopies(4, 80), List.of(80, 256, 128))) {
            List<CarrierNode> nodes = List.of(node("a", 256, 100));
            assertEquals(quote(sizes, nodes), paid(sizes, nodes));
        }
        assertEquals(4 * 21, quote(Collections.nCopies(4, 80), bench.nodes));
    }

    @Test
    void thePriceIsNotExceededWhateverRateIsDrawn() throws Exception {
        bench.band = 20;
        assertEquals(2 * new FeeRate(120).fee(TransactionSize.ONE_PACKET), quote(List.of(80, 80), bench.nodes));
    }

    @Test
    void theDearestOfSeveralNodesIsInThePriceWhicheverAMessageGoesInBy() throws Exception {
        CarrierNode cheap = node("a", 80, 100);
        CarrierNode dear = node("dear", 80, 1_000);
        for (List<CarrierNode> nodes : List.of(List.of(cheap, dear), List.of(dear, cheap))) {
            long quoted = quote(List.of(80), nodes);
            assertEquals(new FeeRate(1_000).fee(TransactionSize.ONE_PACKET), quoted);
            assertEquals(quoted, paid(List.of(80), nodes));
        }
    }

    @Test
    void whatANodeAsksForThatDoesNotCarryAMessageIsNotInItsPrice() throws Exception {
        CarrierNode wide = node("a", 128, 100);
        CarrierNode narrow = node("narrow", 80, 1_000);
        assertEquals(new FeeRate(100).fee(TransactionSize.of(128, 1)), quote(List.of(128), List.of(narrow, wide)));
        // Each packet separately: the small one may be sent through both.
        assertEquals(
                new FeeRate(100).fee(TransactionSize.of(128, 1)) + new FeeRate(1_000).fee(TransactionSize.ONE_PACKET),
                quote(List.of(128, 80), List.of(narrow, wide)));
    }

    @Test
    void eachNeedsACoinOfItsOwn() throws Exception {
        paid(List.of(80), bench.nodes);
        assertFalse(carrier.paysFromChange(CarrierBench.PERSONA, CarrierBench.NETWORK));
    }
}
