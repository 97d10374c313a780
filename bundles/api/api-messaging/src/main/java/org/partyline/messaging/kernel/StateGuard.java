package org.partyline.messaging.kernel;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.partyline.api.PartylineException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.Conversation;

/**
 * Guards what exists only while the store is open: the {@link Unlocked} state, under a single lock, and transactions of
 * the store. Anyone with it can neither open the store nor close it.
 */
public final class StateGuard {
    private final Store store;
    private final ReentrantLock lock;
    private final ChangedMessages changedMessages = new ChangedMessages();
    private final NewestRows newestRows = new NewestRows();
    private final Supplier<Journal> journals;
    /** The transaction that this thread's others are a part of; none: each is one of its own. */
    private final ThreadLocal<StoreTransaction> joined = new ThreadLocal<>();

    private Unlocked unlocked;

    /**
     * @param operations who holds the lock works with the same services until it is released
     * @param journals one for each transaction
     */
    public StateGuard(Store store, Operations operations, Supplier<Journal> journals) {
        this.store = store;
        this.journals = journals;
        this.lock = new OperationLock(operations);
    }

    /** A piece of work under the lock, on an open store. */
    @FunctionalInterface
    public interface Work<T, X extends Exception> {
        T run(Unlocked unlocked) throws X, StoreException;
    }

    /** @throws StoreLockedException when the store is not open */
    public <T, X extends Exception> T open(Work<T, X> work) throws X, StoreException {
        lock.lock();
        try {
            if (unlocked == null) {
                throw isOpen()
                        ? new StoreLockedException("the store is open, but its contents are not loaded: start bundle "
                                + "org.partyline.kernel, or try again in a few seconds")
                        : new StoreLockedException();
            }
            return work.run(unlocked);
        } finally {
            lock.unlock();
        }
    }

    /** A transaction of the store, by itself or within {@link #open}; it does not take the lock. Within {@link #look}, a part of that. */
    public <T, X extends Exception> T transact(Store.Work<T, X> work) throws X, StoreException {
        StoreTransaction outer = joined.get();
        return outer != null ? work.run(outer) : changedMessages.watch(store, newestRows, journals.get(), work);
    }

    /**
     * The same as {@link #open} for work that only reads: what it reads, here and there, it reads in one transaction. Nothing that waits
     * for others belongs in it.
     */
    public <T, X extends Exception> T look(Work<T, X> work) throws X, StoreException {
        return this.<T, X>open(unlocked -> this.<T, X>transact(tx -> {
            StoreTransaction outer = joined.get();
            joined.set(tx);
            try {
                return work.run(unlocked);
            } finally {
                joined.set(outer);
            }
        }));
    }

    /** The messages that {@link #transact} touched. */
    public ChangedMessages changedMessages() {
        return changedMessages;
    }

    /** What was stored last by {@link #transact} of chains and sessions. */
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
     * Makes sure that this server may still act for the store: to be asked before anything of it leaves.
     *
     * @throws StoreException when another server took over, or that cannot be told
     */
    public void confirmLeader() throws StoreException {
        store.confirmLeader();
    }

    /** @throws MessageWaitsException when it was erased meanwhile: a round goes through what it read before */
    public Conversation conversation(int membership) throws PartylineException {
        return this.<Conversation, PartylineException>open(state -> {
            Conversation conversation = state.conversations.find(membership);
            if (conversation == null) {
                throw new MessageWaitsException("its channel was left, or its contact removed");
            }
            return conversation;
        });
    }

    /** An operation begins, or one in it; for what has to be done whether the store is open or not. */
    public void lock() {
        lock.lock();
    }

    /** The operation ends that began last. */
    public void unlock() {
        lock.unlock();
    }

    /** The unlocked state, or null when the store is locked. Hold the lock. */
    public Unlocked unlocked() {
        return unlocked;
    }

    /** The store was opened, or locked: then null. Hold the lock. */
    public void setUnlocked(Unlocked unlocked) {
        this.unlocked = unlocked;
    }
}
