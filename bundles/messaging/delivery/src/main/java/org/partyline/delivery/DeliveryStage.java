package org.partyline.delivery;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.health.Liveness;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.schedule.SendSchedule;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.MessagingTables;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.MessageAbandoned;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.MessageRenumbered;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.mailbox.TransactionMined;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.CoverSlots;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.state.ThreadWatchdog;
import org.partyline.messaging.state.Threads;

/** Publishes sending while its bundle runs. */
@Component(
        service = {DeliveryStage.class, Liveness.class},
        immediate = true,
        property = Liveness.PART + "=delivery")
public final class DeliveryStage implements Liveness {
    private final StateGuard guard;
    private final Bus bus;
    private final ScheduledExecutorService thread = Threads.scheduled("partyline-sender");
    private final ThreadWatchdog beats = new ThreadWatchdog(Map.of("sender", thread), System::nanoTime);
    private final List<SendSchedule> schedules = new CopyOnWriteArrayList<>();
    private final List<Bus.Listening> listening;
    private final CoverSlots slots;
    private final OfferedCarriers carriers;
    private final CoverSource coverSource;
    private final Sender sender;
    private final Offers offers = new Offers();
    private final Live<Outbox> outboxLive;
    private final Live<PropagationTracker> propagationTrackerLive;
    private final Live<PacketSizes> packetSizesLive;
    private final Live<Pricing> pricingLive;
    private final Live<Spending> spendingLive;
    private final Live<QueueSealer> sealerLive;
    private final Live<Reception> receptionLive;
    private final Live<HandshakeManager> handshakeManagerLive;

    /** For Declarative Services. */
    @Activate
    public DeliveryStage(@Reference StateServices state, BundleContext bundle) {
        this(state, () -> isProgramEnding(bundle));
    }

    /** @param ending whether the whole program stops: then stopped bundles do not return */
    public DeliveryStage(StateServices state, BooleanSupplier ending) {
        outboxLive = state.live(Outbox.class);
        propagationTrackerLive = state.live(PropagationTracker.class);
        packetSizesLive = state.live(PacketSizes.class);
        pricingLive = state.live(Pricing.class);
        spendingLive = state.live(Spending.class);
        sealerLive = state.live(QueueSealer.class);
        receptionLive = state.live(Reception.class);
        handshakeManagerLive = state.live(HandshakeManager.class);
        guard = state.guard();
        bus = state.notices().bus();
        Clock clock = state.clock();
        OperatorSettings settings = state.settings();
        Operations operations = state.operations();
        Protocols protocols = state.protocols();
        RequiredServices sending = new ReadingServices(protocols, outboxLive, handshakeManagerLive)
                .needs()
                .and(protocols.pace, spendingLive, sealerLive);
        NodeDirectory nodes = state.protocols().nodes.service();
        Outbox outbox = outboxLive.service();
        PropagationTracker tracker = propagationTrackerLive.service();
        PacketSizes sizes = packetSizesLive.service();
        Pricing fees = pricingLive.service();
        Spending spending = spendingLive.service();
        QueueSealer sealer = sealerLive.service();
        Reception reception = receptionLive.service();
        CoverTraffic traffic = state.protocols().coverTraffic.service();
        CoverOrders orders = new CoverOrders(traffic, guard, clock);
        MessageCutter cutter =
                new MessageCutter(state.protocols().fragmenter.service(), state.random(), state.fragmentIds());
        slots = state.coverSlots();
        SlotSchedule slotSchedule = new SlotSchedule(
                clock, state.random(), settings, state.protocols().pace.service(), schedules, slots);
        carriers = new OfferedCarriers(guard, clock, operations, new CoinQuotes(nodes, fees), MessagingTables.ALL);
        KeptTransactions kept = new KeptTransactions(guard, nodes);
        CoverAbsence absence = new CoverAbsence(
                guard, clock, protocols.coverTraffic, state.notices().security(), ending);
        Decoys decoys = new Decoys(guard, state.recognition(), clock, settings, orders, outbox, sizes, slotSchedule);
        CoverCargo cargo = new CoverCargo(state.people(), clock, settings, sealer, decoys);
        CoverRounds cover = new CoverRounds(guard, clock, traffic, orders, absence, decoys, cargo, slotSchedule);
        CoverNetworks networks = new CoverNetworks(settings, protocols.nodes, sizes, carriers);
        coverSource = new CoverSource(
                protocols.coverTraffic,
                () -> new StageCoverContext(guard, clock, state.random(), orders, state.notices(), networks));
        MessageRecaller recaller = new MessageRecaller(guard, settings, nodes, outbox, carriers);
        UtxoReservations reservations = new UtxoReservations(guard, clock, nodes, carriers, tracker);
        MessageCoins coins = new MessageCoins(guard, operations, protocols.nodes, kept, reservations);
        Slots departureSlots = new Slots(guard, clock, state.meter(), outbox, slotSchedule, cover);
        RefusedTransactions refusals =
                new RefusedTransactions(guard, operations, sending, outbox, sealer, reservations);
        PacketPayment payment = new PacketPayment(guard, nodes, orders, outbox, fees, spending, departureSlots);
        SharedPayment sharedPayment = new SharedPayment(nodes, orders, fees, spending, departureSlots, kept);
        Broadcaster broadcaster = new Broadcaster(guard, nodes, outbox, tracker, refusals, reception::isCaughtUp);
        SharedBroadcaster sharedBroadcaster = new SharedBroadcaster(guard, clock, nodes, tracker, kept);
        PacketReplacement replacement =
                new PacketReplacement(guard, clock, nodes, outbox, tracker, fees, spending, reservations);
        CarrierPropagation propagation = new CarrierPropagation(guard, nodes, tracker, reception::isCaughtUp);
        LikelySizes likely = new LikelySizes(guard, clock, cutter, sizes);
        CarrierFees rates = new CarrierFees(nodes, fees);
        carriers.open(
                outbox,
                kept,
                scope -> new StageCarrierContext(
                        clock,
                        settings,
                        scope,
                        propagation,
                        slotSchedule::isCovered,
                        likely,
                        rates,
                        new CarrierWork(
                                nodes, scope, payment, sharedPayment, broadcaster, sharedBroadcaster, replacement)));
        CarrierChoice choice = new CarrierChoice(guard, settings, orders, outbox);
        SealTiming seals = new SealTiming(
                guard, clock, new ClockAgainstBlocks(nodes, clock), outbox, sizes, sealer, slotSchedule, coins);
        MessageExpiry expiry =
                new MessageExpiry(guard, clock, settings, outbox, sealer, slotSchedule, tracker, reservations);
        Dispatcher dispatcher =
                new Dispatcher(guard, clock, outbox, tracker, choice, spending, carriers, departureSlots);
        ChainRiders riders = new ChainRiders(guard, clock, outbox);
        MessageSteps steps = new MessageSteps(
                guard,
                clock,
                new SendNeeds(
                        operations, sending, RequiredServices.of(protocols.nodes, sealerLive), reception::isCaughtUp),
                outbox,
                seals,
                riders,
                expiry,
                dispatcher);
        sender = new Sender(clock, nodes, steps, coins, cover, recaller, carriers, thread);
        listening = List.of(
                bus.on(Bus.Queued.class, queued -> sender.kick()),
                bus.on(Bus.Retry.class, retry -> sender.kickAll()),
                bus.on(Bus.PartsReturned.class, returned -> sender.kickAll()),
                bus.on(MessageAbandoned.class, abandoned -> sender.releaseSoon(abandoned.outgoing())),
                bus.on(TransactionMined.class, mined -> sender.minedSoon(mined.network(), mined.transaction())),
                bus.within(MessageRenumbered.class, carriers::renamed));
        offers.add(Carriers.class, carriers);
        offers.add(Recaller.class, recaller);
        offers.add(SendQueue.class, sender);
        offers.add(StateParticipant.class, sender);
        offers.add(HealthCheck.class, new CoverCheck(guard, slots, protocols.coverTraffic));
    }

