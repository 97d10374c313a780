package org.partyline.carrier.rolling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarriedPacket;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.carrier.LaterException;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.Quote;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionRejectedException.Reason;
import org.partyline.api.transport.WalletException;
import org.partyline.testkit.CarrierBench;

/** The states of a rolling transaction, whatever nodes, the wallet and the clock do. */
class BatchStatesTest {
    private static final byte[] RUNNING = BatchCodec.key(CarrierBench.PERSONA, CarrierBench.NETWORK);

    private final CarrierBench bench = new CarrierBench();
    private Carrier carrier;

    @BeforeEach
    void open() throws Exception {
        bench.rate = new FeeRate(100);
        come();
    }

    private void come() throws PartylineException {
        carrier = new RollingCarriers().open(bench);
        carrier.takeUp();
    }

    private void rules(FeeRate highest, long mostFee, Duration spacing, boolean burns) {
        CarrierRules now = bench.rules;
        bench.rules = new CarrierRules(
                now.resendAfter(),
                now.rebroadcastAfter(),
                highest,
                network -> spacing,
                now.mostPackets(),
                mostFee,
                now.mostAge(),
                burns);
    }

    private static byte[] packet(long id) {
        byte[] packet = new byte[80];
        Arrays.fill(packet, (byte) id);
        return packet;
    }

    private void dispatch(long id) throws PartylineException {
        CarriedMessage message = bench.message(id, packet(id));
        bench.inSlot(message.ref(0), () -> carrier.dispatch(message, 0, bench.nodes));
    }

    /** A message leaves, and nodes show it. */
    private void say(long id) throws PartylineException {
        dispatch(id);
        bench.show();
    }

    private RecallTally recall(long id) throws PartylineException {
        RecallTally tally = new RecallTally();
        bench.recall(id);
        carrier.recall(bench.now(id), bench.nodes, tally);
        return tally;
    }

    private void tickAfter(Duration time) throws PartylineException {
        bench.clock.pass(time);
        carrier.tick();
    }

    private CarriedPacket state(long id) {
        return bench.now(id).packets().get(0);
    }

    private byte[] last() {
        return bench.handed.get(bench.handed.size() - 1);
    }

    private ReplaceableBatch running() throws PartylineException {
        return BatchCodec.read(bench.get(RUNNING).orElseThrow());
    }

    private long coins() {
        return bench.signed.stream()
                .map(one -> CarrierBench.coin(one.raw()))
                .distinct()
                .count();
    }

    /** Like a wallet's client. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> void fail(Exception cause) throws X {
        throw (X) cause;
    }

    // ---- a roll that nobody has

    /** Signs and stores it, without handing it to a node. */
    private void keep(long id) {
        bench.onHand = () -> fail(new NodeUnavailableException("it stops here"));
        assertThrows(NodeUnavailableException.class, () -> dispatch(id));
        bench.onHand = () -> {};
        assertEquals(1, bench.kept());
        assertEquals(List.of(), bench.handed);
    }

    @Test
    void whatNobodyHasIsForgottenWhenItIsTakenBack() throws Exception {
        keep(1);
        RecallTally tally = recall(1);
        assertEquals(0, tally.replaced());
        assertEquals(0, bench.kept(), "its coin is free");
        assertEquals(1, bench.signed.size(), "nothing is paid to take it back");
    }

    @Test
    void whatNobodyHasAndNobodyWantsIsForgottenInsteadOfSent() throws Exception {
        keep(1);
        bench.recall(1);
        carrier.tick();
        assertEquals(0, bench.kept());
        assertEquals(List.of(), bench.handed);
        assertEquals(1, bench.signed.size());
    }

