package org.partyline.api.carrier;

import org.partyline.api.PartylineException;

/** Why a packet cannot go on now; it is tried again. */
public class WaitsException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param reason for people, without a full stop; nothing secret */
    public WaitsException(String reason) {
        super(reason);
    }
}
