package org.partyline.messaging.kernel;

/** Why a message cannot go on now; it is tried again. */
public class WaitsException extends org.partyline.api.carrier.WaitsException {
    private static final long serialVersionUID = 1L;

    /** @param reason for people, without a full stop; nothing secret */
    public WaitsException(String reason) {
        super(reason);
    }
}
