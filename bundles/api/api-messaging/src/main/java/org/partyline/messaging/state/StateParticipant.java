package org.partyline.messaging.state;

import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/**
 * A stage's part in opening, locking and expiring the state. Whoever opens the store calls all participants that are here, in the order
 * of the line; one that starts later catches up by itself. Called under the state lock.
 */
public interface StateParticipant {
    /** The stage's place in the line, which no other stage has; lower ones are called first. */
    int place();

    /** The store is about to be opened. */
    default void opening() {}

    /** Reads what it holds in memory. Part of the transaction in which all participants do. */
    default void load(StoreTransaction tx) throws StoreException {}

    /** The store is open, and all is loaded: what waited for that continues, soon. Never blocks; may be called without the lock. */
    default void opened() {}

    /** Writes what waits to be written, before the store is locked. */
    default void settle() {}

    /** Renews, repeats and ends what is due by time. Called about twice a minute, while packets can be read. */
    default void expire() throws PartylineException {}
}
