package org.partyline.messaging.state;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** Follows one transaction, and stores what it changed in the same transaction. */
public interface Journal {
    /** A record is about to be changed, made or deleted. Expiry is not told. Part of the transaction. */
    default void changing(StoreTransaction tx, String table, byte[] key) throws StoreException {}

    /** The work is done, and is about to be stored. Part of the transaction. */
    default void finish(StoreTransaction tx) throws StoreException {}

    /** The transaction is on the disk. */
    default void committed() {}
}
