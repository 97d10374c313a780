package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingMessageBuilder;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Messages that are recalled while nodes fail, servers are killed and blocks are faster. */
class RecallTest {
    private final DeliveryBench bench = new DeliveryBench();
    private final TestNetwork network = bench.network;
    private final TestNetwork.Node node = bench.node;
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
        bench.settle();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long say(String text) throws Exception {
        return say(text, Duration.ofDays(2));
    }

    private long say(String text, Duration life) throws Exception {
        long id = bench.stage.queue(lobby, text, "confirm", life);
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(id));
        return id;
    }

    /** On the sender's thread. */
    private Messages.Recalled recall(long id) throws PartylineException {
        Recaller recaller = StageBench.offered(bench.delivery, Recaller.class);
        return StageBench.offered(bench.delivery, SendQueue.class).call(() -> recaller.recall(id));
    }

    private int packetsThatWait() {
        int[] count = {0};
        network.waiting().forEach(raw -> TransactionScanner.scan(raw, (output, offset, length) -> count[0]++));
        return count[0];
    }

    private void pass() throws PartylineException {
        bench.pass(Duration.ofSeconds(31));
    }

    private void assertTakenBack(long id) throws Exception {
        pass();
        assertEquals(0, packetsThatWait(), "nothing is on the air");
        network.mine();
        for (int i = 0; i < 20; i++) {
            pass();
        }
        assertEquals(State.RECALLED, bench.stage.state(id));
        assertEquals(0, packetsThatWait());
    }

    @Test
    void aNodeThatBreaksOffDoesNotPutAMessageBackOnTheAir() throws Exception {
        long id = say("oops");
        node.dieAfterTaking = 1;
        PartylineException unsure = assertThrows(NoSuchThingException.class, () -> recall(id));
        assertTrue(unsure.getMessage().contains("continues automatically"), unsure.getMessage());
        assertTakenBack(id);
    }

    @Test
    void aNodeThatIsAwayInTheMiddleGetsTheReplacementLater() throws Exception {
        long id = say("oops");
        node.onBroadcast = () -> {
            throw new IllegalStateException("the connection is gone");
        };
        assertThrows(IllegalStateException.class, () -> recall(id));
        assertEquals(1, packetsThatWait());
        node.onBroadcast = () -> {};
        assertTakenBack(id);
    }

    /** As a checked exception of a node. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> void reject(TransactionRejectedException.Reason reason) throws X {
        throw (X) new TransactionRejectedException(reason, "rejected");
    }

    /** It knows better: the message's transaction waits in its mempool. */
    @Test
    void aNodeThatSaysThatTheCoinIsGoneDoesNotPutTheMessageInABlock() throws Exception {
        long id = say("oops");
        node.onBroadcast = () -> reject(TransactionRejectedException.Reason.INPUTS_GONE);
        assertThrows(NoSuchThingException.class, () -> recall(id));
        assertEquals(State.RECALLED, bench.stage.state(id));
        node.onBroadcast = () -> {};
        assertTakenBack(id);
    }

    /** Nodes lost both: the coin is missing until they have the first one again, and no block has the second one. */
    @Test
    void aMessageThatIsBuiltOnWhatNodesLostIsNotSaidToBeInABlock() throws Exception {
        long before = say("before");
        long id = say("oops");
        byte[] raw = bench.stage.outgoing(id).parts().get(0).requireRaw();
        byte[] parent =
                TxId.ofInternal(Arrays.copyOfRange(raw, 5, 5 + TxId.LENGTH)).bytes();
        bench.stage.guard.perform(() -> bench.stage.guard.update(tx -> {
            OutgoingMessage now = OutgoingRecords.find(tx, before).orElseThrow();
            OutgoingPart part = now.parts().get(0);
            OutgoingRecords.put(tx, now.with(0, part.withTransaction(parent)));
        }));
        network.evictAll();
        node.onBroadcast = () -> reject(TransactionRejectedException.Reason.INPUTS_GONE);
        assertThrows(NoSuchThingException.class, () -> recall(id));
        assertEquals(State.RECALLED, bench.stage.state(id));
    }

    /** Nobody knows a decoy by its number. */
    @Test
    void aMessageWhoseChangePaysForADecoyIsNotRecalledAndSaysSo() throws Exception {
        long id = say("oops");
        long decoy = say("a decoy");
        byte[] raw = bench.stage.outgoing(decoy).parts().get(0).requireRaw();
        byte[] parent =
                TxId.ofInternal(Arrays.copyOfRange(raw, 5, 5 + TxId.LENGTH)).bytes();
        bench.stage.guard.perform(() -> bench.stage.guard.update(tx -> {
            OutgoingMessage spent = OutgoingRecords.find(tx, id).orElseThrow();
            OutgoingRecords.put(tx, spent.with(0, spent.parts().get(0).withTransaction(parent)));
            OutgoingMessage other = OutgoingRecords.find(tx, decoy).orElseThrow();
            OutgoingRecords.put(
                    tx,
                    OutgoingMessageBuilder.builder(other)
                            .type(PacketType.DECOY.code())
                            .build());
        }));
        assertEquals(
                "message " + id
                        + " cannot be recalled: its change pays for another packet, which would be lost with it",
                assertThrows(NoSuchThingException.class, () -> recall(id)).getMessage());
        assertEquals(State.RELAYED, bench.stage.state(id));
    }

    /** Its messages were short-lived and are forgotten, and it waits for a block. */
    @ParameterizedTest
    @CsvSource({"1,1,true", "2,2,true", "2,1,true", "1,0,false"})
    void aMessageWhoseChangePaysForASharedTransactionIsNotRecalledAndSaysSo(int versions, int sent, boolean built)
            throws Exception {
        bench.add(new SharedCarrier());
        long id = say("oops");
        List<Long> others = new ArrayList<>();
        for (int i = 0; i < versions; i++) {
            if (i == sent) {
                node.onBroadcast = () -> reject(TransactionRejectedException.Reason.NOT_STANDARD);
            }
            others.add(bench.stage.queue(lobby, "short-lived", SharedCarrier.ID, Duration.ofMinutes(10)));
            bench.round();
        }
        node.onBroadcast = () -> {};
        byte[] raw = node.signed.get(1).raw();
        byte[] parent =
                TxId.ofInternal(Arrays.copyOfRange(raw, 5, 5 + TxId.LENGTH)).bytes();
        bench.stage.guard.perform(() -> bench.stage.guard.update(tx -> {
            OutgoingMessage spent = OutgoingRecords.find(tx, id).orElseThrow();
            OutgoingRecords.put(tx, spent.with(0, spent.parts().get(0).withTransaction(parent)));
        }));
        String refused = "message " + id + " cannot be recalled: its change pays for %s, which would be lost with it";
        if (built) {
            assertEquals(
                    refused.formatted("message " + others.get(0)),
                    assertThrows(NoSuchThingException.class, () -> recall(id)).getMessage());
        }
        bench.stage.guard.perform(() -> bench.stage.guard.<StoreException>update(tx -> {
            for (long other : others) {
                tx.delete(OutgoingRecords.TABLE, Keys.of(other));
            }
        }));
        if (built) {
            assertEquals(
                    refused.formatted("another packet"),
                    assertThrows(NoSuchThingException.class, () -> recall(id)).getMessage());
            assertEquals(State.RELAYED, bench.stage.state(id));
        } else {
            assertEquals(State.RECALLED, recall(id).outgoing().state());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INPUTS_GONE", "FEE_TOO_LOW"})
    void aNodeThatRefusesDoesNotKeepAnotherOneFromTakingTheReplacement(TransactionRejectedException.Reason reason)
            throws Exception {
        TestNetwork.Node liar = network.node("a liar");
        liar.onBroadcast = () -> reject(reason);
        long first = say("oops");
        bench.stage.nodes.add(liar);
        assertEquals(1, recall(first).replaced());
        assertTakenBack(first);
        bench.stage.nodes.remove(node);
        bench.stage.nodes.remove(liar);
        bench.stage.nodes.add(node);
        long second = say("oops again");
        bench.stage.nodes.remove(node);
        bench.stage.nodes.add(liar);
        bench.stage.nodes.add(node);
        assertEquals(1, recall(second).replaced());
        assertTakenBack(second);
    }

    @Test
    void whoeverIsKilledInTheMiddleGoesOnTakingBack() throws Exception {
        long id = say("oops");
        node.onBroadcast = () -> {
            throw new IllegalStateException("the process ends here");
        };
        assertThrows(IllegalStateException.class, () -> recall(id));
        bench.restart(() -> node.onBroadcast = () -> {});
        assertTakenBack(id);
        assertEquals(List.of(), node.discarded, "its coins are not free");
        assertEquals(List.of(), node.released);
        assertEquals(2, node.signed.size(), "by the same transaction");
    }

    @Test
    void aCapThatRefusesLeavesTheMessageAsItIs() throws Exception {
        long id = say("stays");
        bench.stage.fees.refusal = "it would go over fee-cap-hour";
        PartylineException refused = assertThrows(PartylineException.class, () -> recall(id));
        assertTrue(refused.getMessage().contains("fee-cap-hour"), refused.getMessage());
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(List.of(node.signed.get(1)), node.forgotten, "the wallet would take it for the newer one");
        assertEquals(List.of(), node.discarded, "the first keeps its coins");
        assertEquals(1, packetsThatWait());
    }

    @Test
    void anExpiredMessageThatACapKeptIsRecalledWhenTheCapIsRaised() throws Exception {
        recallsExpired();
        long id = say("for a while", Duration.ofMinutes(30));
        bench.stage.fees.refusal = "it would go over fee-cap-hour";
        bench.pass(Duration.ofMinutes(31));
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(1, packetsThatWait());
        bench.stage.fees.refusal = null;
        assertTakenBack(id);
    }

    // ---- what nodes require rises between signing a recall and sending it

    private static final FeeRate RISEN = new FeeRate(1_000);

    /** The recall is stored and no node has it; then nodes require more. */
    private long recalledTooCheaply() throws Exception {
        long id = say("oops");
        node.onBroadcast = () -> {
            throw new IllegalStateException("the process ends here");
        };
        assertThrows(IllegalStateException.class, () -> recall(id));
        node.onBroadcast = () -> {};
        network.floor = RISEN.satPerKvb();
        assertEquals(2, node.signed.size());
        pass();
        assertEquals(3, node.signed.size());
        return id;
    }

    @Test
    void aRecallThatIsTooCheapMeanwhileIsSignedOnceMore() throws Exception {
        long id = recalledTooCheaply();
        SignedTransaction last = node.signed.get(2);
        assertTrue(last.fee() >= RISEN.fee(last.vsize()));
        assertTakenBack(id);
        assertEquals(3, node.signed.size(), "once");
        assertEquals(
                last.fee() - node.signed.get(0).fee(),
                bench.stage.fees.recalled.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void aRecallThatIsTooCheapMeanwhileIsSignedOnceMoreOnlyIfTheCapsAllowIt() throws Exception {
        long id = say("oops");
        node.onBroadcast = () -> {
            throw new IllegalStateException("the process ends here");
        };
        assertThrows(IllegalStateException.class, () -> recall(id));
        node.onBroadcast = () -> {};
        network.floor = RISEN.satPerKvb();
        bench.stage.fees.refusal = "it would go over fee-cap-hour";
        pass();
        assertTrue(
                bench.stage.outgoing(id).reason().contains("fee-cap-hour"),
                bench.stage.outgoing(id).reason());
        bench.stage.fees.refusal = null;
        pass();
        assertTakenBack(id);
    }

    @Test
    void aNodeThatCallsARecallTooCheapWhichPaysWhatItRequiresRaisesNoFee() throws Exception {
        long id = say("oops");
        node.onBroadcast = () -> reject(TransactionRejectedException.Reason.FEE_TOO_LOW);
        assertThrows(NoSuchThingException.class, () -> recall(id));
        for (int i = 0; i < 3; i++) {
            pass();
        }
        assertEquals(2, node.signed.size());
        node.onBroadcast = () -> {};
        assertTakenBack(id);
    }

    @Test
    void aMessageThatIsMinedBeforeItsSecondRecallCostsWhatItsOwnTransactionPays() throws Exception {
        long id = recalledTooCheaply();
        node.onBroadcast = network::mine;
        pass();
        assertEquals(State.CONFIRMED, bench.stage.state(id));
        OutgoingPart part = bench.stage.outgoing(id).parts().get(0);
        assertArrayEquals(node.signed.get(0).raw(), part.requireRaw());
        assertEquals(node.signed.get(0).fee(), part.fee());
    }

    /** A node had it without an answer. */
    @Test
    void theFirstRecallMayBeMinedAfterTheSecondOneWasSigned() throws Exception {
        long id = recalledTooCheaply();
        network.minedInSecret(node.signed.get(1).raw());
        pass();
        assertEquals(State.RECALLED, bench.stage.state(id));
        assertEquals(3, node.signed.size());
        assertTakenBack(id);
    }

    private void recallsExpired() {
        SendingSettings now = bench.stage.settings.get().sending();
        bench.stage.settings.sending(new SendingSettings(
                now.defaultTtl(),
                now.maxBucket(),
                now.chainMessages(),
                now.within(),
                true,
                now.carrier(),
                now.jitter(),
                now.perMinute(),
                now.burst(),
                now.rebroadcastAfter()));
    }

    @Test
    void whatWasTakenBackIsNotPaidForAgain() throws Exception {
        long id = say("once");
        Messages.Recalled recalled = recall(id);
        assertTrue(recalled.fee() > 0);
        assertEquals(List.of(recalled.fee()), bench.stage.fees.recalled);
        PartylineException again = assertThrows(NoSuchThingException.class, () -> recall(id));
        assertTrue(again.getMessage().contains("already recalled"), again.getMessage());
        assertEquals(1, bench.stage.fees.recalled.size());
    }

    private void mineInSecret() {
        network.waiting().forEach(raw -> network.minedInSecret(TransactionScanner.id(raw)));
    }

    private void assertMined(Messages.Recalled recalled, long fee) throws Exception {
        assertEquals(State.CONFIRMED, recalled.outgoing().state());
        assertEquals(1, recalled.mined());
        assertEquals(0, recalled.replaced());
        assertEquals(0, recalled.fee());
        assertEquals(fee, bench.stage.outgoing(recalled.outgoing().id()).fee(), "nothing more");
    }

    @Test
    void whatIsMinedBeforeTheWalletSignsIsSaidToBeOnTheChainForEver() throws Exception {
        long id = say("faster");
        long fee = bench.stage.outgoing(id).fee();
        node.onReplace = this::mineInSecret;
        assertMined(recall(id), fee);
        assertEquals(List.of(), bench.stage.fees.recalled);
    }

    @Test
    void whatIsReportedAsMinedWhileTheWalletSignsIsSaidToBeOnTheChainForEver() throws Exception {
        long id = say("faster");
        long fee = bench.stage.outgoing(id).fee();
        node.onReplaced = () -> {
            network.mine();
            try {
                assertEquals(State.CONFIRMED, bench.stage.state(id), "the block is read");
            } catch (PartylineException e) {
                throw new IllegalStateException(e);
            }
        };
        node.onBroadcast = () -> {
            throw new AssertionError("there is nothing to replace");
        };
        assertMined(recall(id), fee);
        assertEquals(List.of(), bench.stage.fees.recalled);
    }

    @Test
    void whatIsMinedBeforeTheNodeHasTheReplacementIsSaidToBeOnTheChainForEver() throws Exception {
        long id = say("faster");
        long fee = bench.stage.outgoing(id).fee();
        node.onBroadcast = this::mineInSecret;
        assertMined(recall(id), fee);
    }

    @Test
    void whatIsMinedWhileTheServerIsDownIsOnTheChainForEver() throws Exception {
        long id = say("by night");
        long fee = bench.stage.outgoing(id).fee();
        node.onBroadcast = () -> {
            throw new IllegalStateException("the process ends here");
        };
        assertThrows(IllegalStateException.class, () -> recall(id));
        assertTrue(bench.stage.fees.recalled.get(0) > 0, "counted before anybody has it");
        node.onBroadcast = () -> {};
        bench.restart(network::mine);
        pass();
        assertEquals(State.CONFIRMED, bench.stage.state(id));
        assertEquals(fee, bench.stage.outgoing(id).fee(), "nothing more");
        assertEquals(1, bench.stage.fees.recalled.size());
    }

    /** A block had the message, and then one of another branch the recall that came too late, or would have. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRecallThatWasTooLateForOneBlockAndIsInAnotherIsNoMessageInABlock(boolean signedAgain) throws Exception {
        long id = say("faster");
        node.onBroadcast = network::mine;
        assertEquals(State.CONFIRMED, recall(id).outgoing().state());
        node.onBroadcast = () -> {};
        byte[] late = node.signed.get(node.signed.size() - 1).raw();
        SpentRecord unpaid = new SpentRecord(bench.clock.millis(), 33, false, StageBench.ALICE.id(), null, null, true);
        bench.stage.guard.<StoreException>update(
                tx -> SpentRecords.add(tx, TransactionScanner.id(late).bytes(), unpaid));
        assertEquals(0, spent());
        network.disconnect(1, true);
        bench.stage.outbox.change(
                id, now -> now.with(0, now.parts().get(0).attempt("a", 0).on(PacketEvent.BLOCK_GONE)));
        node.heavier = 10;
        if (signedAgain) {
            node.onBroadcast = () -> network.minedInSecret(late);
        } else {
            network.minedInSecret(late);
        }

        Messages.Recalled recalled = recall(id);

        assertEquals(State.RECALLED, recalled.outgoing().state());
        assertEquals(0, recalled.mined());
        assertEquals(State.RECALLED, bench.stage.state(id));
        assertEquals(33, spent(), "the mined recall was paid");
        node.onBroadcast = () -> {};
        assertTakenBack(id);
    }

    // ---- from a shared transaction

    private long share(String text) throws Exception {
        long id = bench.stage.queue(lobby, text, SharedCarrier.ID, Duration.ofDays(2));
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(id));
        return id;
    }

    @Test
    void whatASharedTransactionPaysMoreToTakeAMessageBackIsCountedForThat() throws Exception {
        bench.add(new SharedCarrier());
        share("stays");
        long id = share("oops");
        recall(id);
        assertEquals(State.RECALLED, bench.stage.state(id));
        assertEquals(1, packetsThatWait());
        assertEquals(List.of(node.signed.get(2).fee() - node.signed.get(1).fee()), bench.stage.fees.recalled);
        assertEquals(2, bench.stage.fees.counted.size());
        PartylineException again = assertThrows(NoSuchThingException.class, () -> recall(id));
        assertTrue(again.getMessage().contains("already recalled"), again.getMessage());
        assertEquals(3, node.signed.size());
    }

    @Test
    void aCapThatRefusesASharedOneLeavesTheMessageAsItIs() throws Exception {
        bench.add(new SharedCarrier());
        recallsExpired();
        long id = share("stays");
        bench.stage.fees.refusal = "it would go over fee-cap-hour";
        PartylineException refused = assertThrows(PartylineException.class, () -> recall(id));
        assertTrue(refused.getMessage().contains("fee-cap-hour"), refused.getMessage());
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(List.of(node.signed.get(1)), node.forgotten, "the wallet would take it for the newer one");
        assertEquals(List.of(), node.discarded, "the first keeps its coins");
        assertEquals(1, packetsThatWait());
        assertEquals(List.of(), bench.stage.fees.recalled);
        // Its time ends; the cap is raised some time later.
        bench.pass(Duration.ofDays(3));
        assertEquals(State.RELAYED, bench.stage.state(id));
        bench.stage.fees.refusal = null;
        assertTakenBack(id);
    }

    @Test
    void whatACarrierSaysThatItCostsNothingAfterAllIsNotCountedAnyMore() throws Exception {
        List<CarrierContext> opened = new ArrayList<>();
        bench.add(new PlainCarrier("other") {
            @Override
            public Carrier open(CarrierContext with) {
                opened.add(with);
                return super.open(with);
            }
        });
        bench.settle();
        long now = bench.clock.millis();
        TxId first = TxId.ofBytes(new byte[TxId.LENGTH]);
        TxId second = TransactionScanner.id(bench.network.transaction(List.of()));
        bench.stage.guard.<Void, StoreException>transact(tx -> {
            SpentRecords.add(
                    tx, first.bytes(), new SpentRecord(now, 21, false, StageBench.ALICE.id(), null, null, false));
            SpentRecords.add(
                    tx,
                    second.bytes(),
                    new SpentRecord(now, 40, false, StageBench.ALICE.id(), first.bytes(), null, false));
            return null;
        });
        opened.get(0).<Void, StoreException>transact(tx -> {
            tx.paid(first);
            return null;
        });
        assertEquals(21, spent());
        opened.get(0).<Void, StoreException>transact(tx -> {
            tx.unpaid(first);
            return null;
        });
        assertEquals(0, spent());
    }

    private long spent() throws StoreException {
        return bench.stage.guard.<Long, StoreException>transact(
                tx -> SpentRecords.sums(bench.clock.instant(), tx, -1).hour());
    }
}
