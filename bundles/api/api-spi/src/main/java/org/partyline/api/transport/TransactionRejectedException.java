package org.partyline.api.transport;

import org.partyline.api.PartylineException;

/** A node rejected a transaction. */
public final class TransactionRejectedException extends PartylineException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The reason for a rejection, as far as it matters for the next step. */
    public enum Reason {
        /** An input is spent or does not exist (-25, or a conflict in the mempool). */
        INPUTS_GONE,
        /** The fee is below the node's floor, or too low for a replacement. */
        FEE_TOO_LOW,
        /** The node does not relay this form: OP_RETURN too large, dust, too many outputs. */
        NOT_STANDARD,
        /** Too many unconfirmed transactions depend on each other. */
        CHAIN_TOO_LONG,
        /** Anything else. */
        OTHER
    }

    /**
     * @param reason the reason
     * @param message the node's message, in one line
     */
    public TransactionRejectedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The reason for the rejection. */
    public Reason reason() {
        return reason;
    }
}
