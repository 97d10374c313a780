package org.partyline.nodes;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodeListener;
import org.partyline.api.nodes.NodePolicy;
import org.partyline.api.nodes.NodeReceiver;
import org.partyline.api.panic.Erasable;
import org.partyline.api.settings.LastSettings;
import org.partyline.api.settings.NodeSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.NodeSettingsCheck;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks nodes and wallets, watches each node that is not paused, selects one to send through, and applies node
 * policies. Registered once the first settings are known, because before that it is unknown which nodes are paused.
 */
@Component(
        service = {},
        immediate = true)
public final class NodeRegistry implements Nodes, NodeDirectory, PresentNodes {
    /** The rank of our own policies; those of others follow, unless they rank higher. */
    private static final int FIRST_RANK = 100;

    private static final Logger LOG = LoggerFactory.getLogger(NodeRegistry.class);

    private final LastSettings settings = new LastSettings();
    private final NodeFiles files;
    private final SecureRandom random;
    private final Clock clock;
    private final Faults faults = new Faults("watching added and removed nodes", LOG::error);
    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "partyline-nodes"));
    private final QuarantinedNodes quarantine;
    private final WithholdingDetector withholdingDetector;
    private final NodeChecks checks = new NodeChecks();
    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<String, Wallet> wallets = new TreeMap<>();
    private final List<NodeListener> listeners = new CopyOnWriteArrayList<>();
    private final NodePolicies policies = new NodePolicies();
    private final NodeStates states = new NodeStates();
    private final RecentPackets recent = new RecentPackets();
    private final NodeWatch judge;
    private final ScheduledExecutorService roundsThread =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "partyline-nodewatch"));
    private final Rounds rounds;
    private final Optional<BundleContext> context;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private boolean started;
    private final Runnable onSettings = this::settingsChanged;
    /** Null: nothing is watched. */
    private volatile @Nullable NodeReceiver receiver;

    private int came;

    /** For Declarative Services. */
    @Activate
    public NodeRegistry(BundleContext context) {
        this(NodeFiles.of(context), new SecureRandom(), Clock.systemUTC(), Optional.of(context));
    }

    /** Without a container: its policies must be {@linkplain #addPolicy added}. */
    public NodeRegistry(NodeFiles files, SecureRandom random, Clock clock) {
        this(files, random, clock, Optional.empty());
    }

    private NodeRegistry(NodeFiles files, SecureRandom random, Clock clock, Optional<BundleContext> context) {
        this.files = files;
        this.random = random;
        this.clock = clock;
        this.context = context;
        this.quarantine = new QuarantinedNodes(clock);
        this.withholdingDetector =
                new WithholdingDetector(clock, () -> nodeSettings().resendAfter());
        this.judge = new NodeWatch(this, policies, () -> nodeSettings().quarantine(), clock, new News());
        this.rounds = new Rounds(roundsThread, this::round, () -> nodeSettings().check());
        settings.onChange(onSettings);
    }

    private NodeSettings nodeSettings() {
        return settings.get().nodes();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Our own policies, in the order in which they are asked. */
    public List<NodePolicy> ownPolicies() {
        return List.of(
                new ChainPolicy(clock),
                new VersionPolicy(this::nodeSettings),
                new WithholdingPolicy(withholdingDetector, this::isTrusted, clock));
    }

    @Activate
    void start() {
        synchronized (registrations) {
            started = true;
        }
        offer();
    }

    private void offer() {
        synchronized (registrations) {
            if (context.isEmpty() || !started || !registrations.isEmpty() || !settings.isKnown()) {
                return;
            }
            int rank = FIRST_RANK;
            for (NodePolicy policy : ownPolicies()) {
                registrations.add(context.get()
                        .registerService(
                                NodePolicy.class, policy, new Hashtable<>(Map.of(Constants.SERVICE_RANKING, rank--))));
            }
            registrations.add(context.get().registerService(NodeDirectory.class, this, null));
            registrations.add(context.get().registerService(Nodes.class, this, null));
            registrations.add(
                    context.get().registerService(Erasable.class, new ErasableCounts(this::forgetFound), null));
            rounds.start();
        }
    }

    /** Resets the counts of our packets, which reveal that there were any. */
    void forgetFound() {
        synchronized (entries) {
            entries.values().forEach(entry -> entry.found.reset());
        }
    }

    private void settingsChanged() {
        reconcileSoon();
        rounds.changed();
    }

    /** Compares the nodes now; this is also repeated automatically. */
    public void round() {
        judge.round();
        states.look(list());
    }

    @Override
    public AutoCloseable follow(Runnable changed) {
        return states.follow(changed);
    }

    /** Notifies all listeners. */
    private final class News implements NodeListener {
        @Override
        public void changed() {
            listeners.forEach(NodeListener::changed);
        }

        @Override
        public void setAside(String node, Network network, NodeFault fault, String reason) {
            listeners.forEach(listener -> listener.setAside(node, network, fault, reason));
        }

        @Override
        public void usedAgain(String node, Network network) {
            listeners.forEach(listener -> listener.usedAgain(node, network));
        }
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOperatorSettings(OperatorSettings present) {
        settings.added(present);
        offer();
    }

    /** The last valid ones stay in use. */
    public void unsetOperatorSettings(OperatorSettings present) {
        settings.removed(present);
    }

    private static final class Entry {
        final Transport transport;
        final int age;
        final LongAdder transactions = new LongAdder();
        final LongAdder found = new LongAdder();
        Transport.@Nullable Subscription subscription;

        Entry(Transport transport, int age) {
            this.transport = transport;
            this.age = age;
        }
    }

    @Deactivate
    public void stop() {
        List<ServiceRegistration<?>> ours;
        synchronized (registrations) {
            started = false;
            ours = new ArrayList<>(registrations);
        }
        ours.forEach(ServiceRegistration::unregister);
        settings.removeListener(onSettings);
        unwatch();
        roundsThread.shutdownNow();
        worker.shutdown();
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    public void addTransport(Transport transport) {
        synchronized (entries) {
            Entry before = entries.put(transport.name(), new Entry(transport, came++));
            if (before != null) {
                LOG.warn("two nodes are named '{}': the newer one is used", transport.name());
                closeSoon(before);
            }
        }
        reconcileSoon();
    }

    public void removeTransport(Transport transport) {
        synchronized (entries) {
            Entry entry = entries.get(transport.name());
            if (entry != null && entry.transport == transport) {
                entries.remove(transport.name());
                // Another node of that name is judged separately.
                quarantine.release(transport.name());
                closeSoon(entry);
            }
        }
        reconcileSoon();
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    public void addWallet(Wallet wallet) {
        synchronized (wallets) {
            if (wallets.put(wallet.name(), wallet) != null) {
                LOG.warn("two wallets are named '{}': the newer one is used", wallet.name());
            }
        }
        notifyListeners();
    }

    public void removeWallet(Wallet wallet) {
        synchronized (wallets) {
            wallets.remove(wallet.name(), wallet);
        }
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    public void addCheck(NodeSettingsCheck check) {
        checks.add(check);
    }

    public void removeCheck(NodeSettingsCheck check) {
        checks.remove(check);
    }

    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    public void addPolicy(NodePolicy policy, ServiceReference<NodePolicy> reference) {
        policies.add(policy, reference);
    }

    public void removePolicy(NodePolicy policy, ServiceReference<NodePolicy> reference) {
        policies.remove(reference);
    }

    @Override
    public void listen(NodeListener listener) {
        listeners.add(listener);
    }

    @Override
    public void unlisten(NodeListener listener) {
        listeners.remove(listener);
    }

    private void notifyListeners() {
        listeners.forEach(NodeListener::changed);
    }

    @Override
    public void watch(NodeReceiver newReceiver) {
        receiver = newReceiver;
        reconcileSoon();
    }

    @Override
    public void unwatch() {
        receiver = null;
        List<Entry> all;
        synchronized (entries) {
            all = new ArrayList<>(entries.values());
        }
        all.forEach(this::close);
    }

    private void reconcileSoon() {
        soon(this::reconcile);
        notifyListeners();
    }

    private void closeSoon(Entry entry) {
        soon(() -> close(entry));
    }

    private void soon(Runnable task) {
        try {
            worker.execute(() -> faults.survive(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("the node registry has stopped");
        }
    }

    private void reconcile() {
        states.look(list());
        List<Entry> all;
        synchronized (entries) {
            all = new ArrayList<>(entries.values());
        }
        for (Entry entry : all) {
            boolean wanted = receiver != null && !isPaused(entry.transport.name());
            if (!wanted) {
                close(entry);
            } else {
                open(entry);
            }
        }
    }

    @Override
    public void rewatch(Network network) {
        soon(() -> {
            List<Entry> all;
            synchronized (entries) {
                all = new ArrayList<>(entries.values());
            }
            all.stream().filter(entry -> entry.transport.network() == network).forEach(this::close);
            NodeReceiver target = receiver;
            if (target != null) {
                target.rewind(network);
            }
            reconcile();
        });
    }

    private void open(Entry entry) {
        synchronized (entry) {
            NodeReceiver target = receiver;
            if (entry.subscription == null && target != null) {
                Transport transport = entry.transport;
                withholdingDetector.begin(transport.name(), transport.network());
                entry.subscription = transport.watch(
                        new NodeWatcher(
                                transport.name(),
                                transport.network(),
                                target,
                                entry.transactions,
                                recent,
                                withholdingDetector,
                                clock),
                        target.cursor(transport.name(), transport.network()));
            }
        }
    }

    private void close(Entry entry) {
        Transport.Subscription open;
        synchronized (entry) {
            open = entry.subscription;
            entry.subscription = null;
        }
        if (open != null) {
            open.close();
            if (has(entry)) {
                withholdingDetector.end(entry.transport.name());
            }
        }
    }

    private boolean isPaused(String name) {
        return nodeSettings().paused().contains(name);
    }

    @Override
    public List<Sighting> sightings() {
        return recent.list();
    }

    @Override
    public void countFound(String node) {
        synchronized (entries) {
            Entry entry = entries.get(node);
            if (entry != null) {
                entry.found.increment();
            }
        }
    }

    @Override
    public Set<Network> networks() {
        Set<Network> networks = EnumSet.noneOf(Network.class);
        for (Transport transport : transports()) {
            networks.add(transport.network());
        }
        return networks;
    }

    @Override
    public List<KnownNode> all() {
        List<Entry> all;
        synchronized (entries) {
            all = new ArrayList<>(entries.values());
        }
        return all.stream()
                .map(entry -> new KnownNode(
                        entry.transport.name(),
                        entry.transport.network(),
                        isPaused(entry.transport.name()),
                        entry.transport.status(),
                        entry.transactions.sum()))
                .toList();
    }

    @Override
    public Network networkOf(String name) throws NoSuchThingException {
        return get(name).network();
    }

    @Override
    public void ours(Network network, TxId id, FeeRate rate, int payload) {
        withholdingDetector.ours(network, id, rate, payload);
    }

    @Override
    public void mayHaveKept(String node, TxId id) {
        withholdingDetector.mayHaveKept(node, id);
    }

    @Override
    public void refused(TxId id) {
        withholdingDetector.refused(id);
    }

    @Override
    public boolean isTrusted(String name) {
        return !quarantine.holds(name);
    }

    @Override
    public QuarantinedNodes quarantine() {
        return quarantine;
    }

    /** Nodes of a network that answer, including quarantined ones. */
    @Override
    public List<Present> present(Network network) {
        List<Entry> all;
        synchronized (entries) {
            all = new ArrayList<>(entries.values());
        }
        return all.stream()
                .filter(entry -> entry.transport.network() == network && isPresent(entry.transport))
                .map(entry -> new Present(entry.transport, entry.age))
                .toList();
    }

    /** The names of all nodes that answer and are not paused. */
    @Override
    public Set<String> presentNames() {
        return transports().stream()
                .filter(this::isPresent)
                .map(Transport::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private boolean isPresent(Transport transport) {
        return !isPaused(transport.name()) && transport.status().state() == NodeStatus.State.READY;
    }

    @Override
    public boolean isUsed(String name) {
        return has(name) && !isPaused(name) && !quarantine.holds(name);
    }

    @Override
    public void requireUsed(String name) throws NoSuchThingException {
        if (get(name).paused()) {
            throw new NoSuchThingException("node '" + name + "' is paused: partyline:node-resume uses it again");
        }
        Optional<Nodes.Quarantine> held = quarantine.of(name);
        if (held.isPresent()) {
            throw new NoSuchThingException(
                    "node '" + name + "' is quarantined: " + held.get().reason());
        }
    }

    @Override
    public boolean tellsBlocks(String name) {
        return quarantine
                .of(name)
                .filter(held -> held.fault() == NodeFault.OTHER_CHAIN)
                .isEmpty();
    }

    @Override
    public List<Transport> ready(Network network) {
        List<Transport> ready = new ArrayList<>();
        for (Transport transport : transports()) {
            if (transport.network() == network && isPresent(transport) && !quarantine.holds(transport.name())) {
                ready.add(transport);
            }
        }
        Collections.shuffle(ready, random);
        return ready;
    }

    @Override
    public Set<String> readyNames() {
        return transports().stream()
                .filter(node -> isPresent(node) && !quarantine.holds(node.name()))
                .map(Transport::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public List<Transport> inUse() {
        return transports().stream().filter(t -> !isPaused(t.name())).toList();
    }

    private Collection<Transport> transports() {
        synchronized (entries) {
            return entries.values().stream().map(entry -> entry.transport).toList();
        }
    }

    @Override
    public Optional<Wallet> wallet(Network network, String node) {
        synchronized (wallets) {
            Wallet own = wallets.get(node);
            if (own != null && own.network() == network) {
                return Optional.of(own);
            }
            // A node on another chain, or behind, has coins that the others may not know.
            return wallets.values().stream()
                    .filter(wallet -> wallet.network() == network && !quarantine.holds(wallet.name()))
                    .min(Comparator.comparing(wallet -> !LocalWallets.isName(wallet.name())));
        }
    }

    @Override
    public Optional<Wallet> wallet(String name) {
        synchronized (wallets) {
            return Optional.ofNullable(wallets.get(name));
        }
    }

    @Override
    public List<Wallet> wallets() {
        synchronized (wallets) {
            return List.copyOf(wallets.values());
        }
    }

    @Override
    public List<Node> list() {
        List<Entry> all;
        synchronized (entries) {
            all = new ArrayList<>(entries.values());
        }
        Map<Network, Long> found = new EnumMap<>(Network.class);
        all.forEach(entry -> found.merge(entry.transport.network(), entry.found.sum(), Long::sum));
        List<Node> nodes = new ArrayList<>();
        for (Entry entry : all) {
            Transport transport = entry.transport;
            long ofNetwork = found.getOrDefault(transport.network(), 0L);
            nodes.add(new Node(
                    transport.name(),
                    transport.type(),
                    transport.network(),
                    isPaused(transport.name()),
                    transport.status(),
                    transport.policy(),
                    entry.transactions.sum(),
                    entry.found.sum(),
                    ofNetwork == 0 ? 0 : (double) entry.found.sum() / ofNetwork,
                    withholdingDetector.shown(transport.name(), transport.policy(), name -> !quarantine.holds(name)),
                    quarantine.of(transport.name())));
        }
        return nodes;
    }

    @Override
    public List<Idle> idle() {
        return files.types().entrySet().stream()
                .filter(configured -> !has(configured.getKey()))
                .map(configured -> new Idle(
                        configured.getKey(), configured.getValue(), "org.partyline.transport-" + configured.getValue()))
                .toList();
    }

    @Override
    public Node get(String name) throws NoSuchThingException {
        return list().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new NoSuchThingException("there is no node '" + name + "': see partyline:node-list"));
    }

    @Override
    public void check(String name, String type, Map<String, String> settingsOfNode) throws PartylineException {
        refuseWrong(name, type, settingsOfNode);
        checks.ask(name, type, settingsOfNode);
    }

    private void refuseWrong(String name, String type, Map<String, String> settingsOfNode) throws PartylineException {
        if (LocalWallets.isName(name)) {
            throw new NoSuchThingException(
                    "'" + name
                            + "' is reserved for this server's own wallet, and a node's wallet has the node's name: choose another one");
        }
        files.refuseWrong(name, type, checks.types());
        checks.check(name, type, settingsOfNode);
    }

    @Override
    public void add(String name, String type, Map<String, String> settingsOfNode) throws PartylineException {
        refuseWrong(name, type, settingsOfNode);
        files.write(name, type, settingsOfNode);
        if (!files.await(() -> has(name))) {
            // A file that starts no node would only prevent the next attempt.
            files.delete(name, type);
            throw new NoSuchThingException(
                    "node '" + name
                            + "' did not start and was not added: the log names the rejected value; correct it and add the node again");
        }
    }

    @Override
    public void remove(String name) throws PartylineException {
        Optional<String> configured = files.type(name);
        // Its file may exist without it, if one of its values is invalid.
        files.delete(name, configured.isPresent() ? configured.get() : get(name).type());
        if (!files.await(() -> !has(name))) {
            throw new NoSuchThingException("node '" + name + "' is no longer configured but still runs: see the log");
        }
        setPaused(name, false);
    }

    private boolean has(Entry entry) {
        synchronized (entries) {
            Entry now = entries.get(entry.transport.name());
            return now == null || now == entry;
        }
    }

    private boolean has(String name) {
        synchronized (entries) {
            return entries.containsKey(name);
        }
    }

    @Override
    public void pause(String name) throws PartylineException {
        get(name);
        setPaused(name, true);
    }

    @Override
    public void resume(String name) throws PartylineException {
        get(name);
        setPaused(name, false);
    }

    private void setPaused(String name, boolean paused) throws PartylineException {
        Set<String> names = new LinkedHashSet<>(nodeSettings().paused());
        if (paused ? names.add(name) : names.remove(name)) {
            settings.change(NodeSettings.PAUSED, String.join(",", names));
            reconcileSoon();
        }
    }
}
