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
     * Checks before every payment, whatever its purpose: nothing that spends real money is signed before the operator
     * has accepted that once.
     *
     * @throws MessageWaitsException says how to accept it
     */
    void requireAccepted(Network network) throws MessageWaitsException;

    /**
     * Why a fee cannot be paid now.
     *
     * @param already the amount already paid for the same message
     * @return one line; empty if it can be paid
     */
    Optional<String> refuse(StoreTransaction tx, long fee, long already, int persona) throws StoreException;

    /**
     * Checks that a packet of a message can be paid for now: the message never costs more than was approved for it.
     * Once the first of several packets has been paid for, the others may cost that, whatever else was spent since.
     *
     * @param fee satoshi that the packet adds
     * @throws MessageWaitsException says why it cannot; on hold if a cap or the approval does not allow it
     */
    void require(StoreTransaction tx, long fee, Bill message, int persona) throws StoreException, MessageWaitsException;

    /**
     * Approves the cost of a message of several packets before the first of them is paid for: what its sender was told,
     * otherwise the quote and its {@link #margin}. Until the last one has left, no other message may spend that amount.
     *
     * @param quote satoshi for all its packets
     * @param most satoshi that they may cost at the present rates
     * @throws MessageWaitsException on hold: a cap, or what was approved before, does not allow it
     */
    void approve(StoreTransaction tx, long quote, long most, Bill message, int persona)
            throws StoreException, MessageWaitsException;

    /** Why a quote is refused before its message is stored: it exceeds a cap at any time. Empty: it is not refused. */
    Optional<String> refuseQuote(long quote, int packets);

    /**
     * The amount by which a message may exceed its quote, in satoshi: in case fee rates rise before the last of several
     * packets has left, or its shared transaction is lost.
     *
     * @param most satoshi that it may cost at the present rates
     */
    long margin(long quote, long most, int packets);

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

        /** The packet's fee in satoshi. */
        public long fee() {
            return fee;
        }
    }

    /**
     * @throws BudgetSpent if a packet, whatever its content, would exceed the budget of its cover traffic
     */
    void checkBudget(StoreTransaction tx, long fee, int persona, Network network) throws StoreException, BudgetSpent;

    /**
     * Counts the fee of a packet's transaction. With cover traffic a message uses the budget like a decoy: otherwise
     * cover would last longer for a persona that writes, and its end would reveal that.
     */
    void countPacket(StoreTransaction tx, Payment payment, Network network) throws StoreException;

    /** Counts the fee of a recall. */
    void countRecall(StoreTransaction tx, Payment payment) throws StoreException;

    /**
     * The cost of a message so far.
     *
     * @param message its number
     * @param packets the number of its packets
     * @param paid the fees of its signed transactions, in satoshi
     */
    record Bill(long message, int packets, long paid) {}

    /**
     * A signed transaction and its fee.
     *
     * @param transaction its id
     * @param replaces id of the transaction that it replaces; null if none
     * @param fee satoshi that it pays more than the replaced one
     * @param persona the persona that pays
     * @param message the message whose price includes this fee, for a shared transaction; 0: the transaction's only
     *     message; {@link SpentRecord#OUTSIDE}: none
     * @param packet of that message, from 0
     */
    record Payment(byte[] transaction, byte @Nullable [] replaces, long fee, int persona, long message, int packet) {
        /** For a transaction that is not shared. */
        public Payment(byte[] transaction, byte @Nullable [] replaces, long fee, int persona) {
            this(transaction, replaces, fee, persona, 0, 0);
        }

        /**
         * The same for a shared transaction.
         *
         * @param payer the packet whose message's price includes this fee; empty if none
         */
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
