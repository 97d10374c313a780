package org.partyline.api.panic;

import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/**
 * Data outside memory that must be erased with the server. A service. All are called in the order of their ranks, the
 * lowest first, and again after the next start if the server stopped before they were finished.
 */
@ConsumerType
public interface Erasable {
    /** The rank of the store: its wrapped key is erased before everything else. */
    int STORE = 0;

    /** The rank of a file with a key that opens the store. */
    int RESTING_KEY = 100;

    /** The rank of records of what was done, such as the audit log. */
    int RECORDS = 200;

    /** The rank from which erasure may take seconds: a duress unlock does not wait for it. */
    int SLOW = 1000;

    /** One or two words: lower-case letters and hyphens. Unique. */
    String name();

    /** Its place in the order. */
    int rank();

    /**
     * Called before everything else, except after a duress passphrase: overwrites the keys on which everything depends,
     * beside whatever is under way. Waits for nothing, and leaves failures to {@link #erase}, which follows.
     */
    default void overwriteKeys() {}

    /** Called before anything else is erased: reads what it needs from the store. Quick; the store may be locked. */
    default void prepare() {}

    /**
     * Erases it. Users continue with empty data. Does nothing if nothing is left.
     *
     * @throws PartylineException if something is left, in one line: what it is, and what to do
     */
    void erase() throws PartylineException;

    /**
     * Erases it after a duress passphrase was entered. The result looks like a server whose store was always empty.
     *
     * @throws PartylineException if something is left; it is not shown to anyone
     */
    default void eraseQuietly() throws PartylineException {
        erase();
    }
}
