package org.partyline.receive;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.Network;
import org.partyline.api.health.Liveness;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.store.Store;
import org.partyline.api.transport.Transport;
import org.partyline.engine.chains.PacketOpener;
import org.partyline.engine.kernel.AbsentException;
import org.partyline.engine.kernel.Bus;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Reload;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.kernel.Threads;
import org.partyline.engine.mailbox.Inbox;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.receive.Reception;
import org.partyline.engine.sessions.Controls;
import org.partyline.engine.sessions.HandshakeManager;
import org.partyline.engine.sessions.KeyUpdates;

/** Offers the way in, for as long as its bundle is there. */
@Component(
        service = {Stage.class, Liveness.class},
        property = Liveness.PART + "=receive")
public final class ReceiveStage implements Stage, Liveness {
    /** Keys of sealed packets that are derived at once, of different channels; each takes the memory that its channel says. */
    private static final int DERIVATIONS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

    /** How long a receiver of another bundle may take over a packet. */
    private static final Duration RECEIVER_PATIENCE = Duration.ofSeconds(2);

    private final Core core;
    private final ScheduledExecutorService receiverThread = Threads.scheduled("partyline-receivers");
    private final ExecutorService derivationThreads = Threads.fixed("partyline-derivations", DERIVATIONS);
    private final List<Bus.Listening> listening;
    private final Derivations derivations;
    private final InboundQueue inboundQueue;
    private final OtherReceivers otherReceivers;
    private final List<Offer<?>> offers;

    @Activate
    public ReceiveStage(@Reference Core core) {
        this.core = core;
        Inbox inbox = core.part(Inbox.class);
        Outbox outbox = core.part(Outbox.class);
        HandshakeManager handshakes = core.part(HandshakeManager.class);
        ScanPosition position = new ScanPosition(core.store, this::knownNodes, this::readyNodes);
        derivations = new Derivations(core, derivationThreads, DERIVATIONS);
        PacketWriter writer = new PacketWriter(core.store, core.clock, () -> core.unlocked() != null);
        PacketOpener opener = new PacketOpener(core);
        Signers signers = new Signers(core);
        KnownForms forms = new KnownForms();
        otherReceivers =
                new OtherReceivers(core, new OtherMessages(core, inbox), forms, receiverThread, RECEIVER_PATIENCE);
        Recogniser recogniser = new Recogniser(
                core,
                inbox,
                outbox,
                handshakes,
                List.of(
                        new ChainPackets(
                                core,
                                inbox,
                                opener,
                                signers,
                                handshakes,
                                core.part(KeyUpdates.class),
                                core.part(Controls.class)),
                        new SealedPackets(core, inbox, opener, signers, derivations),
                        new InboxPackets(core, opener, handshakes),
                        new LegacyPackets(core, inbox, new LegacyWarning()),
                        otherReceivers),
                forms,
                writer);
        inboundQueue = new InboundQueue(
                core,
                core.part(Reload.class),
                recogniser,
                position,
                new Reorganisation(core, outbox),
                writer,
                new Rereading(core, position),
                derivations);
        derivations.onDerived = inboundQueue::wake;
        derivations.onMore = inboundQueue::retryParked;
        inboundQueue.initialSyncGate = new InitialSyncGate(
                this::knownNodes, position, core.clock, inboundQueue::soon, () -> core.bus.publish(new Bus.Retry()));
        listening = List.of(
                core.bus.on(OtherReceivers.Answered.class, answered -> inboundQueue.wake()),
                core.bus.on(OtherReceivers.Free.class, free -> inboundQueue.retryUnasked()),
                core.bus.on(OtherReceivers.Changed.class, changed -> {
                    inboundQueue.retryUnmatched();
                    inboundQueue.retryParked();
                }),
                core.bus.on(Bus.Expected.class, expected -> inboundQueue.retryUnmatched()),
                core.bus.on(Bus.PartsReturned.class, returned -> {
                    inboundQueue.partsReturned();
                    inboundQueue.retryParked();
                }));
        if (core.store.state() != Store.State.NEW) {
            // One before this one may have been stopped in the middle of that, or the store be opened right now.
            inboundQueue.expectCollected();
        }
        offers = List.of(
                new Offer<>(Reception.class, inboundQueue),
                new Offer<>(Backlog.class, new BacklogService(core, inboundQueue)));
        inboundQueue.start();
    }

    private List<KnownNode> knownNodes() {
        try {
            return core.nodes.all();
        } catch (AbsentException e) {
            return List.of();
        }
    }

    private List<Transport> readyNodes(Network network) {
        try {
            return core.nodes.ready(network);
        } catch (AbsentException e) {
            return List.of();
        }
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }

    @Override
    public Optional<String> failure() {
        return inboundQueue.isAlive() ? Optional.empty() : Optional.of("the thread that takes packets in has ended");
    }

    /** A receiver of another bundle. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addReceiver(PacketReceiver receiver) {
        otherReceivers.add(receiver);
    }

    public void updatedReceiver(PacketReceiver receiver) {
        otherReceivers.renew(receiver);
    }

    public void removeReceiver(PacketReceiver receiver) {
        otherReceivers.remove(receiver);
    }

    @Deactivate
    public void stop() {
        listening.forEach(Bus.Listening::close);
        inboundQueue.stop();
        core.lock.lock();
        try {
            inboundQueue.settleWrites();
            derivations.stop();
            if (core.unlocked() != null) {
                // What was asked of receivers is asked by the next one.
                core.unlocked().answers.close();
            }
        } finally {
            core.lock.unlock();
        }
        // What is still derived is nobody's any more.
        Threads.stop(derivationThreads);
        Threads.stop(receiverThread);
    }
}
