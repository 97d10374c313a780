package org.partyline.api.engine;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/** Creates, opens and locks the store. Locked, the server collects packets and reveals nothing. A service. */
@ProviderType
public interface Vault {
    /** The state now. */
    Store.State state();

    /**
     * Makes the store, with a first persona, and opens it.
     *
     * @param passphrase at least 8 characters; still the caller's to wipe
     */
    void create(char[] passphrase) throws StoreException;

    /**
     * Opens the store, rebuilds what lives in memory only, and works off what was collected meanwhile.
     *
     * @param passphrase still the caller's to wipe
     */
    void unlock(char[] passphrase) throws StoreException;

    /**
     * Opens the store with a store key that rested elsewhere.
     *
     * @param storeKey 32 bytes; still the caller's to wipe
     */
    void unlock(SecretBytes storeKey) throws StoreException;

    /**
     * Gives the store another passphrase. Where the store key rests elsewhere it still opens the store.
     *
     * @param oldPassphrase still the caller's to wipe
     * @param newPassphrase at least 8 characters; still the caller's to wipe
     */
    void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException;

    /**
     * Sets a passphrase that erases the server when the store is opened with it, and shows an empty one. Replaces the one before;
     * nothing reports whether there is one.
     *
     * @param passphrase the store's; still the caller's to wipe
     * @param duress at least 8 characters, another one; still the caller's to wipe
     */
    default void setDuress(char[] passphrase, char[] duress) throws StoreException {
        throw new StoreException("this store does not support a duress passphrase");
    }

    /** Takes it away; does the same work when there is none. @param passphrase the store's; still the caller's to wipe */
    default void removeDuress(char[] passphrase) throws StoreException {
        throw new StoreException("this store does not support a duress passphrase");
    }

    /**
     * The store key, to be kept in a place that opens the store unattended.
     *
     * @param passphrase still the caller's to wipe
     * @return the caller's to wipe
     */
    SecretBytes storeKey(char[] passphrase) throws StoreException;

    /** Wipes keys and texts from memory. What is under way to a node finishes. */
    void lock();

    /** Candidate packets that were collected while locked; 0 when open. */
    long collected();

    /**
     * Candidate packets that were dropped while locked, because strangers' left no room for them. Their blocks are read again
     * once the store is open; until that is done the number stays.
     */
    long dropped();

    /** Keys that are still to be derived for packets that have come, before these can be read; 0 while locked. */
    default int deriving() {
        return 0;
    }

    /**
     * Warnings about the store: that it may be a restored old copy, and what was done; or that this cannot be
     * determined. Of the time since it was opened.
     */
    default List<String> warnings() {
        return List.of();
    }
}
