package org.partyline.api.hooks;

import java.time.Instant;
import java.util.Optional;

/**
 * A program or an address that receives each event.
 *
 * @param id its id in the audit log
 * @param name its unique name, chosen by the operator
 * @param target the path of the program, or the address
 * @param state whether events are accepted
 * @param waiting the number of events that have not been delivered yet
 * @param created when it was added
 * @param lastDelivered when it last accepted an event; empty for never
 * @param attempts the number of failed deliveries of the current event
 * @param failure why the last delivery failed, in one line; empty: it did not, or there was none
 * @param nextAttempt when the next attempt is due; empty: none is
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
        /** Works, as far as known. */
        ACTIVE("active"),
        /** The current event was not accepted, and is tried again. */
        FAILING("failing"),
        /** The current event was tried for a day; nothing more happens until someone requests it. */
        DISABLED("disabled");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word that is shown. */
        public String word() {
            return word;
        }
    }
}
