package org.partyline.api.panic;

import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/**
 * Data outside memory that must be erased with the server. A service; each is asked in the order of the ranks, the
 * lowest first, and again after the next start when the server was ended before it was done.
 */
@ConsumerType
public interface Erasable {
    /** The rank of the store: its wrapped key goes before everything else. */
    int STORE = 0;

    /** The rank of a file with a key that opens the store. */
    int RESTING_KEY = 100;

    /** The rank of what reports what was done, such as the audit log. */
    int RECORDS = 200;

    /** Of this rank and above is what may take seconds: a duress unlock does not wait for it. */
    int SLOW = 1000;

    /** What it is, in one or two words: lower-case letters and hyphens. One of each name. */
    String name();

    /** When its turn is. */
    int rank();

    /** Before anything is erased: finds out what is to be known from the store. Quick, and may be called while the store is locked. */
    default void prepare() {}

    /**
     * Erases it. What is in use goes on, empty. Does nothing when there is nothing left.
     *
     * @throws PartylineException when it is not all gone, in one line: what is left, and what to do
     */
    void erase() throws PartylineException;

    /**
     * Erases it after a duress passphrase was given: what is left looks as it does on a server whose store was always empty.
     *
     * @throws PartylineException when it is not all gone; nobody is told
     */
    default void eraseQuietly() throws PartylineException {
        erase();
    }
}
