package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.Quote;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.MessagingTables;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests the checks before a wallet signs: whether real money may be spent at all, and the caps. */
class PaymentTest {
    private static final String HOW = "accept this with partyline:fee-limit --accept-mainnet";

    private final DeliveryBench bench = new DeliveryBench();
    private final TestNetwork network = bench.network;
    private final TestNetwork.Node node = bench.node;
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
        bench.add(new SharedCarrier());
        bench.settle();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long send(String text, String carrier) throws PartylineException {
        long id = bench.stage.queue(lobby, text, carrier, Duration.ofDays(2));
        bench.round();
        return id;
    }

    private long send(String text) throws PartylineException {
        return send(text, "confirm");
    }

    /** Makes the sender try waiting messages again. */
    private void tries(int times) throws PartylineException {
        for (int i = 0; i < times; i++) {
            bench.pass(Duration.ofSeconds(70));
        }
    }

    private String reason(long id) throws PartylineException {
        return bench.stage.outgoing(id).reason();
    }

    private static List<String> ids(List<SignedTransaction> all) {
        return all.stream().map(one -> one.id().toString()).toList();
    }

    // ---- real money

    @Test
    void nothingIsPaidForWithRealMoneyUntilItIsAccepted() throws Exception {
        bench.stage.fees.unaccepted = HOW;
        long id = send("I pay, and you?");
        assertEquals(HOW, reason(id));
        tries(5);
        assertEquals(List.of(), node.signed);
        bench.stage.fees.unaccepted = null;
        tries(1);
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertFalse(node.signed.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", SharedCarrier.ID})
    void whatWaitsOnEitherCarrierIsNotSignedWhenMainnetIsNotAcceptedAnyMore(String carrier) throws Exception {
        long out = send("this goes", carrier);
        assertEquals(State.RELAYED, bench.stage.state(out));
        node.down = true;
        long waits = send("this waits", carrier);
        assertFalse(reason(waits).isEmpty());
        bench.stage.fees.unaccepted = HOW;
        int signed = node.signed.size();
        node.down = false;

        tries(5);

        assertEquals(signed, node.signed.size());
        assertEquals(HOW, reason(waits));
        Recaller recaller = StageBench.offered(bench.delivery, Recaller.class);
        PartylineException refused = assertThrows(PartylineException.class, () -> recaller.recall(out));
        assertTrue(refused.getMessage().contains(HOW), refused.getMessage());
        assertEquals(State.RELAYED, bench.stage.state(out));
        assertEquals(signed, node.signed.size());
        bench.stage.fees.unaccepted = null;
        tries(1);
        assertEquals(signed + 1, node.signed.size());
        assertEquals(State.RELAYED, bench.stage.state(waits));
    }

    @Test
    void nothingIsTakenBackOnMainnetUntilItIsAccepted() throws Exception {
        TestNetwork.Node real = network.node("real", Network.MAINNET);
        bench.stage.nodes.add(real);
        ChannelMembership market = bench.stage.join("market", Mode.OPEN, Network.MAINNET);
        long id = bench.stage.queue(market, "this goes");
        bench.round();
        assertEquals(1, real.signed.size());
        Recaller recaller = StageBench.offered(bench.delivery, Recaller.class);
        PartylineException refused = assertThrows(PartylineException.class, () -> recaller.recall(id));
        assertTrue(refused.getMessage().contains("partyline:fee-limit --accept-mainnet"), refused.getMessage());
        assertEquals(State.RELAYED, bench.stage.state(id));
        acceptMainnet();
        assertEquals(1, recaller.recall(id).replaced());
    }

    private void acceptMainnet() {
        FeeSettings now = bench.stage.settings.get().fees();
        bench.stage.settings.fees(new FeeSettings(
                now.minimum(),
                now.maximum(),
                now.target(),
                now.band(),
                now.capMessage(),
                now.capHour(),
                now.capDay(),
                true));
    }

    /** Cover traffic chooses the network of decoys among the given ones. */
    @Test
    void coverTrafficIsToldWhereAPersonaTalksAndWhereThatCostsRealMoney() throws Exception {
        CoverNetworks networks = new CoverNetworks(
                bench.stage.settings,
                bench.stage.context.protocols().nodes,
                bench.stage.wiring.reference(PacketSizes.class),
                new OfferedCarriers(
                        bench.stage.guard,
                        bench.clock,
                        bench.stage.operations,
                        new CoinQuotes(bench.stage.nodes, bench.stage.fees),
                        MessagingTables.ALL));
        assertEquals(Set.of(Network.REGTEST), talks());
        bench.stage.join("market", Mode.OPEN, Network.MAINNET);
        assertEquals(Set.of(Network.REGTEST, Network.MAINNET), talks());
        assertTrue(networks.isReady(Network.REGTEST));
        assertFalse(networks.isReady(Network.MAINNET), "there is no node");
        bench.stage.nodes.add(network.node("real", Network.MAINNET));
        assertTrue(networks.isReady(Network.MAINNET));

        assertTrue(networks.isAccepted(Network.REGTEST));
        networks.requireAccepted(Network.REGTEST);
        assertFalse(networks.isAccepted(Network.MAINNET));
        PartylineException refused =
                assertThrows(PartylineException.class, () -> networks.requireAccepted(Network.MAINNET));
        assertTrue(refused.getMessage().contains("partyline:fee-limit --accept-mainnet"), refused.getMessage());
        acceptMainnet();
        assertTrue(networks.isAccepted(Network.MAINNET));
        networks.requireAccepted(Network.MAINNET);
    }

    private Set<Network> talks() throws StoreException {
        CoverOrders orders =
                new CoverOrders(bench.stage.context.protocols().coverTraffic.service(), bench.stage.guard, bench.clock);
        return bench.stage.guard.open(
                () -> bench.stage.guard.transact(tx -> orders.transaction(tx).networks(StageBench.ALICE.id())));
    }

    // ---- caps

    @Test
    void whatACapRefusesIsNotSigned() throws Exception {
        bench.stage.fees.refusal = "it waits: it would go over the cap of a message";
        long single = send("too dear");
        long rolling = send("too dear, too", SharedCarrier.ID);
        tries(10);
        assertTrue(reason(single).contains("cap"), reason(single));
        assertTrue(
                List.of("it waits for message " + single + " before it", bench.stage.fees.refusal)
                        .contains(reason(rolling)),
                reason(rolling));
        assertEquals(List.of(), node.signed);

        bench.stage.fees.refusal = null;
        tries(2);
        assertEquals(State.RELAYED, bench.stage.state(single));
        assertEquals(State.RELAYED, bench.stage.state(rolling));
        assertEquals(List.of(), node.discarded);
    }

    @Test
    void theNextVersionOfASharedTransactionIsNotSignedWhereItCostsMoreThanTheHourHasLeft() throws Exception {
        send("the first", SharedCarrier.ID);
        assertEquals(1, node.signed.size());
        bench.stage.fees.refusal = "it waits: the hour is full";
        long next = send("the hour is full", SharedCarrier.ID);
        tries(3);
        assertEquals(bench.stage.fees.refusal, reason(next));
        assertEquals(1, node.signed.size());
        bench.stage.fees.refusal = null;
        tries(1);
        assertEquals(State.RELAYED, bench.stage.state(next));
        assertEquals(2, node.signed.size());
        assertEquals(
                List.of(
                        node.signed.get(0).fee(),
                        node.signed.get(1).fee() - node.signed.get(0).fee()),
                bench.stage.fees.counted,
                "the second adds to what was paid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", SharedCarrier.ID})
    void whatTurnsOutToBeOverACapOnlyWhenItIsSignedGivesItsAddressBack(String carrier) throws Exception {
        node.onSigned = () -> bench.stage.fees.refusal = "it waits: a little too dear";
        long id = send("a little too dear", carrier);
        tries(2);
        assertEquals("it waits: a little too dear", reason(id));
        assertEquals(1, node.signed.size());
        assertEquals(ids(node.signed), ids(node.discarded));
        assertEquals(List.of(), node.released);
        assertEquals(List.of(), network.broadcasts());
        assertEquals(List.of(), bench.stage.fees.counted);
    }

    // ---- the wallet's addresses

    @Test
    void whatIsCancelledBeforeAnybodyHadItCostsNothingAndGivesItsAddressBack() throws Exception {
        node.onSigned = () -> bench.stage.store.failNext(PropagationRecords.TRACES, Integer.MAX_VALUE);
        long id = send("signed, and no further");
        assertEquals(1, node.signed.size());
        assertEquals(List.of(), network.broadcasts());

        OutgoingMessage before = bench.stage.outgoing(id);
        bench.stage.guard.open(
                () -> bench.stage.outbox.giveUp(id, MessageEvent.RECALLED, "cancelled before it was sent"));
        StageBench.offered(bench.delivery, SendQueue.class).release(before);

        assertEquals(ids(node.signed), ids(node.discarded));
        assertEquals(List.of(), node.released);
        assertTrue(before.fee() > 0);
        assertEquals(0, bench.stage.outgoing(id).fee());
    }

    /**
     * While a wallet signs, a session may end, and another instance of the sender may seal the message again: the
     * previous packet is sent to nobody, and the transaction that carries it does not count as that of the new one.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsSealedAgainWhileItIsSignedLeavesOnceAsItIsThen(boolean sealed) throws Exception {
        List<byte[]> packets = new ArrayList<>();
        node.onSigned = () -> {
            node.onSigned = () -> {};
            long id = bench.stage.sealer.sealed.get(0);
            try {
                packets.add(bench.stage.outgoing(id).parts().get(0).packet());
                bench.stage.guard.open(() -> bench.stage.outbox.unseal(id, "its session has ended"));
                if (sealed) {
                    bench.stage.sealer.seal(lobby, id);
                }
            } catch (PartylineException e) {
                throw new AssertionError(e);
            }
        };
        long id = send("once");
        assertFalse(reason(id).contains("internal error"), reason(id));
        tries(1);
        assertEquals(2, node.signed.size());
        assertEquals(ids(node.signed.subList(0, 1)), ids(node.discarded));
        assertEquals(1, bench.stage.fees.counted.size());
        assertEquals(State.RELAYED, bench.stage.state(id));
        List<byte[]> left = new ArrayList<>();
        for (byte[] raw : network.broadcasts()) {
            TransactionScanner.scan(
                    raw, (output, offset, length) -> left.add(Arrays.copyOfRange(raw, offset, offset + length)));
        }
        assertEquals(1, left.size());
        assertArrayEquals(bench.stage.outgoing(id).parts().get(0).packet(), left.get(0));
        assertFalse(Arrays.equals(packets.get(0), left.get(0)));
    }

    /** Two instances may overlap while one is replaced. */
    @Test
    void whatAnotherInstancePaidMeanwhileIsNotPaidAgain() throws Exception {
        byte[] paid = {2, 0, 0, 0};
        node.onSigned = () -> {
            node.onSigned = () -> {};
            long id = bench.stage.sealer.sealed.get(0);
            try {
                bench.stage.outbox.changePart(id, 0, part -> part.signed(paid, new byte[32], 100, 21, "other", ""));
            } catch (PartylineException e) {
                throw new AssertionError(e);
            }
        };
        long id = send("once");
        assertArrayEquals(paid, bench.stage.outgoing(id).parts().get(0).raw());
        assertEquals(List.of(), bench.stage.fees.counted);
        assertEquals(ids(node.signed), ids(node.discarded));
    }

    @Test
    void whatMayBeInTheStoreKeepsItsAddress() throws Exception {
        node.onSigned = () -> {
            node.onSigned = () -> {};
            bench.stage.store.failNext(OutgoingRecords.TABLE, 1);
        };
        long id = send("the disk is full for a moment");
        tries(1);
        assertEquals(State.RELAYED, bench.stage.state(id), "it is sent after all");
        assertEquals(2, node.signed.size());
        assertEquals(ids(node.signed.subList(0, 1)), ids(node.released));
        assertEquals(List.of(), node.discarded);
    }

    @Test
    void whatANodeRefusedKeepsItsAddress() throws Exception {
        node.refuse = true;
        send("too cheap");
        tries(3);
        assertFalse(node.released.isEmpty());
        assertEquals(List.of(), node.discarded);
    }

    private long quote(Carrier carrier, List<Integer> sizes) throws PartylineException {
        return new CoinQuotes(bench.stage.nodes, bench.stage.fees)
                .add(
                        carrier,
                        new Quote(1, StageBench.ALICE.id(), Network.REGTEST, sizes, false),
                        "",
                        List.of(bench.node));
    }

    /**
     * The drawn rate is not known before: at a low one a wallet may consolidate coins, at a high one it may need more.
     */
    @Test
    void aQuoteCountsAllCoinsThatATransactionMaySpend() throws Exception {
        Carrier own = StageBench.offered(bench.delivery, Carriers.class).of("confirm");
        assertEquals(0, quote(own, List.of(80)));
        long coin = bench.stage.fees.highest(List.of(bench.node)).fee(AccountStatus.COIN_VBYTES);
        bench.node.mostCoins = rate -> 2;
        assertEquals(coin, quote(own, List.of(80)));
        assertEquals(3 * coin, quote(own, List.of(80, 80, 80)), "each packet has a transaction of its own");
    }
}
