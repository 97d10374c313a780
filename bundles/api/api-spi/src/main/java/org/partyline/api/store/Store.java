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
 * <p>Who has the files learns neither names nor words nor transaction ids: values are sealed, keys and groups are keyed
 * hashes.
 */
@ProviderType
public interface Store {
    /** Whether the store can be read. */
    enum State {
        /** There is no store yet: {@link Store#create}. */
        NEW,
        /** Only {@link Store#collect} and notes work: {@link Store#unlock}. */
        LOCKED,
        /** Open. */
        OPEN
    }

    /** The state now. */
    State state();

    /**
     * Makes a new store and opens it.
     *
     * @param passphrase at least 8 characters; still the caller's to wipe
     * @throws StoreException when there is one already, the passphrase is too short, or the disk refuses
     */
    void create(char[] passphrase) throws StoreException;

    /**
     * Opens the store. Takes the same time whether the passphrase is right or not.
     *
     * @param passphrase still the caller's to wipe
     * @throws WrongPassphraseException when it is not the one; gives no hint
     * @throws StoreException when there is no store, or the disk refuses
     */
    void unlock(char[] passphrase) throws StoreException;

    /** Wipes the store key from memory. Does nothing when locked. */
    void lock();

    /**
     * Wraps the store key anew.
     *
     * @throws WrongPassphraseException when the old passphrase is not the one
     */
    void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException;

    /**
     * Sets a passphrase that erases: {@link #unlock(char[])} with it destroys this store and opens an empty one in its place, which
     * has it for its passphrase. Replaces the one before. Nothing in the files reports whether there is one.
     *
     * @param passphrase the operator's; still the caller's to wipe
     * @param duress at least 8 characters, another one; still the caller's to wipe
     * @throws WrongPassphraseException when the passphrase is not the one
     * @throws StoreException when the two are the same, or the disk refuses
     */
    default void setDuress(char[] passphrase, char[] duress) throws StoreException {
        throw new StoreException("this store does not support a duress passphrase");
    }

    /**
     * Takes the duress passphrase away; does the same work when there is none.
     *
     * @param passphrase the operator's; still the caller's to wipe
     * @throws WrongPassphraseException when it is not the one
     */
    default void removeDuress(char[] passphrase) throws StoreException {
        throw new StoreException("this store does not support a duress passphrase");
    }

    /**
     * The store key itself, so that it can rest elsewhere and open the store unattended.
     *
     * @param passphrase the operator's; still the caller's to wipe
     * @return 32 bytes, the caller's to wipe
     * @throws WrongPassphraseException when it is not the one
     */
    SecretBytes storeKey(char[] passphrase) throws StoreException;

    /**
     * Opens the store with the store key.
     *
     * @param storeKey what {@link #storeKey} gave; still the caller's to wipe
     * @throws WrongPassphraseException when it is not this store's
     */
    void unlock(SecretBytes storeKey) throws StoreException;

    /**
     * Runs a piece of work in one transaction: all of it is on the disk when this returns, or, when it throws, none.
     * Pieces run one after another.
     *
     * @param work may throw; the exception comes out as it is
     * @throws StoreLockedException when the store is not open
     * @throws StoreException when the disk refuses
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
     * @param name what the candidate is told apart by; the same packet met again has the same name
     * @param candidate the packet with whatever the caller needs to handle it later
     * @param share what it has in common with others that came with it, such as its block; kept in clear
     */
    record Collected(byte[] name, byte[] candidate, long share) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Collected";
        }
    }

    /**
     * Puts raw candidate packets away while the store is locked, sealed so that only an unlocked store can read them; in one
     * transaction. One that is held already under its name is not added.
     *
     * <p>Keeps at most 65,536 of up to 1 KiB; a larger one takes the place of several. Where there is no room, the share that
     * holds the most gives up its oldest: so whoever fills one block, or one hour, pushes out what came with it and nothing
     * else. What was dropped is counted ({@link #dropped}).
     *
     * @throws StoreException when there is no store, or the disk refuses
     */
    void collect(List<Collected> candidates) throws StoreException;

    /** As {@link #collect(List)}, for one candidate. */
    default void collect(byte[] name, byte[] candidate) throws StoreException {
        collect(List.of(new Collected(name, candidate, 0)));
    }

    /** As {@link #collect(byte[], byte[])}, for a candidate whose own bytes are its name. */
    default void collect(byte[] candidate) throws StoreException {
        collect(candidate, candidate);
    }

    /**
     * How many candidates of each share had to be dropped since {@link #forgetDropped} last took it away; may be asked while
     * locked.
     *
     * @return empty when there is no store
     * @throws StoreException when the disk refuses
     */
    Map<Long, Long> dropped() throws StoreException;

    /** Takes shares out of {@link #dropped}: they were read again. */
    void forgetDropped(Collection<Long> shares) throws StoreException;

    /**
     * How many candidates are put away; may be asked while locked.
     *
     * @return 0 when there is no store
     * @throws StoreException when the disk refuses
     */
    long collected() throws StoreException;

    /**
     * A value in clear, readable while locked: scan positions and such. Never a secret, a name or one of our transaction
     * ids.
     */
    Optional<String> note(String key) throws StoreException;

    /** Sets a {@link #note(String)}; null removes it. */
    void note(String key, @Nullable String value) throws StoreException;

    /**
     * Makes sure that this server may still act for the store: to be asked before anything of it leaves. A store that two servers
     * share has one leader at a time (docs/ha.md); one that was paused learns here that another took over.
     *
     * @throws NotLeaderException when another server took over
     * @throws StoreException when that cannot be told, as the database does not answer
     */
    default void confirmLeader() throws StoreException {}

    /**
     * Whether the store came here from another server that this one had been watching up to that moment, so that what is in it is
     * no old copy although this server did not write it. True at most once.
     */
    default boolean takenOver() {
        return false;
    }

    /**
     * Tells how far the store has come to whoever may take it over: with the next sign of life, where servers share it. Readable by
     * whoever reads the database.
     *
     * @param mark at most 100 characters
     */
    default void publish(String mark) {}

    /**
     * What the leader before this one had published, as far as this server ever saw it as a standby; empty: nothing, or this server has
     * published since.
     */
    default Optional<String> published() {
        return Optional.empty();
    }

    /**
     * Whether the store is not as this server stored it last, so that transactions that write fail with a {@link
     * RowsPutBackException}. From this call on what is in it is accepted.
     */
    default boolean acceptPutBack() {
        return false;
    }

    /** Rewrites the files, so that what was deleted is gone from them. Takes a while. */
    void compact() throws StoreException;

    /** A piece of work within one transaction. */
    @FunctionalInterface
    @ConsumerType
    interface Work<T, X extends Exception> {
        /** @param tx good until this returns */
        T run(StoreTransaction tx) throws StoreException, X;
    }

    /**
     * A piece of work without a result.
     *
     * @param <X> what it may throw
     */
    @FunctionalInterface
    @ConsumerType
    interface Change<X extends Exception> {
        /** @param tx good until this returns */
        void run(StoreTransaction tx) throws StoreException, X;
    }
}
