package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Transport;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a node for its followers: first blocks, then the whole mempool, then new transactions, by ZMQ or by polling.
 *
 * <p>All work is done in steps on the executor, one at a time. A failed step is repeated after growing pauses.
 */
final class Watcher implements AutoCloseable {
    /** Opens the ZMQ feed once the node is known; empty if there is none. */
    interface FeedOpener {
        Optional<NotificationFeed> open(Runnable wake) throws NodeProblem;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration SYNCING = Duration.ofSeconds(10);
    private static final Duration SAFETY = Duration.ofSeconds(10);
    private static final Duration LISTENER_REST = Duration.ofSeconds(5);
    private static final int LISTING_SHARE = 5;
    private static final int TRIES = 3;
    private static final int TAKE = 1000;
    /**
     * The number of consecutive listings with new transactions that a connected but silent ZMQ did not report, before
     * it is reconnected.
     */
    private static final int FIRST_SILENCE = 2;

    private static final int LONGEST_SILENCE = 64;
    /**
     * The number of consecutive listings with transactions that an active ZMQ did not report: single ones may be lost.
     */
    private static final int MOST_UNTOLD = 2;

    private final RpcClient client;
    private final NodeMonitor monitor;
    private final RpcSettings settings;
    private final FeedOpener opener;
    private final ScheduledExecutorService executor;
    private final Clock clock;
    private final MempoolMirror mempool;
    private final BlockReader blocks;
    private final ChainFollower chain;
    private final List<RpcFollower> followers = new CopyOnWriteArrayList<>();
    private final Faults faults;
    private final Faults listenerFaults;
    private final ReentrantLock turn = new ReentrantLock();
    private final AtomicBoolean awake = new AtomicBoolean();
    private volatile boolean closed;
    private volatile boolean again;
    private @Nullable ScheduledFuture<?> scheduled;
    /** Null until it was first opened; empty if the node has none. */
    private @Nullable Optional<NotificationFeed> feed;

    private boolean live;
    private Instant nextPoll = Instant.MIN;
    private Duration listingTime = Duration.ZERO;
    private int mismatches;
    private int silent;
    private int silenceAllowed = FIRST_SILENCE;
    private boolean deaf;
    private int untold;
    private boolean told;
    private Optional<BlockRef> lastTip = Optional.empty();
    private int failures;
    private String lastProblem = "";

    /**
     * @param seed see {@link TxidSet}
     */
    Watcher(
            RpcClient client,
            NodeMonitor monitor,
            RpcSettings settings,
            FeedOpener opener,
            ScheduledExecutorService executor,
            Clock clock,
            long seed) {
        this.client = client;
        this.monitor = monitor;
        this.settings = settings;
        this.opener = opener;
        this.executor = executor;
        this.clock = clock;
        this.mempool = new MempoolMirror(seed);
        this.blocks = new BlockReader(client);
        this.faults = new Faults("node " + settings.name() + ": a round of watching", LOG::error);
        this.listenerFaults = new Faults("node " + settings.name() + ": a listener", LOG::error);
        this.chain = new ChainFollower(blocks, mempool, settings.network(), settings.name());
    }

    /** Starts; a node without followers is only asked for its state. */
    void start() {
        wake();
    }

    Transport.Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        RpcFollower follower = new RpcFollower(listener, since, followers::remove);
        followers.add(follower);
        wake();
        return follower;
    }

    private void wake() {
        if (!closed && awake.compareAndSet(false, true)) {
            try {
                executor.execute(this::step);
            } catch (RejectedExecutionException e) {
                LOG.debug("node {} is closed: nothing is watched any more", settings.name());
            } catch (Error e) {
                // Otherwise nothing could wake it again.
                awake.set(false);
                throw e;
            }
        }
    }

    /** Checks the node at once, as if nothing were known. */
    void lookAgain() {
        again = true;
        wake();
    }

