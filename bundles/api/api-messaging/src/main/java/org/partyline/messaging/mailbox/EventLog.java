package org.partyline.messaging.mailbox;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Journal;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Appends events to the log. It compares each changed record with its previous version, and adds the events to the same
 * transaction: code that changes a message cannot forget its event, and a crash loses neither.
 */
public final class EventLog implements Supplier<Journal> {
    /** An event is kept as long as its message, but at most for this time. */
    private static final Duration LONGEST = Duration.ofDays(45);
    /** The fate of a message is kept a little longer than the message. */
    private static final Duration AFTERLIFE = Duration.ofHours(1);
    /** For events that are not about a message. */
    private static final Duration OTHERS = Duration.ofDays(30);

    private static final String SESSIONS = "sessions";

    private final Clock clock;
    private final Bus bus;

    public EventLog(Clock clock, Bus bus) {
        this.clock = clock;
        this.bus = bus;
    }

    /** Events were added to the log. @param last the number of the newest one */
    public record Added(long last) {}

    /**
     * The store was opened; it may be another one than before.
     *
     * @param last the number of its newest event; 0 if none
     */
    public record Opened(long last) {}

    /** The state of an outgoing message. @param word the word for its state; empty for a message without text */
    private record Way(int conversation, String word, long expires) {}

    /** The state of a session; the rest of its record, including the keys, is not parsed. */
    private record Session(String state) {}

    private record Row(String table, ByteBuffer key) {}

    /** Observes a transaction. */
    @Override
    public Journal get() {
        return new Following();
    }

    private final class Following implements Journal {
        private final Map<Row, Optional<?>> before = new LinkedHashMap<>();
        private long last;

        @Override
        public void changing(StoreTransaction tx, String table, byte[] key) throws StoreException {
            if (!isFollowed(table)) {
                return;
            }
            Row row = new Row(table, ByteBuffer.wrap(key.clone()));
            if (!before.containsKey(row)) {
                before.put(row, find(tx, row));
            }
        }

        @Override
        public void finish(StoreTransaction tx) throws StoreException {
            for (Map.Entry<Row, Optional<?>> change : before.entrySet()) {
                compare(tx, change.getKey(), change.getValue(), find(tx, change.getKey()));
            }
        }

        @Override
        public void committed() {
            if (last != 0) {
                bus.publish(new Added(last));
            }
        }

        private void compare(StoreTransaction tx, Row row, Optional<?> was, Optional<?> is) throws StoreException {
            switch (row.table()) {
                case MessageRecord.TABLE ->
                    message(tx, was.map(MessageRecord.class::cast), is.map(MessageRecord.class::cast));
                case OutgoingRecords.TABLE -> way(tx, row, was.map(Way.class::cast), is.map(Way.class::cast));
                case ContactRecord.TABLE ->
                    contact(tx, was.map(ContactRecord.class::cast), is.map(ContactRecord.class::cast));
                default -> session(tx, row, was.map(Session.class::cast), is.map(Session.class::cast));
            }
        }

        private void message(StoreTransaction tx, Optional<MessageRecord> was, Optional<MessageRecord> is)
                throws StoreException {
            if (is.isEmpty()) {
                if (was.isPresent() && isKept(tx, was.get().membership())) {
                    add(tx, Type.ERASED, was.get(), "", AFTERLIFE);
                }
                return;
            }
            MessageRecord now = is.get();
            if (was.isEmpty()) {
                if (!now.outgoing()) {
                    add(tx, Type.MESSAGE, now, "", Duration.ZERO);
                }
                return;
            }
            Annotations said = was.get().annotations();
            if (said.edited() != now.annotations().edited()
                    || said.editPosition() != now.annotations().editPosition()) {
                add(tx, Type.EDIT, now, "", Duration.ZERO);
            }
            if (!said.reactions().equals(now.annotations().reactions())) {
                add(tx, Type.REACTION, now, "", Duration.ZERO);
            }
            if (said.delivered() == 0 && now.annotations().delivered() != 0) {
                add(tx, Type.STATE, now, "delivered", Duration.ZERO);
            }
            if (said.read() == 0 && now.annotations().read() != 0) {
                add(tx, Type.STATE, now, "read", Duration.ZERO);
            }
        }

