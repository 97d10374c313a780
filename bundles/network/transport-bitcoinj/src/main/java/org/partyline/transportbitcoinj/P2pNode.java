package org.partyline.transportbitcoinj;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.bitcoinj.core.Services;
import org.bitcoinj.core.VersionMessage;
import org.partyline.api.Faults;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Combines several peers into one node: one thread handles their messages in order, and decides what to request. {@link
 * Peers} chooses the peers, and the {@link ChainReader} reads the chain.
 */
final class P2pNode implements PeerLink.Listener, AutoCloseable {
    /** The service bit with which Bitcoin Knots declares that it follows a chain with another proof of work. */
    private static final long BLAKE2B = 1L << 28;

    private static final Logger LOG = LoggerFactory.getLogger(P2pNode.class);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration BLOCK_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CALL = Duration.ofSeconds(90);
    static final int REMEMBERED = 500_000;
    /** How long the status shows a failed step. */
    private static final Duration FAULT_SHOWN = Duration.ofMinutes(10);

    private static final int PROBED = 4;
    /** The number of blocks that a pruned node promises to have (BIP159). */
    static final int LIMITED_BLOCKS = 280;

    private final P2pSettings settings;
    private final ScheduledExecutorService loop;
    private final ThreadFactory threads;
    private final Clock clock;
    private final SecureRandom random;
    private final Peers peers;
    private final ChainReader reader;
    private final TransactionRequests requests;
    private final BlockFetcher blocks;
    private final MempoolCache mempool;
    private final Outbound outbound;
    private final Faults faults;
    private volatile boolean closed;
    private String fault = "";
    private Instant faultAt = Instant.MIN;
    private volatile NodeStatus status = NodeStatus.starting();
    private volatile OptionalInt version = OptionalInt.empty();
    private volatile RelayPolicy policy = RelayPolicy.CONSERVATIVE;

    /**
     * @param network the present network policy; empty while it is unavailable
     * @param loop the node's own thread
     * @param threads creates the threads of connections and followers
     */
    P2pNode(
            P2pSettings settings,
            Supplier<Optional<NetworkPolicy>> network,
            ScheduledExecutorService loop,
            ThreadFactory threads,
            Clock clock,
            SecureRandom random) {
        this.settings = settings;
        this.faults = new Faults("node " + settings.name() + ": a step", LOG::error);
        this.loop = loop;
        this.threads = threads;
        this.clock = clock;
        this.random = random;
        this.requests = new TransactionRequests(
                new RecentIds(REMEMBERED, random.nextLong(), random.nextLong()), settings.requestTimeout());
        this.blocks = new BlockFetcher(BLOCK_PATIENCE);
        this.mempool = new MempoolCache(settings.mempoolBytes());
        this.outbound = new Outbound(settings.name(), settings.broadcastTimeout(), this::oursSeen);
        ChainParameters parameters = ChainParameters.of(settings.network());
        this.peers =
                new Peers(settings, parameters, new PeerDialer(network, settings), threads, clock, random, this::post);
        this.reader = new ChainReader(
                settings, parameters, blocks, mempool, () -> peers.readyLinks().values());
    }

