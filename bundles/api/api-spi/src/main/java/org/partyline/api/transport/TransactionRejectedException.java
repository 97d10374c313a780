package org.partyline.api.transport;

import org.partyline.api.PartylineException;

/** A node rejected a transaction. */
public final class TransactionRejectedException extends PartylineException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The reason for a rejection, as far as it decides what to do next. */
    public enum Reason {
        /** An input is spent or does not exist (-25, or a conflict in the mempool). */
        INPUTS_GONE,
        /** The fee is under the node's floor, or too small for a replacement. */
        FEE_TOO_LOW,
        /** The node does not relay this form: OP_RETURN too large, dust, too many of them. */
        NOT_STANDARD,
        /** Too many unconfirmed transactions hang together. */
        CHAIN_TOO_LONG,
        /** Anything else. */
        OTHER
    }

    /**
     * @param reason what it means
     * @param message the node's words, in one line
     */
    public TransactionRejectedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What the refusal means. */
    public Reason reason() {
        return reason;
    }
}
