package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.fees.Spending.Payment;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/** The ledger of spending: what blocks contain is paid, what they never will is not. */
class SpendingTest {
    private static final int ALICE = StageBench.ALICE.id();

    private final FeesBench bench = new FeesBench();
    private long last;

    @AfterEach
    void close() {
        bench.close();
    }

    /** Counts a transaction. @param fee its fee @param instead the one that it replaces; null: none */
    private Version pay(long fee, Version instead) throws StoreException {
        Version version = new Version(Keys.of(++last), fee);
        bench.stage.guard.transact(tx -> {
            bench.spending.countPacket(
                    tx,
                    new Payment(
                            version.id(),
                            instead == null ? null : instead.id(),
                            fee - (instead == null ? 0 : instead.fee()),
                            ALICE),
                    Network.REGTEST);
            return null;
        });
        return version;
    }

    private record Version(byte[] id, long fee) {}

    private void mine(Version version) throws StoreException {
        bench.stage.guard.transact(tx -> {
            SpentRecords.mined(tx, version.id());
            return null;
        });
    }

    private void lose(Version version) throws StoreException {
        bench.stage.guard.transact(tx -> {
            SpentRecords.unpaid(tx, version.id());
            return null;
        });
    }

    private SpentRecords.Sums sums() throws StoreException {
        return bench.stage.guard.transact(tx -> SpentRecords.sums(bench.clock.instant(), tx, ALICE));
    }

    @Test
    void aReplacementCountsByWhatItPaysMore() throws Exception {
        Version first = pay(21, null);
        pay(51, first);
        assertEquals(51, sums().hour());
        assertEquals(51, bench.fees.limits().daySpent());
    }

    /** It may be mined at any time: until then the cost of its messages is not final. */
    @Test
    void theRecordsOfATransactionThatMessagesShareAreKeptUntilItIsMinedAndADayLonger() throws Exception {
        Version own = pay(21, null);
        Version first = shared(30, null);
        Version second = shared(42, first);
        bench.clock.pass(Duration.ofDays(3));
        assertEquals(Set.of(first, second), kept(own, first, second));
        bench.stage.guard.<Void, StoreException>transact(tx -> {
            SpentRecords.mined(tx, first.id());
            SpentRecords.over(tx, second.id(), bench.clock.instant());
            return null;
        });
        bench.clock.pass(Duration.ofHours(24));
        assertEquals(Set.of(first, second), kept(own, first, second), "the block may be gone again");
        bench.clock.pass(Duration.ofHours(2));
        assertEquals(Set.of(), kept(own, first, second));
    }

    private Version shared(long fee, Version instead) throws StoreException {
        Version version = new Version(Keys.of(++last), fee);
        bench.stage.guard.transact(tx -> {
            long added = fee - (instead == null ? 0 : instead.fee());
            Payment payment = new Payment(version.id(), instead == null ? null : instead.id(), added, ALICE);
            bench.spending.countPacket(tx, payment.of(Optional.of(new PacketRef(7, 0))), Network.REGTEST);
            return null;
        });
        return version;
    }

    /** Those whose records are kept. */
    private Set<Version> kept(Version... versions) throws StoreException {
        return bench.stage.guard.transact(tx -> {
            tx.deleteExpired(bench.clock.instant());
            Set<Version> kept = new HashSet<>();
            for (Version version : versions) {
                if (tx.contains(SpentRecord.TABLE, version.id())) {
                    kept.add(version);
                }
            }
            return kept;
        });
    }

    @Test
    void whatABlockPreventsIsNotPaidAndWhatAnotherBlockHasIs() throws Exception {
        Version first = pay(21, null);
        Version second = pay(51, first);
        Version third = pay(90, second);
        mine(first);
        assertEquals(21, sums().day());
        // The block is disconnected, and the one instead of it contains another version.
        mine(third);
        assertEquals(90, sums().day());
        mine(second);
        assertEquals(51, sums().day());
        mine(second);
        assertEquals(51, sums().day(), "it is told twice");
    }

    @Test
    void whatNobodyWillEverHaveIsNotPaid() throws Exception {
        Version lost = pay(21, null);
        pay(22, null);
        lose(lost);
        assertEquals(22, sums().day());
        mine(lost);
        assertEquals(43, sums().day(), "a node had it after all");
    }

    @Test
    void whatIsInNoMessagesPriceIsCountedApart() throws Exception {
        Version first = pay(21, null);
        bench.stage.guard.transact(tx -> {
            Payment burn = new Payment(Keys.of(++last), first.id(), 12, ALICE);
            bench.spending.countRecall(tx, burn.of(Optional.empty()));
            return null;
        });
        assertEquals(33, bench.fees.limits().daySpent());
        assertEquals(12, bench.fees.limits().dayOutside());
        mine(first);
        assertEquals(21, bench.fees.limits().daySpent());
        assertEquals(0, bench.fees.limits().dayOutside());
    }

    /** Otherwise the end of cover traffic would depend on the version that was mined. */
    @Test
    void theBudgetOfCoverTrafficCountsWhatWasNotPaidInTheEnd() throws Exception {
        bench.stage.cover.orders.put(ALICE, new CoverOrder(Duration.ofMinutes(10), 1_000, 0));
        Version first = pay(21, null);
        pay(51, first);
        mine(first);
        assertEquals(51, sums().coverDay());
        assertEquals(21, sums().day());
    }

    @Test
    void whatAPersonaSpentSinceATimeIsTold() throws Exception {
        bench.stage.guard.transact(tx -> {
            bench.spending.countPacket(tx, FeesBench.payment(7, ALICE + 1), Network.REGTEST);
            return null;
        });
        pay(21, null);
        bench.clock.pass(Duration.ofMinutes(1));
        pay(22, null);
        assertEquals(43, bench.fees.spent("alice", bench.clock.instant().minus(Duration.ofMinutes(2))));
        assertEquals(22, bench.fees.spent("alice", bench.clock.instant()));
    }

    /** With several coins, each spent by transactions that replace each other. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theSumIsAlwaysThatOfTheTransactionsThatStand(long seed) throws Exception {
        Random random = new Random(seed);
        List<List<Version>> coins = new ArrayList<>();
        List<Version> standing = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            int coin = coins.isEmpty() ? 0 : random.nextInt(coins.size() + 1);
            if (coin == coins.size()) {
                Version first = pay(1 + random.nextInt(100), null);
                coins.add(new ArrayList<>(List.of(first)));
                standing.add(first);
                continue;
            }
            List<Version> versions = coins.get(coin);
            Version newest = versions.get(versions.size() - 1);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    // A mined or lost transaction is not replaced.
                    if (standing.get(coin) == newest) {
                        Version next = pay(newest.fee() + 1 + random.nextInt(100), newest);
                        versions.add(next);
                        standing.set(coin, next);
                    }
                }
                case 2 -> {
                    Version mined = versions.get(random.nextInt(versions.size()));
                    mine(mined);
                    standing.set(coin, mined);
                }
                default -> {
                    if (versions.size() == 1 && standing.get(coin) != null) {
                        lose(newest);
                        standing.set(coin, null);
                    }
                }
            }
            long expected = standing.stream()
                    .mapToLong(one -> one == null ? 0 : one.fee())
                    .sum();
            int at = step;
            assertEquals(expected, sums().day(), () -> "seed " + seed + ", step " + at);
        }
    }
}
