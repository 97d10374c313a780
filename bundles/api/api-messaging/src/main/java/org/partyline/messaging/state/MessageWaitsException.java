package org.partyline.messaging.state;

/** A message cannot be sent now and is tried again; the message of the exception is the reason. */
public class MessageWaitsException extends org.partyline.api.carrier.WaitsException {
    private static final long serialVersionUID = 1L;

    /** @param reason for people, without a full stop; nothing secret */
    public MessageWaitsException(String reason) {
        super(reason);
    }

    /** @param onHold whether it waits for a decision by a person */
    protected MessageWaitsException(String reason, boolean onHold) {
        super(reason, onHold);
    }

    /**
     * It waits for a decision by a person, the operator or a contact: time alone does not help.
     *
     * @param reason for people, with what to do, without a full stop; nothing secret
     */
    public static MessageWaitsException onHold(String reason) {
        return new MessageWaitsException(reason, true);
    }
}
