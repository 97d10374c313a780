package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.Payments.Signed;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests which wallet pays for messages, how much, and that nothing is signed that may not be paid. */
class PayingTest {
    private final DeliveryBench bench = new DeliveryBench();
    private final Shared shared = new Shared();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
        bench.add(shared);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Each packet in a transaction that could carry others, too. */
    private static final class Shared extends PlainCarrier {
        Shared() {
            super("rolling");
        }

        List<Long> messages() throws PartylineException {
            return context.<List<Long>, PartylineException>transact(
                    tx -> tx.messages().stream().map(CarriedMessage::id).toList());
        }

        List<Integer> likely(long message) throws PartylineException {
            return context.likelySizes(message);
        }

        @Override
        public Carrier open(CarrierContext with) {
            super.open(with);
            return new Each(with) {
                @Override
                public boolean isShared() {
                    return true;
                }

                @Override
                public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes)
                        throws PartylineException {
                    PacketRef packet = message.ref(index);
                    byte[] key = {(byte) message.id(), (byte) index};
                    Signed signed = with.payments()
                            .sign(
                                    new SharedTransaction(
                                            message.persona(),
                                            message.network(),
                                            key,
                                            Optional.empty(),
                                            List.of(new SharedTransaction.Cargo(
                                                    packet,
                                                    message.packets().get(index).bytes())),
                                            Set.of(packet),
                                            false,
                                            (fee, vsize) -> {},
                                            nodes),
                                    (tx, transaction) -> new byte[1]);
                    with.broadcasts().hand(key, CarrierNode.first(signed.wallet(), nodes), tx -> new byte[2]);
                }
            };
        }
    }

    private TestNetwork.Node beside(String name) {
        TestNetwork.Node node = bench.network.node(name);
        bench.stage.nodes.add(node);
        return node;
    }

    private long queue(String carrier) throws Exception {
        return bench.stage.queue(lobby, "hello", carrier, Duration.ofHours(20));
    }

    /** Waiting messages may be sent now. */
    private void retry() throws Exception {
        bench.stage.bus.publish(new Bus.Retry());
        bench.round();
    }

    private OutgoingMessage outgoing(long id) throws Exception {
        return bench.stage.outgoing(id);
    }

    private void assertOut(long id) throws Exception {
        assertEquals(State.RELAYED, outgoing(id).state(), outgoing(id).reason());
    }

    private void assertWaits(long id, String reason) throws Exception {
        assertEquals(State.SEALED, outgoing(id).state());
        assertTrue(outgoing(id).reason().contains(reason), outgoing(id).reason());
        assertEquals(List.of(), bench.node.signed);
        assertEquals(List.of(), bench.network.handed());
        assertEquals(List.of(), bench.stage.fees.counted);
    }

    // ---- how much

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whatIsPaidIsTheRateThatWasDrawnForAllNodes(String carrier) throws Exception {
        beside("other");
        bench.stage.fees.rate = new FeeRate(1_234);
        bench.node.heavier = 50;
        long id = queue(carrier);
        bench.round();
        assertOut(id);
        var paid = bench.node.signed.get(0);
        assertEquals(new FeeRate(1_234).fee(paid.vsize()), paid.fee());
        assertEquals(List.of(paid.fee()), bench.stage.fees.counted, "what the wallet made of it is counted");
        assertEquals(paid.fee(), outgoing(id).fee());
        assertEquals(List.of(List.of("a", "other")), bench.stage.fees.drawnFor);
    }

    @Test
    void whatTheChosenNodeAsksForIsThePrice() throws Exception {
        TestNetwork.Node other = beside("other");
        for (String node : List.of("a", "other", "a")) {
            long id = queueVia(node);
            retry();
            assertOut(id);
        }
        assertEquals(List.of(List.of("a"), List.of("other"), List.of("a")), bench.stage.fees.drawnFor);
        assertEquals(List.of("a", "other", "a"), bench.network.entrances());
        assertEquals(1, other.signed.size(), "its own wallet pays");
    }

    private long queueVia(String node) throws Exception {
        bench.stage.sealer.waits = "until it is known which way it goes";
        long id = queue("confirm");
        bench.stage.sendVia(id, node);
        bench.stage.sealer.waits = null;
        return id;
    }

    // ---- who pays

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void anEmptyWalletHoldsUpNothingWhereAnotherNodesHasCoins(String carrier) throws Exception {
        TestNetwork.Node rich = beside("rich");
        bench.node.poor = true;
        for (int i = 0; i < 3; i++) {
            long id = queue(carrier);
            bench.round();
            assertOut(id);
        }
        assertEquals(3, rich.signed.size());
        assertEquals(
                List.of("rich"),
                bench.network.entrances().stream().distinct().toList(),
                "its node is the last to keep it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void aNodeThatAsksForMoreThanTheMaximumHoldsUpNothingWhereAnotherDoesNot(String carrier) throws Exception {
        TestNetwork.Node cheap = beside("cheap");
        bench.stage.fees.dearNodes.add("a");
        for (int i = 0; i < 3; i++) {
            long id = queue(carrier);
            bench.round();
            assertOut(id);
        }
        assertEquals(3, cheap.signed.size());
        assertEquals(List.of(), bench.node.signed, "nor does its wallet pay for what it does not take");
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whereThereIsNoWalletItIsToldHowToGetOne(String carrier) throws Exception {
        bench.stage.nodes.removeWallet(bench.node);
        long id = queue(carrier);
        bench.round();
        assertEquals(
                "it waits for a wallet on regtest: create one with partyline:wallet-create, or name a node's "
                        + "with --wallet of partyline:node-add",
                outgoing(id).reason());
        bench.stage.nodes.addWallet(bench.node);
        retry();
        assertOut(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whereAllWalletsAreEmptyItWaitsForCoins(String carrier) throws Exception {
        beside("other").poor = true;
        bench.node.poor = true;
        long id = queue(carrier);
        bench.round();
        assertWaits(id, "wallet 'a' has 0 sat and needs 21 sat");
        bench.node.poor = false;
        retry();
        assertOut(id);
    }

    // ---- what may not be paid

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whatACapRefusesIsNotEvenSigned(String carrier) throws Exception {
        bench.stage.fees.refusal = "9300 sat more would exceed fee-cap-message=5000sat";
        long id = queue(carrier);
        bench.round();
        assertWaits(id, "would exceed fee-cap-message=5000sat");
        bench.stage.fees.refusal = null;
        retry();
        assertOut(id);
        assertEquals(1, bench.node.signed.size());
    }

    /** The wallet's transaction may be larger than the usual one. */
    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whatACapRefusesOnceItIsSignedIsThrownAway(String carrier) throws Exception {
        bench.node.onSigned = () -> bench.stage.fees.refusal = "it would pass fee-cap-hour=50000sat";
        long id = queue(carrier);
        bench.round();
        assertEquals(State.SEALED, outgoing(id).state());
        assertTrue(outgoing(id).reason().contains("fee-cap-hour"), outgoing(id).reason());
        assertEquals(List.of(), bench.network.handed());
        assertEquals(List.of(), bench.stage.fees.counted);
        assertEquals(bench.node.signed, bench.node.discarded, "nobody has it: its coins are free");
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void aFloorOverTheMaximumIsWaitedFor(String carrier) throws Exception {
        bench.stage.fees.dear = "node 'a' relays nothing below 60 sat/vB, but fee-maximum is 50 sat/vB";
        long id = queue(carrier);
        bench.round();
        assertWaits(id, "relays nothing below 60 sat/vB, but fee-maximum is 50 sat/vB");
        bench.stage.fees.dear = null;
        retry();
        assertOut(id);
        assertEquals(1, bench.node.signed.size());
    }

    // ---- what a carrier learns before

    @Test
    void aCarrierIsToldOfItsOwnMessages() throws Exception {
        bench.stage.sealer.waits = "until its suite is here";
        long first = queue("rolling");
        queue("confirm");
        long second = queue("rolling");
        assertEquals(List.of(first, second), shared.messages());
    }

    @Test
    void aCarrierIsToldHowLargeThePacketsWillBeOfWhatIsNotSealedYet() throws Exception {
        bench.stage.sealer.waits = "until its suite is here";
        long id = queue("rolling");
        String text = "a longer one ".repeat(12);
        long several = bench.stage.queue(lobby, text, "rolling", Duration.ofHours(20));
        assertEquals(List.of(64), shared.likely(id));
        assertTrue(shared.likely(several).size() > 2, shared.likely(several)::toString);
        bench.stage.sizes.most = 256;
        assertEquals(List.of(256), shared.likely(several), "as it will be sealed");
        bench.stage.sizes.least = 128;
        assertEquals(List.of(128), shared.likely(id), "as cover traffic wants it");
        bench.stage.sizes.most = 0;
        assertEquals(List.of(), shared.likely(id), "no node carries any");
        assertEquals(List.of(), shared.likely(several + 1), "there is no such message");
    }

    // ---- several packets

    private static final String SEVERAL = "a text that needs more packets than one ".repeat(6);

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void aMessageThatACapDoesNotAllowWholeDoesNotBegin(String carrier) throws Exception {
        bench.stage.fees.mostOfMessage = 30;
        long id = bench.stage.queue(lobby, SEVERAL, carrier, Duration.ofHours(20));
        bench.settle();
        assertTrue(bench.stage.outgoing(id).parts().size() > 2, "it is sealed");
        assertEquals("a message may not cost as much", bench.stage.outgoing(id).reason());
        assertEquals(List.of(), bench.node.signed);
        bench.stage.fees.mostOfMessage = 1_000;
        bench.pass();
        bench.settle();
        assertTrue(bench.stage.outgoing(id).isOut());
    }

    @Test
    void aRecallIsRefusedIfTheWholeMessageWouldCostMoreThanItsCap() throws Exception {
        long id = bench.stage.queue(lobby, SEVERAL, "confirm", Duration.ofHours(20));
        bench.settle();
        bench.stage.fees.mostOfMessage = outgoing(id).fee() + 1;
        assertEquals(
                "a message may not cost as much",
                assertThrows(PartylineException.class, () -> bench.recall(id)).getMessage());
        assertTrue(outgoing(id).isOut());
        bench.stage.fees.mostOfMessage = Long.MAX_VALUE;
        assertEquals(State.RECALLED, bench.recall(id).outgoing().state());
    }
}