        private void way(StoreTransaction tx, Row row, Optional<Way> was, Optional<Way> is) throws StoreException {
            String word = is.map(Way::word).orElse("");
            if (word.isEmpty() || word.equals(was.map(Way::word).orElse(""))) {
                return;
            }
            long id = row.key().getLong(0);
            long expires = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                    .map(MessageRecord::expires)
                    .orElse(is.get().expires());
            add(tx, Type.STATE, is.get().conversation(), id, word, expires, AFTERLIFE);
        }

        private void contact(StoreTransaction tx, Optional<ContactRecord> was, Optional<ContactRecord> is)
                throws StoreException {
            if (is.isEmpty()) {
                return;
            }
            ContactRecord now = is.get();
            if (was.isEmpty()) {
                add(tx, Type.CONTACT, now.id(), "added");
            } else if (!was.get().trust().equals(now.trust())) {
                add(tx, Type.CONTACT, now.id(), now.trust().toLowerCase(Locale.ROOT));
            } else if (!was.get().name().equals(now.name())) {
                add(tx, Type.CONTACT, now.id(), "renamed");
            }
        }

        private void session(StoreTransaction tx, Row row, Optional<Session> was, Optional<Session> is)
                throws StoreException {
            String none = "NONE";
            String word = is.map(Session::state).orElse(none);
            int contact = (int) row.key().getLong(0);
            if (!word.equals(was.map(Session::state).orElse(none)) && isKept(tx, contact)) {
                add(tx, Type.SESSION, contact, word.toLowerCase(Locale.ROOT));
            }
        }

        /**
         * Messages that are erased with their conversation cause no events: the events of that conversation are erased,
         * too.
         */
        private boolean isKept(StoreTransaction tx, int conversation) throws StoreException {
            byte[] key = Keys.of(conversation);
            return tx.contains(MembershipRecord.TABLE, key) || tx.contains(ContactRecord.TABLE, key);
        }

        private void add(StoreTransaction tx, Type type, MessageRecord message, String word, Duration least)
                throws StoreException {
            add(tx, type, message.membership(), message.id(), word, message.expires(), least);
        }

        private void add(StoreTransaction tx, Type type, int contact, String word) throws StoreException {
            add(tx, type, contact, 0, word, 0, OTHERS);
        }

        private void add(
                StoreTransaction tx, Type type, int conversation, long message, String word, long until, Duration least)
                throws StoreException {
            Instant now = clock.instant();
            long kept = Math.min(
                    Math.max(until, now.plus(least).toEpochMilli()),
                    now.plus(LONGEST).toEpochMilli());
            last = EventRecord.append(tx, type.word(), now, conversation, message, word, Instant.ofEpochMilli(kept));
        }
    }

    private static boolean isFollowed(String table) {
        return List.of(MessageRecord.TABLE, OutgoingRecords.TABLE, ContactRecord.TABLE, SESSIONS)
                .contains(table);
    }

    private static Optional<?> find(StoreTransaction tx, Row row) throws StoreException {
        byte[] key = row.key().array();
        return switch (row.table()) {
            case MessageRecord.TABLE -> Tables.find(tx, row.table(), key, MessageRecord.class);
            case OutgoingRecords.TABLE ->
                Tables.find(tx, row.table(), key, OutgoingMessage.class).map(EventLog::way);
            case ContactRecord.TABLE -> Tables.find(tx, row.table(), key, ContactRecord.class);
            default -> Tables.find(tx, row.table(), key, Session.class);
        };
    }

    private static Way way(OutgoingMessage outgoing) {
        State state = outgoing.shown();
        return new Way(outgoing.membership(), outgoing.isText() ? state.word() : "", outgoing.expires());
    }
}
