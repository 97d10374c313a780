package org.partyline.api.engine;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Locks, erases or replaces keys in an emergency. A service. */
@ProviderType
public interface Panic {
    /**
     * Stops cover traffic, erases all keys and closes connections. Connections to nodes are opened again, since the
     * server keeps collecting packets.
     *
     * @param mark the mark of the console session that is not to be closed ({@link
     *     org.partyline.api.panic.Severable#MARK})
     */
    Report lock(String mark);

    /**
     * Erases the server: the store's wrapped key first, then the store and everything else that was written. If the
     * server is killed meanwhile, it continues at its next start. The report's steps show what was not erased.
     */
    Report erase();

    /**
     * The bundles that keep data outside of memory and are unavailable: their data would not be erased.
     *
     * @return their symbolic names, sorted
     */
    List<String> away();

    /** Ends the process shortly, so that its memory is freed, too. */
    void end();

    /**
     * Acts as if all keys were known to others: gives each persona new keys and tells contacts, begins new chains in
     * all channels, and sets the privacy profile {@link Privacy.Profile#MAXIMUM}. Needs an open store.
     *
     * @throws PartylineException if nothing could be begun
     */
    Report move() throws PartylineException;

    /** The kinds of things that can be shredded. */
    enum Kind {
        /** A contact: its keys, its session and the messages. */
        CONVERSATION,
        /** A channel that a persona is in: its keys and its messages. */
        CHANNEL,
        /** A persona with all its channels and contacts. */
        PERSONA;

        /** The word for it in commands. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Erases one of them from the store, and rewrites the store's files so that no trace of it is left in them. Needs
     * an open store.
     *
     * @param persona empty: the current one; ignored if the kind is a persona
     * @param name its name
     */
    void shred(Kind kind, Optional<String> persona, String name) throws PartylineException;

    /**
     * The steps that were taken, in order.
     *
     * @param steps one for each thing
     */
    record Report(List<Step> steps) {
        public Report {
            steps = List.copyOf(steps);
        }

        /** Whether every step succeeded. */
        public boolean complete() {
            return steps.stream().allMatch(Step::done);
        }
    }

    /**
     * One step, and its result.
     *
     * @param name one or two words
     * @param done whether it succeeded
     * @param detail one line: the result, or what is wrong and what to do; may be empty
     */
    record Step(String name, boolean done, String detail) {}
}
