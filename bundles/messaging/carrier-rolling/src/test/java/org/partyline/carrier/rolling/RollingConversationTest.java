package org.partyline.carrier.rolling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.testkit.CarrierBench;

/** Messages of a conversation in versions of one transaction, with a mempool's replacement rules. */
class RollingConversationTest {
    private RollingBench roll;

    @BeforeEach
    void open() throws Exception {
        roll = new RollingBench();
    }

    @Test
    void aConversationRollsInOneTransactionAtExactlyTheLeastFee() throws Exception {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(roll.say());
        }
        assertEquals(all, roll.shown);
        assertEquals(20, roll.versions().size());
        long fee = 0;
        int vsize = 0;
        for (SignedTransaction paid : roll.versions()) {
            long rule = fee == 0
                    ? (paid.vsize() + 9) / 10
                    : Math.max(fee + (paid.vsize() + 9) / 10, fee * paid.vsize() / vsize + 1);
            assertEquals(rule, paid.fee(), "to the sat");
            fee = paid.fee();
            vsize = paid.vsize();
        }
        assertEquals(1, roll.coins().size(), "every version spends the same coin");
        byte[] last = roll.waiting();
        roll.mineAll();
        assertEquals(PacketState.CONFIRMED, roll.state(all.get(19)), "the last is confirmed");
        assertTrue(
                all.subList(0, 19).stream().allMatch(id -> roll.state(id) == PacketState.REPLACED),
                "the others have had their time");
        assertEquals(fee, roll.bench.signed(last).fee());
        assertEquals(List.of(), roll.bench.uncounted, "what was counted is what the transaction pays");
    }

    /** Nobody pays the additions of versions after the mined one. */
    @Test
    void whatLaterVersionsAddedIsNotCountedWhenAnEarlierOneIsMined() throws Exception {
        for (int i = 0; i < 3; i++) {
            roll.say();
        }
        List<SignedTransaction> versions = roll.versions();
        roll.mine(versions.get(0).raw());
        assertEquals(
                versions.get(2).fee() - versions.get(0).fee(),
                roll.bench.uncounted.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void versionsKeepTheirDistance() throws Exception {
        long one = roll.write();
        roll.round();
        long two = roll.write();
        roll.round();
        assertTrue(roll.reasons.get(two).contains("is sent with the next version"), roll.reasons.get(two));
        roll.bench.clock.pass(Duration.ofSeconds(29));
        roll.round();
        assertEquals(List.of(one), roll.shown);
        roll.bench.clock.pass(Duration.ofSeconds(1));
        roll.round();
        assertEquals(List.of(one, two), roll.shown);
    }

    @Test
    void whereTheNetworkCarriesItTheNewestPacketsAndTheChainsOpenerRideAgain() throws Exception {
        roll.carry(10);
        long opener = roll.write(true, Duration.ofDays(2));
        roll.round();
        for (int i = 1; i < 6; i++) {
            roll.say();
        }
        // Without the opener, a new reader could read none of them.
        assertEquals(List.of(opener, opener + 4, opener + 5), roll.carried(roll.waiting()));
    }

    @Test
    void theNextVersionWaitsUntilTheLastWasSeenAndNothingIsLostWhenItNeverIs() throws Exception {
        roll.holding = true;
        long first = roll.write();
        roll.round();
        assertEquals(1, roll.bench.handed.size());
        long second = roll.write();
        roll.pass();
        assertTrue(roll.reasons.get(second).contains("until another node shows"), roll.reasons.get(second));
        assertEquals(1, new HashSet<>(roll.versions()).size());
        for (int i = 0; i < 9; i++) {
            roll.pass();
            assertNotEquals(PacketState.SENT, roll.state(second), "patience");
        }
        roll.pass();
        assertEquals(PacketState.SENT, roll.state(second), "patience ends");
        assertEquals(PacketState.SEALED, roll.state(first), "it may have reached nobody");
        roll.holding = false;
        roll.passes(2);
        // It may have been replaced already.
        assertTrue(roll.state(first).compareTo(PacketState.RELAYED) >= 0, "the first boards again");
        assertEquals(List.of(second, first), roll.shown);
    }

    @Test
    void aVersionThatANodeKeepsToItselfGoesInByAnother() throws Exception {
        roll.bench.nodes = List.of(
                CarrierBench.node("keeps", 1, new FeeRate(100)), CarrierBench.node("other", 1, new FeeRate(100)));
        roll.bench.keeping.add("keeps");
        List<Long> all = List.of(roll.say(), roll.say(), roll.say());
        assertEquals(all, roll.shown);
        assertEquals(1, roll.bench.waiting().size());
    }

    @Test
    void onlyOneTransactionIsKeptAndNoneWhenTheRollIsOver() throws Exception {
        for (int i = 0; i < 3; i++) {
            roll.say();
            assertEquals(1, roll.bench.kept());
        }
        roll.mine(roll.bench.handed.get(0));
        assertEquals(0, roll.bench.kept());
    }

    @Test
    void anyVersionMayBeMinedAndTheConversationRollsOn() throws Exception {
        Random random = new Random(5);
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            all.add(roll.say());
            if (random.nextInt(4) == 0) {
                byte[] current = roll.bench.waiting().get(0);
                List<byte[]> versions = roll.bench.handed.stream()
                        .filter(raw -> CarrierBench.coin(raw).equals(CarrierBench.coin(current)))
                        .toList();
                roll.mine(versions.get(random.nextInt(versions.size())));
            }
        }
        roll.mineAll();
        for (int i = 0; i < 10; i++) {
            roll.pass();
            roll.mineAll();
        }
        assertTrue(roll.bench.messages().stream().allMatch(CarriedMessage::isSettled), "all are settled");
        assertEquals(all, roll.shown);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void whenAnotherVersionStandsInTheNewChainWhatOnlyTheLostOneCarriedRidesAgain(int outputs) throws Exception {
        roll.carry(outputs);
        roll.say();
        roll.say();
        long last = roll.say();
        List<byte[]> versions = List.copyOf(roll.bench.handed);
        assertEquals(3, versions.size());
        roll.mineAll();
        assertTrue(roll.bench.messages().stream().allMatch(CarriedMessage::isSettled), "settled");
        roll.bench.disconnect(versions.get(2), false);
        roll.mine(versions.get(1));
        roll.passes(2);
        assertNotEquals(
                CarrierBench.coin(versions.get(0)), CarrierBench.coin(roll.waiting()), "in another transaction");
        assertEquals(List.of(last), roll.carried(roll.waiting()));
        roll.mineAll();
        assertEquals(PacketState.CONFIRMED, roll.state(last), "the last message stands in the chain");
        assertTrue(roll.bench.messages().stream().allMatch(CarriedMessage::isSettled), "settled again");
    }

    @Test
    void whatNodesHadUntilAnotherVersionWasMinedRidesAgainSoon() throws Exception {
        roll.say();
        byte[] first = roll.waiting();
        long last = roll.say();
        byte[] second = roll.waiting();
        roll.mineAll();
        roll.bench.disconnect(second, true);
        assertEquals(PacketState.RELAYED, roll.state(last), "taken back");
        // It is in the mempool again, and was found there; then a block contains the other version.
        roll.round();
        roll.mine(first);
        roll.bench.clock.pass(Duration.ofSeconds(25));
        roll.round();
        roll.round();
        assertEquals(List.of(last), roll.carried(roll.waiting()));
    }

    @Test
    void aVersionThatNodesLostComesBackTheSame() throws Exception {
        roll.say();
        byte[] version = roll.waiting();
        roll.bench.evict();
        roll.bench.clock.pass(Duration.ofMinutes(11));
        roll.round();
        assertArrayEquals(version, roll.waiting());
    }

    @Test
    void aCompetingSpendStartsAnotherCoinAndNothingIsLost() throws Exception {
        long one = roll.say();
        byte[] first = roll.waiting();
        roll.bench.spendElsewhere(first);
        long two = roll.write();
        roll.passes(3);
        assertEquals(List.of(one, two), roll.shown);
        assertNotEquals(CarrierBench.coin(first), CarrierBench.coin(roll.waiting()), "another coin");
        assertEquals(List.of(PacketState.REPLACED, PacketState.RELAYED), List.of(roll.state(one), roll.state(two)));
    }

    @Test
    void aCoinThatAnotherTransactionSpendsForMoreIsLeftAlone() throws Exception {
        long one = roll.say();
        roll.bench.outbid(roll.waiting());
        long two = roll.say();
        assertEquals(List.of(one, two), roll.shown);
        assertEquals(2, roll.coins().size(), "another coin");
        assertTrue(roll.versions().stream().allMatch(version -> version.fee() < 100), "no bidding");
    }

    @Test
    void aFloorThatRisesIsMet() throws Exception {
        roll.say();
        roll.bench.nodes = List.of(CarrierBench.node("bench", 1, new FeeRate(5_000)));
        roll.bench.evict();
        roll.bench.clock.pass(Duration.ofMinutes(11));
        roll.round();
        roll.round();
        SignedTransaction over = roll.bench.signed(roll.waiting());
        assertTrue(over.fee() >= 5L * over.vsize(), "a version over the floor");
        roll.say();
    }

    @Test
    void aCoinThatIsUsedUpIsLeftToBeMinedAndAnotherOneGoesOn() throws Exception {
        roll.bench.coin = 60;
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(roll.say());
        }
        assertTrue(roll.bench.waiting().size() >= 2, "several coins");
        assertEquals(all, roll.shown);
    }

    @Test
    void aServerThatWasKilledBetweenSigningAndSendingSendsTheSameVersion() throws Exception {
        roll.say();
        long two = roll.write();
        roll.bench.breaksOff = true;
        roll.pass();
        assertEquals(PacketState.SEALED, roll.state(two), "it was taken and no answer came");
        int versions = roll.bench.handed.size();
        roll.bench.breaksOff = false;
        roll.come();
        roll.round();
        assertEquals(versions + 1, roll.bench.handed.size(), "sent again to nodes");
        assertArrayEquals(roll.bench.handed.get(versions - 1), roll.bench.handed.get(versions));
        roll.say();
        assertEquals(1, roll.coins().size(), "still the same roll");
    }

    @Test
    void aRecalledPacketLeavesTheRollAndTheOthersRideOn() throws Exception {
        roll.carry(10);
        long one = roll.say();
        long two = roll.say();
        RecallTally recalled = roll.recall(two);
        assertEquals(1, recalled.replaced());
        assertTrue(recalled.fee() > 0);
        assertEquals(List.of(one), roll.carried(roll.waiting()), "without the recalled one");
        assertFalse(roll.isOnTheAir(two));
    }

    @Test
    void aRollThatARecallLeftEmptyAndThatWasMinedStopsNoMessage() throws Exception {
        roll.recall(roll.say());
        // A version without packets is never reported.
        roll.bench.mine();
        roll.say();
        assertEquals(2, roll.coins().size());
    }

    @Test
    void theChangeOfARollThatARecallLeftEmptyIsFreeSoonAfterItWasMined() throws Exception {
        roll.recall(roll.say());
        assertEquals(1, roll.bench.kept());
        roll.bench.mine();
        roll.bench.clock.pass(Duration.ofMinutes(11));
        roll.round();
        assertEquals(0, roll.bench.kept(), "free");
    }
}
