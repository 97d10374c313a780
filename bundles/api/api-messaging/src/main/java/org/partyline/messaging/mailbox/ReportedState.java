package org.partyline.messaging.mailbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * The last reported state of a part of this server, so that a restart reports only changes.
 *
 * @param subject the name of a node, a network or a check
 * @param state the word that was reported
 */
public record ReportedState(String subject, String state) {
    /** The table of the store. */
    public static final String TABLE = "event-states";

    private static final Duration EVENT_KEPT = Duration.ofDays(30);
    private static final Duration KEPT = Duration.ofDays(90);

    /** Appends the event, and remembers its state. Part of the caller's transaction. @return the event's number */
    public static long report(StoreTransaction tx, String type, String subject, String state, Instant now)
            throws StoreException {
        byte[] key = (type + '\n' + subject).getBytes(StandardCharsets.UTF_8);
        tx.put(TABLE, key, Keys.of(type), Cbor.write(new ReportedState(subject, state)), now.plus(KEPT));
        return EventRecord.append(tx, type, now, subject, state, now.plus(EVENT_KEPT));
    }

    /** The states of one type of event, by subject. */
    public static Map<String, String> all(StoreTransaction tx, String type) throws StoreException {
        List<ReportedState> all = Tables.read(tx.list(TABLE, Keys.of(type)), ReportedState.class);
        Map<String, String> states = new HashMap<>();
        all.forEach(one -> states.put(one.subject(), one.state()));
        return states;
    }
}
