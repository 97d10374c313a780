package org.partyline.audit;

import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.partyline.api.Faults;
import org.partyline.api.Overwriting;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log: the newest 1,000 entries in memory, and all of them, chained, in files. Entries that cannot be written
 * wait in memory, 1,000 at most, until the disk is available again.
 */
final class ChainedLog implements AuditLog {
    /** The maximum number of entries in memory, and of those that wait for the disk. */
    static final int MOST = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(ChainedLog.class);

    /** Events that are recorded whatever the store contains. */
    private static final Set<String> OF_ANY_STORE = Set.of(
            "bundle-started",
            "bundle-stopped",
            "bundle-updated",
            "bundle-uninstalled",
            "foreign-bundle-refused",
            "foreign-bundle-allowed",
            "foreign-bundle-started",
            "foreign-bundle-removed",
            "node-quarantined",
            "node-released",
            "unlock-refused",
            "unlocked",
            "locked",
            "panic-locked");

    private final Faults faults = new Faults("a follower of the audit log", LOG::warn);
    private final AuditFiles files;
    private final Clock clock;
    private final List<Consumer<Entry>> followers = new CopyOnWriteArrayList<>();

    private final Deque<Entry> newest = new ArrayDeque<>();
    private final Deque<Entry> unwritten = new ArrayDeque<>();
    private long lost;
    private boolean read;
    private boolean failing;
    private long number;
    private String hash = AuditLine.FIRST;

    private final Queue<Entry> undelivered = new ConcurrentLinkedQueue<>();
    private final AtomicInteger deliveries = new AtomicInteger();

    ChainedLog(AuditFiles files, Clock clock) {
        this.files = files;
        this.clock = clock;
    }

    /** Reads the existing log; if its chain is broken, reports that in the log and as an event. */
    void start() {
        synchronized (newest) {
            flush();
        }
        deliver();
    }

    @Override
    public void record(String event, String detail) {
        Entry entry = entry(Redaction.event(event), Redaction.detail(detail));
        synchronized (newest) {
            add(entry);
            flush();
        }
        deliver();
    }

    /** {@inheritDoc} There are at most 1,000. */
    @Override
    public List<Entry> newest(int most) {
        synchronized (newest) {
            List<Entry> all = new ArrayList<>(newest);
            return List.copyOf(all.subList(Math.max(0, all.size() - Math.max(0, most)), all.size()));
        }
    }

    @Override
    public AutoCloseable follow(Consumer<Entry> listener) {
        // Two subscriptions of one listener are separate: each is closed by itself.
        Consumer<Entry> follower = entry -> listener.accept(entry);
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    private Entry entry(String event, String detail) {
        return new Entry(clock.instant().truncatedTo(ChronoUnit.MILLIS), event, detail);
    }

    private void add(Entry entry) {
        newest.addLast(entry);
        if (newest.size() > MOST) {
            newest.removeFirst();
        }
        unwritten.addLast(entry);
        if (unwritten.size() > MOST) {
            unwritten.removeFirst();
            lost++;
        }
        undelivered.add(entry);
    }

    /** Recording a refused handshake must not fail because of the disk. */
    private void flush() {
        try {
            if (!read) {
                read();
            }
            if (lost > 0) {
                write(entry("audit-gap", lost + " events before this one were not written: the disk was not writable"));
                lost = 0;
            }
            while (!unwritten.isEmpty()) {
                write(unwritten.getFirst());
                unwritten.removeFirst();
            }
            if (failing) {
                LOG.info("The audit log in {} can be written again", files.directory());
                failing = false;
            }
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                LOG.warn(
                        "The audit log in {} cannot be written: the newest {} events wait in memory; free disk space "
                                + "or give this user write permission ({})",
                        files.directory(),
                        MOST,
                        Faults.reason(e));
                failing = true;
            }
        }
    }

    /** Starts an empty log. */
    void erase() throws PartylineException {
        synchronized (newest) {
            newest.clear();
            unwritten.clear();
            undelivered.clear();
            lost = 0;
            number = 0;
            hash = AuditLine.FIRST;
            read = true;
            try {
                Overwriting.deleteAllIn(files.directory());
            } catch (IOException e) {
                throw new PartylineException(
                        "the audit log in " + files.directory() + " cannot be erased: delete it by hand", e);
            }
        }
    }

    /**
     * Reduces the log to what it would contain if the store had always been empty, as a new chain. A log that begins
     * today, for a store that was created earlier, would reveal that it was truncated.
     */
    void eraseQuietly() throws PartylineException {
        synchronized (newest) {
            List<Entry> kept = new ArrayList<>();
            try {
                kept.addAll(AuditLogReader.read(files, Integer.MAX_VALUE).newest());
            } catch (IOException e) {
                LOG.debug("An unreadable line is not kept: {}", Faults.reason(e));
            }
            kept.addAll(unwritten);
            kept.removeIf(entry -> !OF_ANY_STORE.contains(entry.event()));
            erase();
            List<byte[]> lines = new ArrayList<>(kept.size());
            for (Entry entry : kept) {
                byte[] line = new AuditLine(number + 1, entry, hash).encode();
                lines.add(line);
                number++;
                hash = AuditLine.hash(line);
            }
            newest.addAll(kept.subList(Math.max(0, kept.size() - MOST), kept.size()));
            try {
                files.writeAll(lines);
            } catch (IOException e) {
                throw new PartylineException("the audit log in " + files.directory() + " cannot be written", e);
            }
        }
    }

    private void read() throws IOException {
        files.prepare();
        AuditLogReader.Result result = AuditLogReader.read(files, MOST);
        number = result.number();
        hash = result.hash();
        List<Entry> since = List.copyOf(newest);
        newest.clear();
        newest.addAll(result.newest());
        newest.addAll(since);
        while (newest.size() > MOST) {
            newest.removeFirst();
        }
        read = true;
        for (String problem : result.problems()) {
            LOG.warn("The audit log in {} was tampered with or damaged: {}", files.directory(), problem);
        }
        if (!result.problems().isEmpty() && !result.reported()) {
            add(entry(AuditLogReader.BROKEN, result.problems().get(0)));
        }
    }

    private void write(Entry entry) throws IOException {
        byte[] line = new AuditLine(number + 1, entry, hash).encode();
        files.append(line);
        number++;
        hash = AuditLine.hash(line);
    }

    /**
     * One entry after another, in the order of the log, without holding a lock; a follower may record events itself.
     */
    private void deliver() {
        if (deliveries.getAndIncrement() > 0) {
            return;
        }
        do {
            for (Entry entry = undelivered.poll(); entry != null; entry = undelivered.poll()) {
                notify(entry);
            }
        } while (deliveries.decrementAndGet() > 0);
    }

    private void notify(Entry entry) {
        for (Consumer<Entry> follower : followers) {
            try {
                follower.accept(entry);
            } catch (RuntimeException | Error e) {
                // Caught here: otherwise no follower would be notified any more.
                faults.met(e);
            }
        }
    }
}
