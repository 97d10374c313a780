package org.partyline.api.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;

/**
 * A durable store, sealed under a key that the operator's passphrase wraps. A service; thread-safe.
 *
 * <p>Anyone who has the files learns neither names nor messages nor transaction ids: values are sealed, and keys and
 * groups are keyed hashes.
 */
@ProviderType
public interface Store {
    /** Whether the store can be read. */
    enum State {
        /** There is no store yet: see {@link Store#create}. */
        NEW,
        /** Only {@link Store#collect} and notes work: see {@link Store#unlock}. */
        LOCKED,
        /** Open. */
        OPEN
    }

    /** The present state. */
    State state();

    /**
     * Creates a store and opens it.
     *
     * @param passphrase at least 8 characters; the caller wipes it
     * @throws StoreException if there is one already, the passphrase is too short, or the disk fails
     */
    void create(char[] passphrase) throws StoreException;

    /**
     * Opens the store. Takes the same time whether or not the passphrase is right.
     *
     * @param passphrase the caller wipes it
     * @throws WrongPassphraseException if the passphrase is wrong; gives no hint
     * @throws StoreException if there is no store, or the disk fails
     */
    void unlock(char[] passphrase) throws StoreException;

    /** Wipes the store key from memory. Does nothing when locked. */
    void lock();

    /**
     * Wraps the store key with a new passphrase.
     *
     * @throws WrongPassphraseException if the old passphrase is wrong
     */
    void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException;

    /**
     * Sets a duress passphrase: {@link #unlock(char[])} with it destroys this store and opens an empty one with that
     * passphrase instead. Replaces the previous one. Nothing in the files reveals whether there is one.
     *
     * @param passphrase the operator's; the caller wipes it
     * @param duress at least 8 characters, different from the passphrase; the caller wipes it
     * @throws WrongPassphraseException if the passphrase is wrong
     * @throws StoreException if the two are the same, or the disk fails
     */
    default void setDuress(char[] passphrase, char[] duress) throws StoreException {
        throw new StoreException("this store does not support a duress passphrase");
    }

    /**
     * Removes the duress passphrase; does the same work if there is none.
     *
     * @param passphrase the operator's; the caller wipes it
     * @throws WrongPassphraseException if the passphrase is wrong
     */
    default void removeDuress(char[] passphrase) throws StoreException {
        throw new StoreException("this store does not support a duress passphrase");
    }

    /**
     * The store key itself, so that it can be kept elsewhere and open the store unattended.
     *
     * @param passphrase the operator's; the caller wipes it
     * @return 32 bytes, the caller wipes it
     * @throws WrongPassphraseException if the passphrase is wrong
     */
    SecretBytes storeKey(char[] passphrase) throws StoreException;

    /**
     * Opens the store with the store key.
     *
     * @param storeKey the result of {@link #storeKey}; the caller wipes it
     * @throws WrongPassphraseException if it is not this store's key
     */
    void unlock(SecretBytes storeKey) throws StoreException;

    /**
     * Runs work in one transaction: all changes are on the disk when this returns, or none if it throws. Transactions
     * run one after another.
     *
     * @param work may throw; its exception is passed on
     * @throws StoreLockedException if the store is not open
     * @throws StoreException if the disk fails
     */
    <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X;

    /** As {@link #transact}, for work that has no result. */
    default <X extends Exception> void update(Change<X> work) throws StoreException, X {
        this.<Boolean, X>transact(tx -> {
            work.run(tx);
            return true;
        });
    }

    /**
     * A raw packet that was collected while the store was locked.
     *
     * @param name identifies the candidate; the same packet always has the same name
     * @param candidate the packet, with the data that the caller needs to process it later
     * @param share a value shared with other candidates of the same origin, such as the block; stored in clear
     */
    record Collected(byte[] name, byte[] candidate, long share) {
        /** Does not show the contents. */
        @Override
        public String toString() {
            return "Collected";
        }
    }

    /**
     * Stores raw candidate packets while the store is locked, in one transaction, sealed so that only an unlocked store
     * can read them. A candidate whose name is stored already is not added.
     *
     * <p>Keeps at most 65,536 candidates of up to 1 KiB; a larger one uses the space of several. If there is no room,
     * the largest share loses its oldest: so anyone who fills one block, or one hour, displaces only packets of that
     * block or hour. Dropped candidates are counted ({@link #dropped}).
     *
     * @throws StoreException if there is no store, or the disk fails
     */
    void collect(List<Collected> candidates) throws StoreException;

    /** As {@link #collect(List)}, for one candidate. */
    default void collect(byte[] name, byte[] candidate) throws StoreException {
        collect(List.of(new Collected(name, candidate, 0)));
    }

    /** As {@link #collect(byte[], byte[])}, for a candidate whose bytes are its name. */
    default void collect(byte[] candidate) throws StoreException {
        collect(candidate, candidate);
    }

    /**
     * The number of dropped candidates of each share since the last {@link #forgetDropped}; also works while locked.
     *
     * @return empty if there is no store
     * @throws StoreException if the disk fails
     */
    Map<Long, Long> dropped() throws StoreException;

    /** Removes shares from {@link #dropped}: they were read again. */
    void forgetDropped(Collection<Long> shares) throws StoreException;

    /**
     * The number of stored candidates; also works while locked.
     *
     * @return 0 if there is no store
     * @throws StoreException if the disk fails
     */
    long collected() throws StoreException;

    /**
     * A value in clear, readable while locked, such as a scan position. Never a secret, a name or one of our
     * transaction ids.
     */
    Optional<String> note(String key) throws StoreException;

    /** Sets a {@link #note(String)}; null removes it. */
    void note(String key, @Nullable String value) throws StoreException;

    /**
     * Ensures that this server may still act for the store; call it before anything leaves. Two servers that share a
     * store have one leader at a time (docs/ha.md); a server that was paused finds out here that the other took over.
     *
     * @throws NotLeaderException if another server took over
     * @throws StoreException if that is unknown, because the database does not answer
     */
    default void confirmLeader() throws StoreException {}

    /**
     * Whether the store was taken over from another server that this one had watched until that moment, so that its
     * content is not an old copy although this server did not write it. True at most once.
     */
    default boolean takenOver() {
        return false;
    }

    /**
     * Publishes how far the store has advanced to a standby, with the next heartbeat. Anyone who reads the database can
     * read it.
     *
     * @param mark at most 100 characters
     */
    default void publish(String mark) {}

    /**
     * The last value that this server published or else the previous leader, as seen by this server; empty if none. It
     * may be from another store that was in the same database before.
     */
    default Optional<String> published() {
        return Optional.empty();
    }

    /**
     * Whether the store differs from what this server last stored, so that writing transactions fail with a {@link
     * RowsPutBackException}. This call accepts the present content.
     */
    default boolean acceptPutBack() {
        return false;
    }

    /** Rewrites the files, so that deleted data is gone from them. Takes a while. */
    void compact() throws StoreException;

    /** Work within one transaction. */
    @FunctionalInterface
    @ConsumerType
    interface Work<T, X extends Exception> {
        /** @param tx valid until this returns */
        T run(StoreTransaction tx) throws StoreException, X;
    }

    /**
     * Work without a result.
     *
     * @param <X> the exception that it may throw
     */
    @FunctionalInterface
    @ConsumerType
    interface Change<X extends Exception> {
        /** @param tx valid until this returns */
        void run(StoreTransaction tx) throws StoreException, X;
    }
}
