package org.partyline.api.web;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/** Sends the events of one response that stays open (server-sent events). Used by one thread. */
@ConsumerType
public interface WebEvents extends AutoCloseable {
    /**
     * The next events, in their order.
     *
     * @param most how long to wait for the first one
     * @return empty: none came in that time
     * @throws PartylineException when there can be no more; the answer ends
     */
    List<Event> next(Duration most) throws PartylineException, InterruptedException;

    /** The answer has ended. */
    @Override
    void close();

    /**
     * One server-sent event.
     *
     * @param id by which its reader can go on after it; digits, letters and hyphens
     * @param data a JSON document on one line
     */
    record Event(String id, String data) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Event[" + id + "]";
        }
    }
}
