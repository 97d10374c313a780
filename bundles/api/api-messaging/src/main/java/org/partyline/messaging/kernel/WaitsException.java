package org.partyline.messaging.kernel;

/** A message cannot be sent now and is tried again; the message of the exception is the reason. */
public class WaitsException extends org.partyline.api.carrier.WaitsException {
    private static final long serialVersionUID = 1L;

    /** @param reason for people, without a full stop; nothing secret */
    public WaitsException(String reason) {
        super(reason);
    }

    /** @param onHold whether it waits for something that a person decides */
    protected WaitsException(String reason, boolean onHold) {
        super(reason, onHold);
    }

    /**
     * It waits for something that a person decides, the operator or a contact: time alone does not help.
     *
     * @param reason for people, with what to do, without a full stop; nothing secret
     */
    public static WaitsException onHold(String reason) {
        return new WaitsException(reason, true);
    }
}
