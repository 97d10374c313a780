package org.partyline.messaging.fees;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.state.MessageWaitsException;

/** Records spending and enforces the caps, which are never exceeded. Part of the caller's transaction. */
@ProviderType
public interface Spending {
    /** Whether a persona's packets on a network leave at points of cover traffic. */
    boolean isCovered(int persona, Network network);

    /**
     * The gate before every payment, whatever it is for: nothing is signed that spends real money before it was said once that this is
     * known.
     *
     * @throws MessageWaitsException says how to say it
     */
    void requireAccepted(Network network) throws MessageWaitsException;

    /**
     * Why a fee cannot be paid now.
     *
     * @param already paid for the same message
     * @return one line; empty when it can
     */
    Optional<String> refuse(StoreTransaction tx, long fee, long already, int persona) throws StoreException;

    /**
     * Checks that a packet of a message can be paid now. Once the first packet of several has been paid, the others may cost what was approved
     * with it, whatever else was spent since.
     *
     * @param fee satoshi that the packet adds
     * @throws MessageWaitsException says why it cannot; on hold where a cap does not allow it
     */
    void require(StoreTransaction tx, long fee, Bill message, int persona) throws StoreException, MessageWaitsException;

    /**
     * Approves what a message of several packets may cost, before the first of them is paid: with a quote, and a margin for fee rates that
     * rise before the last one has left. Until then no other message may spend that.
     *
     * @param quote satoshi for all of its packets
     * @throws MessageWaitsException on hold: a cap does not allow it
     */
    void approve(StoreTransaction tx, long quote, Bill message, int persona)
            throws StoreException, MessageWaitsException;

    /** Why a quote is refused before its message is stored: it is more than a cap allows at any time. Empty: it is not. */
    Optional<String> refuseQuote(long quote, int packets);

    /** How much more than its quote a message of several packets may cost, in satoshi. */
    long margin(long quote, int packets);

    /** The budget of cover traffic has no room for a packet. */
    final class BudgetSpent extends MessageWaitsException {
        private static final long serialVersionUID = 1L;

        private final long fee;

        public BudgetSpent(long budget, long fee) {
            super(
                    "the cover traffic's budget of " + budget
                            + " sat a day is too low for this message: raise it with partyline:decoy-start, or wait "
                            + "(partyline:decoy-status)",
                    true);
            this.fee = fee;
        }

        /** Satoshi that it would have cost. */
        public long fee() {
            return fee;
        }
    }

    /** @throws BudgetSpent when a packet would pass the budget of the cover traffic that it is part of, whatever it says */
    void checkBudget(StoreTransaction tx, long fee, int persona, Network network) throws StoreException, BudgetSpent;

    /**
     * Counts a fee that a packet's transaction pays from now on. With cover traffic a message counts on its budget as a decoy does:
     * else who talks had cover for longer than who is silent, and its end would tell.
     */
    void countPacket(StoreTransaction tx, Payment payment, Network network) throws StoreException;

    /** Counts a fee that takes a packet back. */
    void countRecall(StoreTransaction tx, Payment payment) throws StoreException;

    /**
     * The cost of a message so far.
     *
     * @param message its number
     * @param packets how many it has
     * @param paid satoshi that its signed transactions pay
     */
    record Bill(long message, int packets, long paid) {}

    /**
     * A signed transaction and its fee.
     *
     * @param transaction its id
     * @param replaces id of the transaction whose place it takes; null: it takes none
     * @param fee satoshi that it pays more than that one
     * @param persona who pays
     * @param message in whose price this is, and which is not the transaction's only one; 0: its own; {@link SpentRecord#OUTSIDE}: in no one's
     * @param packet of that message, from 0
     */
    record Payment(byte[] transaction, byte @Nullable [] replaces, long fee, int persona, long message, int packet) {
        /** Of a transaction that no messages share. */
        public Payment(byte[] transaction, byte @Nullable [] replaces, long fee, int persona) {
            this(transaction, replaces, fee, persona, 0, 0);
        }

        /** The same of a transaction that messages share. @param payer in whose message's price this is; empty: in no one's */
        public Payment of(Optional<PacketRef> payer) {
            return new Payment(
                    transaction,
                    replaces,
                    fee,
                    persona,
                    payer.map(PacketRef::message).orElse(SpentRecord.OUTSIDE),
                    payer.map(PacketRef::index).orElse(0));
        }
    }
}
