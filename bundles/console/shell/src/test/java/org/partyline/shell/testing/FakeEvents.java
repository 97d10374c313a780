package org.partyline.shell.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Messages.Message;

/** The event log in memory. */
public final class FakeEvents implements Events {
    public final List<Event> all = new ArrayList<>();
    /** The events that arrive while someone waits, one after another; then the operator presses Ctrl-C. */
    public final Deque<Event> coming = new ArrayDeque<>();

    public final Map<String, Long> acknowledged = new HashMap<>();

    FakeEvents() {
        all.add(event(
                4,
                Type.MESSAGE,
                OptionalLong.of(1),
                Optional.empty(),
                Optional.of(Samples.message(1, "bob", Optional.of("Hello there"), false))));
        all.add(event(5, Type.STATE, OptionalLong.of(3), Optional.of("in a block"), Optional.empty()));
    }

    public static Event event(
            long cursor, Type type, OptionalLong id, Optional<String> state, Optional<Message> message) {
        return new Event(
                cursor,
                type,
                Optional.of(Samples.NOW),
                Optional.of("me/channel:lobby"),
                id,
                Optional.empty(),
                state,
                message,
                OptionalLong.empty());
    }

    /** Returns an event of a node. */
    public static Event node(long cursor, String name, String state) {
        return new Event(
                cursor,
                Type.NODE,
                Optional.of(Samples.NOW),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.of(name),
                Optional.of(state),
                Optional.empty(),
                OptionalLong.empty());
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

    @Override
    public long newest() {
        return all.get(all.size() - 1).cursor();
    }

    @Override
    public List<Event> after(long cursor, int most, Selection seen) {
        List<Event> after = new ArrayList<>();
        long read = cursor;
        for (Event event : all) {
            if (event.cursor() > cursor && after.size() < most) {
                if (event.cursor() > read + 1) {
                    after.add(mark(Type.GAP, event.cursor() - 1, OptionalLong.of(read + 1)));
                }
                after.add(event);
                read = event.cursor();
            }
        }
        if (after.size() < most) {
            after.add(mark(Type.CAUGHT_UP, read, OptionalLong.empty()));
        }
        return after;
    }

    @Override
    public boolean await(long cursor, Duration most) throws InterruptedException {
        if (coming.isEmpty()) {
            throw new InterruptedException();
        }
        all.add(coming.remove());
        return true;
    }

    @Override
    public long acknowledged(String owner, String consumer) {
        return acknowledged.getOrDefault(owner + "/" + consumer, 0L);
    }

    @Override
    public long acknowledge(String owner, String consumer, long cursor) {
        acknowledged.merge(owner + "/" + consumer, cursor, Math::max);
        return acknowledged(owner, consumer);
    }

    @Override
    public void forget(String owner, String consumer) {
        acknowledged.remove(owner + "/" + consumer);
    }

    @Override
    public void forget(String owner) {
        throw new AssertionError("no owner ends here");
    }

    @Override
    public void report(Type type, String subject, String state) {
        throw new AssertionError("the console reports nothing");
    }

    @Override
    public Map<String, String> reported(Type type) {
        throw new AssertionError("the console reports nothing");
    }
}
