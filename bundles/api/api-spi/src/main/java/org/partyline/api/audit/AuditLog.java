package org.partyline.api.audit;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Records security events, but never a secret, a text or a key. A service; works while locked. Thread-safe; never
 * throws if the disk is full or missing.
 *
 * <p>Because it is written while the store is locked, the log is in clear on the disk: an event and its detail must not
 * contain the name of a persona, a contact or a channel. Quoted text in a detail, and anything that looks like a key,
 * is left out.
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

    /** The newest events, in order of time. @param most the maximum number */
    List<Entry> newest(int most);

    /** Subscribes to new events. @param listener must not block @return closes the subscription */
    AutoCloseable follow(Consumer<Entry> listener);

    /**
     * An entry of the audit log.
     *
     * @param time when it happened
     * @param event its name
     * @param detail one line
     */
    record Entry(Instant time, String event, String detail) {}
}
