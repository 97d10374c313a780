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
     * Stops cover traffic, erases all keys, and closes connections: those to nodes are opened again, since the server
     * keeps collecting packets.
     *
     * @param mark what the console's session holds that is not to be closed ({@link org.partyline.api.panic.Severable#MARK})
     */
    Report lock(String mark);

    /**
     * Erases the server: the store's wrapped key first, then the store and all else that was written. A server that is ended in the
     * middle goes on at its next start. What is not erased can be told by the report's steps.
     */
    Report erase();

    /**
     * The bundles that keep something outside of memory and are unavailable: what they keep would not be erased.
     *
     * @return their symbolic names, sorted
     */
    List<String> away();

    /** Ends the process shortly, so that its memory is freed, too. */
    void end();

    /**
     * Goes on as if all keys were known to others: gives each persona new ones and tells contacts, begins new chains in all channels,
     * and sets the privacy profile {@link Privacy.Profile#MAXIMUM}. Needs an open store.
     *
     * @throws PartylineException when nothing could be begun
     */
    Report move() throws PartylineException;

    /** The kinds of things that can be shredded. */
    enum Kind {
        /** A contact: its keys, its session, and what was written to each other. */
        CONVERSATION,
        /** A channel that a persona is in: its keys and its messages. */
        CHANNEL,
        /** A persona with all its channels and contacts. */
        PERSONA;

        /** How it is written in commands. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Erases one of them from the store, and rewrites the store's files so that nothing of it is left in them. Needs an open store.
     *
     * @param persona whose; empty: the current one's; not asked for where the kind is a persona
     * @param name of it
     */
    void shred(Kind kind, Optional<String> persona, String name) throws PartylineException;

    /**
     * The steps that were done, in order.
     *
     * @param steps one for each thing
     */
    record Report(List<Step> steps) {
        public Report {
            steps = List.copyOf(steps);
        }

        /** Whether all of it was done. */
        public boolean complete() {
            return steps.stream().allMatch(Step::done);
        }
    }

    /**
     * One step, and its result.
     *
     * @param name what, in one or two words
     * @param done whether it was
     * @param detail one line: what came of it, or what is wrong and what to do; may be empty
     */
    record Step(String name, boolean done, String detail) {}
}
