package org.partyline.testkit.messaging;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.state.CoverSlots;
import org.partyline.messaging.state.MessageWaitsException;

/** One fee rate for all, and as much to spend as the test allows. */
public final class PlainFees implements Pricing, Spending {
    private static final FeeRate INCREMENT = new FeeRate(100);

    private final CoverSlots slots;
    /** The rate that is paid, whatever nodes report. */
    public volatile FeeRate rate = new FeeRate(100);
    /** Why no rate is known; null if one is. */
    public volatile String dear;
    /** Why no fee can be paid now; null if it can. */
    public volatile String refusal;
    /** How much more than its quote a message may cost, in satoshi. */
    public volatile long margin;
    /** The maximum cost of one message, in satoshi. */
    public volatile long mostOfMessage = Long.MAX_VALUE;
    /** Why coins of the network are not spent; null if they are. */
    public volatile String unaccepted;
    /** The remaining budget of cover traffic, in satoshi. */
    public volatile long budget = Long.MAX_VALUE;
    /**
     * Nodes that ask for more than is paid: for them alone no rate is known, and with others nothing is sent through
     * them.
     */
    public final Set<String> dearNodes = new CopyOnWriteArraySet<>();
    /** The nodes of each draw of a rate. */
    public final List<List<String>> drawnFor = new CopyOnWriteArrayList<>();
    /** The fees counted for packets, in order. */
    public final List<Long> counted = new CopyOnWriteArrayList<>();
    /** The fees counted for recalled packets, in order. */
    public final List<Long> recalled = new CopyOnWriteArrayList<>();

    PlainFees(CoverSlots slots) {
        this.slots = slots;
    }

    @Override
    public long most(List<Transport> among, int packetBytes, int packets) throws PartylineException {
        return rate(among).fee((packetBytes + 130) * packets);
    }

    @Override
    public FeeRate highest(List<Transport> among) throws PartylineException {
        return rate(among);
    }

    @Override
    public FeeRate highest(FeeRate from, int bandPercent) {
        return new FeeRate(from.satPerKvb() + from.satPerKvb() * bandPercent / 100);
    }

    @Override
    public FeeRate rate(Transport node) throws PartylineException {
        return rate(List.of(node));
    }

    @Override
    public FeeRate rate(List<Transport> among) throws PartylineException {
        if (dear != null) {
            throw new PartylineException(dear);
        }
        if (!among.isEmpty() && among.stream().allMatch(this::isDear)) {
            throw new PartylineException("node '" + among.get(0).name() + "' asks for more");
        }
        return rate;
    }

    @Override
    public List<Transport> entries(List<Transport> among) {
        return among.stream().filter(node -> !isDear(node)).toList();
    }

    private boolean isDear(Transport node) {
        return dearNodes.contains(node.name());
    }

    @Override
    public FeeRate draw(List<Transport> among) throws PartylineException {
        drawnFor.add(among.stream().map(Transport::name).toList());
        return rate(among);
    }

    @Override
    public FeeRule replacement(SignedTransaction before, List<Transport> nodes) {
        return vsize -> replacement(before.fee(), before.vsize(), vsize, nodes);
    }

    /**
     * The minimum according to BIP125: it pays more than the previous version, for its own relay, and at a higher rate,
     * and what nodes relay at all.
     */
    @Override
    public long replacement(long fee, int before, int vsize, List<Transport> among) {
        long relayed = among.stream()
                .mapToLong(node -> node.policy().minRelayFee().fee(vsize))
                .max()
                .orElse(0);
        return Math.max(Math.max(fee + INCREMENT.fee(vsize), fee * vsize / before + 1), relayed);
    }

    @Override
    public List<Fees.FeeStatus> status() {
        return List.of();
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public boolean isCovered(int persona, Network network) {
        return slots.isCovered(persona, network);
    }

    @Override
    public void requireAccepted(Network network) throws MessageWaitsException {
        if (unaccepted != null) {
            throw MessageWaitsException.onHold(unaccepted);
        }
    }

    @Override
    public Optional<String> refuse(StoreTransaction tx, long fee, long already, int persona) {
        return already + fee > mostOfMessage
                ? Optional.of("a message may not cost as much")
                : Optional.ofNullable(refusal);
    }

    @Override
    public void checkBudget(StoreTransaction tx, long fee, int persona, Network network) throws BudgetSpent {
        if (isCovered(persona, network) && fee > budget) {
            throw new BudgetSpent(budget, fee);
        }
    }

    @Override
    public void require(StoreTransaction tx, long fee, Bill message, int persona) throws MessageWaitsException {
        require(refuse(tx, fee, message.paid(), persona));
    }

    private static void require(Optional<String> refused) throws MessageWaitsException {
        if (refused.isPresent()) {
            throw MessageWaitsException.onHold(refused.get());
        }
    }

    @Override
    public void approve(StoreTransaction tx, long quote, long most, Bill message, int persona)
            throws MessageWaitsException {
        require(refuse(tx, quote, 0, persona));
    }

    @Override
    public Optional<String> refuseQuote(long quote, int packets) {
        return quote > mostOfMessage ? Optional.of("a message may not cost as much") : Optional.empty();
    }

    @Override
    public long margin(long quote, long most, int packets) {
        return margin + most - quote;
    }

    @Override
    public void countPacket(StoreTransaction tx, Payment payment, Network network) throws StoreException {
        counted.add(payment.fee());
        add(tx, payment);
    }

    @Override
    public void countRecall(StoreTransaction tx, Payment payment) throws StoreException {
        recalled.add(payment.fee());
        add(tx, payment);
    }

    private static void add(StoreTransaction tx, Payment payment) throws StoreException {
        SpentRecords.add(
                tx,
                payment.transaction(),
                new SpentRecord(
                        0,
                        payment.fee(),
                        false,
                        payment.persona(),
                        payment.replaces(),
                        null,
                        false,
                        payment.message(),
                        payment.packet(),
                        0));
    }
}
