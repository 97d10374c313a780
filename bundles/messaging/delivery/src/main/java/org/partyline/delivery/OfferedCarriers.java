package org.partyline.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.Quote;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.MessageRenumbered;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the carriers that bundles offer, by their ids. A call finishes on the instance that it began with; removing
 * that waits a while for it. Events for an unavailable carrier are stored, and delivered first when it returns.
 */
public final class OfferedCarriers implements Carriers {

    private static final String OURS = "org.partyline.";
    private static final Duration MOST_WAIT = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(OfferedCarriers.class);

    private final StateGuard guard;
    private final Clock clock;
    private final Operations operations;
    /** All offered carriers; of each id, the one with the lowest service id first. */
    private final Map<String, TreeMap<Long, Entry>> offered = new TreeMap<>();
    /** Ids of carriers that were available: an unavailable one of them will return. */
    private final Set<String> known = new HashSet<>();
    /** The entries whose calls are running, by thread. */
    private final ThreadLocal<List<Entry>> running = ThreadLocal.withInitial(ArrayList::new);

    private final CoinQuotes coins;
    private final Set<String> tables;
    /** Needed by carriers; null until the server is assembled. */
    private @Nullable Outbox outbox;

    private @Nullable KeptTransactions kept;
    private @Nullable Function<CarrierScope, CarrierContext> contexts;

    /** @param tables table names that no carrier may use */
    public OfferedCarriers(StateGuard guard, Clock clock, Operations operations, CoinQuotes coins, Set<String> tables) {
        this.guard = guard;
        this.clock = clock;
        this.operations = operations;
        this.coins = coins;
        this.tables = tables;
    }

    /** A carrier of a bundle. */
    private static final class Entry {
        final CarrierFactory factory;
        final CarrierScope scope;
        final Carrier guarded;
        int users;
        boolean gone;
        /** Whether it must read its stored state before anything else. */
        volatile boolean fresh = true;

        Entry(CarrierFactory factory, CarrierScope scope, Carrier carrier, OfferedCarriers carriers) {
            this.factory = factory;
            this.scope = scope;
            this.guarded =
                    new GuardedCarrier(scope.carrier(), carrier, () -> carriers.begin(this), () -> carriers.end(this));
        }
    }

    /** Called once, when the server is assembled: the services for carriers depend on the carriers. */
    public void open(
            Outbox outboxOfAll, KeptTransactions keptOfAll, Function<CarrierScope, CarrierContext> contextsOfAll) {
        outbox = outboxOfAll;
        kept = keptOfAll;
        contexts = contextsOfAll;
    }

    /** Adds a bundle's carrier. @param service of two with the same id, the lowest number wins */
    public void add(CarrierFactory factory, long service) {
        String id;
        CarrierScope scope;
        Entry entry;
        try {
            id = new Messages.Carrier(factory.id()).id();
            if (tables.contains(factory.table())) {
                LOG.error("a carrier is not used: table '{}' belongs to messaging", factory.table());
                return;
            }
            if (outbox == null || kept == null || contexts == null) {
                throw new IllegalStateException("the server is not put together yet");
            }
            scope = new CarrierScope(guard, clock, outbox, kept, id, factory.table());
            entry = new Entry(factory, scope, factory.open(contexts.apply(scope)), this);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("a carrier is not used: {}", Faults.reason(e));
            return;
        }
        synchronized (this) {
            if (isTaken(entry)) {
                LOG.error("carrier '{}' is not used: its table '{}' belongs to another one", id, factory.table());
                return;
            }
            TreeMap<Long, Entry> same = offered.computeIfAbsent(id, none -> new TreeMap<>());
            same.put(service, entry);
            known.add(id);
            if (same.size() > 1) {
                LOG.warn(
                        "{} carriers have the id '{}': that of service {} is used, not that of {}",
                        same.size(),
                        id,
                        same.firstKey(),
                        same.lastKey());
            }
        }
    }

    private boolean isTaken(Entry entry) {
        return offered.values().stream()
                .flatMap(same -> same.values().stream())
                .anyMatch(other -> other.scope.table().equals(entry.scope.table())
                        && !other.scope.carrier().equals(entry.scope.carrier()));
    }

