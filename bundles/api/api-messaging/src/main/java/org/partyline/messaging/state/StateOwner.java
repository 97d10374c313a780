package org.partyline.messaging.state;

import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/** A participant that owns part of the unlocked state: the store is not opened without it. */
public interface StateOwner extends StateParticipant {
    /** Forgets what is in memory of records that have expired. Part of the transaction that deletes them. */
    default void expired(StoreTransaction tx, AfterCommit after, List<StoredRecord> records) throws StoreException {}

    /** Whether a key was ever used that must not be used again. Part of a transaction. */
    default boolean hasUsedKeys(StoreTransaction tx) throws StoreException {
        return false;
    }

    /**
     * Repairs state that may be an old copy (PROTOCOL 5, "State that may be old"): no key that may have been used is used again. Part of a
     * transaction.
     *
     * @param why the state is in doubt
     */
    default void mend(StoreTransaction tx, AfterCommit after, String why) throws StoreException {}

    /** What the operator should know. */
    default List<String> warnings() throws StoreException {
        return List.of();
    }
}
