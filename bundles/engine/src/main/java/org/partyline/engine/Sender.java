package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves outgoing messages on: seals, has them paid for, hands them to a node. One thread; each step is stored before the
 * next, so that after a crash the same packet and the same transaction go out again.
 */
final class Sender {
    private static final Duration ROUND = Duration.ofSeconds(5);
    /** Readers take packets that are up to 24 hours old (PROTOCOL 2.3); the rest is for the way. */
    static final Duration STALE = Duration.ofHours(20);

    /** How often nodes are asked for a version of a roll whose block is gone: the next block may have another version. */
    private static final Duration UNCERTAIN = Duration.ofSeconds(20);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    private final Core core;
    private final Outbox outbox;
    private final Travel travel;
    private final Sealer sealer;
    private final FeePolicy fees;
    private final Departures departures;
    private final Roller roller;
    private final Rolls rolls;
    private final RollClosing closing;
    private final HeldChange held;
    private final Spending spending;
    private final CoverRunner cover;
    private final Recaller recaller;
    private final Predicate<Network> caughtUp;
    private final ScheduledExecutorService thread;
    private final AtomicBoolean due = new AtomicBoolean();
    /** Messages that wait for something outside, and when they are tried again; touched by the thread only. */
    private final Map<Long, Pause> pauses = new HashMap<>();

    private Set<String> readyNodes = Set.of();

    private volatile boolean retryAll;
    private volatile boolean reserveDue;
    private volatile boolean stopped;

    private record Pause(Instant until, Duration length) {}

    /** @param caughtUp whether the blocks of a network have been read up to its tip */
    Sender(
            Core core,
            Outbox outbox,
            Travel travel,
            Sealer sealer,
            FeePolicy fees,
            Departures departures,
            Roller roller,
            Rolls rolls,
            RollClosing closing,
            HeldChange held,
            Spending spending,
            CoverRunner cover,
            Recaller recaller,
            Predicate<Network> caughtUp,
            ScheduledExecutorService thread) {
        this.core = core;
        this.outbox = outbox;
        this.travel = travel;
        this.sealer = sealer;
        this.fees = fees;
        this.departures = departures;
        this.roller = roller;
        this.rolls = rolls;
        this.closing = closing;
        this.held = held;
        this.spending = spending;
        this.cover = cover;
        this.recaller = recaller;
        this.caughtUp = caughtUp;
        this.thread = thread;
    }

