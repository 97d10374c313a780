package org.partyline.transportbitcoinj;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
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
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NetworkPolicy;
import org.partyline.api.transport.NetworkRoute;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.transportbitcoinj.tx.RawBlock;
import org.partyline.transportbitcoinj.tx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks with several peers and makes one node of them: one thread takes what they say, in its order, and decides what to ask
 * for.
 */
final class P2pNode implements PeerLink.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(P2pNode.class);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration GREETING = Duration.ofSeconds(20);
    private static final Duration PING_EVERY = Duration.ofSeconds(30);
    private static final Duration SILENT = Duration.ofMinutes(3);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(60);
    private static final Duration BANNED = Duration.ofMinutes(10);
    private static final Duration FIND_AGAIN = Duration.ofMinutes(5);
    private static final Duration BLOCK_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CALL = Duration.ofSeconds(90);
    private static final int REMEMBERED = 500_000;
    private static final int LOOK_AHEAD = 8;
    private static final int MOST_CONFIRMED = 20_000;
    private static final int UNKNOWN_FORK_DEPTH = 100;
    private static final int KEPT_HEADERS = 50_000;
    private static final int FULL_HEADERS = 2000;
    private static final int MOST_UNCONNECTED = 10;
    private static final int MOST_IDLE_HEADERS = 20_000;
    private static final int PROBED = 4;
    /** A node that holds recent blocks only promises so many (BIP159). */
    private static final int LIMITED_BLOCKS = 280;
    /** Under this a feefilter says nothing: nodes blur theirs. */
    private static final long LOWEST_FLOOR = 100;
    /** Nodes that do not want any transactions say so with an absurd fee. */
    private static final long HIGHEST_FLOOR = 1_000_000;

    /** One address, whether connected or not. */
    private static final class Contact {
        private final Endpoint endpoint;
        private final boolean named;
        private PeerLink link;
        private Instant dialled = Instant.MIN;
        private Instant nextTry = Instant.MIN;
        private Instant lastPing = Instant.MIN;
        private int failures;
        private int unconnected;
        private int idleHeaders;
        private long feeFilter = -1;
        private boolean synced;
        private String problem = "";
        private NetworkRoute route;

        Contact(Endpoint endpoint, boolean named) {
            this.endpoint = endpoint;
            this.named = named;
        }
    }

    private final P2pSettings settings;
    private final ChainParameters parameters;
    private final ScheduledExecutorService loop;
    private final ThreadFactory threads;
    private final Clock clock;
    private final SecureRandom random;
    private final Dialer dialer;
    private final Map<Endpoint, Contact> contacts = new LinkedHashMap<>();
    private final Map<Integer, Contact> bySlot = new TreeMap<>();
    private final List<Follower> followers = new ArrayList<>();
    private final TransactionRequests requests;
    private final BlockFetcher blocks;
    private final MempoolCache mempool;
    private final Outbound outbound;
    private final Map<TxId, BlockRef> confirmed = new LinkedHashMap<>();
    private HeaderChain chain;
    private boolean synced;
    private boolean finding;
    private Instant nextFind = Instant.MIN;
    private volatile boolean closed;
    private volatile NodeStatus status = NodeStatus.starting();
    private volatile OptionalInt version = OptionalInt.empty();
    private volatile RelayPolicy policy = RelayPolicy.CONSERVATIVE;

    /**
     * @param network the network policy of the moment; empty while it is away
     * @param loop one thread, this node's
     * @param threads makes the threads of connections and followers
     */
    P2pNode(
            P2pSettings settings,
            Supplier<Optional<NetworkPolicy>> network,
            ScheduledExecutorService loop,
            ThreadFactory threads,
            Clock clock,
            SecureRandom random) {
        this.settings = settings;
        this.parameters = ChainParameters.of(settings.network());
        this.loop = loop;
        this.threads = threads;
        this.clock = clock;
        this.random = random;
        this.dialer = new Dialer(network, settings);
        this.requests = new TransactionRequests(
                new RecentIds(REMEMBERED, random.nextLong(), random.nextLong()), settings.requestTimeout());
        this.blocks = new BlockFetcher(BLOCK_PATIENCE);
        this.mempool = new MempoolCache(settings.mempoolBytes());
        this.outbound = new Outbound(settings.name(), settings.broadcastTimeout(), this::oursSeen);
        this.chain = new HeaderChain(parameters, parameters.anchorBelow(Integer.MAX_VALUE));
        settings.peers().forEach(peer -> contacts.put(peer, new Contact(peer, true)));
    }

    /** Begins to connect. */
    void start() {
        if (!settings.wallet()) {
            LOG.info("node {} has no wallet: it receives, and sends what another wallet paid for", settings.name());
        }
        loop.scheduleWithFixedDelay(() -> safely(this::tick), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void safely(Runnable work) {
        try {
            if (!closed) {
                work.run();
            }
        } catch (RuntimeException | Error e) {
            // Errors too: one that ended the ticking would leave a node that says nothing and does nothing.
            LOG.error("node {}: a step failed; it goes on with the next", settings.name(), e);
        }
    }

    private void post(Runnable work) {
        try {
            loop.execute(() -> safely(work));
        } catch (RejectedExecutionException e) {
            LOG.debug("node {} is closed", settings.name());
        }
    }

    // The connections' threads come in here.

    @Override
    public void ready(PeerLink link) {
        post(() -> greeted(link));
    }

    @Override
    public void received(PeerLink link, Incoming message, Runnable done) {
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

    // From here on everything is on the node's thread.

    private Contact of(PeerLink link) {
        Contact contact = bySlot.get(link.slot());
        return contact != null && contact.link == link ? contact : null;
    }

    private void greeted(PeerLink link) {
        Contact contact = of(link);
        if (contact == null || !link.ready()) {
            return;
        }
        VersionMessage version = link.version().orElseThrow();
        String software = PeerLink.printable(version.subVer);
        Optional<String> tooOld = settings.tooOld(software);
        if (tooOld.isPresent()) {
            punish(contact, tooOld.get());
            return;
        }
        LOG.info("node {}: peer {} is {} at height {}", settings.name(), link.endpoint(), software, version.bestHeight);
        contact.failures = 0;
        contact.problem = "";
        requests.connected(link.slot());
        link.preferHeaders();
        link.askForHeaders(chain.locator());
        if (mayAskForMempool(version)) {
            link.askForMempool();
        }
        outbound.connected(link);
        pump();
    }

    private boolean mayAskForMempool(VersionMessage version) {
        return switch (settings.askMempool()) {
            case AUTO -> version.services().has(Services.NODE_BLOOM);
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }

    private void lost(PeerLink link, String reason) {
        Contact contact = of(link);
        if (contact == null) {
            return;
        }
        bySlot.remove(link.slot());
        requests.disconnected(link.slot());
        blocks.disconnected(link.slot());
        outbound.disconnected(link.slot());
        contact.link = null;
        contact.feeFilter = -1;
        contact.synced = false;
        contact.unconnected = 0;
        contact.idleHeaders = 0;
        if (!contact.problem.equals(reason)) {
            LOG.info("node {}: peer {} is gone: {}", settings.name(), link.endpoint(), reason);
            contact.problem = reason;
        }
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(contact.failures++, 6));
        wait = wait.compareTo(LAST_RETRY) < 0 ? wait : LAST_RETRY;
        Instant next = clock.instant().plus(wait).plusMillis(random.nextInt(1000));
        contact.nextTry = next.isAfter(contact.nextTry) ? next : contact.nextTry;
        if (!contact.named) {
            contacts.remove(contact.endpoint);
        }
        pump();
    }

    /** Ends a connection to one that breaks the rules, and leaves it alone for a while. */
    private void punish(Contact contact, String why) {
        LOG.warn(
                "node {}: peer {}: {}; it is left alone for {} minutes",
                settings.name(),
                contact.endpoint,
                why,
                BANNED.toMinutes());
        contact.nextTry = clock.instant().plus(BANNED);
        contact.link.end(why);
    }

    private void handle(PeerLink link, Incoming message) {
        Contact contact = of(link);
        if (contact == null || !link.ready()) {
            return;
        }
        Instant now = clock.instant();
        if (message instanceof Incoming.Announced announced) {
            announced(link, announced);
        } else if (message instanceof Incoming.Transaction transaction) {
            transaction(link, transaction.transaction());
        } else if (message instanceof Incoming.Block block) {
            block(contact, block.block());
        } else if (message instanceof Incoming.Headers headers) {
            headers(contact, headers);
        } else if (message instanceof Incoming.NotFound missing) {
            missing.transactions().forEach(id -> {
                requests.notFound(link.slot(), id);
                outbound.notFound(link.slot(), id);
            });
            missing.blocks().forEach(id -> blocks.notFound(link.slot(), id));
        } else if (message instanceof Incoming.Asks asks) {
            outbound.asked(link, asks.transactions(), now);
        } else if (message instanceof Incoming.FeeFilter filter) {
            contact.feeFilter = filter.satPerKvb();
        } else if (message instanceof Incoming.Refuses refuses) {
            outbound.refused(link.slot(), refuses.id(), refuses.reason());
        }
        pump();
    }

    private void announced(PeerLink link, Incoming.Announced announced) {
        if (!followers.isEmpty()) {
            List<TxId> strangers = new ArrayList<>(announced.transactions().size());
            for (TxId id : announced.transactions()) {
                if (!outbound.announced(id)) {
                    strangers.add(id);
                }
            }
            requests.announced(link.slot(), strangers);
        } else {
            announced.transactions().forEach(outbound::announced);
        }
        if (announced.blocks().stream().anyMatch(block -> chain.height(block).isEmpty())) {
            link.askForHeaders(chain.locator());
        }
    }

    private void transaction(PeerLink link, TxView transaction) {
        TxId id = transaction.id();
        byte[] raw = transaction.bytes();
        boolean asked = outbound.received(id, raw);
        if (!requests.received(link.slot(), id)) {
            if (!asked) {
                LOG.debug(
                        "node {}: peer {} sends a transaction that nobody asked for", settings.name(), link.endpoint());
            }
            return;
        }
        inMempool(id, raw);
    }

    private void inMempool(TxId id, byte[] raw) {
        mempool.add(id, raw);
        for (Follower follower : followers) {
            if (follower.hasMempool()) {
                follower.transaction(raw);
            }
        }
    }

    private void oursSeen(TxId id, byte[] raw) {
        requests.known(id);
        inMempool(id, raw);
    }

    private void headers(Contact contact, Incoming.Headers message) {
        PeerLink link = contact.link;
        Instant now = clock.instant();
        TxId before = chain.tip().hash();
        HeaderChain.Result result = chain.accept(message.headers(), now);
        switch (result.outcome()) {
            case INVALID -> {
                punish(contact, result.problem());
                return;
            }
            case UNCONNECTED -> {
                if (++contact.unconnected > MOST_UNCONNECTED) {
                    punish(contact, "its headers do not connect to the chain");
                } else {
                    link.askForHeaders(chain.locator());
                }
                return;
            }
            case EXTENDED, KNOWN -> contact.unconnected = 0;
        }
        boolean better = !chain.tip().hash().equals(before);
        contact.idleHeaders =
                better ? 0 : contact.idleHeaders + message.headers().size();
        if (contact.idleHeaders > MOST_IDLE_HEADERS) {
            punish(contact, "it sends headers without end that lead nowhere");
            return;
        }
        if (message.headers().size() >= FULL_HEADERS) {
            TxId last = message.headers().get(message.headers().size() - 1).hash();
            List<TxId> locator = new ArrayList<>(List.of(last));
            locator.addAll(chain.locator());
            link.askForHeaders(locator);
        } else {
            contact.synced = true;
            synced = true;
        }
    }

    private void block(Contact contact, RawBlock block) {
        OptionalInt height = chain.height(block.header().hash());
        if (!blocks.received(block) || height.isEmpty()) {
            return;
        }
        BlockRef ref = chain.at(height.getAsInt()).orElseThrow();
        for (TxView transaction : block.transactions()) {
            TxId id = transaction.id();
            mempool.remove(id);
            requests.known(id);
            outbound.confirmed(id);
            confirmed.remove(id);
            confirmed.put(id, ref);
        }
        while (confirmed.size() > MOST_CONFIRMED) {
            confirmed.remove(confirmed.keySet().iterator().next());
        }
    }

    private void tick() {
        Instant now = clock.instant();
        requests.expire(now);
        for (int slot : blocks.expire(now)) {
            Contact late = bySlot.get(slot);
            if (late != null && late.link != null) {
                late.link.end("it did not send a block within " + BLOCK_PATIENCE.toSeconds() + " s");
            }
        }
        for (Contact contact : List.copyOf(bySlot.values())) {
            look(contact, now);
        }
        dial(now);
        outbound.tick(readyLinks(), now);
        pump();
        prune();
        refreshStatus();
    }

    private void look(Contact contact, Instant now) {
        PeerLink link = contact.link;
        if (!link.ready()) {
            if (contact.dialled
                    .plus(settings.connectTimeout().multipliedBy(2))
                    .plus(GREETING)
                    .isBefore(now)) {
                link.end("it does not greet");
            }
            return;
        }
        if (requests.useless(link.slot())) {
            punish(contact, "it announces transactions and does not send them");
            return;
        }
        if (requests.takeOverflow(link.slot())
                && mayAskForMempool(link.version().orElseThrow())) {
            link.askForMempool();
        }
        if (System.nanoTime() - link.lastReceived() > SILENT.toNanos()) {
            link.end("it is silent");
        } else if (contact.lastPing.plus(PING_EVERY).isBefore(now)) {
            contact.lastPing = now;
            link.ping();
        }
    }

    private void dial(Instant now) {
        long found = contacts.values().stream()
                .filter(c -> !c.named && c.link != null)
                .count();
        int room = Math.max(0, settings.connections() - settings.peers().size()) - (int) found;
        List<Contact> order = new ArrayList<>(contacts.values());
        for (Contact contact : order) {
            if (contact.link != null || now.isBefore(contact.nextTry) || !contact.named && room <= 0) {
                continue;
            }
            NetworkRoute route = dialer.route(contact.endpoint);
            contact.route = route;
            if (route.kind() == NetworkRoute.Kind.REFUSED) {
                if (!contact.problem.equals(route.refusal())) {
                    LOG.error("node {}: {}", settings.name(), route.refusal());
                    contact.problem = route.refusal();
                }
                continue;
            }
            OptionalInt slot = freeSlot();
            if (slot.isEmpty()) {
                return;
            }
            room -= contact.named ? 0 : 1;
            contact.dialled = now;
            contact.link = PeerLink.open(
                    parameters, contact.endpoint, slot.getAsInt(), chain.tip().height(), dialer, threads, this);
            bySlot.put(slot.getAsInt(), contact);
        }
        if (settings.discovery() && room > 0 && !finding && now.isAfter(nextFind) && mayFind()) {
            find();
        }
    }

    private OptionalInt freeSlot() {
        for (int i = 0; i < TransactionRequests.SLOTS; i++) {
            if (!bySlot.containsKey(i)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** A seed is found by a name server, past any proxy: only where all goes directly. */
    private boolean mayFind() {
        return parameters.seeds().stream()
                .allMatch(seed ->
                        dialer.route(new Endpoint(seed, parameters.port())).kind() == NetworkRoute.Kind.DIRECT);
    }

    /** Asks the network's seeds for peers. */
    private void find() {
        finding = true;
        nextFind = clock.instant().plus(FIND_AGAIN);
        threads.newThread(() -> {
                    List<Endpoint> found = new ArrayList<>();
                    for (String seed : parameters.seeds()) {
                        try {
                            for (InetAddress address : InetAddress.getAllByName(seed)) {
                                Endpoint.parse(literal(address), parameters.port())
                                        .ifPresent(found::add);
                            }
                        } catch (UnknownHostException e) {
                            LOG.debug("node {}: seed {} does not answer", settings.name(), seed);
                        }
                    }
                    Collections.shuffle(found, random);
                    post(() -> {
                        finding = false;
                        found.stream()
                                .limit(4L * settings.connections())
                                .forEach(each -> contacts.putIfAbsent(each, new Contact(each, false)));
                    });
                })
                .start();
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    private Map<Integer, PeerLink> readyLinks() {
        Map<Integer, PeerLink> ready = new TreeMap<>();
        bySlot.forEach((slot, contact) -> {
            if (contact.link.ready()) {
                ready.put(slot, contact.link);
            }
        });
        return ready;
    }

    /** Brings followers on, and asks peers for what is missing. */
    private void pump() {
        Set<TxId> wanted = new LinkedHashSet<>();
        boolean full = false;
        for (Follower follower : List.copyOf(followers)) {
            advance(follower, wanted);
            full |= follower.full();
        }
        blocks.want(wanted);
        Instant now = clock.instant();
        Map<Integer, PeerLink> ready = readyLinks();
        for (BlockFetcher.Request request : blocks.next(holders(ready, wanted), now)) {
            ready.get(request.slot()).askForBlock(request.block());
        }
        if (!full) {
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
        int lowest =
                wanted.stream().mapToInt(b -> chain.height(b).orElse(0)).min().orElse(0);
        Set<Integer> holders = new LinkedHashSet<>();
        ready.forEach((slot, link) -> {
            if (link.version().orElseThrow().services().has(Services.NODE_NETWORK)
                    || chain.tip().height() - lowest < LIMITED_BLOCKS) {
                holders.add(slot);
            }
        });
        return holders;
    }

    private void advance(Follower follower, Set<TxId> wanted) {
        while (synced && !follower.full()) {
            BlockRef tip = chain.tip();
            if (follower.resumeAt().isPresent()) {
                int height = Math.min(follower.resumeAt().getAsInt(), tip.height());
                if (height < chain.base()) {
                    readFrom(height);
                    return;
                }
                follower.moveTo(chain.at(height).orElseThrow());
            }
            Optional<BlockRef> position = follower.position();
            if (position.isEmpty()) {
                // Where it starts: the tip is told too, so that the listener has a block to come back to.
                Optional<RawBlock> block = blocks.get(tip.hash());
                if (block.isEmpty()) {
                    wanted.add(tip.hash());
                    return;
                }
                follower.connected(tip, block.get());
                continue;
            }
            BlockRef at = position.get();
            OptionalInt height = chain.height(at.hash());
            if (height.isEmpty()) {
                if (!leaveFork(follower, at, tip)) {
                    return;
                }
                continue;
            }
            if (height.getAsInt() == tip.height()) {
                giveMempool(follower);
                return;
            }
            BlockRef next = chain.at(height.getAsInt() + 1).orElseThrow();
            Optional<RawBlock> block = blocks.get(next.hash());
            if (block.isEmpty()) {
                for (int i = 0; i < LOOK_AHEAD; i++) {
                    chain.at(next.height() + i).ifPresent(b -> wanted.add(b.hash()));
                }
                return;
            }
            follower.connected(next, block.get());
            for (int i = 1; i < LOOK_AHEAD; i++) {
                chain.at(next.height() + i).ifPresent(b -> wanted.add(b.hash()));
            }
        }
    }

    private boolean leaveFork(Follower follower, BlockRef at, BlockRef tip) {
        if (at.height() < chain.base()) {
            readFrom(at.height());
            return false;
        }
        Optional<BlockRef> parent = chain.parentOfSide(at.hash());
        if (parent.isEmpty() && at.height() > tip.height() && settings.network() != org.partyline.api.Network.REGTEST) {
            // Nobody here has heard of that block yet: the peers are behind the one that told of it, not on a fork.
            return false;
        }
        follower.disconnected();
        if (follower.position().isEmpty()) {
            if (parent.isPresent()) {
                follower.moveTo(parent.get());
            } else {
                int height = Math.max(0, Math.min(at.height(), tip.height()) - UNKNOWN_FORK_DEPTH);
                LOG.info(
                        "node {} does not know block {} {}: blocks from {} on are read",
                        settings.name(),
                        at.height(),
                        at.hash(),
                        height);
                follower.resumeAt(OptionalInt.of(height));
            }
        }
        return true;
    }

    /** Starts the chain of headers over, further back. */
    private void readFrom(int height) {
        LOG.info("node {}: headers are read again from block {} on", settings.name(), height);
        chain = new HeaderChain(parameters, parameters.anchorBelow(height));
        synced = false;
        for (PeerLink link : readyLinks().values()) {
            link.askForHeaders(chain.locator());
        }
    }

    private void giveMempool(Follower follower) {
        if (!follower.hasMempool()) {
            follower.hasMempool(true);
            mempool.all().forEach(follower::transaction);
        }
    }

    private void prune() {
        int lowest = chain.tip().height();
        for (Follower follower : followers) {
            lowest = Math.min(lowest, follower.position().map(BlockRef::height).orElse(lowest));
        }
        if (lowest > chain.tip().height() - KEPT_HEADERS / 2) {
            chain.prune(KEPT_HEADERS);
        }
    }

    private void refreshStatus() {
        List<Contact> ready =
                bySlot.values().stream().filter(c -> c.link.ready()).toList();
        refreshPolicy(ready);
        version = ready.stream()
                .map(c ->
                        P2pSettings.version(c.link.version().map(v -> v.subVer).orElse("")))
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .min();
        if (ready.isEmpty()) {
            Optional<Contact> tried =
                    contacts.values().stream().filter(c -> !c.problem.isEmpty()).findFirst();
            if (tried.isEmpty()) {
                return;
            }
            boolean refused = contacts.values().stream()
                    .allMatch(c -> c.route != null && c.route.kind() == NetworkRoute.Kind.REFUSED);
            status = status(
                    refused ? NodeStatus.State.REFUSED : NodeStatus.State.UNREACHABLE,
                    "node " + settings.name() + (refused ? ": " : " reaches no peer: " + tried.get().endpoint + ": ")
                            + tried.get().problem + (refused ? "" : "; it is tried again"),
                    ready);
            return;
        }
        long claimed = ready.stream()
                .mapToLong(c -> c.link.version().orElseThrow().bestHeight)
                .sorted()
                .skip((ready.size() - 1) / 2)
                .findFirst()
                .orElse(0);
        boolean behind =
                !synced || chain.tip().height() + 1 < claimed && ready.stream().noneMatch(c -> c.synced);
        status = status(
                behind ? NodeStatus.State.SYNCING : NodeStatus.State.READY,
                behind
                        ? "node " + settings.name() + " reads the chain: block "
                                + chain.tip().height() + " of " + claimed
                        : "",
                ready);
    }

    private NodeStatus status(NodeStatus.State state, String detail, List<Contact> ready) {
        String software = ready.stream()
                .map(c -> PeerLink.printable(c.link.version().map(v -> v.subVer).orElse("")))
                .distinct()
                .limit(3)
                .reduce((a, b) -> a + " " + b)
                .orElse("");
        Optional<Duration> latency = ready.stream()
                .map(c -> c.link.latency())
                .flatMap(Optional::stream)
                .min(Duration::compareTo);
        boolean known = ready.stream().anyMatch(c -> c.synced) || synced;
        return new NodeStatus(
                state,
                detail,
                software,
                known ? Optional.of(chain.tip()) : Optional.empty(),
                -1,
                latency,
                ready.size() + (ready.size() == 1 ? " peer" : " peers") + (settings.wallet() ? "" : ", no wallet"),
                routes(ready.isEmpty() ? List.copyOf(contacts.values()) : ready));
    }

    private static String routes(List<Contact> of) {
        return of.stream()
                .filter(c -> c.route != null)
                .map(c -> c.route.text())
                .distinct()
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
    }

    /** The floor that half of the peers share; what else they carry, they do not say. */
    private void refreshPolicy(List<Contact> ready) {
        List<Long> floors = ready.stream()
                .map(c -> c.feeFilter)
                .filter(f -> f >= 0 && f <= HIGHEST_FLOOR)
                .sorted()
                .toList();
        if (floors.isEmpty()) {
            policy = RelayPolicy.CONSERVATIVE;
            return;
        }
        long floor = Math.max(LOWEST_FLOOR, floors.get((floors.size() - 1) / 2));
        RelayPolicy safe = RelayPolicy.CONSERVATIVE;
        policy = new RelayPolicy(
                safe.maxPayload(),
                safe.maxOutputs(),
                safe.maxScriptBytes(),
                new FeeRate(floor),
                new FeeRate(Math.min(safe.incrementalFee().satPerKvb(), floor)));
    }

    // Other threads come in here.

    NodeStatus status() {
        return status;
    }

    RelayPolicy policy() {
        return policy;
    }

    OptionalInt version() {
        return version;
    }

    /** The network policy says something else now: what waits because of it is tried at once. */
    void networkChanged() {
        post(() -> {
            for (Contact contact : contacts.values()) {
                if (contact.link == null
                        && (contact.route == null || !contact.route.equals(dialer.route(contact.endpoint)))) {
                    contact.nextTry = Instant.MIN;
                    contact.problem = "";
                }
            }
        });
    }

    Optional<BlockRef> blockAt(int height) throws NodeUnavailableException {
        return await(() -> readyLinks().isEmpty() || !synced
                ? CompletableFuture.failedFuture(away())
                : CompletableFuture.completedFuture(chain.at(height)));
    }

    Transport.Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        ScheduledExecutorService teller = Executors.newSingleThreadScheduledExecutor(threads);
        Follower follower = new Follower(
                settings.name(),
                listener,
                since,
                teller,
                gone -> post(() -> followers.remove(gone)),
                () -> post(this::pump));
        post(() -> {
            followers.add(follower);
            pump();
        });
        return follower;
    }

    void broadcast(byte[] raw) throws NodeUnavailableException, TransactionRejectedException {
        TxView transaction;
        try {
            transaction = TxView.of(raw);
        } catch (org.partyline.transportbitcoinj.tx.MalformedException e) {
            throw new TransactionRejectedException(
                    TransactionRejectedException.Reason.OTHER, "not a transaction: " + e.getMessage());
        }
        TxId id = transaction.id();
        Optional<Exception> problem = await(() -> {
            CompletableFuture<Optional<Exception>> answer = new CompletableFuture<>();
            Map<Integer, PeerLink> ready = readyLinks();
            if (confirmedIn(id).isPresent()) {
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
        Optional<BlockRef> block = await(() -> CompletableFuture.completedFuture(confirmedIn(id)));
        if (block.isPresent()) {
            return new TransactionPlace(TransactionPlace.Kind.CONFIRMED, block);
        }
        return ask(id).isPresent() ? TransactionPlace.MEMPOOL : TransactionPlace.UNKNOWN;
    }

    Optional<byte[]> fetch(TxId id) throws NodeUnavailableException {
        Optional<byte[]> held = await(() -> CompletableFuture.completedFuture(mempool.get(id)));
        return held.isPresent() ? held : ask(id);
    }

    /** Asks peers whether they have it in their mempool. */
    private Optional<byte[]> ask(TxId id) throws NodeUnavailableException {
        return await(() -> {
            List<PeerLink> some = new ArrayList<>(readyLinks().values());
            if (some.isEmpty()) {
                return CompletableFuture.failedFuture(away());
            }
            Collections.shuffle(some, random);
            return outbound.probe(id, some.subList(0, Math.min(PROBED, some.size())), clock.instant());
        });
    }

    private Optional<BlockRef> confirmedIn(TxId id) {
        return Optional.ofNullable(confirmed.get(id))
                .filter(ref -> chain.height(ref.hash()).isPresent());
    }

    private NodeUnavailableException away() {
        String detail = status.detail();
        return new NodeUnavailableException(
                detail.isEmpty() ? "node " + settings.name() + " has no peer yet; it is tried again" : detail);
    }

    /** Work on the node's thread whose answer comes later. */
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
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
            return answer.get(CALL.toMillis() + settings.broadcastTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NodeUnavailableException known) {
                throw new NodeUnavailableException(known.getMessage(), known);
            }
            throw new NodeUnavailableException("node " + settings.name() + " could not do it; ask again", e.getCause());
        } catch (TimeoutException | RejectedExecutionException e) {
            throw new NodeUnavailableException("node " + settings.name() + " does not answer; ask again", e);
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
                List.copyOf(bySlot.values()).forEach(contact -> contact.link.close());
                List.copyOf(followers).forEach(Follower::close);
                done.complete(null);
            });
            done.get(10, TimeUnit.SECONDS);
        } catch (RejectedExecutionException | ExecutionException | TimeoutException e) {
            LOG.warn("node {} did not close its connections", settings.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
