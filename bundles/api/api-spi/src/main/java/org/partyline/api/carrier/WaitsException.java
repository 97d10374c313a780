package org.partyline.api.carrier;

import org.partyline.api.PartylineException;

/** A packet cannot be sent now, and is tried again. The message is the reason. */
public class WaitsException extends PartylineException {
    private static final long serialVersionUID = 1L;

    private final boolean onHold;

    /** @param reason for people, without a full stop; nothing secret */
    public WaitsException(String reason) {
        this(reason, false);
    }

    /** @param onHold whether it waits for a decision by a person */
    protected WaitsException(String reason, boolean onHold) {
        super(reason);
        this.onHold = onHold;
    }

    /**
     * It waits for a decision by a person, the operator or a contact: time alone does not help.
     *
     * @param reason for people, with what to do, without a full stop; nothing secret
     */
    public static WaitsException onHold(String reason) {
        return new WaitsException(reason, true);
    }

    /** Whether it waits for a decision by a person. */
    public boolean isOnHold() {
        return onHold;
    }
}
