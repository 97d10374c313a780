package org.partyline.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
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
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.StateParticipant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Advances outgoing messages: seals them, pays for them, and hands them to a node. One thread; each step is stored
 * before the next, so that after a crash the same packet and the same transaction go out again.
 */
public final class Sender implements SendQueue, StateParticipant {
    private static final Duration ROUND = Duration.ofSeconds(5);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    private final Clock clock;
    private final NodeDirectory nodes;
    private final MessageSteps steps;
    private final MessageCoins coins;
    private final CoverRounds cover;
    private final MessageRecaller recaller;
    private final OfferedCarriers carriers;
    private final ScheduledExecutorService thread;
    private final Faults faults = new Faults("a round of sending", LOG::error);
    private final AtomicBoolean due = new AtomicBoolean();
    /** Messages that wait for something external, and when they are tried again; used only by the thread. */
    private final Map<Long, Pause> pauses = new HashMap<>();

    private Set<String> readyNodes = Set.of();

    private volatile boolean retryAll;
    private volatile boolean started;
    private volatile boolean stopped;

    private record Pause(Instant since, Instant until, Duration length) {
        /**
         * A pause that begins in the future is from before the clock was set back; the hours in between are not waited
         * for.
         */
        boolean holds(Instant now) {
            return !now.isBefore(since) && now.isBefore(until);
        }
    }

    private final MessageSteps.Round round = new MessageSteps.Round() {
        @Override
        public boolean isStopped() {
            return stopped;
        }

        @Override
        public void kick() {
            Sender.this.kick();
        }

        @Override
        public void takeBack(OutgoingMessage outgoing) throws StoreException {
            Sender.this.takeBack(outgoing);
        }
    };

