package org.partyline.api.engine;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/** Creates, opens and locks the store. While locked, the server collects packets and reveals nothing. A service. */
@ProviderType
public interface Vault {
    /** The present state. */
    Store.State state();

    /**
     * Creates the store with a first persona, and opens it.
     *
     * @param passphrase at least 8 characters; the caller wipes it
     */
    void create(char[] passphrase) throws StoreException;

    /**
     * Opens the store, rebuilds the state in memory, and processes the packets collected meanwhile.
     *
     * @param passphrase the caller wipes it
     */
    void unlock(char[] passphrase) throws StoreException;

    /**
     * Opens the store with a store key that was kept elsewhere.
     *
     * @param storeKey 32 bytes; the caller wipes it
     */
    void unlock(SecretBytes storeKey) throws StoreException;

    /**
     * Changes the store's passphrase. A store key that is kept elsewhere still opens the store.
     *
     * @param oldPassphrase the caller wipes it
     * @param newPassphrase at least 8 characters; the caller wipes it
     */
    void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException;

    /**
     * Sets a duress passphrase, which erases the server when the store is opened with it and shows an empty store.
     * Replaces the previous one; nothing reveals whether there is one.
     *
     * @param passphrase the store's; the caller wipes it
     * @param duress at least 8 characters, different from the passphrase; the caller wipes it
     */
    default void setDuress(char[] passphrase, char[] duress) throws StoreException {
        throw new StoreException("this store does not support a duress passphrase");
    }

    /**
     * Removes the duress passphrase; does the same work if there is none. @param passphrase the store's; still the
     * caller's to wipe
     */
    default void removeDuress(char[] passphrase) throws StoreException {
        throw new StoreException("this store does not support a duress passphrase");
    }

    /**
     * The store key, to be kept in a place that opens the store unattended.
     *
     * @param passphrase the caller wipes it
     * @return the caller wipes it
     */
    SecretBytes storeKey(char[] passphrase) throws StoreException;

    /** Wipes keys and texts from memory. Transactions under way to a node are completed. */
    void lock();

    /** The number of candidate packets collected while locked; 0 while open. */
    long collected();

    /**
     * The number of candidate packets that were dropped while locked, because packets of strangers used up the space.
     * Their blocks are read again once the store is open; until then the number stays.
     */
    long dropped();

    /** The number of keys that must still be derived before packets that have arrived can be read; 0 while locked. */
    default int deriving() {
        return 0;
    }

    /**
     * Warnings about the store since it was opened: that it may be a restored old copy, and what was done about it; or
     * that this cannot be determined.
     */
    default List<String> warnings() {
        return List.of();
    }
}
