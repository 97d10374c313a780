package org.partyline.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.LaterException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.kernel.AbsentException;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Parts;
import org.partyline.engine.mailbox.MessageEvent;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.mailbox.PacketEvent;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationTracker;
import org.partyline.engine.sealing.Sealers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves outgoing messages on: seals, has them paid for, hands them to a node. One thread; each step is stored before the
 * next, so that after a crash the same packet and the same transaction go out again.
 */
public final class Sender implements Departures {
    private static final Duration ROUND = Duration.ofSeconds(5);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    private final Core core;
    private final Outbox outbox;
    private final PropagationTracker propagationTracker;
    private final PacketSizes sizes;
    private final Sealers sealers;
    private final SlotSchedule slotSchedule;
    private final KeptTransactions kept;
    private final CoverRounds cover;
    private final MessageRecaller recaller;
    private final Dispatcher dispatcher;
    private final OfferedCarriers carriers;
    private final UtxoReservations coins;
    private final ScheduledExecutorService thread;
    private final Faults faults = new Faults("a round of sending", LOG::error);
    private final AtomicBoolean due = new AtomicBoolean();
    /** Messages that wait for something outside, and when they are tried again; touched by the thread only. */
    /** Messages whose coins could not be freed while the wallets were away. */
    private final Queue<OutgoingMessage> unreleased = new ConcurrentLinkedQueue<>();

    private final Map<Long, Pause> pauses = new HashMap<>();

    private Set<String> readyNodes = Set.of();

    private volatile boolean retryAll;
    private volatile boolean reserveDue;
    private volatile boolean started;
    private volatile boolean stopped;

    private record Pause(Instant until, Duration length) {}

    public Sender(
            Core core,
            Outbox outbox,
            PropagationTracker propagationTracker,
            PacketSizes sizes,
            Sealers sealers,
            SlotSchedule slotSchedule,
            KeptTransactions kept,
            CoverRounds cover,
            MessageRecaller recaller,
            Dispatcher dispatcher,
            OfferedCarriers carriers,
            UtxoReservations coins,
            ScheduledExecutorService thread) {
        this.core = core;
        this.outbox = outbox;
        this.propagationTracker = propagationTracker;
        this.sizes = sizes;
        this.sealers = sealers;
        this.slotSchedule = slotSchedule;
        this.kept = kept;
        this.cover = cover;
        this.recaller = recaller;
        this.dispatcher = dispatcher;
        this.carriers = carriers;
        this.coins = coins;
        this.thread = thread;
    }

