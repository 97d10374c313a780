package org.partyline.hooks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Events;

/** The log of events in memory. */
final class FakeLog implements Events {
    final List<Event> all = new ArrayList<>();
    final Map<String, Long> acknowledged = new HashMap<>();
    final Set<Long> expired = new HashSet<>();

    synchronized void add(int count) {
        for (int i = 0; i < count; i++) {
            all.add(event(all.size() + 1, Type.STATE));
        }
        notifyAll();
    }

    static Event event(long cursor, Type type) {
        return new Event(
                cursor,
                type,
                Optional.of(Instant.parse("2026-11-30T12:00:00Z")),
                Optional.of("me/channel:lobby"),
                OptionalLong.of(7),
                Optional.of("home"),
                Optional.of("relayed"),
                Optional.empty(),
                OptionalLong.empty());
    }

    @Override
    public synchronized List<Event> after(long cursor, int most, Selection seen) {
        List<Event> after = new ArrayList<>(all.subList((int) cursor, all.size()).stream()
                .filter(event -> !expired.contains(event.cursor()))
                .limit(most)
                .toList());
        if (after.size() < most) {
            after.add(event(all.size(), Type.CAUGHT_UP));
        }
        return after;
    }

    @Override
    public synchronized long newest() {
        return all.size();
    }

    @Override
    public synchronized boolean await(long cursor, Duration most) throws InterruptedException {
        if (all.size() <= cursor) {
            wait(most.toMillis());
        }
        return all.size() > cursor;
    }

    @Override
    public synchronized long acknowledged(String owner, String consumer) {
        return acknowledged.getOrDefault(owner + "/" + consumer, 0L);
    }

    @Override
    public synchronized long acknowledge(String owner, String consumer, long cursor) {
        acknowledged.merge(owner + "/" + consumer, cursor, Math::max);
        return acknowledged(owner, consumer);
    }

    @Override
    public synchronized void forget(String owner, String consumer) {
        acknowledged.remove(owner + "/" + consumer);
    }

    @Override
    public void forget(String owner) {
        throw new AssertionError("no owner ends here");
    }

    @Override
    public void report(Type type, String subject, String state) {
        throw new AssertionError("hooks report nothing");
    }

    @Override
    public Map<String, String> reported(Type type) {
        throw new AssertionError("hooks report nothing");
    }
}
