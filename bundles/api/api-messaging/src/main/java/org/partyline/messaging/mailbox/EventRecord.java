package org.partyline.messaging.mailbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * An event: what happened and where, without texts. Texts are read from the message together with the event, for as
 * long as the message is kept.
 *
 * @param cursor its number, in a series that is never reused
 * @param type a {@link org.partyline.api.engine.Events.Type}
 * @param time in milliseconds
 * @param conversation its number; 0 if none
 * @param message its number; 0 if none
 * @param state the word for the state that it reports; empty if none
 * @param subject the name of the part of this server that it is about; empty: it is about a conversation
 */
public record EventRecord(
        long cursor, String type, long time, int conversation, long message, String state, String subject) {
    /** The table of the store. */
    public static final String TABLE = "events";

    private static final String SERIES = "event";
    /** The number of events in one group: they are read together, since the store finds records only by group. */
    private static final int TOGETHER = 256;
    /** The maximum number of empty groups that one call examines. */
    private static final int MOST_EMPTY = 64;

    public EventRecord {
        subject = subject == null ? "" : subject;
    }

    /** The number of the newest event; 0 if none yet. */
    public static long last(StoreTransaction tx) throws StoreException {
        return Tables.last(tx, SERIES);
    }

    /** Appends an event. Part of the caller's transaction. @return its number */
    static long append(
            StoreTransaction tx,
            String type,
            Instant time,
            int conversation,
            long message,
            String state,
            Instant expires)
            throws StoreException {
        long cursor = Tables.next(tx, SERIES);
        new EventRecord(cursor, type, time.toEpochMilli(), conversation, message, state, "").put(tx, expires);
        return cursor;
    }

    /** Appends an event about this server. Part of the caller's transaction. @return its number */
    static long append(StoreTransaction tx, String type, Instant time, String subject, String state, Instant expires)
            throws StoreException {
        long cursor = Tables.next(tx, SERIES);
        new EventRecord(cursor, type, time.toEpochMilli(), 0, 0, state, subject).put(tx, expires);
        return cursor;
    }

    private void put(StoreTransaction tx, Instant expires) throws StoreException {
        tx.put(TABLE, Keys.of(cursor), Keys.of(cursor / TOGETHER), Cbor.write(this), expires);
    }

    /** Events after a given one, in order, and the position after them. @param read all up to this number were read */
    public record Some(List<EventRecord> events, long read) {}

    /** Some of the events after a number, not necessarily all. Part of the caller's transaction. */
    public static Some after(StoreTransaction tx, long cursor) throws StoreException {
        long last = last(tx);
        long group = (cursor + 1) / TOGETHER;
        List<EventRecord> after = after(tx, cursor, group);
        for (int i = 0; after.isEmpty() && i < MOST_EMPTY && group < last / TOGETHER; i++) {
            after = after(tx, cursor, ++group);
        }
        return new Some(after, Math.min(last, (group + 1) * TOGETHER - 1));
    }

    private static List<EventRecord> after(StoreTransaction tx, long cursor, long group) throws StoreException {
        List<EventRecord> events = new ArrayList<>(Tables.read(tx.list(TABLE, Keys.of(group)), EventRecord.class));
        events.removeIf(event -> event.cursor() <= cursor);
        return events;
    }

    /**
     * Skips numbers, so that events of an old copy get new ones: see {@link Tables#leap}. Part of the caller's
     * transaction.
     */
    public static void leap(StoreTransaction tx) throws StoreException {
        Tables.leap(tx, SERIES);
    }

    /** Deletes the events of a conversation. Part of the caller's transaction. */
    static void erase(StoreTransaction tx, int conversation) throws StoreException {
        List<byte[]> gone = new ArrayList<>();
        tx.<StoreException>forEach(TABLE, (StoredRecord one) -> {
            if (Cbor.read(one.value(), EventRecord.class).conversation() == conversation) {
                gone.add(one.key());
            }
        });
        for (byte[] key : gone) {
            tx.delete(TABLE, key);
        }
    }
}
