package org.partyline.vault;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreTransaction;

/** Counts the cost of some threads for a store: the records that it opens, its transactions, and their time. */
public final class StoreCost {
    private static final Set<String> WRITING = Set.of("put", "delete", "deleteExpired", "discardCollected");

    private final Set<String> threads;
    private Set<String> ignored = Set.of();
    public final AtomicLong opened = new AtomicLong();
    public final AtomicLong transactions = new AtomicLong();
    /** Those of the transactions that write. */
    public final AtomicLong writes = new AtomicLong();

    public final AtomicLong nanos = new AtomicLong();

    /** @param threads the names of the threads */
    public StoreCost(String... threads) {
        this.threads = Set.of(threads);
    }

    /** Ignores work within these methods. @param places class and method */
    public StoreCost without(String... places) {
        ignored = Set.of(places);
        return this;
    }

    private boolean isIgnored() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> ignored.contains(
                        frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1)
                                + "."
                                + frame.getMethodName())));
    }

    public void reset() {
        opened.set(0);
        transactions.set(0);
        writes.set(0);
        nanos.set(0);
    }

    /** Returns the same work, counted if it runs on one of the threads. */
    public <T, X extends Exception> Store.Work<T, X> watch(Store.Work<T, X> work) {
        if (!threads.contains(Thread.currentThread().getName()) || !ignored.isEmpty() && isIgnored()) {
            return work;
        }
        return tx -> {
            long begin = System.nanoTime();
            AtomicBoolean wrote = new AtomicBoolean();
            transactions.incrementAndGet();
            try {
                return work.run(watch(tx, wrote));
            } finally {
                writes.addAndGet(wrote.get() ? 1 : 0);
                nanos.addAndGet(System.nanoTime() - begin);
            }
        };
    }

    private StoreTransaction watch(StoreTransaction tx, AtomicBoolean wrote) {
        return (StoreTransaction) Proxy.newProxyInstance(
                StoreTransaction.class.getClassLoader(),
                new Class<?>[] {StoreTransaction.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("forEach")) {
                        tx.forEach((String) arguments[0], counting(arguments[1]));
                        return null;
                    }
                    if (WRITING.contains(method.getName())) {
                        wrote.set(true);
                    }
                    try {
                        Object result = method.invoke(tx, arguments);
                        if (result instanceof Optional<?> found) {
                            opened.addAndGet(found.isPresent() ? 1 : 0);
                        } else if (result instanceof List<?> list
                                && method.getName().equals("list")) {
                            opened.addAndGet(list.size());
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @SuppressWarnings("unchecked")
    private StoreTransaction.RecordReader<Exception> counting(Object reader) {
        return record -> {
            opened.incrementAndGet();
            ((StoreTransaction.RecordReader<Exception>) reader).read(record);
        };
    }

    @Override
    public String toString() {
        return opened + " records, " + transactions + " transactions, " + nanos.get() / 1000 + " µs";
    }
}