    void start() {
        thread.scheduleWithFixedDelay(this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop() {
        stopped = true;
    }

    /** There may be something to do now. */
    void kick() {
        if (due.compareAndSet(false, true)) {
            try {
                thread.execute(this::round);
            } catch (RejectedExecutionException e) {
                LOG.debug("the engine has stopped");
            }
        }
    }

    /** Something outside changed (a block, a node, a suite): what waits may go now. */
    void kickAll() {
        retryAll = true;
        kick();
    }

    /** One look at everything that waits. Run by the thread only. */
    void round() {
        due.set(false);
        if (retryAll || nodeBecameReady()) {
            retryAll = false;
            pauses.clear();
        }
        if (reserveDue) {
            reserveAll();
        }
        try {
            roller.tick();
            wakeAt(cover.before());
            List<Records.Outgoing> all = inTurn(core.open(memory -> core.store.transact(Outbox::all)));
            // One after another in a channel: a chain's opener must be out before what rides on the chain is sealed.
            Map<Integer, Long> ahead = new HashMap<>();
            for (Records.Outgoing outgoing : all) {
                if (stopped) {
                    return;
                }
                Long earlier = ahead.get(outgoing.membership());
                if (recaller.isUnfinished(outgoing)) {
                    takeBack(outgoing);
                }
                if (outgoing.state().isFinal() || cover.drops(outgoing)) {
                    continue;
                }
                if (earlier != null && !outgoing.isOut() && !outgoing.isHandshake()) {
                    waits(outgoing.id(), "it waits for message " + earlier + " before it");
                    continue;
                }
                if (!pausing(outgoing.id())) {
                    advanceOrPause(outgoing);
                }
                if (earlier == null && !outgoing.isHandshake() && isBehind(outgoing.id())) {
                    ahead.put(outgoing.membership(), outgoing.id());
                }
            }
            CoverRunner.After points = cover.after();
            for (Records.Outgoing decoy : points.decoys()) {
                advanceOrPause(decoy);
            }
            cover.end(points.decoys());
            wakeAt(points.next());
        } catch (StoreLockedException e) {
            LOG.trace("locked: nothing is sent");
        } catch (StoreException e) {
            LOG.warn("sending waits: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            // Not let out: it would end all rounds to come.
            LOG.error("sending stopped for this round", e);
        }
    }

    /** One message that cannot be handled must not stop the others. */
    private void advanceOrPause(Records.Outgoing outgoing) throws StoreException {
        try {
            advance(outgoing);
        } catch (RuntimeException | Error e) {
            LOG.error("message {} could not be sent", outgoing.id(), e);
            waits(outgoing.id(), "something went wrong, it is tried again: see the log");
            pause(outgoing.id());
        }
    }

    /** A node tells nobody when it can be used again: each round looks. */
    private boolean nodeBecameReady() {
        Set<String> before = readyNodes;
        readyNodes = core.nodes.readyNames();
        return !before.containsAll(readyNodes);
    }

    /**
     * What has to ride again goes before anything new, where it does not come along with it, in the order in which it left: what a
     * watcher knows. Else a message that waits would go before it, and a decoy, which does not wait, would not.
     */
    private static List<Records.Outgoing> inTurn(List<Records.Outgoing> all) {
        List<Records.Outgoing> ordered = new ArrayList<>(all);
        ordered.sort(Comparator.comparingLong(outgoing -> outgoing.state().isFinal()
                ? Long.MAX_VALUE
                : outgoing.ridesAgain().orElse(Long.MAX_VALUE)));
        return ordered;
    }

    /** Whether a message still has packets that no node took. */
    private boolean isBehind(long id) throws StoreException {
        Optional<Records.Outgoing> now = core.open(memory -> core.store.transact(tx -> Outbox.find(tx, id)));
        return now.isPresent() && !now.get().state().isFinal() && !now.get().isOut();
    }

    private boolean pausing(long id) {
        Pause pause = pauses.get(id);
        return pause != null && core.now().isBefore(pause.until());
    }

    private void pause(long id) {
        Pause before = pauses.get(id);
        Duration length = before == null ? ROUND : before.length().multipliedBy(2);
        if (length.compareTo(LONGEST_PAUSE) > 0) {
            length = LONGEST_PAUSE;
        }
        pauses.put(id, new Pause(core.now().plus(length), length));
    }

    /** Looks again at a time that is known. */
    private void later(long id, Instant until) {
        if (until.isAfter(core.now())) {
            pauses.put(id, new Pause(until, ROUND));
            wakeAt(Optional.of(until));
        }
    }

    private void wakeAt(Optional<Instant> time) {
        if (time.isEmpty()) {
            return;
        }
        long wait = Math.max(1, Duration.between(core.now(), time.get()).toMillis() + 1);
        try {
            thread.schedule(this::kick, wait, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the engine has stopped");
        }
    }

    private void advance(Records.Outgoing stored) throws StoreException {
        Records.Outgoing outgoing = stored;
        try {
            if (core.now().toEpochMilli() >= outgoing.ends() && !isLookedAfter(outgoing)) {
                expire(outgoing);
                return;
            }
            if (outgoing.state() == State.QUEUED) {
                awaitPoint(outgoing);
                outgoing = sealer.seal(outgoing.id());
                if (outgoing == null) {
                    return;
                }
                tell(outgoing);
            } else if (outgoing.state() == State.SEALED && isStale(outgoing)) {
                if (!outgoing.isOut()) {
                    renewSeal(outgoing);
                    return;
                }
                // Of no use to readers any more; but a decoy does not know that either.
                if (!travel.way(outgoing).covered()) {
                    rest(outgoing);
                    return;
                }
            } else if (outgoing.state() == State.SEALED && isTooSmall(outgoing)) {
                sealAgain(outgoing, "it is sealed again: with cover traffic no packet is small");
                return;
            }
            for (int i = 0; i < outgoing.parts().size(); i++) {
                outgoing = part(outgoing, i);
                if (outgoing == null || outgoing.state().isFinal()) {
                    return;
                }
            }
            pauses.remove(stored.id());
        } catch (Departures.Later e) {
            waits(stored.id(), e.getMessage());
            later(stored.id(), e.until());
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            waits(stored.id(), e.getMessage());
            pause(stored.id());
        }
    }

    /**
     * Its readers count a time to live from the seal: under cover traffic it is sealed when it may leave, not when it was written. One
     * whose session is not open yet is not sealed anyway, and says better what it waits for.
     */
    private void awaitPoint(Records.Outgoing outgoing) throws StoreException, Departures.Later {
        if (outgoing.ttlMinutes() == 0) {
            return;
        }
        Memory.Conversation conversation = core.open(memory -> {
            Memory.Conversation found = memory.conversation(outgoing.membership());
            boolean closed = found instanceof Memory.Contact
                    && !core.store
                            .transact(tx -> SessionState.get(tx, found.id()))
                            .isOpen();
            return closed ? null : found;
        });
        if (conversation != null) {
            departures.awaitPoint(conversation.persona(), conversation.network());
        }
    }

    /** Whether a message's time has ended, and it is handed over all the same: its block is gone, and ours may build on it. */
    private boolean isLookedAfter(Records.Outgoing outgoing) throws StoreException {
        return outgoing.isOut()
                && core.now().toEpochMilli() < travel.way(outgoing).unsettled();
    }

    /** Whether a message was sealed so long ago that its readers would refuse its timestamp. */
    private boolean isStale(Records.Outgoing outgoing) {
        return core.now().isAfter(Instant.ofEpochSecond(outgoing.stamped()).plus(STALE));
    }

    /** Whether a message was sealed before cover traffic began, whose packets are larger. */
    private boolean isTooSmall(Records.Outgoing outgoing) throws StoreException {
        if (!outgoing.isText() || outgoing.left()) {
            return false;
        }
        int smallest = outgoing.parts().stream()
                .mapToInt(part -> part.packet().length)
                .min()
                .orElseThrow();
        return core.open(memory -> {
            Memory.Conversation conversation = memory.conversation(outgoing.membership());
            return conversation != null
                    && smallest
                            < sealer.room(conversation.persona(), conversation.network(), false)
                                    .least();
        });
    }

    /** All of a message has left, and what would have to ride again rides no more. */
    private void rest(Records.Outgoing outgoing) throws StoreException {
        change(outgoing.id(), now -> {
            if (now.state().isFinal() || now.ridesAgain().isEmpty()) {
                return now;
            }
            List<Records.Part> parts = now.parts().stream()
                    .map(part -> part.ridesAgain() ? part.with(State.REPLACED) : part)
                    .toList();
            Records.Outgoing rested = now.with(parts);
            return rested.with(rested.progress(), "");
        });
    }

    /** Seals a message anew that waited too long; when some of it has left already it is too late for that. */
    private void renewSeal(Records.Outgoing outgoing) throws StoreException {
        if (outgoing.left() || outgoing.carriesSession() || outgoing.type() == PacketType.DECOY.code()) {
            String reason = outgoing.left()
                    ? "part of it left more than " + STALE.toHours() + " hours before the rest could"
                    : "it could not leave for " + STALE.toHours() + " hours";
            core.open(memory -> outbox.giveUp(memory, outgoing.id(), State.EXPIRED, reason));
            abandon(outgoing);
        } else {
            sealAgain(outgoing, "it waited too long and is sealed again with the time of now");
            return;
        }
        release(outgoing);
    }

    private void sealAgain(Records.Outgoing outgoing, String reason) throws StoreException {
        core.open(memory -> outbox.unseal(memory, outgoing.id(), reason));
        kick();
        release(outgoing);
    }

    /** A session that cannot go on without this message ends. */
    private void abandon(Records.Outgoing outgoing) throws StoreException {
        if (outgoing.carriesSession()) {
            sealer.abandon(outgoing);
        }
    }

    private void tell(Records.Outgoing outgoing) throws StoreException {
        core.open(memory -> {
            outbox.tell(memory, outgoing);
            return null;
        });
    }

    private Records.Outgoing change(long id, Outbox.Change change) throws StoreException {
        return core.open(memory -> outbox.change(memory, id, change));
    }

    private void waits(long id, String reason) throws StoreException {
        change(id, now -> now.state().isFinal() || now.reason().equals(reason) ? now : now.with(now.state(), reason));
    }

    private void expire(Records.Outgoing outgoing) throws PartylineException {
        long behind = outgoing.parts().stream().filter(part -> !part.isOut()).count();
        int all = outgoing.parts().size();
        if (all > 0 && behind == 0) {
            rest(outgoing);
            // All of it has left: its time is over, its way is what it is, unless it is to be recalled.
            // Not what left under cover traffic: a recall would tell a message from a decoy.
            if (core.settings.get().recallExpired()
                    && outgoing.isText()
                    && !departures.isCovered(persona(outgoing.membership()))
                    && !travel.way(outgoing).covered()) {
                takeBack(outgoing);
            }
            return;
        }
        String reason = behind == all
                ? "its time to live ended before it could leave"
                : "its time to live ended when " + (all - behind) + " of " + all + " packets had left";
        core.open(memory -> outbox.giveUp(memory, outgoing.id(), State.EXPIRED, reason));
        abandon(outgoing);
        release(outgoing);
        for (Records.Part part : outgoing.parts()) {
            // Handed over without an answer: its coins are free again only if no node has it. Those of a roll are not
            // one message's.
            if (part.attempted()
                    && !outgoing.rolling()
                    && part.state() == State.SEALED
                    && !travel.isKnown(network(outgoing.membership()), TxId.ofBytes(part.transaction()))) {
                free(outgoing, part);
            }
        }
    }

    /** Recalls a message, or goes on with that. */
    private void takeBack(Records.Outgoing outgoing) throws StoreException {
        if (pausing(outgoing.id())) {
            return;
        }
        try {
            recaller.recall(outgoing.id());
            pauses.remove(outgoing.id());
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException e) {
            LOG.info("a message is recalled later: {}", e.getMessage());
            pause(outgoing.id());
        }
    }

    /** A transaction of ours stands in a block; never blocks. */
    void minedSoon(Network network, byte[] transaction) {
        try {
            thread.execute(() -> {
                try {
                    closing.mined(network, transaction);
                } catch (StoreException e) {
                    LOG.warn("a rolling transaction that was mined is dealt with later: {}", e.getMessage());
                } catch (RuntimeException e) {
                    LOG.error("a rolling transaction that was mined could not be dealt with", e);
                }
                kickAll();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the engine has stopped");
        }
    }

    /** Runs something on the sender's thread and waits for it. */
    <T> T call(Callable<T> task) throws PartylineException {
        try {
            return thread.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartylineException("interrupted: try it again");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PartylineException known) {
                throw known;
            }
            throw new IllegalStateException("this did not work: see the log", e.getCause());
        } catch (RejectedExecutionException e) {
            throw new PartylineException("the engine has stopped: try it again");
        }
    }

    /** Frees coins, soon: never blocks. */
    void releaseSoon(Records.Outgoing outgoing) {
        try {
            thread.execute(() -> release(outgoing));
        } catch (RejectedExecutionException e) {
            LOG.debug("the engine has stopped");
        }
    }

    /** Frees the coins of transactions that will not be sent. */
    void release(Records.Outgoing outgoing) {
        for (int i = 0; i < outgoing.parts().size(); i++) {
            Records.Part part = outgoing.parts().get(i);
            // A rolling transaction's coins are not one message's.
            if (part.raw() == null || part.attempted() || outgoing.rolling()) {
                continue;
            }
            Optional<Wallet> wallet = core.nodes.wallet(part.wallet());
            if (wallet.isPresent()) {
                try {
                    if (nobodyHas(outgoing.id(), i, part)) {
                        wallet.get().discard(account(outgoing.membership()), signed(part));
                    } else {
                        wallet.get().release(account(outgoing.membership()), signed(part));
                    }
                } catch (NodeUnavailableException | StoreException e) {
                    LOG.info("coins stay reserved until the wallet's restart: {}", e.getMessage());
                }
            }
        }
    }

    /** Whether a transaction was handed to no node and never will be, as the store says now: what was read before may be old. */
    private boolean nobodyHas(long id, int index, Records.Part part) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> Outbox.find(tx, id)))
                .filter(now -> now.state().isFinal() && now.parts().size() > index)
                .map(now -> now.parts().get(index))
                .filter(now -> !now.attempted() && Arrays.equals(now.transaction(), part.transaction()))
                .isPresent();
    }

    private static SignedTransaction signed(Records.Part part) {
        return new SignedTransaction(TxId.ofBytes(part.transaction()), part.raw(), part.vsize(), part.fee());
    }

    private String account(int membership) throws StoreException {
        return core.open(memory -> {
            Memory.Conversation conversation = memory.conversation(membership);
            return conversation == null ? "" : new Records.Persona(conversation.persona(), "", false).account();
        });
    }

    /** Moves one packet on as far as it goes; null when the message is gone. */
    private Records.Outgoing part(Records.Outgoing outgoing, int index) throws PartylineException {
        Records.Part part = outgoing.parts().get(index);
        if (part.state().ordinal() >= State.CONFIRMED.ordinal()) {
            return outgoing;
        }
        if (part.state() != State.SEALED) {
            boolean rides = outgoing.rolling() && rolls.carries(outgoing.id(), index);
            return rides ? outgoing : follow(outgoing, index);
        }
        Network network = network(outgoing.membership());
        if (part.ridesAgain()
                && outgoing.rolling()
                && roller.takesAlong(persona(outgoing.membership()), network, core.nodes.ready(network))) {
            return outgoing;
        }
        return handOver(outgoing, index, network);
    }

    /** Looks how far a transaction that a node took has come, and hands it over again when it does not appear. */
    private Records.Outgoing follow(Records.Outgoing outgoing, int index) throws PartylineException {
        Records.Part part = outgoing.parts().get(index);
        Optional<Network> network = core.open(memory ->
                Optional.ofNullable(memory.conversation(outgoing.membership())).map(Memory.Conversation::network));
        if (network.isEmpty()) {
            return outgoing;
        }
        Trace trace = part.state() == State.SEEN ? Trace.NOTHING : travel.trace(part);
        if (outgoing.rolling() && !caughtUp.test(network.get())) {
            // It may stand in a block that was not read yet.
            return outgoing;
        }
        if (part.state() == State.BROADCAST && travel.reached(network.get(), part, trace) == State.SEEN) {
            return change(outgoing.id(), now -> Outbox.raise(now, index, State.SEEN));
        }
        boolean due = outgoing.rolling()
                ? core.now().isAfter(Instant.ofEpochMilli(part.tried()).plus(UNCERTAIN))
                : travel.isDue(network.get(), part, trace);
        if (!due) {
            return outgoing;
        }
        Optional<Travel.Found> found = travel.find(network.get(), part, trace, part.state() == State.BROADCAST);
        if (found.isEmpty()) {
            if (part.state() == State.BROADCAST) {
                travel.overdue(network.get(), part, trace);
            }
            return outgoing.rolling() ? boardAgain(outgoing, index) : handOver(outgoing, index, network.get());
        }
        travel.found(outgoing, part, found.get());
        if (found.get().state() == State.CONFIRMED) {
            outbox.recordBlock(outgoing.id(), found.get().place().block().orElseThrow());
        }
        return change(outgoing.id(), now -> {
            Records.Part asked = now.parts().get(index);
            Records.Outgoing touched =
                    now.with(index, asked.attempt(asked.node(), core.now().toEpochMilli()));
            return Outbox.raise(touched, index, found.get().state());
        });
    }

    /**
     * The version of a rolling transaction that carried a packet was mined, its block is gone, and no node has it any more: another
     * version may stand in the new chain, without this packet.
     */
    private Records.Outgoing boardAgain(Records.Outgoing outgoing, int index) throws StoreException {
        if (core.now().toEpochMilli() >= outgoing.expires()) {
            return outgoing;
        }
        return change(outgoing.id(), now -> {
            Records.Part part = now.parts().get(index);
            // What boarded in this round may have taken its place since it was read.
            return part.state() != State.BROADCAST && part.state() != State.SEEN
                    ? now
                    : now.with(index, part.unsigned())
                            .with(
                                    State.SEALED,
                                    "its block is gone, and its rolling transaction with it: it rides again");
        });
    }

    private Records.Outgoing handOver(Records.Outgoing outgoing, int index, Network network) throws PartylineException {
        Records.Part part = outgoing.parts().get(index);
        List<Transport> nodes = travel.order(network, outgoing, part);
        if (nodes.isEmpty()) {
            throw new Sealer.Waits(
                    "it waits for a node of " + network.label() + " that is ready (partyline:node-list)");
        }
        Records.Outgoing current = outgoing;
        if (part.raw() == null) {
            spending.requireAccepted(network);
            current = ready(byOneCarrier(outgoing), index, network);
            if (current == null || current.state().isFinal()) {
                return current;
            }
            if (current.rolling()) {
                return board(current, index, network, nodes);
            }
            Records.Outgoing leaving = current;
            current = atItsTime(current, index, network, () -> sign(leaving, index, nodes.get(0)));
            if (current == null || current.state().isFinal()) {
                return current;
            }
        } else if (outgoing.rolling()) {
            throw new Sealer.Waits("its rolling transaction waits for a node that takes it");
        }
        return hand(current, index, nodes);
    }

    /** A step that a packet takes when it may leave. */
    @FunctionalInterface
    private interface Step {
        /** @return the message after it; null when it is gone */
        Records.Outgoing take() throws PartylineException;
    }

    /**
     * Lets a packet leave, at its time. One that fails to leaves its point to another.
     *
     * @throws Departures.Later when its time is still to come
     */
    private Records.Outgoing atItsTime(Records.Outgoing outgoing, int index, Network network, Step step)
            throws PartylineException {
        int persona = persona(outgoing.membership());
        boolean atPoint = departures.take(
                persona,
                network,
                Instant.ofEpochMilli(outgoing.parts().get(index).leaves()));
        boolean gone = false;
        try {
            Records.Outgoing after = step.take();
            gone = after != null && after.parts().get(index).raw() != null;
            return after;
        } catch (Spending.BudgetSpent e) {
            cover.refused(persona, e.fee());
            throw e;
        } finally {
            if (atPoint && !gone && !isPaid(outgoing.id(), index)) {
                departures.giveBack(persona);
            }
        }
    }

    private Optional<Records.Outgoing> find(long id) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> Outbox.find(tx, id)));
    }

    private boolean isPaid(long id, int index) throws StoreException {
        return find(id).filter(now ->
                        now.parts().size() > index && now.parts().get(index).raw() != null)
                .isPresent();
    }

    /** With cover traffic all that a persona sends goes by the carrier of its decoys; what has begun to leave goes on as it began. */
    private Records.Outgoing byOneCarrier(Records.Outgoing outgoing) throws PartylineException {
        boolean rolls = core.settings.get().rolling();
        if (outgoing.rolling() == rolls || outgoing.isPaid()) {
            return outgoing;
        }
        int persona = persona(outgoing.membership());
        boolean covered = core.open(memory -> core.store.transact(tx -> CoverRunner.isOn(tx, persona)));
        return covered
                ? change(outgoing.id(), now -> now.state().isFinal() || now.isPaid() ? now : now.carried(rolls))
                : outgoing;
    }

    private int persona(int membership) throws PartylineException {
        return conversation(membership).persona();
    }

    /** @throws Sealer.Waits when it was erased meanwhile: a round goes through what it read before */
    private Memory.Conversation conversation(int membership) throws PartylineException {
        return core.<Memory.Conversation, PartylineException>open(memory -> {
            Memory.Conversation conversation = memory.conversation(membership);
            if (conversation == null) {
                throw new Sealer.Waits("its channel was left, or its contact removed");
            }
            return conversation;
        });
    }

    /** Draws when a packet may leave at the earliest, once; not while points decide that: when they end, not all is to leave at once. */
    private Records.Outgoing ready(Records.Outgoing outgoing, int index, Network network) throws PartylineException {
        if (outgoing == null
                || outgoing.parts().get(index).leaves() != 0
                || departures.isCovered(persona(outgoing.membership()), network)) {
            return outgoing;
        }
        long leaves = core.now().plus(departures.delay(network)).toEpochMilli();
        return change(
                outgoing.id(),
                now -> now.state().isFinal()
                        ? now
                        : now.with(index, now.parts().get(index).leaving(leaves)));
    }

    /** Lets a packet, and those of the same message behind it, ride in the next version of the rolling transaction. */
    private Records.Outgoing board(Records.Outgoing outgoing, int index, Network network, List<Transport> nodes)
            throws PartylineException {
        int persona = persona(outgoing.membership());
        roller.awaitTurn(persona, network);
        // Under cover traffic one packet goes at a point, and none rides on for longer than others: decoys open no
        // chains.
        boolean covered = departures.isCovered(persona, network);
        List<Records.Ride> boarding = new ArrayList<>();
        for (int i = index; i < outgoing.parts().size(); i++) {
            Records.Part part = outgoing.parts().get(i);
            if (part.state() == State.SEALED && part.raw() == null && (i == index || !covered)) {
                boolean opener = i == 0 && outgoing.opens() && !covered;
                boarding.add(new Records.Ride(outgoing.id(), i, part.packet(), opener));
            }
        }
        return atItsTime(outgoing, index, network, () -> {
            boolean running = rolls.isRunning(persona, network);
            try {
                roller.roll(persona, network, boarding, nodes);
            } catch (Sealer.Waits e) {
                if (!running || rolls.isRunning(persona, network)) {
                    throw e;
                }
                // That roll is over: at once with another coin, or a point would pass unused where nothing else waits.
                roller.roll(persona, network, boarding, nodes);
            }
            return find(outgoing.id()).orElse(null);
        });
    }

    private Network network(int membership) throws PartylineException {
        return conversation(membership).network();
    }

    private Records.Outgoing sign(Records.Outgoing outgoing, int index, Transport node) throws PartylineException {
        Wallet wallet = core.nodes
                .wallet(node.network(), node.name())
                .orElseThrow(() -> new Sealer.Waits("it waits for a wallet on "
                        + node.network().label() + ": node '" + node.name() + "' has none (set its 'wallet')"));
        String account = account(outgoing.membership());
        FeeRate rate = fees.draw(node);
        List<byte[]> payload = List.of(outgoing.parts().get(index).packet());
        // What a cap refuses should not be signed first: that takes an address each time. The size is the usual one.
        ask(outgoing, rate.fee(FeePolicy.vsize(payload)), node.network());
        SignedTransaction paid = wallet.pay(account, payload, rate);
        boolean stored = false;
        boolean nobodyHasIt = true;
        try {
            spend(outgoing, index, paid.fee(), node.network());
            // Until this has an answer it is not known whether it is in the store, and leaves some time.
            nobodyHasIt = false;
            Records.Outgoing after = change(
                    outgoing.id(),
                    now -> now.state().isFinal()
                            ? now
                            : now.with(
                                    index,
                                    now.parts()
                                            .get(index)
                                            .signed(
                                                    paid.raw(),
                                                    paid.id().bytes(),
                                                    paid.vsize(),
                                                    paid.fee(),
                                                    wallet.name())));
            stored = after != null && !after.state().isFinal();
            nobodyHasIt = !stored;
            return after;
        } finally {
            if (nobodyHasIt) {
                wallet.discard(account, paid);
            } else if (!stored) {
                wallet.release(account, paid);
            }
        }
    }

    private void ask(Records.Outgoing outgoing, long fee, Network network) throws PartylineException {
        int persona = persona(outgoing.membership());
        core.<Void, PartylineException>open(memory -> core.store.<Void, PartylineException>transact(tx -> {
            check(tx, outgoing, fee, persona, network);
            return null;
        }));
    }

    private void check(StoreTransaction tx, Records.Outgoing outgoing, long fee, int persona, Network network)
            throws StoreException, Sealer.Waits {
        Optional<String> refusal = spending.refuse(tx, fee, outgoing.fee(), persona);
        if (refusal.isPresent()) {
            throw new Sealer.Waits(refusal.get());
        }
        spending.checkBudget(tx, fee, persona, network);
    }

    /** Counts a fee, or says which cap it would go over. */
    private void spend(Records.Outgoing outgoing, int index, long fee, Network network) throws PartylineException {
        int persona = persona(outgoing.membership());
        boolean decoy = outgoing.type() == PacketType.DECOY.code();
        core.<Void, PartylineException>open(memory -> core.store.<Void, PartylineException>transact(tx -> {
            check(tx, outgoing, fee, persona, network);
            spending.countPacket(tx, fee, persona, network);
            if (!decoy) {
                CoverRunner.remember(tx, persona, outgoing.parts().get(index).packet().length);
            }
            return null;
        }));
    }

    /** Gives a signed transaction to a node; to the next one when that does not answer, or refuses it. */
    private Records.Outgoing hand(Records.Outgoing outgoing, int index, List<Transport> nodes)
            throws PartylineException {
        NodeUnavailableException last = null;
        Refusal refusal = null;
        Records.Outgoing current = outgoing;
        for (Transport node : nodes) {
            travel.entering(outgoing, current.parts().get(index), node.name());
            current = change(
                    outgoing.id(),
                    now -> now.state().isFinal()
                            ? now
                            : now.with(
                                    index,
                                    now.parts()
                                            .get(index)
                                            .attempt(node.name(), core.now().toEpochMilli())));
            if (current == null || current.state().isFinal()) {
                return current;
            }
            Records.Part part = current.parts().get(index);
            try {
                node.broadcast(part.raw());
                travel.taken(part, node.network());
                return change(outgoing.id(), now -> Outbox.raise(now, index, State.BROADCAST));
            } catch (NodeUnavailableException e) {
                last = e;
            } catch (TransactionRejectedException e) {
                travel.refused(outgoing, part, node.name());
                refusal = refusal == null || refusal.isWorseThan(e.reason()) ? new Refusal(node, e) : refusal;
            } catch (RuntimeException e) {
                if (core.nodes.isUsed(node.name())) {
                    throw e;
                }
                // It was taken away in the middle: what it did is not known.
                last = new NodeUnavailableException("node '" + node.name() + "' went away in the middle", e);
            }
        }
        if (current.parts().get(index).state() != State.SEALED) {
            // Nobody took it again: it is due at the next chance, not after the time that a node gets to show what it
            // took.
            current = change(
                    outgoing.id(),
                    now -> now.with(
                            index,
                            now.parts()
                                    .get(index)
                                    .attempt(now.parts().get(index).node(), 0)));
        }
        if (refusal == null) {
            throw last;
        }
        return rejected(current, index, refusal.node(), refusal.why());
    }

    /** A node that refused a transaction. */
    private record Refusal(Transport node, TransactionRejectedException why) {
        /** What waiting or paying again helps against comes first: another node's rules may be narrower. */
        private static final List<TransactionRejectedException.Reason> ORDER = List.of(
                TransactionRejectedException.Reason.CHAIN_TOO_LONG,
                TransactionRejectedException.Reason.FEE_TOO_LOW,
                TransactionRejectedException.Reason.INPUTS_GONE,
                TransactionRejectedException.Reason.NOT_STANDARD,
                TransactionRejectedException.Reason.OTHER);

        boolean isWorseThan(TransactionRejectedException.Reason other) {
            return ORDER.indexOf(why.reason()) > ORDER.indexOf(other);
        }
    }

    private Records.Outgoing rejected(
            Records.Outgoing outgoing, int index, Transport node, TransactionRejectedException refusal)
            throws PartylineException {
        Records.Part part = outgoing.parts().get(index);
        // Another node may have taken it before, or it stands in a block already.
        if (travel.isKnown(node.network(), TxId.ofBytes(part.transaction()))) {
            return change(outgoing.id(), now -> Outbox.raise(now, index, State.BROADCAST));
        }
        List<String> entered = travel.trace(part).entered();
        if (!entered.isEmpty()) {
            // Paid for again, the packet might go out in two transactions.
            throw new Sealer.Waits("node '" + node.name() + "' refuses it (" + refusal.getMessage() + ") and node '"
                    + entered.get(0) + "' may have it: it waits for that one, or for a block");
        }
        if (part.state().ordinal() >= State.SEEN.ordinal()) {
            throw new Sealer.Waits("nodes had it and lost it again, and one refuses it now: " + refusal.getMessage());
        }
        switch (refusal.reason()) {
            case CHAIN_TOO_LONG ->
                throw new Sealer.Waits(
                        "it waits for the next block: too many of this wallet's transactions are unconfirmed");
            case INPUTS_GONE -> {
                if (!caughtUp.test(node.network())) {
                    // It may stand in a block that was not read yet.
                    throw new Sealer.Waits("it waits until the latest blocks are read");
                }
                renew(outgoing, index, "its coin was spent by another transaction: it is paid for again");
            }
            case FEE_TOO_LOW ->
                renew(outgoing, index, "node '" + node.name() + "' wants a higher fee: it is paid for again");
            case NOT_STANDARD, OTHER -> {
                String reason = "node '" + node.name() + "' refused it: " + refusal.getMessage();
                Records.Outgoing failed =
                        core.open(memory -> outbox.giveUp(memory, outgoing.id(), State.FAILED, reason));
                abandon(outgoing);
                free(outgoing, part);
                return failed;
            }
        }
        throw new Sealer.Waits("it is paid for again: " + refusal.getMessage());
    }

    /** Forgets a transaction that no node has, so that the packet gets a new one. */
    private void renew(Records.Outgoing outgoing, int index, String reason) throws StoreException {
        Records.Part part = outgoing.parts().get(index);
        change(
                outgoing.id(),
                now -> now.state().isFinal() || now.parts().get(index).state().ordinal() >= State.SEEN.ordinal()
                        ? now
                        : now.with(index, now.parts().get(index).unsigned()).with(now.state(), reason));
        free(outgoing, part);
    }

    private void free(Records.Outgoing outgoing, Records.Part part) throws StoreException {
        Optional<Wallet> wallet = core.nodes.wallet(part.wallet());
        if (wallet.isPresent()) {
            try {
                wallet.get().release(account(outgoing.membership()), signed(part));
            } catch (NodeUnavailableException e) {
                LOG.info("coins stay reserved until the wallet's restart: {}", e.getMessage());
            }
        }
    }

    /** After a start: tells wallets again which coins our unsent transactions spend, and sends those again that left. */
    void resume() {
        reserveDue = true;
        kickAll();
    }

    private void reserveAll() {
        try {
            boolean all = true;
            held.reserveAll();
            for (Records.Outgoing outgoing : core.open(memory -> core.store.transact(Outbox::all))) {
                all &= outgoing.state().isFinal() || reserve(outgoing);
            }
            reserveDue = !all;
        } catch (StoreException e) {
            LOG.debug("coins are reserved again later: {}", e.getMessage());
        }
    }

    /** False when a wallet could not be told: it is told in the next round. */
    private boolean reserve(Records.Outgoing outgoing) throws StoreException {
        boolean all = true;
        for (Records.Part part : outgoing.parts()) {
            if (part.raw() == null || part.state() == State.CONFIRMED) {
                continue;
            }
            Optional<Wallet> wallet = core.nodes.wallet(part.wallet());
            if (wallet.isEmpty()) {
                all = false;
                continue;
            }
            try {
                wallet.get().reserve(account(outgoing.membership()), signed(part));
            } catch (NodeUnavailableException e) {
                LOG.debug("coins are reserved again later: {}", e.getMessage());
                all = false;
            }
        }
        return all;
    }
}
