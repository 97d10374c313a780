package org.partyline.carrier.rolling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.transport.SignedTransaction;

/** Tests the end of a roll, and which packets it must no longer carry. */
class RollEndTest {
    private static final FeeRate HIGH = new FeeRate(50_000);
    private static final Duration HOURS = Duration.ofHours(6);

    private RollingBench roll;

    @BeforeEach
    void open() throws Exception {
        roll = new RollingBench();
    }

    private List<Long> conversation() throws Exception {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(roll.say());
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void noVersionPaysMoreThanTheCapOfItsCoin(int outputs) throws Exception {
        roll.carry(outputs);
        roll.rules(HIGH, 60, HOURS, false);
        conversation();
        assertTrue(
                roll.versions().stream().allMatch(version -> version.fee() <= 60),
                () -> roll.versions().stream()
                        .map(SignedTransaction::fee)
                        .toList()
                        .toString());
        assertTrue(roll.coins().size() > 1, "another coin when one has paid enough");
    }

    @Test
    void noVersionPaysAHigherRateThanTheHighest() throws Exception {
        roll.rules(new FeeRate(200), 10_000, HOURS, false);
        assertEquals(conversation(), roll.shown);
        for (SignedTransaction version : roll.versions()) {
            assertTrue(version.fee() * 1000 <= 200L * version.vsize() + 999, () -> version.fee() + " sat");
        }
        assertTrue(roll.coins().size() > 1);
    }

    @Test
    void afterItsTimeARollIsLeftToBeMinedAndAnotherCoinGoesOn() throws Exception {
        roll.rules(HIGH, 10_000, Duration.ofHours(1), false);
        long one = roll.say();
        roll.bench.clock.pass(Duration.ofMinutes(61));
        long two = roll.say();
        assertEquals(2, roll.bench.waiting().size());
        assertEquals(List.of(one, two), roll.carried());
        roll.mineAll();
        assertEquals(List.of(PacketState.CONFIRMED, PacketState.CONFIRMED), List.of(roll.state(one), roll.state(two)));
    }

    @Test
    void afterItsTimeARollIsBurnedWhereThatIsSet() throws Exception {
        roll.rules(HIGH, 10_000, HOURS, true);
        long id = roll.say();
        assertEquals(PacketState.RELAYED, roll.state(id));
        roll.bench.clock.pass(Duration.ofHours(7));
        roll.round();
        assertEquals(List.of(), roll.carried(roll.waiting()), "nothing goes to the chain");
        assertEquals(PacketState.REPLACED, roll.state(id));
        int versions = roll.bench.signed.size();
        roll.bench.clock.pass(Duration.ofHours(7));
        roll.round();
        assertEquals(versions, roll.bench.signed.size(), "once");
        roll.say();
    }

    @Test
    void aRollThatARecallLeftEmptyIsNotBurnedOnceMore() throws Exception {
        roll.rules(HIGH, 10_000, HOURS, true);
        roll.recall(roll.say());
        int versions = roll.bench.signed.size();
        roll.bench.clock.pass(Duration.ofHours(7));
        roll.round();
        assertEquals(versions, roll.bench.signed.size());
    }

    @Test
    void aRollGoesOnWhoseBlockWasTakenAwayBeforeItCouldBeSettled() throws Exception {
        roll.say();
        // A block is reported late, after it was disconnected.
        roll.mineInVain(roll.waiting());
        roll.say();
        assertEquals(1, roll.coins().size(), "the same roll");
    }

    @Test
    void aRollThatARecallLeftEmptyAndThatWasMinedIsNotBurnedAndStopsNoMessage() throws Exception {
        roll.rules(HIGH, 10_000, HOURS, true);
        roll.recall(roll.say());
        int versions = roll.bench.signed.size();
        roll.bench.mine();
        roll.bench.clock.pass(Duration.ofHours(7));
        roll.round();
        assertEquals(versions, roll.bench.signed.size(), "not burned");
        roll.say();
    }

    @Test
    void whatIsCancelledWhileAVersionIsBeingSignedDoesNotRide() throws Exception {
        List<Long> said = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int handed = roll.bench.handed.size();
            int kept = roll.bench.kept();
            long cancelled = roll.write();
            roll.bench.onSigned = () -> roll.bench.recall(cancelled);
            roll.pass();
            roll.bench.onSigned = () -> {};
            assertTrue(roll.bench.now(cancelled).isEnded(), "while it is signed");
            roll.pass();
            assertEquals(handed, roll.bench.handed.size());
            assertEquals(kept, roll.bench.kept());
            said.add(roll.say());
        }
        assertEquals(said, roll.shown);
    }

    @Test
    void whatExpiredBeforeANodeTookItDoesNotLeaveLater() throws Exception {
        roll.bench.setDown(true);
        long id = roll.write(false, Duration.ofMinutes(10));
        roll.passes(25);
        assertTrue(roll.bench.now(id).isEnded());
        roll.bench.setDown(false);
        roll.passes(10);
        assertEquals(List.of(), roll.carried());
        assertFalse(roll.shown.contains(id));
        roll.say();
    }

    @Test
    void whatABlockLeftOutRidesInANewVersionThoughNodesHaveTheOldOne() throws Exception {
        roll.say();
        byte[] mined = roll.waiting();
        roll.holding = true;
        long id = roll.write();
        roll.pass();
        assertEquals(PacketState.SENT, roll.state(id));
        byte[] late = roll.waiting();
        roll.bench.poor = true;
        roll.mine(mined);
        assertEquals(PacketState.SEALED, roll.state(id), "it waits");
        roll.pass();
        assertEquals(PacketState.SEALED, roll.state(id), "for a coin");
        roll.bench.poor = false;
        roll.holding = false;
        roll.pass();
        assertEquals(List.of(id), roll.carried());
        assertFalse(Arrays.equals(roll.waiting(), late), "in a new version");
    }

    @Test
    void aVersionInABlockThatWasNotReadYetIsBelieved() throws Exception {
        roll.carry(10);
        long one = roll.say();
        byte[] mined = roll.waiting();
        long two = roll.say();
        // The node has the block, and rejects another spend of the coin; the block was not reported to the server yet.
        roll.bench.mine(mined);
        long three = roll.say();
        assertEquals(PacketState.CONFIRMED, roll.state(one));
        roll.pass();
        assertEquals(List.of(two, three), roll.carried(), "two and three ride with another coin");
        assertEquals(2, roll.coins().size());
        roll.passes(3);
        assertEquals(List.of(two, three), roll.carried(), "and the first, which stands in the block, does not");
    }

    /** Before the latest blocks are read, another spend of the coin cannot be distinguished from a mined version. */
    @Test
    void whatSpentTheCoinIsNotGuessedBeforeTheLatestBlocksAreRead() throws Exception {
        roll.say();
        roll.bench.spendElsewhere(roll.waiting());
        roll.bench.behind = true;
        long id = roll.write();
        roll.passes(3);
        assertEquals(1, roll.coins().size());
        roll.bench.behind = false;
        roll.passes(2);
        assertEquals(PacketState.RELAYED, roll.state(id));
    }
}
