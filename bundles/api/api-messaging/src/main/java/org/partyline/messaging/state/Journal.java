package org.partyline.messaging.state;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** Observes one transaction, and stores data about its changes in the same transaction. */
public interface Journal {
    /** Called before a record is changed, created or deleted, but not for expiry. Part of the transaction. */
    default void changing(StoreTransaction tx, String table, byte[] key) throws StoreException {}

    /** Called when the work is done and about to be stored. Part of the transaction. */
    default void finish(StoreTransaction tx) throws StoreException {}

    /** Called when the transaction is on the disk. */
    default void committed() {}
}
