package org.partyline.engine;

import org.partyline.api.PartylineException;

/** Why a message cannot go on now; it is tried again. */
class WaitsException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param reason for people, without a full stop; nothing secret */
    WaitsException(String reason) {
        super(reason);
    }
}
