package org.partyline.api.audit;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Security events: what was refused, unlocked, rotated, quarantined. Never a secret, a text or a key. A service; works while
 * locked. Thread-safe; never throws for want of a disk.
 */
public interface AuditLog {
    /**
     * Records an event.
     *
     * @param event a short name of lower-case letters and hyphens, for example {@code handshake-refused}
     * @param detail one line in plain words
     */
    void record(String event, String detail);

    /** The newest events, oldest of them first. @param most how many at the most */
    List<Entry> newest(int most);

    /** Is told of events as they come. @param listener must not block @return closes the subscription */
    AutoCloseable follow(Consumer<Entry> listener);

    /**
     * @param time when
     * @param event its name
     * @param detail one line
     */
    record Entry(Instant time, String event, String detail) {}
}
