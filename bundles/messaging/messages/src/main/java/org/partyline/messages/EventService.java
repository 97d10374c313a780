package org.partyline.messages;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.ConsumerRecord;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.EventRecord;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.ReportedState;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the event log, and the texts of the events' messages if these are still stored. */
final class EventService implements Events {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");
    private static final int MOST_CONSUMERS = 100;
    /** Events that are shown with their message. */
    private static final Set<Type> WITH_MESSAGE = Set.of(Type.MESSAGE, Type.REACTION, Type.EDIT);

    private static final Set<Type> ABOUT_THE_SERVER = Set.of(Type.NODE, Type.FEE, Type.DOCTOR);

    private static final Logger LOG = LoggerFactory.getLogger(EventService.class);

    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final ChainTips tips;
    private final MessageCounts counts;
    /** The newest event that was announced here, or before; guarded by this. */
    private long newest;
    /** Whether events before the first announcement are counted; guarded by this. */
    private boolean known;

    EventService(StateGuard guard, MessageCounts counts, Clock clock, ChainTips tips) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.tips = tips;
        this.counts = counts;
    }

    /** Called when events were added. */
    synchronized void added(EventLog.Added event) {
        newest = Math.max(newest, event.last());
        notifyAll();
    }

    /** Called when the store was opened: events announced for the previous store do not count. */
    synchronized void opened(EventLog.Opened event) {
        newest = event.last();
        known = true;
        notifyAll();
    }

    @Override
    public boolean await(long cursor, Duration most) throws InterruptedException {
        learn();
        return awaitAnnounced(cursor, most);
    }

    /** Events may have been added while no instance of this was running, beside an open store. */
    private void learn() {
        synchronized (this) {
            if (known) {
                return;
            }
        }
        try {
            long last = newest();
            synchronized (this) {
                // Otherwise the store was opened meanwhile, perhaps another one.
                if (!known) {
                    newest = Math.max(newest, last);
                    known = true;
                }
            }
        } catch (PartylineException | UnavailableException e) {
            LOG.trace("locked: the newest event is reported when the store is opened");
        }
    }

    private synchronized boolean awaitAnnounced(long cursor, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        long left = most.toNanos();
        while (newest <= cursor && left > 0) {
            // At least a millisecond: 0 would wait for a notification indefinitely.
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            left = end - System.nanoTime();
        }
        return newest > cursor;
    }

    @Override
    public long newest() throws PartylineException {
        return guard.<Long, PartylineException>open(() -> guard.<Long, StoreException>transact(EventRecord::last));
    }

    @Override
    public List<Event> after(long cursor, int most, Conversations.Selection seen) throws PartylineException {
        if (most < 1 || most > MOST) {
            throw new NoSuchThingException("ask for 1 to " + MOST + " events, not " + most);
        }
        Map<Network, Integer> heights = tips.get();
        Reading reading = new Reading(cursor, most, seen, heights);
        // Other operations run in between: a long log is not read in one go.
        while (!reading.done) {
            guard.<PartylineException>perform(() -> guard.<PartylineException>update(tx -> {
                reading.more(tx);
            }));
        }
        return reading.events;
    }

    /** Reads events in order. */
    private final class Reading {
        private final List<Event> events = new ArrayList<>();
        private final int most;
        private final Conversations.Selection seen;
        private final Map<Network, Integer> heights;
        private final Views views = new Views(people);
        /** Events up to and including this one were examined. */
        private long read;
        /** The first expired event before the next one to return; 0 if there is none. */
        private long gap;

        private boolean done;

        Reading(long cursor, int most, Conversations.Selection seen, Map<Network, Integer> heights) {
            this.read = cursor;
            this.most = most;
            this.seen = seen;
            this.heights = heights;
        }

        void more(StoreTransaction tx) throws PartylineException {
            long last = checked(tx, read);
            EventRecord.Some some = EventRecord.after(tx, read);
            for (EventRecord record : some.events()) {
                skipTo(record.cursor() - 1);
                read = record.cursor();
                if (!views.isIn(seen, record.conversation())) {
                    continue;
                }
                if (!tellGap(record.cursor() - 1)) {
                    return;
                }
                events.add(view(tx, record));
                if (events.size() == most) {
                    done = true;
                    return;
                }
            }
            skipTo(some.read());
            read = some.read();
            if (read == last && tellGap(last)) {
                events.add(mark(Type.CAUGHT_UP, last, OptionalLong.empty()));
                done = true;
            }
        }

        private void skipTo(long cursor) {
            if (cursor > read && gap == 0) {
                gap = read + 1;
            }
        }

        /** @return whether there is room for another event */
        private boolean tellGap(long to) {
            if (gap != 0) {
                events.add(mark(Type.GAP, to, OptionalLong.of(gap)));
                gap = 0;
                done = events.size() == most;
            }
            return !done;
        }

        private Event view(StoreTransaction tx, EventRecord record) throws StoreException {
            Type type = Type.of(record.type());
            return new Event(
                    record.cursor(),
                    type,
                    Optional.of(Instant.ofEpochMilli(record.time())),
                    views.id(record.conversation()),
                    record.message() == 0 ? OptionalLong.empty() : OptionalLong.of(record.message()),
                    record.subject().isEmpty() ? Optional.empty() : Optional.of(record.subject()),
                    record.state().isEmpty() ? Optional.empty() : Optional.of(record.state()),
                    WITH_MESSAGE.contains(type) ? message(tx, record.message()) : Optional.empty(),
                    OptionalLong.empty());
        }

        private Optional<Message> message(StoreTransaction tx, long id) throws StoreException {
            Optional<MessageRecord> kept = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                    .filter(message -> message.expires() > clock.instant().toEpochMilli());
            return kept.isEmpty()
                    ? Optional.empty()
                    : ConversationService.views(heights, tx, people, List.of(kept.get()), counts.references(tx))
                            .stream()
                            .findFirst();
        }
    }

    private static Event mark(Type type, long cursor, OptionalLong from) {
        return new Event(
                cursor,
                type,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                from);
    }

    /** @return the number of the newest event */
    private static long checked(StoreTransaction tx, long cursor) throws PartylineException {
        long last = EventRecord.last(tx);
        if (cursor < 0 || cursor > last) {
            throw new NoSuchThingException("there is no event " + cursor + ": the newest one is " + last
                    + "; this is another store, or the number is wrong. Begin again after 0");
        }
        return last;
    }

    @Override
    public long acknowledged(String owner, String consumer) throws PartylineException {
        String name = named(consumer);
        return guard.transact(tx -> ConsumerRecord.find(tx, owner, name))
                .map(ConsumerRecord::acknowledged)
                .orElse(0L);
    }

    @Override
    public long acknowledge(String owner, String consumer, long cursor) throws PartylineException {
        String name = named(consumer);
        return guard.<Long, PartylineException>transact(tx -> {
            checked(tx, cursor);
            Optional<ConsumerRecord> before = ConsumerRecord.find(tx, owner, name);
            if (before.isEmpty()) {
                makeRoom(tx, owner);
            }
            long now = Math.max(cursor, before.map(ConsumerRecord::acknowledged).orElse(0L));
            new ConsumerRecord(owner, name, now, clock.millis()).put(tx);
            return now;
        });
    }

    /** If there are too many consumers, removes the idle ones. */
    private void makeRoom(StoreTransaction tx, String owner) throws StoreException, NoSuchThingException {
        List<ConsumerRecord> all = ConsumerRecord.of(tx, owner);
        if (all.size() < MOST_CONSUMERS) {
            return;
        }
        List<ConsumerRecord> idle =
                all.stream().filter(one -> one.isIdle(clock.instant())).toList();
        if (idle.isEmpty()) {
            throw new NoSuchThingException("there are " + MOST_CONSUMERS
                    + " consumers: use one of them. One that acknowledges nothing for 90 days makes room for another");
        }
        for (ConsumerRecord one : idle) {
            ConsumerRecord.delete(tx, owner, one.name());
        }
    }

    @Override
    public void forget(String owner, String consumer) throws PartylineException {
        guard.update(tx -> ConsumerRecord.delete(tx, owner, consumer));
    }

    @Override
    public void forget(String owner) throws PartylineException {
        guard.update(tx -> {
            for (ConsumerRecord one : ConsumerRecord.of(tx, owner)) {
                ConsumerRecord.delete(tx, owner, one.name());
            }
        });
    }

    @Override
    public void report(Type type, String subject, String state) throws PartylineException {
        if (!ABOUT_THE_SERVER.contains(type)) {
            throw new IllegalArgumentException("an event of this type is stored with what it reports: " + type);
        }
        added(new EventLog.Added(guard.<Long, StoreException>transact(
                tx -> ReportedState.report(tx, type.word(), subject, state, clock.instant()))));
    }

    @Override
    public Map<String, String> reported(Type type) throws PartylineException {
        return guard.transact(tx -> ReportedState.all(tx, type.word()));
    }

    private static String named(String consumer) throws NoSuchThingException {
        if (!NAME.matcher(consumer).matches()) {
            throw new NoSuchThingException(
                    "a consumer's name has 1 to 32 letters, digits, dots, underscores and hyphens, "
                            + "and begins with a letter or a digit: choose another");
        }
        return consumer;
    }
}