    public void start() {
        started = true;
        // A task that throws is never run again.
        thread.scheduleWithFixedDelay(
                () -> faults.survive(this::round), ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
    }

    public void stop() {
        stopped = true;
    }

    @Override
    public void kick() {
        if (!started) {
            // Not before all is here that packets may have to wait for.
            return;
        }
        if (due.compareAndSet(false, true)) {
            try {
                thread.execute(this::round);
            } catch (RejectedExecutionException e) {
                LOG.debug("the engine has stopped");
            }
        }
    }

    @Override
    public void kickAll() {
        retryAll = true;
        kick();
    }

    /** One look at everything that waits. Run by the thread only. */
    public void round() {
        due.set(false);
        if (retryAll || nodeBecameReady()) {
            retryAll = false;
            pauses.clear();
        }
        settleCoins();
        try {
            carriers.takeUp();
            carriers.each(Carrier::tick);
            patiently(() -> wakeAt(cover.before()));
            List<OutgoingMessage> all = inTurn(core.open(memory -> core.store.transact(OutgoingRecords::all)));
            // One after another in a channel: a chain's opener must be out before what rides on the chain is sealed.
            Map<Integer, Long> ahead = new HashMap<>();
            for (OutgoingMessage outgoing : all) {
                if (stopped) {
                    return;
                }
                Long earlier = ahead.get(outgoing.membership());
                if (isRecalled(outgoing)) {
                    takeBack(outgoing);
                }
                if (outgoing.state().isSettled() || cover.drops(outgoing)) {
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
            patiently(this::sendDecoys);
        } catch (StoreLockedException e) {
            LOG.trace("locked: nothing is sent");
        } catch (StoreException e) {
            LOG.warn("sending waits: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            // Not let out: it would end all rounds to come.
            LOG.error("sending stopped for this round", e);
        }
    }

    /** Whether a message is being taken back; not while its carrier is away, which goes on with it when it returns. */
    private boolean isRecalled(OutgoingMessage outgoing) throws StoreException {
        try {
            return recaller.isUnfinished(outgoing);
        } catch (AbsentException e) {
            return false;
        }
    }

    private void sendDecoys() throws StoreException {
        CoverRounds.Due points = cover.due();
        for (OutgoingMessage decoy : points.decoys()) {
            advanceOrPause(decoy);
        }
        cover.end(points.decoys());
        wakeAt(points.next());
    }

    /** A part of a round. */
    @FunctionalInterface
    private interface Step {
        void take() throws StoreException;
    }

    /** What needs a bundle that is away waits for it; the rest of the round goes on. */
    private static void patiently(Step step) throws StoreException {
        try {
            step.take();
        } catch (AbsentException e) {
            LOG.debug("a part of this round waits: {}", e.getMessage());
        }
    }

    /** One message that cannot be handled must not stop the others. */
    private void advanceOrPause(OutgoingMessage outgoing) throws StoreException {
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
        try {
            readyNodes = core.nodes.readyNames();
        } catch (AbsentException e) {
            readyNodes = Set.of();
        }
        return !before.containsAll(readyNodes);
    }

    /**
     * What has to ride again goes before anything new, where it does not come along with it, in the order in which it left: what a
     * watcher knows. Else a message that waits would go before it, and a decoy, which does not wait, would not.
     */
    private static List<OutgoingMessage> inTurn(List<OutgoingMessage> all) {
        List<OutgoingMessage> ordered = new ArrayList<>(all);
        ordered.sort(Comparator.comparingLong(outgoing -> outgoing.state().isSettled()
                ? Long.MAX_VALUE
                : outgoing.ridesAgain().orElse(Long.MAX_VALUE)));
        return ordered;
    }

    /** Whether a message still has packets that no node took. */
    private boolean isBehind(long id) throws StoreException {
        Optional<OutgoingMessage> now = core.open(memory -> core.store.transact(tx -> OutgoingRecords.find(tx, id)));
        return now.isPresent() && !now.get().state().isSettled() && !now.get().isOut();
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

    private void advance(OutgoingMessage stored) throws StoreException {
        OutgoingMessage outgoing = stored;
        try {
            if (core.now().toEpochMilli() >= outgoing.ends() && !isLookedAfter(outgoing)) {
                // Whether a node has it is asked, its coins are freed, and a session may end with it.
                core.parts.<PartylineException>with(List.of(NodeDirectory.class, Sealers.class), () -> expire(stored));
                return;
            }
            if (!outgoing.isOut()) {
                // Also where a step that is due could be taken without: nothing leaves half.
                core.parts.require(core.parts.sending());
            }
            if (outgoing.state() == State.QUEUED) {
                awaitPoint(outgoing);
                outgoing = sealers.seal(outgoing.id());
                if (outgoing == null) {
                    return;
                }
                tell(outgoing);
            } else if (outgoing.state() == State.SEALED && isStale(outgoing)) {
                if (!outgoing.isOut()) {
                    core.parts.<StoreException>with(core.parts.sending(), () -> renewSeal(stored));
                    return;
                }
                // Of no use to readers any more; but a decoy does not know that either.
                if (!propagationTracker.way(outgoing).covered()) {
                    rest(outgoing);
                    return;
                }
            } else if (outgoing.state() == State.SEALED && isTooSmall(outgoing)) {
                sealAgain(outgoing, "it is sealed again: with cover traffic no packet is small");
                return;
            }
            for (int i = 0; i < outgoing.parts().size() && !stopped; i++) {
                outgoing = dispatcher.move(outgoing, i);
                if (outgoing == null || outgoing.state().isSettled()) {
                    return;
                }
            }
            pauses.remove(stored.id());
        } catch (LaterException e) {
            waits(stored.id(), e.getMessage());
            later(stored.id(), e.until());
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException | AbsentException e) {
            waits(stored.id(), e.getMessage());
            pause(stored.id());
        }
    }

    /**
     * Its readers count a time to live from the seal: under cover traffic it is sealed when it may leave, not when it was written. One
     * whose session is not open yet is not sealed anyway, and says better what it waits for.
     */
    private void awaitPoint(OutgoingMessage outgoing) throws StoreException, SlotSchedule.Later {
        if (outgoing.ttlMinutes() == 0) {
            return;
        }
        Conversation conversation = core.open(memory -> {
            Conversation found = memory.conversations.find(outgoing.membership());
            return found == null || sealers.of(found).isOpen(found) ? found : null;
        });
        if (conversation != null) {
            slotSchedule.awaitPoint(conversation.persona(), conversation.network());
        }
    }

    /** Whether a message's time has ended, and it is handed over all the same: its block is gone, and ours may build on it. */
    private boolean isLookedAfter(OutgoingMessage outgoing) throws StoreException {
        return outgoing.isOut()
                && core.now().toEpochMilli() < propagationTracker.way(outgoing).unsettled();
    }

    /** Whether a message was sealed so long ago that its readers would refuse its timestamp. */
    private boolean isStale(OutgoingMessage outgoing) {
        return core.now().isAfter(Instant.ofEpochSecond(outgoing.stamped()).plus(STALE));
    }

    /** Whether a message was sealed before cover traffic began, whose packets are larger. */
    private boolean isTooSmall(OutgoingMessage outgoing) throws StoreException {
        if (!outgoing.isWritten() || outgoing.left()) {
            return false;
        }
        int smallest = outgoing.parts().stream()
                .mapToInt(part -> part.packet().length)
                .min()
                .orElseThrow();
        return core.open(memory -> {
            Conversation conversation = memory.conversations.find(outgoing.membership());
            return conversation != null
                    && smallest
                            < sizes.room(conversation.persona(), conversation.network(), false, "")
                                    .least();
        });
    }

    /** All of a message has left, and what would have to ride again rides no more. */
    private void rest(OutgoingMessage outgoing) throws StoreException {
        outbox.change(outgoing.id(), now -> {
            if (now.state().isSettled() || now.ridesAgain().isEmpty()) {
                return now;
            }
            return now.with(now.parts().stream()
                    .map(part -> part.ridesAgain() ? part.on(PacketEvent.RETIRED) : part)
                    .toList());
        });
    }

    /** Seals a message anew that waited too long; when some of it has left already it is too late for that. */
    private void renewSeal(OutgoingMessage outgoing) throws StoreException {
        if (outgoing.left() || outgoing.carriesSession() || outgoing.type() == PacketType.DECOY.code()) {
            String reason = outgoing.left()
                    ? "part of it left more than " + STALE.toHours() + " hours before the rest could"
                    : "it could not leave for " + STALE.toHours() + " hours";
            core.open(memory -> outbox.giveUp(memory, outgoing.id(), MessageEvent.EXPIRED, reason));
            sealers.abandon(outgoing);
        } else {
            sealAgain(outgoing, "it waited too long and is sealed again with the time of now");
            return;
        }
        release(outgoing);
    }

    private void sealAgain(OutgoingMessage outgoing, String reason) throws StoreException {
        core.open(memory -> outbox.unseal(memory, outgoing.id(), reason));
        kick();
        release(outgoing);
    }

    private void tell(OutgoingMessage outgoing) throws StoreException {
        core.open(memory -> {
            outbox.tell(memory, outgoing);
            return null;
        });
    }

    @Override
    public void release(OutgoingMessage outgoing) {
        try {
            coins.release(outgoing);
        } catch (AbsentException e) {
            unreleased.add(outgoing);
        }
    }

    /** Tells wallets of coins, where they could not be told before. */
    private void settleCoins() {
        core.parts.enter();
        try {
            if (!core.parts.has(Parts.NODES)) {
                return;
            }
            for (OutgoingMessage outgoing = unreleased.poll(); outgoing != null; outgoing = unreleased.poll()) {
                release(outgoing);
            }
            if (reserveDue) {
                reserveAll();
            }
        } finally {
            core.parts.leave();
        }
    }

    private void waits(long id, String reason) throws StoreException {
        try {
            outbox.change(
                    id, now -> now.state().isSettled() || now.reason().equals(reason) ? now : now.because(reason));
        } catch (AbsentException e) {
            LOG.debug("why a message waits is written down later: {}", e.getMessage());
        }
    }

    private void expire(OutgoingMessage outgoing) throws PartylineException {
        long behind = outgoing.parts().stream().filter(part -> !part.isOut()).count();
        int all = outgoing.parts().size();
        if (all > 0 && behind == 0) {
            rest(outgoing);
            // All of it has left: its time is over, its way is what it is, unless it is to be recalled.
            // Not what left under cover traffic: a recall would tell a message from a decoy.
            if (core.settings.get().sending().recallsExpired()
                    && outgoing.isText()
                    && !slotSchedule.isCovered(
                            core.conversation(outgoing.membership()).persona())
                    && !propagationTracker.way(outgoing).covered()) {
                takeBack(outgoing);
            }
            return;
        }
        String reason = behind == all
                ? "its time to live ended before it could leave"
                : "its time to live ended when " + (all - behind) + " of " + all + " packets had left";
        core.open(memory -> outbox.giveUp(memory, outgoing.id(), MessageEvent.EXPIRED, reason));
        sealers.abandon(outgoing);
        coins.releaseExpired(outgoing);
    }

    /** Recalls a message, or goes on with that. */
    private void takeBack(OutgoingMessage outgoing) throws StoreException {
        if (pausing(outgoing.id())) {
            return;
        }
        try {
            recaller.recall(outgoing.id());
            pauses.remove(outgoing.id());
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException | AbsentException e) {
            LOG.info("a message is recalled later: {}", e.getMessage());
            pause(outgoing.id());
        }
    }

    @Override
    public void minedSoon(Network network, byte[] transaction) {
        try {
            thread.execute(() -> {
                try {
                    carriers.each(carrier -> carrier.onMined(network, TxId.ofBytes(transaction)));
                } catch (StoreException e) {
                    LOG.warn("a transaction that was mined is dealt with later: {}", e.getMessage());
                    carriers.stale();
                }
                kickAll();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the engine has stopped");
        }
    }

    @Override
    public <T> T call(Callable<T> task) throws PartylineException {
        try {
            return thread.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartylineException("interrupted: try it again");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PartylineException known) {
                throw known;
            }
            if (e.getCause() instanceof AbsentException absent) {
                throw absent;
            }
            throw new IllegalStateException("this did not work: see the log", e.getCause());
        } catch (RejectedExecutionException | CancellationException e) {
            throw new PartylineException("the engine has stopped: try it again");
        }
    }

    @Override
    public void releaseSoon(OutgoingMessage outgoing) {
        try {
            thread.execute(() -> release(outgoing));
        } catch (RejectedExecutionException e) {
            LOG.debug("the engine has stopped");
        }
    }

    @Override
    public void resume() {
        reserveDue = true;
        carriers.stale();
        kickAll();
    }

    /** A carrier has come: what waited for it may go. */
    public void carrierCame() {
        try {
            thread.execute(coins::arrived);
        } catch (RejectedExecutionException e) {
            LOG.debug("the engine has stopped");
        }
        kickAll();
    }

    private void reserveAll() {
        try {
            boolean all = true;
            kept.reserveAll();
            for (OutgoingMessage outgoing : core.open(memory -> core.store.transact(OutgoingRecords::all))) {
                if (outgoing.state().isSettled()) {
                    // It may have ended while nobody was here who frees its coins.
                    coins.release(outgoing);
                } else {
                    all &= coins.reserve(outgoing);
                }
            }
            reserveDue = !all;
        } catch (StoreException e) {
            LOG.debug("coins are reserved again later: {}", e.getMessage());
        }
    }
}
