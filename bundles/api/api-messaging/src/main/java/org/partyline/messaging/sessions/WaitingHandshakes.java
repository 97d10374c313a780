package org.partyline.messaging.sessions;

import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Stores handshakes of people whose cards were not added yet. */
public final class WaitingHandshakes {
    private WaitingHandshakes() {}

    /** The handshakes that wait for cards. */
    public static List<WaitingHandshake> of(StoreTransaction tx, int persona) throws StoreException {
        return Tables.read(tx.list(WaitingHandshake.TABLE, Keys.of(persona)), WaitingHandshake.class);
    }
}
