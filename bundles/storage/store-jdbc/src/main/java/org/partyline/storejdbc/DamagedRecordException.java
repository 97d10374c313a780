package org.partyline.storejdbc;

import org.partyline.api.store.StoreException;

/** A record was changed outside the store. */
final class DamagedRecordException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param order its order number */
    DamagedRecordException(long order, Throwable cause) {
        super("record " + order + " of the store is damaged: restore a backup", cause);
    }
}