    /** Whether all bundles are being stopped, and so this one will be. */
    private static boolean isProgramEnding(BundleContext context) {
        Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_ID);
        return framework != null && framework.getState() == Bundle.STOPPING;
    }

    /** Begins to send, once everything is available that packets may have to wait for. */
    @Activate
    public void begin(BundleContext context) {
        begin();
        offers.publish(context, bus);
    }

    /** The same without publishing services. */
    public void begin() {
        slots.begin();
        coverSource.begin();
        sender.start();
        if (guard.isOpen()) {
            // A previous instance may have reserved coins in wallets that this one must manage.
            sender.opened();
        }
        sender.kickAll();
    }

    @Override
    public Optional<String> failure() {
        return beats.failure();
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }

    /** Adds a carrier of a bundle. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC, policyOption = GREEDY)
    public void addCarrier(CarrierFactory factory, Map<String, Object> properties) {
        carriers.add(factory, properties.get(Constants.SERVICE_ID) instanceof Long service ? service : Long.MAX_VALUE);
        sender.carrierCame();
    }

    public void removeCarrier(CarrierFactory factory) {
        carriers.remove(factory);
        // Another one may replace it.
        sender.carrierCame();
    }

    /** Sets a bundle's cover traffic. */
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setCoverFactory(CoverFactory factory) {
        coverSource.added(factory);
        bus.publish(new Bus.PartsReturned());
    }

    /** Covered packets leave after their random delay from now on. */
    public void unsetCoverFactory(CoverFactory factory) {
        coverSource.removed(factory);
        sender.kickAll();
    }

    /** Adds a schedule of another bundle. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC)
    public void addSchedule(SendSchedule schedule) {
        schedules.add(schedule);
    }

    public void removeSchedule(SendSchedule schedule) {
        schedules.remove(schedule);
        bus.publish(new Bus.Retry());
    }

    @Deactivate
    public void stop() {
        offers.close();
        listening.forEach(Bus.Listening::close);
        sender.stop();
        Threads.stop(thread);
        // Not earlier: covered packets would leave.
        coverSource.end();
        slots.end();
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOutbox(Outbox service) {
        outboxLive.set(service);
    }

    public void unsetOutbox(Outbox service) {
        outboxLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPropagationTracker(PropagationTracker service) {
        propagationTrackerLive.set(service);
    }

    public void unsetPropagationTracker(PropagationTracker service) {
        propagationTrackerLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPacketSizes(PacketSizes service) {
        packetSizesLive.set(service);
    }

    public void unsetPacketSizes(PacketSizes service) {
        packetSizesLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPricing(Pricing service) {
        pricingLive.set(service);
    }

    public void unsetPricing(Pricing service) {
        pricingLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setSpending(Spending service) {
        spendingLive.set(service);
    }

    public void unsetSpending(Spending service) {
        spendingLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setQueueSealer(QueueSealer service) {
        sealerLive.set(service);
    }

    public void unsetQueueSealer(QueueSealer service) {
        sealerLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setReception(Reception service) {
        receptionLive.set(service);
    }

    public void unsetReception(Reception service) {
        receptionLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.set(service);
    }

    public void unsetHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.unset(service);
    }
}
