package org.partyline.api.audit;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Records security events. Never a secret, a text or a key. A service; works while locked. Thread-safe; never throws
 * for want of a disk.
 *
 * <p>Because it is written while the store is locked, the log rests on the disk in clear: an event and its detail must not hold
 * the name of a persona, a contact or a channel. What is in quotation marks in a detail, and what looks like a key, is left
 * out.
 */
@ProviderType
public interface AuditLog {
    /**
     * Records an event.
     *
     * @param event a short name of lower-case letters and hyphens, for example {@code handshake-refused}
     * @param detail one line in plain words, at most 1,000 characters; no names
     */
    void record(String event, String detail);

    /** The newest events, oldest of them first. @param most how many at the most */
    List<Entry> newest(int most);

    /** Is told of events as they come. @param listener must not block @return closes the subscription */
    AutoCloseable follow(Consumer<Entry> listener);

    /**
     * An entry of the audit log.
     *
     * @param time when
     * @param event its name
     * @param detail one line
     */
    record Entry(Instant time, String event, String detail) {}
}
