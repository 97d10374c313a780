package org.partyline.vault;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.testkit.MemoryStore;

/** A store in memory on a machine that has a place for tokens, which is not copied with the files. */
public final class MachineStore extends MemoryStore {
    /** Belongs to the machine: copies of this store share it. */
    public final MemoryPlace outside;

    private final AtomicBoolean takenOver = new AtomicBoolean();
    /** Whether the store itself detected that it was restored. */
    public volatile boolean putBack;

    /** How often its file was rewritten. */
    public volatile int rewritten;

    private volatile String published;
    private volatile String seen;
    /** Runs after each transaction that changed something, which may be the last one of a server that is killed. */
    public volatile Runnable afterChange = () -> {};
    /** Counts the cost of transactions; null for none. */
    public volatile StoreCost cost;
    /** Contains the records instead of memory; null if memory does. */
    private final Store disk;

    public MachineStore() {
        this((Store) null);
    }

    /** Creates a store whose records are in another one, which is open. */
    public MachineStore(Store disk) {
        this.outside = new MemoryPlace();
        this.disk = disk;
    }

    private MachineStore(MachineStore files, MemoryPlace outside) {
        super(files);
        this.outside = outside;
        this.disk = null;
    }

    /** Returns another machine's view of this shared store. */
    public MachineStore onAnotherMachine() {
        MachineStore other = new MachineStore(this, new MemoryPlace());
        other.seen = published;
        return other;
    }

    /**
     * Returns another machine's view of this store after someone restored earlier files, after it saw the leader's
     * published state.
     */
    public MachineStore onAnotherMachine(MachineStore earlier) {
        MachineStore other = earlier.onAnotherMachine();
        other.seen = published;
        return other;
    }

    /** Records that this machine had been watching the previous leader. */
    public MachineStore watched() {
        takenOver.set(true);
        return this;
    }

    @Override
    public synchronized <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X {
        long before = writes();
        StoreCost counted = cost;
        Work<T, X> watched = counted == null ? work : counted.watch(work);
        T result = disk == null ? super.transact(watched) : disk.transact(watched);
        if (writes() > before) {
            afterChange.run();
        }
        return result;
    }

    @Override
    public boolean takenOver() {
        return takenOver.getAndSet(false);
    }

    @Override
    public synchronized void compact() {
        super.compact();
        rewritten++;
    }

    /** Records that this machine saw the same as another one. */
    public void saw(MachineStore other) {
        seen = other.seen;
    }

    @Override
    public boolean acceptPutBack() {
        boolean was = putBack;
        putBack = false;
        return was;
    }

    @Override
    public void publish(String mark) {
        published = mark;
        // A store that no other machine shares is not published.
        seen = seen == null ? null : mark;
    }

    @Override
    public Optional<String> published() {
        return Optional.ofNullable(seen);
    }

    @Override
    public MachineStore copy() {
        return new MachineStore(this, outside);
    }
}
