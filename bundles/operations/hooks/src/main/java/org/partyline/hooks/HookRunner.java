package org.partyline.hooks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to hooks. Each accepted event is acknowledged through the hook's consumer of the log; if the server is
 * killed before that, it is delivered again. Each hook has one event in progress at a time, but several hooks run
 * concurrently.
 */
final class HookRunner {
    /** The owner of the consumers of hooks. */
    static final String OWNER = "hooks";

    private static final Logger LOG = LoggerFactory.getLogger(HookRunner.class);

    private final Supplier<Store> store;
    private final Supplier<Events> events;
    private final HookDelivery delivery;
    private final Executor pool;
    private final Clock clock;
    private final BiConsumer<String, String> audit;
    /** The ids of hooks with an event in progress; guarded by this. */
    private final Set<String> busy = new HashSet<>();
    /** The number of the last event that was checked; guarded by this. */
    private long seen = -1;
    /** When the next attempt is due; guarded by this. */
    private Instant due = Instant.MIN;
    /** When all hooks were last checked; guarded by this. */
    private Instant looked = Instant.MIN;

    /**
     * @param store returns null while it is unavailable, like events
     * @param pool its threads limit the number of concurrent hooks
     * @param audit records an event with its detail
     */
    HookRunner(
            Supplier<Store> store,
            Supplier<Events> events,
            HookDelivery delivery,
            Executor pool,
            Clock clock,
            BiConsumer<String, String> audit) {
        this.store = store;
        this.events = events;
        this.delivery = delivery;
        this.pool = pool;
        this.clock = clock;
        this.audit = audit;
    }

    /** Waits for an event, or for this time. The caller checks again in any case. */
    @SuppressWarnings("WaitNotInLoop")
    void await(Duration most) throws InterruptedException {
        Events log = events.get();
        long cursor;
        synchronized (this) {
            if (log == null || !isOpen()) {
                wait(most.toMillis());
                return;
            }
            cursor = seen;
        }
        log.await(cursor, most);
    }

    /** Makes the next round check all hooks. */
    synchronized void wake() {
        due = Instant.MIN;
    }

    private boolean isOpen() {
        Store known = store.get();
        return known != null && known.state() == Store.State.OPEN;
    }

    /** Starts due deliveries. */
    void round() throws PartylineException {
        Events log = events.get();
        Store known = store.get();
        if (log == null || known == null || known.state() != Store.State.OPEN) {
            return;
        }
        long newest = log.newest();
        Instant now = clock.instant();
        synchronized (this) {
            // If the clock was set back, the due time is meaningless.
            if (newest == seen && now.isBefore(due) && !now.isBefore(looked)) {
                return;
            }
            looked = now;
            seen = newest;
            due = Instant.MAX;
        }
        List<HookRecord> hooks = known.<List<HookRecord>, PartylineException>transact(HookRecords::all);
        for (HookRecord hook : hooks) {
            if (hook.disabled() || log.acknowledged(OWNER, hook.id()) >= newest) {
                continue;
            }
            if (!hook.isDue(now)) {
                lookAt(Instant.ofEpochMilli(hook.nextAttempt()));
            } else if (begins(hook.id())) {
                pool.execute(() -> run(hook.id()));
            }
        }
    }

    private synchronized void lookAt(Instant time) {
        due = due.isBefore(time) ? due : time;
    }

    private synchronized boolean begins(String id) {
        return busy.add(id);
    }

    private synchronized void ends(String id) {
        busy.remove(id);
        // An event may have arrived meanwhile.
        due = Instant.MIN;
    }

    private void run(String id) {
        try {
            while (handOver(id)) {
                LOG.debug("a hook has more events");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (PartylineException | UnavailableException e) {
            LOG.debug("a hook is handed nothing now: {}", Faults.reason(e));
        } catch (RuntimeException | Error e) {
            LOG.error("a hook could not be handed an event: {}", Faults.reason(e));
        } finally {
            ends(id);
        }
    }

    /** @return whether there may be more */
    private boolean handOver(String id) throws PartylineException, InterruptedException {
        Events log = events.get();
        Store known = store.get();
        if (log == null || known == null) {
            return false;
        }
        // Only one: the message of another event may be erased during this delivery.
        Event event =
                log.after(log.acknowledged(OWNER, id), 1, Selection.EVERYTHING).get(0);
        if (event.type() == Type.CAUGHT_UP) {
            return false;
        }
        Optional<HookRecord> hook =
                known.<Optional<HookRecord>, PartylineException>transact(tx -> HookRecords.find(tx, id));
        if (hook.filter(one -> one.isDue(clock.instant())).isEmpty()) {
            return false;
        }
        Optional<String> failure = delivery.deliver(hook.get(), event);
        if (!isOpen()) {
            // Locked meanwhile, which stops a program.
            return false;
        }
        if (failure.isPresent() && log.acknowledged(OWNER, id) >= event.cursor()) {
            // Skipped meanwhile: the failure does not concern the next event.
            return true;
        }
        if (failure.isPresent()) {
            failed(known, id, event.cursor(), failure.get());
            return false;
        }
        log.acknowledge(OWNER, id, event.cursor());
        if (change(known, id, HookRecord::delivered).isEmpty()) {
            // It was removed meanwhile, and this created its consumer again.
            log.forget(OWNER, id);
            return false;
        }
        return true;
    }

    private void failed(Store known, String id, long event, String why) throws PartylineException {
        Optional<HookRecord> now = change(known, id, (hook, time) -> hook.failed(event, why, time));
        if (now.isEmpty()) {
            return;
        }
        // Without the reason, which may name the program or the address: the log is not encrypted.
        audit.accept(
                now.get().disabled() ? "hook-disabled" : "hook-failed",
                "hook " + id + ", attempt " + now.get().attempts());
    }

    /** Changes a record. */
    @FunctionalInterface
    private interface Change {
        HookRecord of(HookRecord record, Instant now);
    }

    /** @return the new record; empty if it was removed */
    private Optional<HookRecord> change(Store known, String id, Change change) throws PartylineException {
        return known.<Optional<HookRecord>, PartylineException>transact(tx -> {
            Optional<HookRecord> now = HookRecords.find(tx, id).map(hook -> change.of(hook, clock.instant()));
            if (now.isPresent()) {
                HookRecords.put(tx, now.get());
            }
            return now;
        });
    }
}
