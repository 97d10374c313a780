package org.partyline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.receive.JunkHour;

/**
 * Measures the disk load of an hour of strangers' packets, as many as a node relays: commits, each of which must be on
 * the disk before the next begins, and bytes written. Some minutes are measured on the distribution's store, and
 * extrapolated.
 */
final class JunkMeasure {
    private final Duration measured;
    private final Work work;
    private final Path distribution;

    private JunkMeasure(Effort effort, Work work, Path distribution) {
        this.measured = effort.junk();
        this.work = work;
        this.distribution = distribution;
    }

    private interface Way {
        void run(JunkHour junk) throws StoreException;
    }

    private record Spent(Cost commits, Cost bytes) {}

    static List<Figure> run(Effort effort, Work work, Path distribution) throws Exception {
        return new JunkMeasure(effort, work, distribution).run();
    }

    private List<Figure> run() throws Exception {
        Spent batches = measure("junk-batches", junk -> junk.inBatches(measured));
        Spent each = measure("junk-each", junk -> junk.oneByOne(measured));
        String what = "an hour of junk, " + JunkHour.PER_SECOND + " packets a second: ";
        return List.of(
                figure(what + "commits", batches.commits(), each.commits(), Goal.atMost(0.1)),
                figure(what + "written to disk", batches.bytes(), each.bytes(), Goal.atMost(0.2)));
    }

    private static Figure figure(String what, Cost ours, Cost theirs, Goal goal) {
        return Figure.of(what, ours, "a transaction for each packet", theirs, Figure.Direction.OF_THE_BASELINE, goal);
    }

    private Spent measure(String name, Way way) throws Exception {
        try (Framework server = Framework.start(distribution, work.newDirectory(name))) {
            Store store = server.service(Store.class);
            store.create("store passphrase".toCharArray());
            AtomicLong commits = new AtomicLong();
            long before = written();
            way.run(new JunkHour(counted(store, commits), name.hashCode()));
            double hours = (double) Duration.ofHours(1).toMillis() / measured.toMillis();
            return new Spent(new Cost(commits.get() * hours, "commits"), Cost.mebibytes((written() - before) * hours));
        }
    }

    private static Store counted(Store store, AtomicLong commits) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (self, method, arguments) -> {
                    if (method.isDefault()) {
                        return InvocationHandler.invokeDefault(self, method, arguments);
                    }
                    if (method.getName().equals("transact")) {
                        commits.incrementAndGet();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Returns the number of bytes that this process has handed to the system to write (proc(5)). */
    private static long written() {
        try {
            return Files.readAllLines(Path.of("/proc/self/io")).stream()
                    .filter(line -> line.startsWith("wchar: "))
                    .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