    /** Starts to connect. */
    void start() {
        if (!settings.wallet()) {
            LOG.info(
                    "node {} has no wallet: it receives, and broadcasts transactions that another wallet paid for",
                    settings.name());
        }
        loop.scheduleWithFixedDelay(() -> safely(this::tick), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void safely(Runnable work) {
        // Errors too: an error that ended the ticks would leave a node that does nothing and reports nothing.
        if (!closed && !faults.survive(work)) {
            fault = faults.last();
            faultAt = clock.instant();
            // Until a tick succeeds.
            NodeStatus.State before = status.state();
            status = status(before == NodeStatus.State.READY ? NodeStatus.State.UNREACHABLE : before, status, fault);
        }
    }

    /** The same status with another state, and with the latest failure. */
    private NodeStatus status(NodeStatus.State state, NodeStatus now, String why) {
        return new NodeStatus(
                state,
                "node " + settings.name() + ": data from its peers could not be handled (" + why
                        + "); it continues, see the log",
                now.software(),
                now.tip(),
                now.mempoolSize(),
                now.latency(),
                now.notifications(),
                now.route(),
                now.peers());
    }

    private void post(Runnable work) {
        try {
            loop.execute(() -> safely(work));
        } catch (RejectedExecutionException e) {
            LOG.debug("node {} is closed", settings.name());
        }
    }

    // ---- called on the connections' threads

    @Override
    public void ready(PeerLink link) {
        post(() -> greeted(link));
    }

    @Override
    public void received(PeerLink link, PeerMessage message, Runnable done) {
        try {
            loop.execute(() -> {
                try {
                    safely(() -> handle(link, message));
                } finally {
                    done.run();
                }
            });
        } catch (RejectedExecutionException e) {
            done.run();
        }
    }

    @Override
    public void closed(PeerLink link, String reason) {
        post(() -> lost(link, reason));
    }

    // Everything below runs on the node's thread.

    private void greeted(PeerLink link) {
        Contact contact = peers.of(link);
        if (contact == null || !link.ready()) {
            return;
        }
        VersionMessage version = link.version().orElseThrow();
        String software = Printable.of(version.subVer);
        if (link.offers(BLAKE2B)) {
            peers.punish(contact, "it follows another chain than Bitcoin's (service bit 28, BLAKE2b proof of work)");
            return;
        }
        Optional<String> tooOld = settings.tooOld(software);
        if (tooOld.isPresent()) {
            peers.punish(contact, tooOld.get());
            return;
        }
        LOG.info("node {}: peer {} is {} at height {}", settings.name(), link.endpoint(), software, version.bestHeight);
        contact.failures = 0;
        contact.problem = "";
        requests.connected(link.slot());
        blocks.late(link.slot(), contact.late);
        link.preferHeaders();
        link.askForHeaders(reader.chain().locator());
        if (mayAskForMempool(link)) {
            link.askForMempool();
        }
        outbound.connected(link);
        pump();
    }

    private boolean mayAskForMempool(PeerLink link) {
        return switch (settings.askMempool()) {
            case AUTO -> link.offers(Services.NODE_BLOOM);
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }

    private void lost(PeerLink link, String reason) {
        Contact contact = peers.of(link);
        if (contact == null) {
            return;
        }
        requests.disconnected(link.slot());
        blocks.disconnected(link.slot());
        outbound.disconnected(link.slot());
        peers.lost(contact, reason);
        pump();
    }

    private void handle(PeerLink link, PeerMessage message) {
        Contact contact = peers.of(link);
        if (contact == null || !link.ready()) {
            return;
        }
        Instant now = clock.instant();
        if (message instanceof PeerMessage.Announced announced) {
            announced(link, announced);
        } else if (message instanceof PeerMessage.Transaction transaction) {
            transaction(contact, transaction.transaction());
        } else if (message instanceof PeerMessage.Block block) {
            block(contact, block.block());
        } else if (message instanceof PeerMessage.Headers headers) {
            reader.headers(contact, headers, now).ifPresent(rule -> peers.punish(contact, rule));
        } else if (message instanceof PeerMessage.NotFound missing) {
            missing.transactions().forEach(id -> {
                requests.notFound(link.slot(), id);
                outbound.notFound(link.slot(), id);
            });
            missing.blocks().forEach(id -> blocks.notFound(link.slot(), id));
        } else if (message instanceof PeerMessage.Asks asks) {
            outbound.asked(link, asks.transactions(), now);
        } else if (message instanceof PeerMessage.FeeFilter filter) {
            contact.feeFilter = filter.satPerKvb();
        } else if (message instanceof PeerMessage.Refuses refuses) {
            outbound.refused(link, refuses.id(), refuses.reason());
        }
        pump();
    }

    private void announced(PeerLink link, PeerMessage.Announced announced) {
        if (reader.isFollowed()) {
            List<TxId> strangers = new ArrayList<>(announced.transactions().size());
            for (TxId id : announced.transactions()) {
                if (!outbound.announced(link, id)) {
                    strangers.add(id);
                }
            }
            requests.announced(link.slot(), strangers);
        } else {
            announced.transactions().forEach(id -> outbound.announced(link, id));
        }
        if (announced.blocks().stream()
                .anyMatch(block -> reader.chain().height(block).isEmpty())) {
            link.askForHeaders(reader.chain().locator());
        }
    }

    private void transaction(Contact contact, TxView transaction) {
        PeerLink link = contact.connection();
        TxId id = transaction.id();
        byte[] raw = transaction.bytes();
        boolean asked = outbound.received(link, id, raw);
        if (!requests.received(link.slot(), id)) {
            if (!asked) {
                LOG.debug(
                        "node {}: peer {} sends a transaction that was not requested",
                        settings.name(),
                        link.endpoint());
            }
            return;
        }
        contact.shownPayload = Math.max(contact.shownPayload, transaction.largestData());
        reader.inMempool(id, raw);
    }

    private void oursSeen(TxId id, byte[] raw) {
        requests.known(id);
        reader.inMempool(id, raw);
    }

    private void block(Contact contact, RawBlock block) {
        if (!reader.block(block)) {
            return;
        }
        contact.late = false;
        blocks.late(contact.connection().slot(), false);
        for (TxView transaction : block.transactions()) {
            requests.known(transaction.id());
            outbound.confirmed(transaction.id());
        }
    }

    private void tick() {
        Instant now = clock.instant();
        requests.expire(now);
        for (int slot : blocks.expire(now)) {
            peers.late(slot, "it did not send a block within " + BLOCK_PATIENCE.toSeconds() + " s");
        }
        for (Contact contact : peers.connected()) {
            if (delivers(contact)) {
                peers.look(contact, now);
            }
        }
        peers.dial(now, reader.chain().tip().height(), this);
        outbound.tick(peers.readyLinks(), now);
        pump();
        reader.prune();
        report();
    }

    /** Whether a peer sends what it announces; one that does not is avoided. */
    private boolean delivers(Contact contact) {
        PeerLink link = contact.link;
        if (link == null || !link.ready()) {
            return true;
        }
        int slot = link.slot();
        if (requests.useless(slot)) {
            peers.punish(contact, "it announces transactions but does not send them");
            return false;
        }
        if (requests.takeOverflow(slot) && mayAskForMempool(link)) {
            link.askForMempool();
        }
        return true;
    }

    private void report() {
        PeerReport report = new PeerReport(
                settings, peers.all(), peers.ready(), reader.chain().tip(), reader.isSynced());
        policy = report.policy();
        version = report.version();
        boolean lately = !fault.isEmpty() && clock.instant().isBefore(faultAt.plus(FAULT_SHOWN));
        String why = lately ? fault : reader.fault();
        report.status()
                .ifPresent(
                        now -> status = why.isEmpty() || !now.detail().isEmpty() ? now : status(now.state(), now, why));
    }

    /** Advances followers, and requests missing data from peers. */
    private void pump() {
        Instant now = clock.instant();
        Set<TxId> wanted = reader.advance(now);
        blocks.want(wanted);
        Map<Integer, PeerLink> ready = peers.readyLinks();
        for (BlockFetcher.Request request : blocks.next(holders(ready, wanted), now)) {
            PeerLink holder = ready.get(request.slot());
            if (holder != null) {
                holder.askForBlock(request.block());
            }
        }
        if (!reader.isFull()) {
            for (PeerLink link : ready.values()) {
                List<TxId> batch = requests.next(link.slot(), now);
                if (!batch.isEmpty()) {
                    link.askForTransactions(batch);
                }
            }
        }
    }

    /** Peers that promise to have blocks. */
    private Set<Integer> holders(Map<Integer, PeerLink> ready, Set<TxId> wanted) {
        boolean recent = reader.depth(wanted) < LIMITED_BLOCKS;
        Set<Integer> holders = new LinkedHashSet<>();
        ready.forEach((slot, link) -> {
            if (recent || link.offers(Services.NODE_NETWORK)) {
                holders.add(slot);
            }
        });
        return holders;
    }

    // ---- called on other threads

    NodeStatus status() {
        return status;
    }

    RelayPolicy policy() {
        return policy;
    }

    OptionalInt version() {
        return version;
    }

    /** The network policy changed: waiting connections are tried at once. */
    void networkChanged() {
        post(peers::networkChanged);
    }

    Optional<BlockRef> blockAt(int height) throws NodeUnavailableException {
        return await(() -> peers.ready().isEmpty() || !reader.isSynced()
                ? CompletableFuture.failedFuture(away())
                : CompletableFuture.completedFuture(reader.chain().at(height)));
    }

    Transport.Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        ScheduledExecutorService teller = Executors.newSingleThreadScheduledExecutor(threads);
        PeerFollower follower = new PeerFollower(
                settings.name(),
                listener,
                since,
                teller,
                gone -> post(() -> reader.remove(gone)),
                () -> post(this::pump));
        post(() -> {
            reader.add(follower);
            pump();
        });
        return follower;
    }

    void broadcast(byte[] raw) throws NodeUnavailableException, TransactionRejectedException {
        TxView transaction;
        try {
            transaction = TxView.of(raw);
        } catch (org.partyline.bitcointx.MalformedException e) {
            throw new TransactionRejectedException(
                    TransactionRejectedException.Reason.OTHER, "not a transaction: " + e.getMessage());
        }
        TxId id = transaction.id();
        Optional<Exception> problem = await(() -> {
            CompletableFuture<Optional<Exception>> answer = new CompletableFuture<>();
            Map<Integer, PeerLink> ready = peers.readyLinks();
            if (reader.confirmedIn(id).isPresent()) {
                answer.complete(Optional.empty());
            } else if (ready.isEmpty()) {
                answer.complete(Optional.of(away()));
            } else {
                CompletableFuture<Void> done = new CompletableFuture<>();
                done.whenComplete((nothing, failure) ->
                        answer.complete(failure == null ? Optional.empty() : Optional.of((Exception) failure)));
                outbound.send(id, raw.clone(), ready.values(), clock.instant(), done);
            }
            return answer;
        });
        if (problem.isPresent()) {
            if (problem.get() instanceof TransactionRejectedException refused) {
                throw refused;
            }
            throw new NodeUnavailableException(problem.get().getMessage(), problem.get());
        }
    }

    TransactionPlace locate(TxId id) throws NodeUnavailableException {
        Optional<BlockRef> block = await(() -> CompletableFuture.completedFuture(reader.confirmedIn(id)));
        if (block.isPresent()) {
            return new TransactionPlace(TransactionPlace.Kind.CONFIRMED, block);
        }
        if (isRelayed(id)) {
            return TransactionPlace.RELAYED;
        }
        if (ask(id).isEmpty()) {
            return TransactionPlace.UNKNOWN;
        }
        // The answer may be what shows it.
        return isRelayed(id) ? TransactionPlace.RELAYED : TransactionPlace.MEMPOOL;
    }

    private boolean isRelayed(TxId id) throws NodeUnavailableException {
        return await(() -> CompletableFuture.completedFuture(outbound.isRelayed(id)));
    }

    Optional<byte[]> fetch(TxId id) throws NodeUnavailableException {
        Optional<byte[]> held = await(() -> CompletableFuture.completedFuture(mempool.get(id)));
        return held.isPresent() ? held : ask(id);
    }

    /** Asks peers whether it is in their mempools. */
    private Optional<byte[]> ask(TxId id) throws NodeUnavailableException {
        return await(() -> {
            List<PeerLink> some = new ArrayList<>(peers.readyLinks().values());
            if (some.isEmpty()) {
                return CompletableFuture.failedFuture(away());
            }
            Collections.shuffle(some, random);
            return outbound.probe(id, some.subList(0, Math.min(PROBED, some.size())), clock.instant());
        });
    }

    private NodeUnavailableException away() {
        String detail = status.detail();
        return new NodeUnavailableException(
                detail.isEmpty() ? "node " + settings.name() + " has no peer yet; trying again" : detail);
    }

    /** Work on the node's thread with a later answer. */
    private interface Question<T> {
        CompletableFuture<T> ask();
    }

    private <T> T await(Question<T> question) throws NodeUnavailableException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                try {
                    question.ask().whenComplete((value, failure) -> {
                        if (failure == null) {
                            answer.complete(value);
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    });
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
            return answer.get(CALL.toMillis() + settings.broadcastTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NodeUnavailableException known) {
                throw new NodeUnavailableException(known.getMessage(), known);
            }
            throw new NodeUnavailableException(
                    "node " + settings.name() + " failed; try again", Objects.requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException | RejectedExecutionException e) {
            throw new NodeUnavailableException("node " + settings.name() + " does not answer; try again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeUnavailableException("interrupted while node " + settings.name() + " was asked", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                peers.connected().forEach(contact -> contact.connection().close());
                reader.close();
                done.complete(null);
            });
            done.get(10, TimeUnit.SECONDS);
        } catch (RejectedExecutionException | ExecutionException | TimeoutException e) {
            LOG.warn("node {} did not close its connections: {}", settings.name(), Faults.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
