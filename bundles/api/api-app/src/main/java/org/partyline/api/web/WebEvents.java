package org.partyline.api.web;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/** Sends the events of one response that stays open (server-sent events). Used by one thread. */
@ConsumerType
public interface WebEvents extends AutoCloseable {
    /**
     * The next events, in order.
     *
     * @param most how long to wait for the first one
     * @return empty: none arrived in that time
     * @throws PartylineException if there can be no more; the response ends
     */
    List<Event> next(Duration most) throws PartylineException, InterruptedException;

    /** The response has ended. */
    @Override
    void close();

    /**
     * One server-sent event.
     *
     * @param id lets its reader continue after it; digits, letters and hyphens
     * @param data a JSON document on one line
     */
    record Event(String id, String data) {
        /** Does not show the contents. */
        @Override
        public String toString() {
            return "Event[" + id + "]";
        }
    }
}
