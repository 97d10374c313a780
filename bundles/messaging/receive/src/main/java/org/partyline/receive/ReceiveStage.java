package org.partyline.receive;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Network;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.health.Liveness;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.state.Threads;

/** Publishes receiving while its bundle runs. */
@Component(
        service = {ReceiveStage.class, Liveness.class, HealthCheck.class},
        immediate = true,
        property = Liveness.PART + "=receive")
public final class ReceiveStage implements Liveness, HealthCheck {
    /**
     * The maximum number of keys of sealed packets that are derived concurrently, for different channels; each needs
     * the memory that its channel specifies.
     */
    private static final int DERIVATIONS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

    private final StateGuard guard;
    private final NodeDirectory nodes;
    private final ExecutorService derivationThreads = Threads.fixed("partyline-derivations", DERIVATIONS);
    private final List<Bus.Listening> listening;
    private final Derivations derivations;
    private final InboundQueue inboundQueue;
    private final Bus bus;
    private final Offers offers = new Offers();
    private final Live<Inbox> inboxLive;
    private final Live<Outbox> outboxLive;
    private final Live<HandshakeManager> handshakeManagerLive;
    private final Live<KeyUpdates> keyUpdatesLive;
    private final Live<Controls> controlsLive;
    private final MissingSuites missingSuites;
    private final InitialSync sync;
    private final OperatorSettings settings;

    /** The nodes whose events are received; null while their bundle is not running. */
    private @Nullable NodeDirectory directory;
    /** Nodes are available, but are watched only once there is a store and the settings are known. */
    private volatile boolean late;

    @Activate
    public ReceiveStage(@Reference StateServices state) {
        inboxLive = state.live(Inbox.class);
        outboxLive = state.live(Outbox.class);
        handshakeManagerLive = state.live(HandshakeManager.class);
        keyUpdatesLive = state.live(KeyUpdates.class);
        controlsLive = state.live(Controls.class);
        guard = state.guard();
        sync = state.initialSync();
        nodes = state.protocols().nodes.service();
        Clock clock = state.clock();
        settings = state.settings();
        bus = state.notices().bus();
        PacketCodec codec = state.protocols().codec.service();
        Chains chains = state.protocols().chains.service();
        ChannelKeys channelKeys = state.protocols().channelKeys.service();
        SuiteDirectory suites = state.protocols().suites.service();
        Inbox inbox = inboxLive.service();
        Outbox outbox = outboxLive.service();
        HandshakeManager handshakes = handshakeManagerLive.service();
        ScanPosition position = new ScanPosition(state.store(), this::knownNodes, this::readyNodes);
        derivations = new Derivations(guard, state.recognition(), suites, channelKeys, derivationThreads, DERIVATIONS);
        PacketWriter writer = new PacketWriter(state.store(), clock, () -> guard.isLoaded());
        PacketOpener opener = new PacketOpener(codec, suites);
        Signers signers =
                new Signers(state.people(), codec, state.protocols().identities.service());
        SessionContents sessions = new SessionContents(handshakes, keyUpdatesLive.service(), controlsLive.service());
        // Chains come first: they need one look-up, and beacons cost an HMAC each.
        List<Receiver> receivers = List.of(
                new ChainPackets(guard, state.recognition(), clock, inbox, opener, signers, sessions),
                new InboxPackets(
                        guard,
                        clock,
                        settings,
                        suites,
                        state.protocols().handshakes.service(),
                        state.notices().security(),
                        opener,
                        handshakes),
                new SealedPackets(
                        guard, state.recognition(), chains, state.notices(), inbox, opener, signers, derivations),
                new LegacyPackets(
                        guard,
                        clock,
                        settings,
                        suites,
                        codec,
                        state.protocols().legacyReader::instance,
                        inbox,
                        new LegacyWarning()));
        KnownSuites known = new KnownSuites(suites, clock);
        Recogniser recogniser = new Recogniser(
                guard,
                state.recognition(),
                inbox,
                outbox,
                handshakes,
                new Receivers(state.meter(), receivers),
                known,
                writer);
        missingSuites = new MissingSuites(guard, state.recognition(), suites, opener, known);
        Blocks blocks = new Blocks(
                position,
                new Reorganisation(guard, state.store(), clock, nodes, bus, outboxLive),
                new Rereading(state.store(), clock, nodes, position));
        inboundQueue = new InboundQueue(
                guard,
                new Inbound(
                        state.operations(),
                        new ReadingServices(state.protocols(), outboxLive, handshakeManagerLive),
                        state.protocols().nodes,
                        state.initialSync()),
                bus,
                recogniser,
                blocks,
                writer,
                derivations);
        derivations.onDerived = inboundQueue::wake;
        derivations.onMore = inboundQueue::retryParked;
        inboundQueue.initialSyncGate = new InitialSyncGate(
                this::knownNodes,
                position,
                clock,
                state.initialSync(),
                inboundQueue::soon,
                () -> bus.publish(new Bus.Retry()));
        listening = List.of(
                bus.on(Bus.Expected.class, expected -> inboundQueue.retryUnmatched()),
                bus.on(Bus.ChannelLeft.class, left -> inboundQueue.left(left.network())),
                bus.on(Bus.Distrusted.class, distrusted -> inboundQueue.distrusted()),
                bus.on(Bus.PartsReturned.class, returned -> {
                    inboundQueue.partsReturned();
                    inboundQueue.retryParked();
                    watchIfLate();
                }));
        if (!guard.isNew()) {
            // A previous instance may have been stopped while draining, or the store may be opening right now.
            inboundQueue.expectCollected();
        }
        offers.add(Reception.class, inboundQueue);
        ChainUpkeep chainUpkeep = new ChainUpkeep(
                guard, state.recognition(), clock, state.notices().events(), inboundQueue, inbox);
        ChannelDays days = new ChannelDays(guard, state.recognition(), clock, settings, bus, inboundQueue);
        inboundQueue.expectDays = days::expect;
        ParkedUpkeep parked = new ParkedUpkeep(
                guard,
                state.recognition(),
                clock,
                recogniser,
                inbox,
                state.notices().security());
        recogniser.onRefused = parked::refused;
        recogniser.onDisplaced = parked::displaced;
        recogniser.onFailed = parked::broken;
        offers.add(
                StateParticipant.class,
                new ReceiveState(inboundQueue, sync, parked, chainUpkeep, days, this::watchIfLate));
        offers.add(Backlog.class, new BacklogService(guard, state.recognition(), inboundQueue));
        sync.begin();
        inboundQueue.start();
    }