    public Sender(
            Clock clock,
            NodeDirectory nodes,
            MessageSteps steps,
            MessageCoins coins,
            CoverRounds cover,
            MessageRecaller recaller,
            OfferedCarriers carriers,
            ScheduledExecutorService thread) {
        this.clock = clock;
        this.nodes = nodes;
        this.steps = steps;
        this.coins = coins;
        this.cover = cover;
        this.recaller = recaller;
        this.carriers = carriers;
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
            // Not before everything is available that packets may have to wait for.
            return;
        }
        if (due.compareAndSet(false, true)) {
            try {
                thread.execute(this::round);
            } catch (RejectedExecutionException e) {
                LOG.debug("messaging has stopped");
            }
        }
    }

    @Override
    public void kickAll() {
        retryAll = true;
        kick();
    }

    /** Checks everything that waits. Run only by the thread. */
    public void round() {
        due.set(false);
        if (retryAll || nodeBecameReady()) {
            retryAll = false;
            pauses.clear();
        }
        coins.settle();
        try {
            carriers.takeUp();
            carriers.each(Carrier::tick);
            patiently(() -> wakeAt(cover.before()));
            List<OutgoingMessage> all = inTurn(steps.all());
            // Tracking a message that is out costs a call and a transaction, after a takeover for each of them:
            // messages to be sent go first.
            letLeave(all.stream().filter(Sender::leaves).toList());
            for (OutgoingMessage outgoing : all) {
                if (stopped) {
                    return;
                }
                if (!leaves(outgoing) && goesOn(outgoing) && !pausing(outgoing.id())) {
                    advanceOrPause(outgoing);
                }
            }
            patiently(this::sendDecoys);
        } catch (StoreLockedException e) {
            LOG.trace("locked: nothing is sent");
        } catch (StoreException e) {
            LOG.warn("sending waits: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            // Not thrown further: it would end all future rounds.
            LOG.error("sending stopped for this round ({})", Faults.reason(e));
        }
    }

    /** Whether some of it is to be sent, or sent again. */
    private static boolean leaves(OutgoingMessage outgoing) {
        return !outgoing.isOut() || outgoing.ridesAgain().isPresent();
    }

    /**
     * One after another in a channel: a chain's opener must be out before other packets of the chain are sealed. A
     * message with its own transaction, which will be mined, does not wait for one that shares a transaction.
     */
    private void letLeave(List<OutgoingMessage> leaving) throws StoreException {
        Map<Integer, Long> ahead = new HashMap<>();
        Map<Integer, Long> aheadAlone = new HashMap<>();
        for (OutgoingMessage outgoing : leaving) {
            if (stopped) {
                return;
            }
            if (!goesOn(outgoing)) {
                continue;
            }
            boolean shared = carriers.sharesTransactions(outgoing);
            Long earlier = (shared ? ahead : aheadAlone).get(outgoing.membership());
            // A last message on a session uses another chain than messages that wait for the next session.
            boolean apart = outgoing.isHandshake() || outgoing.isFarewell();
            boolean waits = earlier != null && earlier < outgoing.id() && !apart;
            if (waits && !outgoing.isOut()) {
                steps.waits(outgoing, "it waits for message " + earlier + " before it");
                continue;
            }
            if (!pausing(outgoing.id())) {
                advanceOrPause(outgoing);
            }
            if (!waits && !apart && steps.isBehind(outgoing.id())) {
                ahead.merge(outgoing.membership(), outgoing.id(), Math::min);
                if (!shared) {
                    aheadAlone.merge(outgoing.membership(), outgoing.id(), Math::min);
                }
            }
        }
    }

    /** Whether there is more to do for a message; one that is to be recalled is recalled. */
    private boolean goesOn(OutgoingMessage outgoing) throws StoreException {
        if (isRecalled(outgoing)) {
            takeBack(outgoing);
        }
        return !outgoing.state().isSettled() && !cover.drops(outgoing);
    }

    /** Whether a message is being recalled; false while its carrier is unavailable, which continues when it returns. */
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

    /** Work that needs an unavailable bundle waits; the rest of the round continues. */
    private static void patiently(Step step) throws StoreException {
        try {
            step.take();
        } catch (AbsentException e) {
            LOG.debug("a part of this round waits: {}", e.reason());
        }
    }

    /** A message that cannot be handled must not stop the others. */
    private void advanceOrPause(OutgoingMessage outgoing) throws StoreException {
        try {
            advance(outgoing);
        } catch (RuntimeException | Error e) {
            LOG.error("message {} could not be sent: {}", outgoing.id(), Faults.reason(e));
            steps.waits(outgoing, "internal error, it is tried again: see the log");
            pause(outgoing.id());
        }
    }

    /** A node does not announce that it can be used again, so each round checks. */
    private boolean nodeBecameReady() {
        Set<String> before = readyNodes;
        try {
            readyNodes = nodes.readyNames();
        } catch (AbsentException e) {
            readyNodes = Set.of();
        }
        return !before.containsAll(readyNodes);
    }

    /**
     * Packets that must be sent again precede new ones, unless they are included with these, in the order in which they
     * left, which an observer knows. Otherwise a waiting message would go before them, but a decoy, which does not
     * wait, would not. Messages with their own transactions follow: these are to be mined, and rolling ones may wait
     * for their coins.
     */
    private List<OutgoingMessage> inTurn(List<OutgoingMessage> all) {
        List<OutgoingMessage> ordered = new ArrayList<>(all);
        Map<String, Boolean> shared = new HashMap<>();
        ordered.sort(Comparator.comparingLong(
                        (OutgoingMessage outgoing) -> outgoing.state().isSettled()
                                ? Long.MAX_VALUE
                                : outgoing.ridesAgain().orElse(Long.MAX_VALUE))
                .thenComparing(outgoing ->
                        shared.computeIfAbsent(outgoing.carrier(), id -> carriers.sharesTransactions(outgoing))));
        return ordered;
    }

    private boolean pausing(long id) {
        Pause pause = pauses.get(id);
        return pause != null && pause.holds(clock.instant());
    }

    private void pause(long id) {
        Pause before = pauses.get(id);
        Duration length = before == null ? ROUND : before.length().multipliedBy(2);
        if (length.compareTo(LONGEST_PAUSE) > 0) {
            length = LONGEST_PAUSE;
        }
        Instant now = clock.instant();
        pauses.put(id, new Pause(now, now.plus(length), length));
    }

    /** Schedules a check at a known time. */
    private void later(long id, Instant until) {
        Instant now = clock.instant();
        if (until.isAfter(now)) {
            pauses.put(id, new Pause(now, until, ROUND));
            wakeAt(Optional.of(until));
        }
    }

    private void wakeAt(Optional<Instant> time) {
        if (time.isEmpty()) {
            return;
        }
        long wait = Math.max(1, Duration.between(clock.instant(), time.get()).toMillis() + 1);
        try {
            thread.schedule(this::kick, wait, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("messaging has stopped");
        }
    }

    private void advance(OutgoingMessage stored) throws StoreException {
        try {
            if (steps.advance(stored, round)) {
                pauses.remove(stored.id());
            }
        } catch (LaterException e) {
            steps.waits(stored, e);
            later(stored.id(), e.until());
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException | AbsentException e) {
            steps.waits(stored, e);
            pause(stored.id());
        }
    }

    @Override
    public void release(OutgoingMessage outgoing) {
        coins.release(outgoing);
    }

    /** Recalls a message, or continues a recall. */
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
            LOG.info("a message is recalled later: {}", AbsentException.reason(e));
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
                    LOG.warn("a mined transaction is handled later: {}", e.getMessage());
                    carriers.stale();
                }
                kickAll();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("messaging has stopped");
        }
    }

    @Override
    public <T> T call(Callable<T> task) throws PartylineException {
        try {
            return thread.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartylineException("interrupted: try again");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PartylineException known) {
                throw known;
            }
            if (e.getCause() instanceof AbsentException absent) {
                throw absent;
            }
            throw new IllegalStateException("internal error: see the log", e.getCause());
        } catch (RejectedExecutionException | CancellationException e) {
            throw new PartylineException("messaging has stopped: try again");
        }
    }

    @Override
    public void releaseSoon(OutgoingMessage outgoing) {
        try {
            thread.execute(() -> release(outgoing));
        } catch (RejectedExecutionException e) {
            LOG.debug("messaging has stopped");
        }
    }

    @Override
    public int place() {
        return 6;
    }

    /** Informs wallets again which coins our unsent transactions spend, and sends transactions again that had left. */
    @Override
    public void opened() {
        coins.reserveSoon();
        carriers.stale();
        kickAll();
    }

    /** Called when a carrier was added: messages that waited for it may be sent. */
    public void carrierCame() {
        try {
            thread.execute(coins::arrived);
        } catch (RejectedExecutionException e) {
            LOG.debug("messaging has stopped");
        }
        kickAll();
    }
}
