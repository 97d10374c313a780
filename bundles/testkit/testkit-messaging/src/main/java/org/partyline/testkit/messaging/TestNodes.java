package org.partyline.testkit.messaging;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodeListener;
import org.partyline.api.nodes.NodeReceiver;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;

/**
 * The nodes of a test, in the order in which they were added: none is judged, and a test quarantines those that it
 * wants.
 */
public final class TestNodes implements NodeDirectory {
    private final Clock clock;
    private final List<Transport> nodes = new CopyOnWriteArrayList<>();
    private final List<Wallet> wallets = new CopyOnWriteArrayList<>();
    private final List<NodeListener> listeners = new CopyOnWriteArrayList<>();
    private final Set<String> paused = ConcurrentHashMap.newKeySet();
    private final Set<String> setAside = ConcurrentHashMap.newKeySet();
    private final Map<String, Transport.Subscription> watches = new HashMap<>();
    private final AtomicInteger rewatching = new AtomicInteger();
    private NodeReceiver receiver;
    /** The transactions that a node was told are ours. */
    public final List<TxId> ours = new CopyOnWriteArrayList<>();
    /** The nodes suspected of withholding a transaction. */
    public final List<String> suspected = new CopyOnWriteArrayList<>();
    /** The transactions that a node rejected. */
    public final List<TxId> refused = new CopyOnWriteArrayList<>();
    /** How often each node was the first to report a packet. */
    public final Map<String, Integer> found = new ConcurrentHashMap<>();

    public TestNodes(Clock clock) {
        this.clock = clock;
    }

    /** Adds a node, and its wallet with it. */
    public void add(TestNetwork.Node node) {
        addTransport(node);
        addWallet(node);
    }

    public synchronized void addTransport(Transport node) {
        nodes.add(node);
        if (receiver != null) {
            begin(node);
        }
        listeners.forEach(NodeListener::changed);
    }

    public void addWallet(Wallet wallet) {
        wallets.add(wallet);
        listeners.forEach(NodeListener::changed);
    }

    public synchronized void remove(Transport node) {
        nodes.remove(node);
        end(node.name());
        listeners.forEach(NodeListener::changed);
    }

    public void removeWallet(Wallet wallet) {
        wallets.remove(wallet);
        listeners.forEach(NodeListener::changed);
    }

    /** Stops reading and sending through a node until {@link #resume}. */
    public synchronized void pause(String name) {
        paused.add(name);
        end(name);
        listeners.forEach(NodeListener::changed);
    }

    public synchronized void resume(String name) {
        paused.remove(name);
        nodes.stream()
                .filter(node -> node.name().equals(name) && receiver != null)
                .forEach(this::begin);
        listeners.forEach(NodeListener::changed);
    }

    /** Quarantines a node. */
    public void setAside(Transport node, NodeFault fault, String reason) {
        setAside.add(node.name());
        listeners.forEach(listener -> listener.setAside(node.name(), node.network(), fault, reason));
    }

    public void useAgain(Transport node) {
        setAside.remove(node.name());
        listeners.forEach(listener -> listener.usedAgain(node.name(), node.network()));
    }

    @Override
    public List<KnownNode> all() {
        return nodes.stream()
                .map(node -> new KnownNode(node.name(), node.network(), paused.contains(node.name()), node.status(), 0))
                .toList();
    }

    @Override
    public Set<Network> networks() {
        return nodes.stream().map(Transport::network).collect(Collectors.toSet());
    }

    @Override
    public List<Transport> ready(Network network) {
        return inUse().stream()
                .filter(node -> node.network() == network && isTrusted(node.name()) && isReady(node))
                .toList();
    }

    private static boolean isReady(Transport node) {
        return node.status().state() == NodeStatus.State.READY;
    }

    @Override
    public Set<String> readyNames() {
        return inUse().stream()
                .filter(node -> isTrusted(node.name()) && isReady(node))
                .map(Transport::name)
                .collect(Collectors.toSet());
    }

    @Override
    public List<Transport> inUse() {
        return nodes.stream().filter(node -> !paused.contains(node.name())).toList();
    }

    @Override
    public boolean isUsed(String name) {
        return isTrusted(name) && inUse().stream().anyMatch(node -> node.name().equals(name));
    }

