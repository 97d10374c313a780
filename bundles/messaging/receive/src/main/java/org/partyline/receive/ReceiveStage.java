package org.partyline.receive;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Network;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.health.Liveness;
import org.partyline.api.identity.Identities;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.kernel.AbsentException;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Reload;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Threads;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.KeyUpdates;

/** Offers the way in, for as long as its bundle is there. */
@Component(
        service = {Stage.class, Liveness.class, HealthCheck.class},
        property = Liveness.PART + "=receive")
public final class ReceiveStage implements Stage, Liveness, HealthCheck {
    /** Keys of sealed packets that are derived at once, of different channels; each takes the memory that its channel says. */
    private static final int DERIVATIONS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

    private final StateGuard guard;
    private final NodeDirectory nodes;
    private final ExecutorService derivationThreads = Threads.fixed("partyline-derivations", DERIVATIONS);
    private final List<Bus.Listening> listening;
    private final Derivations derivations;
    private final InboundQueue inboundQueue;
    private final List<Offer<?>> offers;
    private final MissingSuites missingSuites;

    @Activate
    public ReceiveStage(@Reference StageContext context) {
        guard = context.guard();
        nodes = context.part(NodeDirectory.class);
        Clock clock = context.clock();
        OperatorSettings settings = context.settings();
        Bus bus = context.notices().bus();
        PacketCodec codec = context.part(PacketCodec.class);
        Chains chains = context.part(Chains.class);
        ChannelKeys channelKeys = context.part(ChannelKeys.class);
        SuiteDirectory suites = context.part(SuiteDirectory.class);
        Inbox inbox = context.part(Inbox.class);
        Outbox outbox = context.part(Outbox.class);
        HandshakeManager handshakes = context.part(HandshakeManager.class);
        ScanPosition position = new ScanPosition(context.store(), this::knownNodes, this::readyNodes);
        derivations = new Derivations(guard, suites, channelKeys, derivationThreads, DERIVATIONS);
        PacketWriter writer = new PacketWriter(context.store(), clock, () -> guard.unlocked() != null);
        PacketOpener opener = new PacketOpener(codec, suites);
        Signers signers = new Signers(codec, context.part(Identities.class));
        SessionContents sessions =
                new SessionContents(handshakes, context.part(KeyUpdates.class), context.part(Controls.class));
        List<Receiver> receivers = List.of(
                new ChainPackets(guard, clock, inbox, opener, signers, sessions),
                new SealedPackets(guard, channelKeys, chains, context.notices(), inbox, opener, signers, derivations),
                new InboxPackets(
                        guard,
                        clock,
                        settings,
                        suites,
                        context.part(Handshakes.class),
                        context.notices().security(),
                        opener,
                        handshakes),
                new LegacyPackets(guard, clock, settings, suites, codec, context.legacy(), inbox, new LegacyWarning()));
        KnownSuites known = new KnownSuites(suites, clock);
        Recogniser recogniser =
                new Recogniser(guard, context.meter(), inbox, outbox, handshakes, receivers, known, writer);
        missingSuites = new MissingSuites(guard, suites, opener, known);
        Blocks blocks = new Blocks(
                position,
                new Reorganisation(guard, context.store(), clock, nodes, context.parts(), bus, outbox),
                new Rereading(context.store(), clock, nodes, position));
        inboundQueue = new InboundQueue(
                guard, context.parts(), bus, context.part(Reload.class), recogniser, blocks, writer, derivations);
        derivations.onDerived = inboundQueue::wake;
        derivations.onMore = inboundQueue::retryParked;
        inboundQueue.initialSyncGate = new InitialSyncGate(
                this::knownNodes, position, clock, inboundQueue::soon, () -> bus.publish(new Bus.Retry()));
        listening = List.of(
                bus.on(Bus.Expected.class, expected -> inboundQueue.retryUnmatched()),
                bus.on(Bus.PartsReturned.class, returned -> {
                    inboundQueue.partsReturned();
                    inboundQueue.retryParked();
                }));
        if (!guard.isNew()) {
            // One before this one may have been stopped in the middle of that, or the store be opened right now.
            inboundQueue.expectCollected();
        }
        offers = List.of(
                new Offer<>(Reception.class, inboundQueue),
                new Offer<>(Backlog.class, new BacklogService(guard, inboundQueue)));
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

    @Override
    public List<Offer<?>> offers() {
        return offers;
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
        listening.forEach(Bus.Listening::close);
        inboundQueue.stop();
        guard.lock();
        try {
            inboundQueue.settleWrites();
            derivations.stop();
        } finally {
            guard.unlock();
        }
        // What is still derived is nobody's any more.
        Threads.stop(derivationThreads);
    }
}
