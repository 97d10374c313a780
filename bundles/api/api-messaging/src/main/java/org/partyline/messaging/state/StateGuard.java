package org.partyline.messaging.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.partyline.api.PartylineException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.store.Wipe;

/**
 * Guards everything that exists only while the store is open: a single lock for the state in memory, which {@link
 * #wipe} wipes, and transactions of the store. It cannot open or close the store.
 */
public final class StateGuard {
    private final Store store;
    private final ReentrantLock lock;
    private final ChangedMessages changedMessages = new ChangedMessages();
    private final NewestRows newestRows = new NewestRows();
    private volatile Supplier<Journal> journals = () -> new Journal() {};
    /** The transaction that this thread's other transactions are part of; null: each is separate. */
    private final ThreadLocal<StoreTransaction> joined = new ThreadLocal<>();

    private final People people = new People();
    /** Wiped when the store is locked. */
    private final List<AutoCloseable> parts = new ArrayList<>(List.of(people));

    /** Assertions are on in tests only. */
    private static final String UNLOCKED = "the state lock is not held";

    private boolean loaded;
    private int loads;

    /** @param operations a thread that holds the lock works with the same services until it is released */
    public StateGuard(Store store, Operations operations) {
        this.store = store;
        this.lock = new OperationLock(operations);
    }

    /**
     * Sets the observers of transactions. They stay when the bundle that set them stops, so that later transactions are
     * observed, too.
     *
     * @param next returns an observer for each transaction; its class must not be in a bundle that can stop
     */
    public void follow(Supplier<Journal> next) {
        journals = next;
    }

    /** Work under the lock, on an open store. */
    @FunctionalInterface
    public interface Work<T, X extends Exception> {
        T run() throws X, StoreException;
    }

    /** Work without a result, under the lock, on an open store. */
    @FunctionalInterface
    public interface Action<X extends Exception> {
        void run() throws X, StoreException;
    }

    /** @throws StoreLockedException if the store is not open */
    public <T, X extends Exception> T open(Work<T, X> work) throws X, StoreException {
        lock.lock();
        try {
            if (!loaded) {
                throw notLoaded();
            }
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #open}, for work that has no result. */
    public <X extends Exception> void perform(Action<X> work) throws X, StoreException {
        this.<Boolean, X>open(() -> {
            work.run();
            return true;
        });
    }

    private StoreLockedException notLoaded() {
        Store.State state = store.state();
        return state != Store.State.OPEN
                ? StoreLockedException.of(state)
                : new StoreLockedException("the store is open, but its contents are not loaded: start bundle "
                        + "org.partyline.vault, or try again in a few seconds");
    }

    /**
     * A transaction of the store, independent or within {@link #open}; it does not acquire the lock. Within {@link
     * #look} it is part of that.
     */
    public <T, X extends Exception> T transact(Store.Work<T, X> work) throws X, StoreException {
        StoreTransaction outer = joined.get();
        return outer != null ? work.run(outer) : changedMessages.watch(store, newestRows, journals.get(), work);
    }

    /** As {@link #transact}, for work that has no result. */
    public <X extends Exception> void update(Store.Change<X> work) throws X, StoreException {
        this.<Boolean, X>transact(tx -> {
            work.run(tx);
            return true;
        });
    }

    /**
     * The same as {@link #open}, with everything that the work reads and writes in one transaction. The work must not
     * wait for others, and the state in memory is updated only after it has returned.
     */
    public <T, X extends Exception> T look(Work<T, X> work) throws X, StoreException {
        return this.<T, X>open(() -> this.<T, X>transact(tx -> {
            StoreTransaction outer = joined.get();
            joined.set(tx);
            try {
                return work.run();
            } finally {
                joined.set(outer);
            }
        }));
    }

    /** The messages that {@link #transact} changed. */
    public ChangedMessages changedMessages() {
        return changedMessages;
    }

    /** The last stored states of chains and sessions. */
    public NewestRows newestRows() {
        return newestRows;
    }

    /** Whether the store is open. */
    public boolean isOpen() {
        return store.state() == Store.State.OPEN;
    }

    /** Whether there is no store yet. */
    public boolean isNew() {
        return store.state() == Store.State.NEW;
    }

    /**
     * Ensures that this server may still act for the store; call it before anything leaves.
     *
     * @throws StoreException if another server took over, or that is unknown
     */
    public void confirmLeader() throws StoreException {
        store.confirmLeader();
    }

    /** @throws MessageWaitsException if it was erased meanwhile: a round works on what it read before */
    public Conversation conversation(int membership) throws PartylineException {
        return this.<Conversation, PartylineException>open(() -> {
            Conversation conversation = people.conversations.find(membership);
            if (conversation == null) {
                throw new MessageWaitsException("its channel was left, or its contact removed");
            }
            return conversation;
        });
    }

    /** Begins an operation, or a nested one, for work that does not depend on whether the store is open. */
    public void lock() {
        lock.lock();
    }

    /** Ends the operation that began last. */
    public void unlock() {
        lock.unlock();
    }

    /** The personas and conversations; none while the store is locked. Hold the lock. */
    public People people() {
        return people;
    }

    /** Adds a part of the state in memory to those that are wiped. @return the part */
    public <T extends AutoCloseable> T wiping(T part) {
        parts.add(part);
        return part;
    }

    /** Whether the store is open and the state in memory is that of the store. Hold the lock. */
    public boolean isLoaded() {
        assert lock.isHeldByCurrentThread() : UNLOCKED;
        return loaded;
    }

    /** How many times the state was loaded: work that was begun with an earlier one is obsolete. Hold the lock. */
    public int loads() {
        assert lock.isHeldByCurrentThread() : UNLOCKED;
        return loads;
    }

    /** Records that the state in memory is that of the open store. Hold the lock. */
    public void setLoaded() {
        assert lock.isHeldByCurrentThread() : UNLOCKED;
        loaded = true;
        loads++;
    }

    /**
     * Wipes the state in memory. Hold the lock.
     *
     * @throws IllegalStateException if a part could not be wiped; the others are wiped anyway
     */
    public void wipe() {
        assert lock.isHeldByCurrentThread() : UNLOCKED;
        loaded = false;
        Wipe.all(parts);
    }
}