    @Override
    public boolean isTrusted(String name) {
        return !setAside.contains(name);
    }

    @Override
    public boolean tellsBlocks(String name) {
        return isTrusted(name);
    }

    @Override
    public void requireUsed(String name) throws PartylineException {
        networkOf(name);
        if (!isUsed(name)) {
            throw new PartylineException("node '" + name + "' is not used");
        }
    }

    @Override
    public Network networkOf(String name) throws PartylineException {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchThingException("there is no node '" + name + "'"))
                .network();
    }

    @Override
    public Optional<Wallet> wallet(Network network, String node) {
        List<Wallet> here =
                wallets.stream().filter(wallet -> wallet.network() == network).toList();
        return here.stream()
                .filter(wallet -> wallet.name().equals(node))
                .findFirst()
                .or(() -> here.stream().findFirst());
    }

    @Override
    public Optional<Wallet> wallet(String name) {
        return wallets.stream().filter(wallet -> wallet.name().equals(name)).findFirst();
    }

    @Override
    public List<Wallet> wallets() {
        return List.copyOf(wallets);
    }

    @Override
    public synchronized void watch(NodeReceiver next) {
        receiver = next;
        inUse().forEach(this::begin);
    }

    @Override
    public synchronized void unwatch() {
        receiver = null;
        List.copyOf(watches.keySet()).forEach(this::end);
    }

    /** {@inheritDoc} Always on a separate thread: the caller may be the one for whom the receiver waits. */
    @Override
    public void rewatch(Network network) {
        rewatching.incrementAndGet();
        Thread thread = new Thread(
                () -> {
                    try {
                        beginAnew(network);
                    } finally {
                        rewatching.decrementAndGet();
                    }
                },
                "test-nodes");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns whether nodes are still to start over. */
    public boolean isRewatching() {
        return rewatching.get() > 0;
    }

    private synchronized void beginAnew(Network network) {
        List<Transport> again =
                inUse().stream().filter(node -> node.network() == network).toList();
        again.forEach(node -> end(node.name()));
        if (receiver != null) {
            receiver.rewind(network);
            again.forEach(this::begin);
        }
    }

    private void begin(Transport node) {
        watches.put(
                node.name(),
                node.watch(new Handing(node, receiver, clock), receiver.cursor(node.name(), node.network())));
    }

    private void end(String name) {
        Transport.Subscription watch = watches.remove(name);
        if (watch != null) {
            watch.close();
        }
    }

    /** Passes on the payloads that are wanted. */
    private record Handing(Transport node, NodeReceiver receiver, Clock clock) implements TransactionListener {
        @Override
        public void transaction(byte[] raw, Optional<BlockRef> block) {
            Instant now = clock.instant();
            TxId id = TransactionScanner.id(raw);
            TransactionScanner.scan(raw, (output, offset, length) -> {
                if (receiver.isWanted(raw, offset, length)) {
                    receiver.payload(
                            node.name(),
                            node.network(),
                            Arrays.copyOfRange(raw, offset, offset + length),
                            id,
                            block,
                            now);
                }
            });
        }

        @Override
        public void blockConnected(BlockRef block) {
            receiver.blockConnected(node.name(), node.network(), block);
        }

        @Override
        public void blockDisconnected(BlockRef block) {
            receiver.blockDisconnected(node.name(), node.network(), block);
        }
    }

    @Override
    public void countFound(String node) {
        found.merge(node, 1, Integer::sum);
    }

    @Override
    public void ours(Network network, TxId id, FeeRate rate, int payload) {
        ours.add(id);
    }

    @Override
    public void mayHaveKept(String node, TxId id) {
        suspected.add(node);
    }

    @Override
    public void refused(TxId id) {
        refused.add(id);
    }

    @Override
    public void listen(NodeListener listener) {
        listeners.add(listener);
    }

    @Override
    public void unlisten(NodeListener listener) {
        listeners.remove(listener);
    }

    /** Returns the names of the nodes, for messages of tests. */
    @Override
    public String toString() {
        return new ArrayList<>(nodes.stream().map(Transport::name).toList()).toString();
    }
}
