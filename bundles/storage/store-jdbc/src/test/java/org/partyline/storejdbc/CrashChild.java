package org.partyline.storejdbc;

import static org.partyline.storejdbc.Bench.NO_GROUP;
import static org.partyline.storejdbc.Bench.bytes;
import static org.partyline.storejdbc.Bench.passphrase;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that is killed at a point that a test chooses; runs in its own JVM. */
public final class CrashChild {
    static final int HALTED = 42;

    private CrashChild() {}

    /** @param arguments directory, action, point of death */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int at = Integer.parseInt(arguments[2]);
        switch (arguments[1]) {
            case "increment" -> increment(directory, at, Long.MAX_VALUE);
            case "busy" -> increment(directory, Integer.MAX_VALUE, at);
            case "open" -> Bench.embedded(directory).store.unlock(passphrase());
            case "inside" -> inside(directory);
            case "create" -> create(directory, at);
            case "write" -> write(directory, at);
            case "compact" -> compact(directory, at);
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }

    private static void halt() {
        Runtime.getRuntime().halt(HALTED);
    }

    /** Is killed right after a transaction has returned; prints each to standard output. */
    private static void increment(Path directory, int at, long milliseconds) throws Exception {
        Bench bench = Bench.embedded(directory);
        bench.store.unlock(passphrase());
        PrintStream out = System.out;
        long start = System.nanoTime();
        while (true) {
            int count = JdbcStoreContract.increment(bench.store);
            out.println(count);
            out.flush();
            if (count == at || (System.nanoTime() - start) / 1_000_000 >= milliseconds) {
                halt();
            }
        }
    }

    /** Is killed in the middle of a transaction. */
    private static void inside(Path directory) throws Exception {
        Bench bench = Bench.embedded(directory);
        bench.store.unlock(passphrase());
        bench.put("t", "before", "1");
        bench.store.transact(tx -> {
            tx.put("t", bytes("inside"), NO_GROUP, new byte[100_000], null);
            tx.delete("t", bytes("before"));
            halt();
            return null;
        });
    }

    /** Is killed at a step of creating the store. */
    private static void create(Path directory, int at) throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(directory));
        Bench bench = new Bench(faulty);
        bench.store.state();
        AtomicInteger left = new AtomicInteger(at);
        faulty.hook = (what, done) -> {
            boolean step = done ? what.equals("commit") : what.equals("commit") || what.equals("executeUpdate");
            if (step && left.decrementAndGet() == 0) {
                halt();
            }
        };
        bench.store.create(passphrase());
    }

    /** Is killed in the middle of a write to the file; prints each transaction that has returned. */
    private static void write(Path directory, int at) throws Exception {
        Bench bench = Bench.embedded(directory, HookedDisk.prefix());
        bench.store.unlock(passphrase());
        AtomicInteger left = new AtomicInteger(at);
        HookedDisk.hook(what -> {
            if (what.equals("write") && left.decrementAndGet() == 0) {
                throw new HookedDisk.TornWrite();
            }
        });
        PrintStream out = System.out;
        while (true) {
            out.println(JdbcStoreContract.increment(bench.store));
            out.flush();
        }
    }

    /** Is killed at a change of a file while compacting. */
    private static void compact(Path directory, int at) throws Exception {
        Bench bench = Bench.embedded(directory, HookedDisk.prefix());
        bench.store.unlock(passphrase());
        AtomicInteger left = new AtomicInteger(at);
        HookedDisk.hook(what -> {
            if (left.decrementAndGet() == 0) {
                if (what.equals("write")) {
                    throw new HookedDisk.TornWrite();
                }
                throw halted();
            }
        });
        bench.store.compact();
    }

    private static IOException halted() {
        halt();
        return new IOException("not reached");
    }
}
