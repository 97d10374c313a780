package org.partyline.api.hooks;

import java.time.Instant;
import java.util.Optional;

/**
 * A program or an address that receives each event.
 *
 * @param id names it in the audit log
 * @param name by which the operator knows it, unique
 * @param target the path of the program, or the address
 * @param state whether events are accepted
 * @param waiting events that it was not handed yet
 * @param created when it was added
 * @param lastDelivered when it accepted an event last; empty: never
 * @param attempts how often the event that it is at was not accepted
 * @param failure why not, in one line; empty: it was not tried, or accepted
 * @param nextAttempt when it is tried again; empty: nothing is to be tried
 */
public record Hook(
        String id,
        String name,
        String target,
        State state,
        long waiting,
        Instant created,
        Optional<Instant> lastDelivered,
        int attempts,
        Optional<String> failure,
        Optional<Instant> nextAttempt) {
    /** The state of a hook. */
    public enum State {
        /** As far as is known. */
        ACTIVE("active"),
        /** The event that it is at was not accepted, and is tried again. */
        FAILING("failing"),
        /** That was tried for a day; nothing is until someone asks for it. */
        DISABLED("disabled");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** As it is shown. */
        public String word() {
            return word;
        }
    }
}