    /** Removes a carrier. Waits for its running calls, for a while, unless one of them is the caller. */
    public void remove(CarrierFactory factory) {
        Entry entry = taken(factory);
        if (entry == null || running.get().contains(entry)) {
            return;
        }
        long end = System.nanoTime() + MOST_WAIT.toNanos();
        synchronized (this) {
            try {
                while (entry.users > 0) {
                    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (left <= 0) {
                        return;
                    }
                    wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized @Nullable Entry taken(CarrierFactory factory) {
        for (TreeMap<Long, Entry> same : offered.values()) {
            for (Map.Entry<Long, Entry> one : same.entrySet()) {
                if (one.getValue().factory == factory) {
                    one.getValue().gone = true;
                    same.remove(one.getKey());
                    // The next one may not know what this one did.
                    same.values().forEach(next -> next.fresh = true);
                    return one.getValue();
                }
            }
        }
        return null;
    }

    private synchronized @Nullable Entry find(String id) {
        for (Entry entry : running.get()) {
            if (entry.scope.carrier().equals(id)) {
                return entry;
            }
        }
        TreeMap<Long, Entry> same = offered.get(id);
        return same == null || same.isEmpty() ? null : same.firstEntry().getValue();
    }

    @Override
    public Carrier of(String id) {
        Entry entry = find(id);
        if (entry == null) {
            throw new AbsentException(reason(id));
        }
        return entry.guarded;
    }

    private String reason(String id) {
        return "its carrier '" + id + "' is not available: "
                + operations
                        .outage(bundle(id))
                        .orElse("no running bundle provides it (bundle " + OURS + bundle(id) + ")");
    }

    /** The short name of the bundle to ask about. */
    private static String bundle(String id) {
        return "carrier-" + id;
    }

    @Override
    public Carrier of(OutgoingMessage outgoing) {
        return of(outgoing.carrier());
    }

    @Override
    public Carrier.Price quote(String carrier, Quote quote, String account, List<Transport> nodes)
            throws PartylineException {
        Carrier carries = of(carrier);
        Carrier.Price price = carries.price(quote, CarrierViews.of(nodes));
        long more = coins.add(carries, quote, account, nodes);
        // The coins of a running transaction are included in its size.
        return new Carrier.Price(
                price.fee() + (price.fromChange() ? 0 : more), price.most() + more, price.fromChange());
    }

    /**
     * A message's carrier, for advancing packets.
     *
     * @throws AbsentException if it is unavailable
     * @throws MessageWaitsException if it must read its stored state first
     */
    Carrier ready(OutgoingMessage outgoing) throws MessageWaitsException {
        Carrier carrier = of(outgoing);
        if (!isReady(outgoing)) {
            throw new MessageWaitsException("its carrier is loading its state from the store");
        }
        return carrier;
    }

    /** Whether a message's carrier is available, and has read its stored state. */
    boolean isReady(OutgoingMessage outgoing) {
        Entry entry = find(outgoing.carrier());
        return entry != null && !entry.fresh;
    }

    /** Begins a call. @throws AbsentException if the carrier was removed, unless this thread is already in a call */
    private void begin(Entry entry) {
        List<Entry> calls = running.get();
        synchronized (this) {
            if (entry.gone && !calls.contains(entry)) {
                throw new AbsentException(reason(entry.scope.carrier()));
            }
            entry.users++;
        }
        calls.add(entry);
    }

    private void end(Entry entry) {
        List<Entry> calls = running.get();
        calls.remove(calls.size() - 1);
        synchronized (this) {
            entry.users--;
            notifyAll();
        }
    }

    /** A call of each carrier. */
    @FunctionalInterface
    interface Each {
        void of(Carrier carrier) throws StoreException;
    }

    /**
     * Calls all available carriers that have read their stored state. A failure does not stop the others.
     *
     * @throws StoreException if the store is locked, or the disk fails
     */
    void each(Each each) throws StoreException {
        for (Entry entry : current()) {
            if (entry.fresh) {
                continue;
            }
            try {
                each.of(entry.guarded);
            } catch (AbsentException e) {
                LOG.debug("a carrier waits: {}", e.reason());
            } catch (RuntimeException | LinkageError e) {
                LOG.error("carrier '{}' failed: it is tried again ({})", entry.scope.carrier(), Faults.reason(e));
            }
        }
    }

    @Override
    public long change(int persona, Network network) throws StoreException {
        long most = 0;
        for (Entry entry : current()) {
            try {
                most = Math.max(most, entry.guarded.change(persona, network));
            } catch (AbsentException e) {
                LOG.debug("a carrier does not offer its coins: {}", e.reason());
            }
        }
        return most;
    }

    /** Ends a transaction whose change is enough for something else. @return whether there was one */
    boolean end(int persona, Network network, long needed, List<CarrierNode> nodes) throws PartylineException {
        for (Entry entry : current()) {
            if (!entry.fresh
                    && entry.guarded.change(persona, network) > needed
                    && entry.guarded.end(persona, network, nodes)) {
                return true;
            }
        }
        return false;
    }

    private synchronized List<Entry> current() {
        return offered.values().stream()
                .filter(same -> !same.isEmpty())
                .map(same -> same.firstEntry().getValue())
                .toList();
    }

    /** After an unlock: all must read their stored state. */
    synchronized void stale() {
        offered.values().forEach(same -> same.values().forEach(entry -> entry.fresh = true));
    }

    /**
     * Lets new carriers, and those after an unlock, read their stored state.
     *
     * @throws StoreException if the store is locked, or the disk fails
     */
    void takeUp() throws StoreException {
        for (Entry entry : current()) {
            if (!entry.fresh) {
                continue;
            }
            try {
                tellMissed(entry);
                entry.guarded.takeUp();
                guard.perform(() -> {
                    // Events missed meanwhile are announced in the next round: nothing is missed under the lock.
                    entry.fresh = guard.transact(
                            tx -> !missed(tx, entry.scope.carrier()).isEmpty());
                });
            } catch (AbsentException e) {
                LOG.debug("a carrier waits: {}", e.reason());
            } catch (RuntimeException | LinkageError e) {
                LOG.error(
                        "carrier '{}' cannot load its state: it is tried again ({})",
                        entry.scope.carrier(),
                        Faults.reason(e));
            }
        }
    }

    // ---- packets moved to another message

    /**
     * A message whose packets now belong to another one.
     *
     * @param message the previous message of the packets
     */
    private record Renamed(long message, long other) {}

    private static byte[] group(String carrier) {
        return carrier.getBytes(StandardCharsets.UTF_8);
    }

    private static List<StoredRecord> missed(StoreTransaction tx, String carrier) throws StoreException {
        return tx.list(MISSED, group(carrier));
    }

    /** Called when packets of a message are moved to another one. Part of the caller's transaction. */
    public void renamed(MessageRenumbered event) throws StoreException {
        StoreTransaction tx = event.tx();
        KeptTransactionRecords.rename(tx, event.message(), event.other());
        Entry entry = find(event.carrier());
        if (entry != null && !entry.fresh) {
            try {
                entry.guarded.onRenamed(entry.scope.within(tx), event.message(), event.other());
                return;
            } catch (AbsentException e) {
                LOG.debug("a carrier is notified later: {}", e.reason());
            } catch (RuntimeException | LinkageError e) {
                LOG.error("carrier '{}' failed: it is notified again ({})", event.carrier(), Faults.reason(e));
                entry.fresh = true;
            }
        }
        tx.put(
                MISSED,
                Keys.of(Tables.next(tx, "missed-rename")),
                group(event.carrier()),
                Cbor.write(new Renamed(event.message(), event.other())),
                null);
    }

    private void tellMissed(Entry entry) throws StoreException {
        guard.perform(() -> guard.update(tx -> {
            for (StoredRecord record : missed(tx, entry.scope.carrier())) {
                Renamed renamed = Tables.read(List.of(record), Renamed.class).get(0);
                entry.guarded.onRenamed(entry.scope.within(tx), renamed.message(), renamed.other());
                tx.delete(MISSED, record.key());
            }
        }));
    }

    @Override
    public List<Messages.Carrier> list() {
        return current().stream()
                .map(entry -> new Messages.Carrier(entry.scope.carrier()))
                .toList();
    }

    /**
     * Whether packets of several messages share a carrier's transaction. @throws AbsentException if it is unavailable
     */
    boolean isShared(String id) {
        return of(id).isShared();
    }

    /** Whether a message's carrier is available, and its packets share transactions with others. */
    boolean sharesTransactions(OutgoingMessage outgoing) {
        try {
            return isShared(outgoing.carrier());
        } catch (AbsentException e) {
            return false;
        }
    }

    @Override
    public void require(Messages.Carrier carrier) throws NoSuchThingException {
        boolean was;
        synchronized (this) {
            was = known.contains(carrier.id());
        }
        if (!was && operations.outage(bundle(carrier.id())).isEmpty()) {
            throw new NoSuchThingException("there is no carrier '" + carrier + "': use one of "
                    + list().stream().map(Messages.Carrier::id).collect(Collectors.joining(", ")));
        }
    }
}
