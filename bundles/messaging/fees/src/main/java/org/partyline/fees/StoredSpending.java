package org.partyline.fees;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.kernel.ChosenNetwork;
import org.partyline.messaging.kernel.WaitsException;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.schedule.CoverSlots;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** What was spent, and whether more may be: nothing is ever sent over a cap. Part of the caller's transaction. */
public final class StoredSpending implements Spending {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Clock clock;
    private final OperatorSettings settings;
    private final CoverOrders orders;
    private final FeeMath math;
    private final CoverSlots covered;

    /** @param covered whether a persona's packets on a network leave at points of cover traffic */
    public StoredSpending(
            Clock clock, OperatorSettings settings, CoverOrders orders, FeeMath math, CoverSlots covered) {
        this.clock = clock;
        this.settings = settings;
        this.orders = orders;
        this.math = math;
        this.covered = covered;
    }

    @Override
    public boolean isCovered(int persona, Network network) {
        return covered.isCovered(persona, network);
    }

    @Override
    public void requireAccepted(Network network) throws WaitsException {
        if (!ChosenNetwork.isAccepted(settings, network)) {
            throw new WaitsException(
                    "it waits until you say that you know that messages on mainnet cost real money, with"
                            + " partyline:fee-limit --accept-mainnet");
        }
    }

    @Override
    public Optional<String> refuse(StoreTransaction tx, long fee, long already, int persona) throws StoreException {
        Settings settings = this.settings.get();
        SpentRecords.Sums sums = SpentRecords.sums(clock.instant(), tx, persona);
        return math.refuse(
                fee,
                new FeeMath.Caps(
                        settings.fees().capMessage(),
                        settings.fees().capHour(),
                        settings.fees().capDay()),
                new FeeMath.Spent(already, sums.hour(), sums.day()));
    }

    @Override
    public void checkBudget(StoreTransaction tx, long fee, int persona, Network network)
            throws StoreException, BudgetSpent {
        if (!covered.isCovered(persona, network)) {
            return;
        }
        OptionalLong budget =
                orders.of(tx, persona).stream().mapToLong(CoverOrder::budget).findFirst();
        if (budget.isPresent()
                && fee
                        > budget.getAsLong()
                                - SpentRecords.sums(clock.instant(), tx, persona)
                                        .coverDay()) {
            throw new BudgetSpent(budget.getAsLong(), fee);
        }
    }

    @Override
    public void countPacket(StoreTransaction tx, long fee, int persona, Network network) throws StoreException {
        count(tx, fee, covered.isCovered(persona, network), persona);
    }

    @Override
    public void countRecall(StoreTransaction tx, long fee, int persona) throws StoreException {
        count(tx, fee, false, persona);
    }

    private void count(StoreTransaction tx, long fee, boolean onCover, int persona) throws StoreException {
        Instant now = clock.instant();
        tx.put(
                SpentRecord.TABLE,
                Keys.of(Tables.next(tx, "spent")),
                Keys.ALL,
                Cbor.write(new SpentRecord(now.toEpochMilli(), fee, onCover, persona)),
                now.plus(DAY).plus(HOUR));
    }
}
