package org.partyline.fees;

import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.ApprovedRecord;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.CoverSlots;
import org.partyline.messaging.state.MessageWaitsException;

/** Records spending and enforces the caps, which are never exceeded. Part of the caller's transaction. */
public final class StoredSpending implements Spending {
    /** How much fee rates may rise between the first packet of a message and its last. */
    private static final int MARGIN_PERCENT = 25;

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
    public void requireAccepted(Network network) throws MessageWaitsException {
        if (!ChosenNetwork.isAccepted(settings, network)) {
            throw MessageWaitsException.onHold(
                    "it waits until you accept that messages on mainnet cost real money: partyline:fee-limit --accept-mainnet");
        }
    }

    @Override
    public Optional<String> refuse(StoreTransaction tx, long fee, long already, int persona) throws StoreException {
        return refuse(tx, fee, already, -1, persona);
    }

    /** @param message the message whose approval is not counted; -1 if none */
    private Optional<String> refuse(StoreTransaction tx, long fee, long already, long message, int persona)
            throws StoreException {
        FeeSettings fees = settings.get().fees();
        SpentRecords.Sums sums = SpentRecords.sums(clock.instant(), tx, persona);
        long approved = ApprovedRecord.open(tx, message);
        return math.refuse(
                fee,
                new FeeMath.Caps(fees.capMessage(), fees.capHour(), fees.capDay()),
                new FeeMath.Spent(already, sums.hour() + approved, sums.day() + approved));
    }

    @Override
    public void require(StoreTransaction tx, long fee, Bill message, int persona)
            throws StoreException, MessageWaitsException {
        Optional<ApprovedRecord> approved = ApprovedRecord.find(tx, message.message());
        if (approved.isPresent()) {
            requireApproved(approved.get(), fee, message, "its next packet costs ");
        }
        if (approved.isEmpty() || !ApprovedRecord.isReserved(tx, message.message())) {
            requireRoom(tx, fee, message.paid(), message.message(), persona);
        }
    }

    private static void requireApproved(ApprovedRecord approved, long fee, Bill message, String costs)
            throws MessageWaitsException {
        if (fee > approved.most() - message.paid()) {
            throw MessageWaitsException.onHold("it waits for a lower fee rate: " + costs + fee + " sat now, and "
                    + message.paid() + " of its " + approved.most()
                    + " sat are spent; allow more with partyline:fee-limit --message, or "
                    + (message.paid() == 0
                            ? "partyline:cancel " + message.message() + " does not send it"
                            : "partyline:recall " + message.message() + " sends no more of it"));
        }
    }

    private void requireRoom(StoreTransaction tx, long fee, long already, long message, int persona)
            throws StoreException, MessageWaitsException {
        Optional<String> refusal = refuse(tx, fee, already, message, persona);
        if (refusal.isPresent()) {
            throw MessageWaitsException.onHold(refusal.get());
        }
    }

    @Override
    public void approve(StoreTransaction tx, long quote, long most, Bill message, int persona)
            throws StoreException, MessageWaitsException {
        Optional<ApprovedRecord> before = ApprovedRecord.find(tx, message.message());
        if (before.isPresent()) {
            requireApproved(before.get(), quote, message, "all of it costs ");
        }
        requireRoom(tx, quote, message.paid(), message.message(), persona);
        FeeSettings fees = settings.get().fees();
        SpentRecords.Sums sums = SpentRecords.sums(clock.instant(), tx, persona);
        long approved = ApprovedRecord.open(tx, message.message());
        long room = Math.min(fees.capHour() - sums.hour(), fees.capDay() - sums.day()) - approved;
        long approvable = before.isPresent()
                ? before.get().most()
                : message.paid() + quote + margin(quote, most, message.packets());
        new ApprovedRecord(message.message(), Math.min(approvable, message.paid() + room)).put(tx);
    }

    @Override
    public Optional<String> refuseQuote(long quote, int packets) {
        FeeSettings fees = settings.get().fees();
        String cost = "it would cost up to " + quote + " sat in " + packets + (packets == 1 ? " packet" : " packets");
        return over(cost, quote, fees.capMessage(), "message")
                .or(() -> over(cost, quote, fees.capHour(), "hour"))
                .or(() -> over(cost, quote, fees.capDay(), "day"));
    }

    private static Optional<String> over(String cost, long quote, long most, String cap) {
        return quote <= most
                ? Optional.empty()
                : Optional.of(cost + ", but fee-cap-" + cap + "=" + most
                        + "sat: shorten it, wait for lower fee rates, or raise the cap with partyline:fee-limit --"
                        + cap);
    }

    @Override
    public long margin(long quote, long most, int packets) {
        long rise = packets < 2 ? 0 : quote * MARGIN_PERCENT / 100;
        // Nothing is ever sent above a cap.
        return Math.max(
                0, Math.min(Math.max(rise, most - quote), settings.get().fees().capMessage() - quote));
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
    public void countPacket(StoreTransaction tx, Payment payment, Network network) throws StoreException {
        count(tx, payment, covered.isCovered(payment.persona(), network));
    }

    @Override
    public void countRecall(StoreTransaction tx, Payment payment) throws StoreException {
        count(tx, payment, false);
    }

    private void count(StoreTransaction tx, Payment payment, boolean onCover) throws StoreException {
        SpentRecords.add(
                tx,
                payment.transaction(),
                new SpentRecord(
                        clock.millis(),
                        payment.fee(),
                        onCover,
                        payment.persona(),
                        payment.replaces(),
                        null,
                        false,
                        payment.message(),
                        payment.packet(),
                        0));
    }
}
