package org.partyline.messaging.state;

import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/** A participant that owns part of the unlocked state: the store cannot be opened without it. */
public interface StateOwner extends StateParticipant {
    /** Removes expired records from memory. Part of the transaction that deletes them. */
    default void expired(StoreTransaction tx, AfterCommit after, List<StoredRecord> records) throws StoreException {}

    /** Whether a key was ever used that must not be reused. Part of a transaction. */
    default boolean hasUsedKeys(StoreTransaction tx) throws StoreException {
        return false;
    }

    /**
     * Repairs state that may be an old copy (PROTOCOL 5, "State that may be old"): no key that may have been used is
     * used again. Part of a transaction.
     *
     * @param why the state is in doubt
     */
    default void mend(StoreTransaction tx, AfterCommit after, String why) throws StoreException {}

    /** Warnings to the operator. */
    default List<String> warnings() throws StoreException {
        return List.of();
    }
}
