package org.partyline.engine.fees;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiPredicate;
import org.partyline.api.Network;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.WaitsException;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;

/** What was spent, and whether more may be: nothing is ever sent over a cap. Part of the caller's transaction. */
public final class Spending {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Core core;
    private final FeeMath math;
    private final BiPredicate<Integer, Network> covered;
    private final Budgets budgets;

    /** What cover traffic may cost. */
    @FunctionalInterface
    public interface Budgets {
        /** Satoshi a day for a persona's; empty: none was ordered. Part of the caller's transaction. */
        OptionalLong of(StoreTransaction tx, int persona) throws StoreException;
    }

    /** @param covered whether a persona's packets on a network leave at points of cover traffic */
    public Spending(Core core, FeeMath math, BiPredicate<Integer, Network> covered, Budgets budgets) {
        this.core = core;
        this.math = math;
        this.covered = covered;
        this.budgets = budgets;
    }

    /** Whether a persona's packets on a network leave at points of cover traffic. */
    public boolean isCovered(int persona, Network network) {
        return covered.test(persona, network);
    }

    /** Satoshi spent lately. @param coverDay on cover traffic of one persona, its messages among it */
    public record Sums(long hour, long day, long coverDay) {}

    /** @param persona whose cover traffic is counted */
    public static Sums sums(Core core, StoreTransaction tx, int persona) throws StoreException {
        Instant now = core.now();
        long hour = 0;
        long day = 0;
        long cover = 0;
        for (SpentRecord spent : Tables.all(tx, SpentRecord.TABLE, SpentRecord.class)) {
            Instant at = Instant.ofEpochMilli(spent.time());
            if (at.isAfter(now.minus(DAY))) {
                day += spent.fee();
                cover += spent.covered() && spent.persona() == persona ? spent.fee() : 0;
            }
            if (at.isAfter(now.minus(HOUR))) {
                hour += spent.fee();
            }
        }
        return new Sums(hour, day, cover);
    }

    /**
     * The gate before every payment, whatever it is for: nothing is signed that spends real money before it was said once that this is
     * known.
     *
     * @throws WaitsException says how to say it
     */
    public void requireAccepted(Network network) throws WaitsException {
        if (!core.isAccepted(network)) {
            throw new WaitsException(
                    "it waits until you say that you know that messages on mainnet cost real money, with"
                            + " partyline:fee-limit --accept-mainnet");
        }
    }

    /**
     * Why a fee cannot be paid now.
     *
     * @param already paid for the same message
     * @return one line; empty when it can
     */
    public Optional<String> refuse(StoreTransaction tx, long fee, long already, int persona) throws StoreException {
        Settings settings = core.settings.get();
        Sums sums = sums(core, tx, persona);
        return math.refuse(
                fee,
                new FeeMath.Caps(
                        settings.fees().capMessage(),
                        settings.fees().capHour(),
                        settings.fees().capDay()),
                new FeeMath.Spent(already, sums.hour(), sums.day()));
    }

    /** The budget of cover traffic has no room for a packet. */
    public static final class BudgetSpent extends WaitsException {
        private static final long serialVersionUID = 1L;

        private final long fee;

        BudgetSpent(long budget, long fee) {
            super("the cover traffic's budget of " + budget + " sat a day has no room for it (partyline:decoy-status)");
            this.fee = fee;
        }

        /** Satoshi that it would have cost. */
        public long fee() {
            return fee;
        }
    }

    /** @throws BudgetSpent when a packet would pass the budget of the cover traffic that it is part of, whatever it says */
    public void checkBudget(StoreTransaction tx, long fee, int persona, Network network)
            throws StoreException, BudgetSpent {
        if (!covered.test(persona, network)) {
            return;
        }
        OptionalLong budget = budgets.of(tx, persona);
        if (budget.isPresent()
                && fee > budget.getAsLong() - sums(core, tx, persona).coverDay()) {
            throw new BudgetSpent(budget.getAsLong(), fee);
        }
    }

    /**
     * Counts a fee that a packet's transaction pays from now on. With cover traffic a message counts on its budget as a decoy does:
     * else who talks had cover for longer than who is silent, and its end would tell.
     */
    public void countPacket(StoreTransaction tx, long fee, int persona, Network network) throws StoreException {
        count(tx, fee, covered.test(persona, network), persona);
    }

    /** Counts a fee that takes a packet back. */
    public void countRecall(StoreTransaction tx, long fee, int persona) throws StoreException {
        count(tx, fee, false, persona);
    }

    /**
     * Takes back what was counted for a transaction that will be in no block, as another one is that spends the same coin. Not what
     * cover traffic was counted for: its end would depend on which one a miner took.
     */
    public static void uncount(StoreTransaction tx, long fee, int persona) throws StoreException {
        // The oldest of those that are alike: none is missed for longer than it should be.
        for (StoredRecord record : tx.list(SpentRecord.TABLE)) {
            SpentRecord spent = Tables.read(List.of(record), SpentRecord.class).get(0);
            if (spent.fee() == fee && spent.persona() == persona && !spent.covered()) {
                tx.delete(SpentRecord.TABLE, record.key());
                return;
            }
        }
    }

    private void count(StoreTransaction tx, long fee, boolean onCover, int persona) throws StoreException {
        Instant now = core.now();
        tx.put(
                SpentRecord.TABLE,
                Keys.of(Tables.next(tx, "spent")),
                Keys.ALL,
                Cbor.write(new SpentRecord(now.toEpochMilli(), fee, onCover, persona)),
                now.plus(DAY).plus(HOUR));
    }
}