    private List<KnownNode> knownNodes() {
        try {
            return nodes.all();
        } catch (AbsentException e) {
            return List.of();
        }
    }

    private List<Transport> readyNodes(Network network) {
        try {
            return nodes.ready(network);
        } catch (AbsentException e) {
            return List.of();
        }
    }

    /** For Declarative Services. */
    @Activate
    public void publish(BundleContext context) {
        offers.publish(context, bus);
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setNodeDirectory(NodeDirectory service) {
        synchronized (this) {
            directory = service;
        }
        watch();
    }

    /** Stops events from the departing nodes before others replace them; their reports wait for the next ones. */
    public void unsetNodeDirectory(NodeDirectory service) {
        service.unwatch();
        synchronized (this) {
            if (directory == service) {
                directory = null;
            }
        }
    }

    /** Reads through the available nodes, from where reading stopped. */
    private synchronized void watch() {
        late = directory != null && (guard.isNew() || !areSettingsKnown());
        if (directory == null || late) {
            return;
        }
        directory.watch(inboundQueue);
        // Now, not before: nodes that nobody watches do not start over.
        inboundQueue.nodesReturned();
        if (!sync.distrusted().isEmpty()) {
            inboundQueue.distrusted();
        }
    }

    private void watchIfLate() {
        if (late) {
            watch();
        }
    }

    private boolean areSettingsKnown() {
        try {
            settings.get();
            return true;
        } catch (AbsentException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return MissingSuites.NAME;
    }

    @Override
    public List<Finding> examine() throws StoreException {
        return missingSuites.examine();
    }

    @Override
    public Optional<String> failure() {
        return inboundQueue.isAlive()
                ? Optional.empty()
                : Optional.of("the thread that handles incoming packets has stopped");
    }

    @Deactivate
    public void stop() {
        synchronized (this) {
            if (directory != null) {
                directory.unwatch();
                directory = null;
            }
        }
        offers.close();
        listening.forEach(Bus.Listening::close);
        sync.end();
        inboundQueue.stop();
        guard.lock();
        try {
            inboundQueue.settleWrites();
            derivations.stop();
        } finally {
            guard.unlock();
        }
        // Derivations still running are of no use any more.
        Threads.stop(derivationThreads);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setInbox(Inbox service) {
        inboxLive.set(service);
    }

    public void unsetInbox(Inbox service) {
        inboxLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOutbox(Outbox service) {
        outboxLive.set(service);
    }

    public void unsetOutbox(Outbox service) {
        outboxLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.set(service);
    }

    public void unsetHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setKeyUpdates(KeyUpdates service) {
        keyUpdatesLive.set(service);
    }

    public void unsetKeyUpdates(KeyUpdates service) {
        keyUpdatesLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setControls(Controls service) {
        controlsLive.set(service);
    }

    public void unsetControls(Controls service) {
        controlsLive.unset(service);
    }
}