    @Test
    void whatANodeMayHaveIsReplacedByOneWithoutWhatWasTakenBack() throws Exception {
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(1));
        bench.recall(1);
        bench.setDown(false);
        carrier.tick();
        assertEquals(2, bench.signed.size());
        assertFalse(CarrierBench.carries(last(), packet(1)));
        assertEquals(1, bench.kept());
    }

    @Test
    void whereItsCoinCannotPayForThatTheRollIsOver() throws Exception {
        say(1);
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(2));
        bench.recall(2);
        bench.setDown(false);
        bench.coin = 22;
        bench.evict();
        carrier.tick();
        assertEquals(0, bench.kept());
        bench.coin = Long.MAX_VALUE;
        say(3);
        assertEquals(2, coins());
    }

    /**
     * Its coin cannot pay for a version without what was cancelled; nodes have the one before, which is left to be
     * mined.
     */
    @Test
    void whatNodesHaveIsNotSentOnceMoreWhereTheCoinCannotPayToTakeTheNextOneBack() throws Exception {
        say(1);
        byte[] first = last();
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(2));
        bench.recall(2);
        bench.setDown(false);
        bench.coin = 22;
        carrier.tick();
        assertEquals(PacketState.RELAYED, state(1).state());
        assertEquals(List.of(), bench.uncounted);
        say(3);
        assertEquals(2, coins());
        assertEquals(2, bench.waiting().size());
        carrier.onMined(CarrierBench.NETWORK, bench.read(first));
        assertEquals(PacketState.CONFIRMED, state(1).state());
        assertEquals(1, bench.kept());
    }

    @Test
    void whatNodesHaveIsHandedOverAsItIsThoughAMessageHasEnded() throws Exception {
        say(1);
        byte[] version = last();
        bench.recall(1);
        bench.evict();
        tickAfter(Duration.ofMinutes(11));
        assertArrayEquals(version, last());
        assertEquals(1, bench.signed.size());
    }

    @Test
    void aVersionThatWasNeverHandedOverComesBeforeTheNext() throws Exception {
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(1));
        bench.setDown(false);
        assertEquals(
                "it is sent with the next version of the rolling transaction",
                assertThrows(WaitsException.class, () -> dispatch(2)).getMessage());
        assertEquals(1, bench.handed.size());
        assertTrue(CarrierBench.carries(last(), packet(1)));
        assertEquals(1, bench.signed.size());
        assertTrue(running().sent());
    }

    @Test
    void whatAVersionTakesThePlaceOfIsTheLastOneThatNodesHave() throws Exception {
        say(1);
        byte[] first = last();
        assertNull(running().replaced());
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(2));
        assertArrayEquals(first, running().replaced());
        assertThrows(NodeUnavailableException.class, () -> recall(2));
        assertArrayEquals(first, running().replaced(), "nobody may have the one between");
        bench.setDown(false);
        carrier.tick();
        assertNull(running().replaced());
    }

    @Test
    void whatCannotBeSignedIsTriedOnce() throws Exception {
        for (int i = 1; i <= 2; i++) {
            long id = i;
            int signed = bench.signed.size();
            bench.onSigned = () -> bench.recall(id);
            assertThrows(WaitsException.class, () -> dispatch(id));
            bench.onSigned = () -> {};
            assertEquals(signed + 1, bench.signed.size());
            say(10 + i);
        }
    }

    // ---- time

    @Test
    void whatLeavesAfterItsTimeTakesAnotherCoinAlsoBeforeTheNextRound() throws Exception {
        say(1);
        bench.clock.pass(bench.rules.mostAge().plusSeconds(1));
        say(2);
        assertEquals(2, coins());
        assertEquals(2, bench.kept());
        assertEquals(List.of(true, true), List.of(isKnown(1), isKnown(2)), "both wait at nodes");
    }

    private boolean isKnown(long id) {
        return bench.waiting().stream().anyMatch(raw -> CarrierBench.carries(raw, packet(id)));
    }

    @Test
    void oneThatWasMinedBeforeItIsBurnedIsOver() throws Exception {
        rules(new FeeRate(100_000), 10_000, Duration.ofSeconds(30), true);
        say(1);
        bench.mine();
        tickAfter(bench.rules.mostAge().plusSeconds(1));
        assertEquals(0, bench.kept());
        assertEquals(PacketState.CONFIRMED, state(1).state());
    }

    @Test
    void oneThatEndedAndWasMinedIsFoundThoughNobodyTellsOfIt() throws Exception {
        say(1);
        tickAfter(bench.rules.mostAge().plusSeconds(1));
        assertEquals(Optional.empty(), bench.get(RUNNING));
        bench.mine();
        tickAfter(Duration.ofMinutes(11));
        assertEquals(0, bench.kept());
        assertEquals(PacketState.CONFIRMED, state(1).state());
    }

    // ---- releasing it

    @Test
    void aRollThatIsLetGoIsLeftToBeMinedAndItsChangeMayBeSpent() throws Exception {
        assertFalse(carrier.end(CarrierBench.PERSONA, CarrierBench.NETWORK, bench.nodes), "there is none");
        say(1);
        TxId version = bench.signed.get(0).id();
        assertTrue(carrier.end(CarrierBench.PERSONA, CarrierBench.NETWORK, bench.nodes));
        assertEquals(List.of(version), bench.letGo);
        say(2);
        assertEquals(2, coins());
        assertTrue(isKnown(1));
    }

    @Test
    void oneThatNoNodeHasIsNotLetGo() throws Exception {
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(1));
        assertFalse(carrier.end(CarrierBench.PERSONA, CarrierBench.NETWORK, bench.nodes));
        assertEquals(List.of(), bench.letGo);
    }

    @Test
    void oneThatABlockHasMeanwhileNeedsNotBeLetGo() throws Exception {
        rules(new FeeRate(100_000), 10_000, Duration.ofSeconds(30), true);
        say(1);
        bench.mine();
        assertTrue(carrier.end(CarrierBench.PERSONA, CarrierBench.NETWORK, bench.nodes));
        assertEquals(List.of(), bench.letGo);
        assertEquals(0, bench.kept());
    }

    // ---- answers of nodes and the wallet

    @Test
    void theFirstVersionGoesInByTheNodeOfTheWalletThatPaid() throws Exception {
        bench.nodes =
                List.of(CarrierBench.node("a", 3, new FeeRate(100)), CarrierBench.node("bench", 3, new FeeRate(100)));
        say(1);
        say(2);
        assertEquals(List.of(List.of("bench", "a"), List.of("a", "bench")), bench.entrances);
    }

    @Test
    void aVersionThatNodesHaveIsMadeDearerWhereTheyWantMore() throws Exception {
        say(1);
        bench.refusing = Reason.FEE_TOO_LOW;
        assertThrows(WaitsException.class, () -> dispatch(2));
        assertEquals(3, bench.signed.size(), "the next one, and a dearer one");
        assertEquals(1, bench.kept());
        assertEquals(1, coins());
        bench.refusing = null;
        carrier.tick();
        assertTrue(isKnown(2));
    }

    @Test
    void aCoinIsLeftToWhoeverPaysMoreForItWhereNodesHaveNoVersionOfOurs() throws Exception {
        bench.refusing = Reason.FEE_TOO_LOW;
        assertThrows(WaitsException.class, () -> dispatch(1));
        assertEquals(
                new FeeRate(100).fee(bench.signed.get(0).vsize()),
                bench.signed.get(0).fee(),
                "just the floor");
        assertEquals(0, bench.kept());
        assertEquals(1, bench.signed.size(), "no bidding");
        assertEquals(List.of(bench.signed.get(0).fee()), bench.uncounted, "nobody pays for it");
    }

    private void floor(long satPerKvb) {
        bench.nodes = List.of(CarrierBench.node("bench", 3, new FeeRate(satPerKvb)));
        bench.evict();
    }

    @Test
    void aFloorUpToTheMaximumIsMetAndAHigherOneIsNot() throws Exception {
        rules(new FeeRate(1_000), 10_000, Duration.ofSeconds(30), false);
        say(1);
        floor(1_001);
        tickAfter(Duration.ofMinutes(11));
        assertEquals(1, bench.signed.size());
        assertEquals(1, bench.kept(), "it waits");
        floor(1_000);
        tickAfter(Duration.ofMinutes(11));
        assertEquals(2, bench.signed.size());
        assertEquals(1, coins());
    }

    @Test
    void whoWaitsForAFloorOverTheMaximumIsToldSo() throws Exception {
        rules(new FeeRate(1_000), 10_000, Duration.ofSeconds(30), false);
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(1));
        bench.setDown(false);
        floor(1_001);
        String why = assertThrows(WaitsException.class, () -> dispatch(2)).getMessage();
        assertTrue(why.startsWith("node 'bench' relays nothing below 1.001 sat/vB, but fee-maximum is 1 sat/vB"), why);
    }

    @Test
    void aCoinThatCannotMeetTheFloorWaitsUntilThatFallsAndAnotherOneGoesOn() throws Exception {
        say(1);
        bench.coin = 30;
        floor(5_000);
        tickAfter(Duration.ofMinutes(11));
        assertEquals(1, bench.signed.size());
        assertEquals(1, bench.kept());
        say(2);
        assertEquals(2, coins());
        floor(100);
        tickAfter(Duration.ofMinutes(11));
        assertTrue(isKnown(1) && isKnown(2));
    }

    private Optional<String> waitsFor(long id) throws Exception {
        return carrier.waitsFor(bench.now(id), 0);
    }

    /** It stays relayed, since nodes had it and may have it again. */
    @Test
    void aPacketThatNodesLostSaysWhyNoneTakesItUntilOneDoes() throws Exception {
        say(1);
        bench.coin = 30;
        floor(5_000);
        tickAfter(Duration.ofMinutes(11));
        assertEquals(PacketState.RELAYED, state(1).state());
        assertTrue(waitsFor(1).orElseThrow().startsWith("no node has it any more: "), waitsFor(1)::get);
        say(2);
        assertEquals(Optional.empty(), waitsFor(2), "it has another coin");
        bench.setDown(true);
        tickAfter(Duration.ofMinutes(11));
        assertTrue(waitsFor(1).isPresent(), "nobody knows better");
        bench.setDown(false);
        floor(100);
        tickAfter(Duration.ofMinutes(11));
        assertEquals(Optional.empty(), waitsFor(1));
    }

    /** The version that nodes reject is a later one. */
    @Test
    void aPacketThatNodesHaveInAnEarlierVersionWaitsForNothing() throws Exception {
        say(1);
        bench.refusing = Reason.OTHER;
        assertThrows(WaitsException.class, () -> dispatch(2));
        tickAfter(Duration.ofSeconds(31));
        assertEquals(Optional.empty(), waitsFor(1));
        bench.evict();
        tickAfter(Duration.ofSeconds(31));
        assertTrue(waitsFor(1).isPresent());
    }

    /** No node ever took it, and its coin cannot pay what nodes want by now: its packets use another one. */
    @Test
    void whatNobodyHasTakesAnotherCoinWhereItsOwnCannotMeetTheFloor() throws Exception {
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(1));
        bench.setDown(false);
        bench.coin = 30;
        floor(5_000);
        say(2);
        assertTrue(isKnown(2));
        assertEquals(List.of(bench.signed.get(0).fee()), bench.uncounted);
        assertTrue(state(1).isWaiting());
    }

    /** Nodes had the one before it, which may come back: later messages do not wait for that. */
    @Test
    void aVersionWhoseCoinCannotMeetTheFloorHoldsUpNothingThatComesAfterIt() throws Exception {
        say(1);
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(2));
        bench.setDown(false);
        bench.coin = 50;
        floor(5_000);
        say(3);
        assertTrue(isKnown(3));
        assertEquals(2, coins());
        assertEquals(List.of(), bench.uncounted);
        assertEquals(2, bench.kept());
        floor(100);
        carrier.tick();
        assertTrue(isKnown(1) && isKnown(2));
    }

    /** The wallet is locked in the middle: nodes have the version before, and what is in it is not sent once more. */
    @Test
    void aWalletThatFailsToPayMoreEndsNothingThatNodesHave() throws Exception {
        say(1);
        bench.refusing = Reason.FEE_TOO_LOW;
        bench.onHand = () -> bench.onReplace = () -> fail(new WalletException("it is locked"));
        assertThrows(WalletException.class, () -> dispatch(2));
        assertEquals(PacketState.RELAYED, state(1).state());
        assertEquals(1, bench.kept());
        assertEquals(List.of(), bench.uncounted);
    }

    /** A more expensive version of the same packets recalls nothing, so the cap applies to it. */
    @Test
    void aFloorThatIsOverWhatACoinMayPayIsNotMet() throws Exception {
        rules(new FeeRate(100_000), 60, Duration.ofSeconds(30), false);
        say(1);
        floor(5_000);
        tickAfter(Duration.ofMinutes(11));
        assertEquals(1, bench.kept());
        assertEquals(1, bench.signed.size());
    }

    @Test
    void whereTheWalletsNodeTakesNoDearerOneTheCoinIsLeft() throws Exception {
        say(1);
        floor(5_000);
        bench.onReplace = () -> fail(new WalletException("it is spent"));
        tickAfter(Duration.ofMinutes(11));
        assertEquals(0, bench.kept());
        assertTrue(state(1).isWaiting());
        bench.onReplace = () -> {};
        say(2);
        assertEquals(2, coins());
    }

    @Test
    void takingBackMayCostMoreThanACoinMayPay() throws Exception {
        rules(new FeeRate(100_000), 25, Duration.ofSeconds(30), false);
        say(1);
        RecallTally tally = recall(1);
        assertEquals(1, tally.replaced());
        assertEquals(bench.signed.get(1).fee() - bench.signed.get(0).fee(), tally.fee());
        assertTrue(bench.signed.get(1).fee() > 25);
    }

    @Test
    void whereTheWalletsNodeLostItNodesGetItAgain() throws Exception {
        say(1);
        bench.onReplace = () -> fail(new WalletException("the wallet's node does not have it"));
        assertThrows(WalletException.class, () -> dispatch(2));
        assertEquals(1, bench.handed.size(), "nodes have it");
        bench.evict();
        assertThrows(WalletException.class, () -> dispatch(3));
        assertEquals(2, bench.handed.size());
        assertArrayEquals(bench.handed.get(0), bench.handed.get(1));
    }

    @Test
    void whatIsBuiltOnWhatNodesLostHoldsUpNothingThatComesAfterIt() throws Exception {
        say(1);
        bench.evict();
        bench.onReplace = () -> fail(new WalletException("its coin is unknown"));
        bench.onHand = () -> {
            bench.onHand = () -> {};
            fail(new InsufficientFundsException("its coin is the change of a transaction that nodes have lost"));
        };
        say(2);
        assertEquals(2, coins());
        assertTrue(isKnown(2));
        assertEquals(2, bench.kept());
        tickAfter(Duration.ofMinutes(11));
        assertTrue(isKnown(1));
    }

    @Test
    void aWalletThatFailsTakesNothingBackAndEndsNothing() throws Exception {
        say(1);
        bench.onReplace = () -> fail(new WalletException("it is locked"));
        RecallTally tally = new RecallTally();
        bench.recall(1);
        assertThrows(WalletException.class, () -> carrier.recall(bench.now(1), bench.nodes, tally));
        assertEquals(1, bench.kept());
        assertTrue(carrier.isOnTheAir(bench.now(1)));
        assertFalse(tally.isStored());
    }

    @Test
    void whatRidesNowhereHasNothingToBeTakenBack() throws Exception {
        say(1);
        bench.message(2, packet(2));
        RecallTally tally = recall(2);
        assertEquals(0, tally.replaced());
        assertEquals(1, bench.signed.size());
    }

    /** Another roll of the persona is at nodes, and unrelated. */
    @Test
    void aCoinThatIsGoneEndsARecallThoughAnotherRollWaits() throws Exception {
        say(1);
        tickAfter(bench.rules.mostAge().plusSeconds(1));
        say(2);
        assertEquals(2, bench.kept());
        bench.coinsGone = true;
        RecallTally tally = recall(2);
        assertTrue(tally.isStored());
        assertEquals(1, bench.kept());
    }

    @Test
    void whatRodeOnACoinThatIsGoneRidesAgainAndIsNotPaid() throws Exception {
        say(1);
        long fee = bench.signed.get(0).fee();
        bench.spendElsewhere(last());
        tickAfter(Duration.ofMinutes(11));
        assertEquals(0, bench.kept());
        assertTrue(state(1).isWaiting());
        assertEquals(List.of(fee), bench.uncounted);
    }

    // ---- tracking it

    @Test
    void oneThatNobodyShowsIsLookedAtSoonAndOneThatIsShownAfterAWhile() throws Exception {
        dispatch(1);
        bench.evict();
        tickAfter(Duration.ofSeconds(30));
        assertEquals(1, bench.handed.size());
        tickAfter(Duration.ofSeconds(1));
        assertEquals(2, bench.handed.size(), "nobody has shown it");
        bench.evict();
        tickAfter(Duration.ofSeconds(30));
        assertEquals(2, bench.handed.size(), "it was looked at just now");
        tickAfter(Duration.ofSeconds(1));
        assertEquals(3, bench.handed.size());
        bench.show();
        bench.evict();
        tickAfter(Duration.ofMinutes(5));
        assertEquals(3, bench.handed.size(), "it was shown");
        tickAfter(Duration.ofMinutes(6));
        assertEquals(4, bench.handed.size());
    }

    @Test
    void oneThatANodeHasIsSpreadToTheOthers() throws Exception {
        say(1);
        tickAfter(Duration.ofMinutes(11));
        assertEquals(1, bench.spread.size());
        assertArrayEquals(RUNNING, bench.spread.get(0));
        assertEquals(1, bench.handed.size());
        tickAfter(Duration.ofSeconds(1));
        assertEquals(1, bench.spread.size(), "it was looked at just now");
    }

    @Test
    void withoutANodeNothingIsHandedOver() throws Exception {
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(1));
        int entrances = bench.entrances.size();
        bench.nodes = List.of();
        carrier.tick();
        assertEquals(entrances, bench.entrances.size());
    }

    @Test
    void onlyWhatRidesIsLookedAfter() throws Exception {
        say(1);
        bench.message(2, packet(2));
        assertTrue(carrier.looksAfter(bench.now(1), 0));
        assertFalse(carrier.looksAfter(bench.now(1), 1));
        assertFalse(carrier.looksAfter(bench.now(2), 0));
        assertTrue(carrier.isShared());
    }

    @Test
    void whetherItIsLostIsAskedAfterAWhileAndOnceBlocksAreRead() throws Exception {
        say(1);
        bench.clock.pass(Duration.ofSeconds(20));
        assertFalse(carrier.isDue(bench.now(1), 0));
        bench.clock.pass(Duration.ofMillis(1));
        assertTrue(carrier.isDue(bench.now(1), 0));
        bench.behind = true;
        assertFalse(carrier.isDue(bench.now(1), 0));
    }

    @Test
    void whatIsOutAndLostRidesAgainAndWhatWaitsInAVersionDoesNot() throws Exception {
        dispatch(1);
        assertEquals(PacketState.SENT, state(1).state());
        assertTrue(carrier.isLost(bench.now(1), 0));
        assertTrue(state(1).isWaiting());
        bench.setDown(true);
        assertThrows(NodeUnavailableException.class, () -> dispatch(2));
        carrier.isLost(bench.now(2), 0);
        assertTrue(state(2).isSigned(), "it has boarded");
    }

    @Test
    void itsChangeIsThatOfWhatNodesHave() throws Exception {
        assertEquals(0, carrier.change(CarrierBench.PERSONA, CarrierBench.NETWORK));
        ByteBuffer raw = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        raw.putInt(2).put((byte) 1).put(new byte[36]).put((byte) 0).putInt(-1).put((byte) 2);
        raw.putLong(0).put((byte) 3).put(new byte[] {0x6a, 1, 7});
        raw.putLong(5_000).put((byte) 2).put(new byte[] {0x51, 0x51});
        raw.putInt(0);
        byte[] transaction = Arrays.copyOf(raw.array(), raw.position());
        bench.put(RUNNING, BatchCodec.write(batch(transaction, true, List.of(), List.of())));
        assertEquals(5_000, carrier.change(CarrierBench.PERSONA, CarrierBench.NETWORK));
        bench.put(RUNNING, BatchCodec.write(batch(transaction, false, List.of(), List.of())));
        assertEquals(0, carrier.change(CarrierBench.PERSONA, CarrierBench.NETWORK));
    }

    // ---- turns

    private void awaitTurn() throws PartylineException {
        CarriedMessage next = bench.message(9, packet(9));
        carrier.awaitTurn(next, 0);
    }

    @Test
    void aClockThatWasSetBackHoldsUpNobody() throws Exception {
        say(1);
        assertThrows(LaterException.class, this::awaitTurn);
        bench.clock.pass(Duration.ofHours(-24));
        awaitTurn();
    }

    @Test
    void whereVersionsFollowAtOnceOneThatIsNotSeenIsWaitedForTenSeconds() throws Exception {
        rules(new FeeRate(100_000), 10_000, Duration.ZERO, false);
        dispatch(1);
        bench.clock.pass(Duration.ofMillis(9_999));
        assertThrows(LaterException.class, this::awaitTurn);
        bench.clock.pass(Duration.ofMillis(1));
        awaitTurn();
    }

    /**
     * Data read for one packet's turn is not used for another, which may belong to another persona: their coins would
     * be linked.
     */
    @Test
    void aPacketDoesNotBoardWhatWasReadForTheTurnOfAnother() throws Exception {
        say(1);
        ReplaceableBatch before = running();
        bench.clock.pass(Duration.ofSeconds(31));
        awaitTurn();
        CarriedMessage made = bench.message(2, packet(2));
        CarriedMessage other = new CarriedMessage(
                2, CarrierBench.PERSONA + 1, made.network(), false, false, false, 0, made.expires(), made.packets());
        bench.put(other);
        bench.inSlot(other.ref(0), () -> carrier.dispatch(other, 0, bench.nodes));
        assertEquals(2, coins(), "one for each persona");
        assertEquals(before.versions().size(), running().versions().size());
    }

    @Test
    void aPacketThatItsMessageHasNoMoreIsNotWaitedFor() throws Exception {
        dispatch(1);
        CarriedMessage now = bench.now(1);
        bench.put(
                new CarriedMessage(1, now.persona(), now.network(), false, false, false, 0, now.expires(), List.of()));
        bench.clock.pass(Duration.ofSeconds(30));
        awaitTurn();
    }

    // ---- prices

    @Test
    void onePacketMoreCostsAtMostWhatTheLargestNextVersionAdds() throws Exception {
        assertEquals(bench.most(bench.nodes, 80, 1), most(80));
        say(1);
        int largest = TransactionSize.of(80, 3);
        assertEquals(bench.replacement(21, 202, largest, bench.nodes) - 21, most(80));
        bench.heavier = 2_000;
        say(2);
        ReplaceableBatch now = running();
        assertEquals(bench.replacement(now.fee(), now.vsize(), now.vsize(), bench.nodes) - now.fee(), most(80));
        bench.clock.pass(bench.rules.mostAge().plusSeconds(1));
        assertEquals(bench.most(bench.nodes, 80, 1), most(80), "with another coin");
    }

    private long most(int bytes) throws PartylineException {
        return carrier.most(CarrierBench.PERSONA, CarrierBench.NETWORK, bytes, bench.nodes);
    }

    @Test
    void underCoverEachPacketMayCostWhatAPacketCostsAtMost() throws Exception {
        bench.setCovered(true);
        assertEquals(
                most(80) + most(64),
                carrier.quote(
                        new Quote(1, CarrierBench.PERSONA, CarrierBench.NETWORK, List.of(80, 64), false), bench.nodes));
        assertEquals(bench.most(bench.nodes, 80, 1), most(80));
        ridesAgain(5);
        assertEquals(bench.most(bench.nodes, 80, 2), most(80), "it comes along");
        ridesAgain(6);
        ridesAgain(7);
        assertEquals(bench.most(bench.nodes, 80, 3), most(80), "as many as there is room for");
        bench.setCovered(false);
        assertEquals(bench.most(bench.nodes, 80, 1), most(80));
    }

    /** A message that nodes showed in a transaction that cannot be mined. */
    private void ridesAgain(long id) {
        CarriedMessage message = bench.message(id, packet(id));
        bench.put(new CarriedMessage(
                id,
                message.persona(),
                message.network(),
                false,
                false,
                false,
                0,
                message.expires(),
                List.of(new CarriedPacket(
                        packet(id),
                        PacketState.SEALED,
                        false,
                        Optional.empty(),
                        Instant.EPOCH,
                        Optional.of(bench.clock.instant())))));
    }

    @Test
    void theQuoteOfAMessageIsTheSameBeforeItIsStored() throws Exception {
        bench.nodes = List.of(CarrierBench.node("bench", 2, new FeeRate(100)));
        Quote quote = new Quote(4, CarrierBench.PERSONA, CarrierBench.NETWORK, List.of(80, 80, 80, 80), false);
        long before = carrier.quote(quote, bench.nodes);
        bench.message(4, false, packet(41), packet(42), packet(43), packet(44));
        assertEquals(before, carrier.quote(quote, bench.nodes));
    }

    // ---- which packets it carries

    private static ReplaceableBatch batch(
            byte[] raw, boolean sent, List<BatchedPacket> rides, List<ReplaceableBatch.Version> versions) {
        return new ReplaceableBatch(
                CarrierBench.PERSONA,
                CarrierBench.NETWORK.code(),
                "bench",
                raw,
                null,
                new byte[TxId.LENGTH],
                202,
                21,
                sent,
                0,
                0,
                rides,
                versions,
                false);
    }

    private BatchedPacket ride(long id, boolean opener) {
        bench.message(id, packet(id));
        return new BatchedPacket(id, 0, packet(id), opener);
    }

    private List<Long> chosen(int outputs, int scriptBytes, List<BatchedPacket> before, BatchedPacket... boarding)
            throws PartylineException {
        RelayPolicy policy = new RelayPolicy(80, outputs, scriptBytes, new FeeRate(100), new FeeRate(100));
        return new BatchChoice(bench)
                        .of(
                                bench::message,
                                Optional.of(batch(new byte[1], true, before, List.of())),
                                List.of(boarding),
                                List.of(),
                                policy,
                                false)
                        .stream()
                        .map(BatchedPacket::message)
                        .toList();
    }

    @Test
    void theOpenerKeepsOnePlaceAndNotTwo() throws Exception {
        List<BatchedPacket> before = List.of(ride(1, false), ride(2, false), ride(3, true));
        assertEquals(List.of(2L, 3L, 4L), chosen(10, 10_000, before, ride(4, false)));
    }

    @Test
    void asManyBytesRideAsNodesCarryAndOnePacketInAnyCase() throws Exception {
        List<BatchedPacket> before = List.of(ride(1, false), ride(2, false));
        assertEquals(List.of(1L, 2L, 3L), chosen(10, 3 * 83, before, ride(3, false)));
        assertEquals(List.of(2L, 3L), chosen(10, 3 * 83 - 1, before, ride(3, false)));
        assertEquals(List.of(2L, 3L), chosen(10, 2 * 83, before, ride(3, false)));
        assertEquals(List.of(3L), chosen(10, 2 * 83 - 1, before, ride(3, false)));
        assertEquals(List.of(3L), chosen(10, 10, before, ride(3, false)));
    }

    @Test
    void whatIsOverRidesNoMoreButWhatABlockMayLoseDoes() throws Exception {
        List<BatchedPacket> before = new ArrayList<>();
        for (long id = 1; id <= 4; id++) {
            before.add(ride(id, false));
        }
        CarrierRules now = bench.rules;
        bench.rules = new CarrierRules(
                now.resendAfter(),
                now.rebroadcastAfter(),
                now.feeMaximum(),
                now.spacing(),
                10,
                now.mostFee(),
                now.mostAge(),
                now.burns());
        settled(2, true, PacketState.REPLACED);
        settled(3, false, PacketState.REPLACED);
        settled(4, false, PacketState.CONFIRMED);
        assertEquals(List.of(1L, 4L, 5L), chosen(10, 10_000, before, ride(5, false)));
        bench.clock.pass(Duration.ofDays(1));
        assertEquals(List.of(5L), chosen(10, 10_000, before, ride(5, false)), "their time is over");
    }

    private void settled(long id, boolean ended, PacketState state) {
        CarriedMessage message = bench.now(id);
        bench.put(new CarriedMessage(
                id,
                message.persona(),
                message.network(),
                false,
                true,
                ended,
                0,
                message.expires(),
                List.of(new CarriedPacket(
                        packet(id), state, true, Optional.empty(), Instant.EPOCH, Optional.of(Instant.EPOCH)))));
    }

    // ---- its end

    @Test
    void whatRodeBeforeTheVersionInABlockHasHadItsTime() throws Exception {
        byte[] first = new byte[TxId.LENGTH];
        byte[] second = new byte[TxId.LENGTH];
        second[0] = 1;
        say(1);
        ReplaceableBatch roll = batch(
                new byte[1],
                true,
                List.of(),
                List.of(
                        new ReplaceableBatch.Version(first, 21, List.of(1L << 8)),
                        new ReplaceableBatch.Version(second, 42, List.of())));
        new BatchClosing(bench, new Batches(bench)).close(roll, second);
        assertEquals(PacketState.REPLACED, state(1).state());
    }
}
