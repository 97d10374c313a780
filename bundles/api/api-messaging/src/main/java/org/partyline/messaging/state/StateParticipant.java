package org.partyline.messaging.state;

import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/**
 * A stage's part in opening, locking and expiring the state. Opening the store calls all present participants, in the
 * order of the line; one that starts later catches up by itself. Called under the state lock.
 */
public interface StateParticipant {
    /** The stage's unique place in the line; lower ones are called first. */
    int place();

    /** Called when the store is about to be opened. */
    default void opening() {}

    /** Reads its state into memory. Part of the transaction in which all participants do. */
    default void load(StoreTransaction tx) throws StoreException {}

    /**
     * Called when the store is open and everything is loaded: work that waited for that continues soon. Must not block;
     * may be called without the lock.
     */
    default void opened() {}

    /** Writes pending data before the store is locked. */
    default void settle() {}

    /** Renews, repeats and ends what is due by time. Called about twice a minute, while packets can be read. */
    default void expire() throws PartylineException {}
}