    /** One round of work, which schedules the next. */
    void step() {
        turn.lock();
        try {
            awake.set(false);
            if (closed) {
                return;
            }
            if (again) {
                again = false;
                nextPoll = Instant.MIN;
                failures = 0;
            }
            Duration next = LAST_RETRY;
            try {
                next = round();
            } finally {
                // In any case: without this, the round would be the last.
                if (!closed) {
                    schedule(next);
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private Duration round() {
        try {
            Duration next = work();
            failures = 0;
            faults.passed();
            if (!lastProblem.isEmpty()) {
                LOG.info("node {} answers again", settings.name());
                lastProblem = "";
            }
            return next;
        } catch (NodeProblem e) {
            return closed ? LAST_RETRY : failed(e);
        } catch (Throwable e) {
            faults.met(e);
            return failed(new NodeProblem(
                    NodeStatus.State.UNREACHABLE,
                    "node " + settings.name() + ": its answer could not be handled (" + Faults.kind(e)
                            + "); it is tried again, see the log"));
        } finally {
            monitor.fault(followers.stream()
                    .map(RpcFollower::fault)
                    .filter(fault -> !fault.isEmpty())
                    .findFirst()
                    .map(fault -> "node " + settings.name() + ": its data could not be handled (" + fault
                            + "); it is tried again")
                    .orElse(""));
        }
    }

    private Duration failed(NodeProblem problem) {
        monitor.failed(problem);
        mempool.mistrust();
        if (!problem.getMessage().equals(lastProblem)) {
            LOG.warn("{}", problem.getMessage());
            lastProblem = problem.getMessage();
        }
        if (problem.state() == NodeStatus.State.REFUSED) {
            return LAST_RETRY;
        }
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(failures++, 5));
        return wait.compareTo(LAST_RETRY) < 0 ? wait : LAST_RETRY;
    }

    private void schedule(Duration next) {
        if (scheduled != null) {
            scheduled.cancel(false);
        }
        boolean done = false;
        while (!done && !closed) {
            try {
                scheduled = executor.schedule(this::step, Math.max(1, next.toMillis()), TimeUnit.MILLISECONDS);
                done = true;
            } catch (RejectedExecutionException e) {
                LOG.debug("node {} is closed: nothing is watched any more", settings.name());
                done = true;
            } catch (OutOfMemoryError e) {
                // Whatever uses the memory may release it.
                LockSupport.parkNanos(FIRST_RETRY.toNanos());
            }
        }
    }

    private Duration work() throws NodeProblem {
        if (followers.isEmpty()) {
            monitor.refresh();
            leave();
            return monitor.ready() ? IDLE : SYNCING;
        }
        drain();
        Instant now = clock.instant();
        boolean due = !now.isBefore(nextPoll);
        boolean newcomers = followers.stream().anyMatch(f -> !f.hasMempool() && f.rested(now));
        if (due || newcomers || mempool.takeBlocks() || mempool.gap() || mempool.poked() || !monitor.ready()) {
            BlockRef tip = monitor.refresh();
            if (!monitor.ready()) {
                return SYNCING;
            }
            openFeed();
            drain();
            if (due && sequenceComes() && lastTip.isPresent() && !lastTip.get().equals(tip) && !told) {
                // A publisher of sequence reports each block.
                silence();
            }
            lastTip = Optional.of(tip);
            follow(tip);
            if (needsListing(due, newcomers)) {
                list();
            }
            // In this order: the listing may have reported what was wanted.
            drain();
        }
        fetchWanted();
        blocks.forget();
        return untilNext();
    }

    private boolean needsListing(boolean due, boolean newcomers) {
        if (newcomers || mempool.gap() || mempool.poked()) {
            return true;
        }
        if (!live || !sequenceComes()) {
            return due;
        }
        // ZMQ is active: a listing is needed only if the numbers differ for longer than messages take.
        boolean same = monitor.status().mempoolSize() == mempool.size();
        if (same && told) {
            untold = 0;
        }
        mismatches = same ? 0 : due ? mismatches + 1 : mismatches;
        if (mismatches >= 2) {
            mismatches = 0;
            return true;
        }
        return false;
    }

    private Duration untilNext() {
        Instant now = clock.instant();
        updateLiveness();
        Duration pause;
        if (live && sequenceComes()) {
            pause = mismatches > 0 ? settings.pollInterval() : SAFETY;
        } else {
            // A listing of a large mempool is expensive for the node, so it may use at most a sixth of the time.
            Duration share = listingTime.multipliedBy(LISTING_SHARE);
            pause = share.compareTo(settings.pollInterval()) > 0 ? share : settings.pollInterval();
        }
        if (!now.isBefore(nextPoll) || now.plus(pause).isBefore(nextPoll)) {
            nextPoll = now.plus(pause);
        }
        return Duration.between(now, nextPoll);
    }

    private void updateLiveness() {
        if (live && (feed == null || feed.isEmpty() || !feed.get().connected())) {
            LOG.info(
                    "node {}: ZMQ disconnected; {} until it is back",
                    settings.name(),
                    NodeMonitor.polling(settings.pollInterval()));
            live = false;
            mempool.mistrust();
            nextPoll = Instant.MIN;
        }
        String named = "node " + settings.name() + ": ";
        String problem = zmqProblem();
        String polling = NodeMonitor.polling(settings.pollInterval());
        monitor.notifications(
                live ? "zmq" : polling + (problem.isEmpty() ? "" : "; " + problem),
                problem.isEmpty()
                        ? ""
                        : named + problem.replace(named, "") + "; " + polling
                                + " meanwhile: set zmq to where it publishes rawtx and sequence, or to none");
    }

    /** Why ZMQ does not report the node's transactions although it is configured; empty if there is no sign of that. */
    private String zmqProblem() {
        if (feed != null && feed.isPresent() && !feed.get().connected()) {
            return feed.get().problem();
        }
        if (deaf) {
            return "ZMQ is connected but silent while the node has new blocks or transactions";
        }
        return untold >= MOST_UNTOLD ? "ZMQ works, but not for the transactions that the node has" : "";
    }

    private boolean sequenceComes() {
        return feed != null && feed.isPresent() && feed.get().carriesSequence();
    }

    private void openFeed() throws NodeProblem {
        if (feed == null) {
            feed = opener.open(this::wake);
        }
    }

    private void leave() {
        if (feed != null) {
            feed.ifPresent(NotificationFeed::close);
            feed = null;
        }
        live = false;
        nextPoll = Instant.MIN;
        mempool.clear();
        deaf = false;
        untold = 0;
        lastTip = Optional.empty();
        monitor.notifications(NodeMonitor.polling(settings.pollInterval()), "");
    }

    private void drain() {
        if (feed == null || feed.isEmpty()) {
            return;
        }
        MempoolMirror.Sink sink = new MempoolMirror.Sink() {
            @Override
            public void seen(byte[] raw) {
                tellMempool(listener -> listener.transaction(raw, Optional.empty()));
            }

            @Override
            public void removed(TxId id) {
                tellMempool(listener -> listener.removed(id));
            }
        };
        for (List<Notification> some = feed.get().take(TAKE);
                !some.isEmpty() && !closed;
                some = feed.get().take(TAKE)) {
            live = true;
            told = true;
            deaf = false;
            silent = 0;
            silenceAllowed = FIRST_SILENCE;
            some.forEach(notification -> mempool.apply(notification, feed.get().carriesSequence(), sink));
        }
    }

    /** Notifies followers that already have the mempool. */
    private void tellMempool(Consumer<TransactionListener> what) {
        for (RpcFollower follower : followers) {
            if (follower.hasMempool()) {
                notify(follower, what);
            }
        }
    }

    private void notify(RpcFollower follower, Consumer<TransactionListener> what) {
        try {
            follower.notify(what);
        } catch (ListenerFailedException e) {
            listenerFaults.met(e.thrown());
            follower.hasMempool(false);
            follower.rest(clock.instant().plus(LISTENER_REST));
        }
    }

    private BlockRef follow(BlockRef first) throws NodeProblem {
        BlockRef tip = first;
        for (int i = 0; i < TRIES; i++) {
            boolean all = true;
            for (RpcFollower follower : followers) {
                all &= follow(follower, tip);
            }
            BlockRef now = all ? tip : monitor.refresh();
            if (now.hash().equals(tip.hash())) {
                return tip;
            }
            tip = now;
        }
        return tip;
    }

    private boolean follow(RpcFollower follower, BlockRef tip) throws NodeProblem {
        if (!follower.rested(clock.instant())) {
            return true;
        }
        try {
            return chain.advance(follower, tip);
        } catch (ListenerFailedException e) {
            listenerFaults.met(e.thrown());
            follower.rest(clock.instant().plus(LISTENER_REST));
            return true;
        }
    }

    private void list() throws NodeProblem {
        Instant start = clock.instant();
        MempoolListing listing = MempoolListing.read(client);
        boolean stable = sameTip();
        for (int i = 1; i < TRIES && !stable; i++) {
            // A block arrived meanwhile: the transactions that it took out of the mempool were not removed.
            follow(monitor.refresh());
            listing = MempoolListing.read(client);
            stable = sameTip();
        }
        mempool.beginListing(listing.sequence());
        Instant now = clock.instant();
        List<RpcFollower> newcomers =
                followers.stream().filter(f -> !f.hasMempool() && f.rested(now)).toList();
        TxidList missing = listing.ids();
        missing.removeIf(id -> mempool.touch(id) && newcomers.isEmpty());
        int unheard = fetch(missing, newcomers);
        if (stable) {
            mempool.endListing(id -> tellMempool(listener -> listener.removed(id)));
        }
        // Set last: a follower that failed meanwhile still needs the mempool.
        newcomers.stream().filter(f -> f.rested(clock.instant())).forEach(f -> f.hasMempool(true));
        listingTime = Duration.between(start, clock.instant());
        if (unheard > 0 && newcomers.isEmpty()) {
            LOG.debug("node {}: {} transactions arrived by polling but not by ZMQ", settings.name(), unheard);
            untold += live && sequenceComes() ? 1 : 0;
            silence();
        }
        told = false;
    }

    /**
     * Reconnects to a silent publisher: JeroMQ's handshake sometimes completes without the subscriptions being
     * received, and then nothing ever arrives. At growing intervals, in case the publisher has nothing to send.
     */
    private void silence() {
        if (feed == null || feed.isEmpty() || !feed.get().connected() || ++silent < silenceAllowed) {
            return;
        }
        deaf = true;
        LOG.info("node {}: ZMQ is silent while transactions arrive; reconnecting", settings.name());
        feed.get().close();
        feed = null;
        live = false;
        silent = 0;
        silenceAllowed = Math.min(2 * silenceAllowed, LONGEST_SILENCE);
    }

    private boolean sameTip() throws NodeProblem {
        try {
            String best = client.call("getbestblockhash").asText("");
            return monitor.status()
                    .tip()
                    .map(tip -> tip.hash().toString().equals(best))
                    .orElse(false);
        } catch (RpcException e) {
            throw refused("getbestblockhash", e);
        }
    }

    private NodeProblem refused(String method, RpcException error) {
        return new NodeProblem(
                NodeStatus.State.UNREACHABLE,
                "node " + settings.name() + " rejects " + method + ": " + error.getMessage() + "; it is tried again",
                error);
    }

    private void fetchWanted() throws NodeProblem {
        TxidList wanted = new TxidList();
        wanted.addAll(mempool.takeWanted());
        if (!wanted.isEmpty()) {
            fetch(wanted, List.of());
        }
    }

    /**
     * Fetches and reports transactions: new ones to all followers, known ones to those without a mempool.
     *
     * @param asked transactions received by ZMQ are removed from it
     * @return the number of new ones
     */
    private int fetch(TxidList asked, List<RpcFollower> newcomers) throws NodeProblem {
        int[] fresh = {0};
        asked.removeIf(id -> {
            byte[] held = mempool.held(id);
            if (held != null && report(id, held, newcomers)) {
                fresh[0]++;
            }
            return held != null;
        });
        client.batches(RpcClient.NODE, new Fetches(asked), settings.batchSize(), (first, answers) -> {
            for (int i = 0; i < answers.size(); i++) {
                TxId id = asked.get(first + i);
                byte[] raw = bytes(id, answers.get(i));
                if (raw != null && report(id, raw, newcomers)) {
                    fresh[0]++;
                }
            }
            return !closed;
        });
        return fresh[0];
    }

    /** Fetches transactions by single calls: there may be half a million. */
    private static final class Fetches extends AbstractList<RpcCall> {
        private final List<TxId> ids;

        Fetches(List<TxId> ids) {
            this.ids = ids;
        }

        @Override
        public RpcCall get(int index) {
            return RpcCall.of("getrawtransaction", ids.get(index).toString());
        }

        @Override
        public int size() {
            return ids.size();
        }
    }

    private boolean report(TxId id, byte[] raw, List<RpcFollower> newcomers) {
        boolean fresh = !mempool.contains(id);
        mempool.learnt(id);
        if (fresh) {
            tellMempool(listener -> listener.transaction(raw, Optional.empty()));
        }
        for (RpcFollower follower : newcomers) {
            if (!follower.hasMempool() && follower.rested(clock.instant())) {
                notify(follower, listener -> listener.transaction(raw, Optional.empty()));
            }
        }
        return fresh;
    }

    /** The transaction; null if it left the mempool meanwhile. */
    private byte @Nullable [] bytes(TxId id, RpcAnswer answer) throws NodeProblem {
        if (answer.error() != null) {
            if (answer.error().code() == RpcException.NOT_FOUND) {
                return null;
            }
            throw refused("getrawtransaction", answer.error());
        }
        JsonNode hex = answer.result();
        try {
            byte[] raw = HexFormat.of().parseHex(hex.asText(""));
            if (TxView.of(raw).id().equals(id)) {
                return raw;
            }
        } catch (MalformedException | IllegalArgumentException e) {
            throw client.garbage("getrawtransaction", e);
        }
        throw client.garbage("getrawtransaction", null);
    }

    @Override
    public void close() {
        closed = true;
        client.abandon();
        // The followers first: a listener that blocks must not hold up the end.
        followers.forEach(RpcFollower::close);
        turn.lock();
        try {
            if (scheduled != null) {
                scheduled.cancel(false);
            }
            if (feed != null) {
                feed.ifPresent(NotificationFeed::close);
            }
        } finally {
            turn.unlock();
        }
    }
}
