package org.partyline.delivery;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.health.Liveness;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.schedule.Pace;
import org.partyline.api.schedule.SendSchedule;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.Departures;
import org.partyline.messaging.delivery.MessagingTables;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.kernel.Beats;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Parts;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Threads;
import org.partyline.messaging.kernel.Whiteboard;
import org.partyline.messaging.mailbox.MessageAbandoned;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.MessageRenumbered;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.mailbox.TransactionMined;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.schedule.CoverSlots;
import org.partyline.messaging.sealing.Sealers;

/** Offers the way out, for as long as its bundle is there. */
@Component(
        service = {Stage.class, Liveness.class},
        property = Liveness.PART + "=delivery")
public final class DeliveryStage implements Stage, Liveness {
    private final StateGuard guard;
    private final Bus bus;
    private final ScheduledExecutorService thread = Threads.scheduled("partyline-sender");
    private final Beats beats = new Beats(Map.of("sender", thread), System::nanoTime);
    private final Whiteboard<SendSchedule> schedules = new Whiteboard<>();
    private final List<Bus.Listening> listening;
    private final OfferedCarriers carriers;
    private final CoverSource coverSource;
    private final Sender sender;
    private final List<Offer<?>> offers;

    /** For Declarative Services. */
    @Activate
    public DeliveryStage(@Reference StageContext context, BundleContext bundle) {
        this(context, () -> isProgramEnding(bundle));
    }

    /** @param ending whether the whole program ends: what goes away then does not come back */
    public DeliveryStage(StageContext context, BooleanSupplier ending) {
        guard = context.guard();
        bus = context.notices().bus();
        Clock clock = context.clock();
        OperatorSettings settings = context.settings();
        Parts parts = context.parts();
        NodeDirectory nodes = context.part(NodeDirectory.class);
        Outbox outbox = context.part(Outbox.class);
        PropagationTracker tracker = context.part(PropagationTracker.class);
        PacketSizes sizes = context.part(PacketSizes.class);
        Pricing fees = context.part(Pricing.class);
        Spending spending = context.part(Spending.class);
        Sealers sealers = context.part(Sealers.class);
        Reception reception = context.part(Reception.class);
        CoverTraffic traffic = context.part(CoverTraffic.class);
        CoverOrders orders = new CoverOrders(traffic, guard, clock);
        MessageCutter cutter =
                new MessageCutter(context.part(Fragmenter.class), context.random(), context.fragmentIds());
        SlotSchedule slotSchedule =
                new SlotSchedule(clock, context.random(), settings, context.part(Pace.class), schedules);
        carriers = new OfferedCarriers(guard, clock, parts, new CoinQuotes(nodes, fees), MessagingTables.ALL);
        KeptTransactions kept = new KeptTransactions(guard, nodes);
        CoverAbsence absence =
                new CoverAbsence(guard, clock, parts, context.notices().security(), ending);
        Decoys decoys = new Decoys(guard, clock, settings, orders, outbox, sizes, slotSchedule);
        CoverCargo cargo = new CoverCargo(clock, settings, sealers, decoys);
        CoverRounds cover = new CoverRounds(guard, clock, traffic, orders, absence, decoys, cargo, slotSchedule);
        CoverNetworks networks = new CoverNetworks(settings, nodes, parts, sizes, carriers);
        coverSource = new CoverSource(
                parts,
                () -> new StageCoverContext(guard, clock, context.random(), orders, context.notices(), networks));
        MessageRecaller recaller = new MessageRecaller(guard, settings, nodes, outbox, carriers);
        UtxoReservations reservations = new UtxoReservations(guard, nodes, carriers, tracker);
        MessageCoins coins = new MessageCoins(guard, parts, kept, reservations);
        Slots slots = new Slots(guard, clock, context.meter(), outbox, slotSchedule, cover);
        Refusals refusals = new Refusals(guard, parts, outbox, sealers, reservations);
        PacketPayment payment = new PacketPayment(guard, nodes, orders, outbox, fees, spending, slots);
        SharedPayment sharedPayment = new SharedPayment(nodes, orders, fees, spending, slots, kept);
        Broadcaster broadcaster =
                new Broadcaster(guard, clock, nodes, outbox, tracker, refusals, reception::isCaughtUp);
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
        Seals seals = new Seals(
                guard, clock, new ClockAgainstBlocks(nodes, clock), outbox, sizes, sealers, slotSchedule, coins);
        MessageExpiry expiry =
                new MessageExpiry(guard, clock, settings, outbox, sealers, slotSchedule, tracker, reservations);
        Dispatcher dispatcher = new Dispatcher(guard, clock, outbox, tracker, choice, spending, carriers, slots);
        ChainRiders riders = new ChainRiders(guard, clock, outbox);
        MessageSteps steps = new MessageSteps(guard, clock, parts, outbox, seals, riders, expiry, dispatcher);
        sender = new Sender(clock, nodes, steps, coins, cover, recaller, carriers, thread);
        listening = List.of(
                bus.on(Bus.Queued.class, queued -> sender.kick()),
                bus.on(Bus.Retry.class, retry -> sender.kickAll()),
                bus.on(Bus.PartsReturned.class, returned -> sender.kickAll()),
                bus.on(MessageAbandoned.class, abandoned -> sender.releaseSoon(abandoned.outgoing())),
                bus.on(TransactionMined.class, mined -> sender.minedSoon(mined.network(), mined.transaction())),
                bus.within(MessageRenumbered.class, carriers::renamed));
        offers = List.of(
                new Offer<>(CoverSlots.class, slotSchedule),
                new Offer<>(Carriers.class, carriers),
                new Offer<>(Recaller.class, recaller),
                new Offer<>(Departures.class, sender));
    }

    /** Whether all bundles are being stopped, and this one soon is. */
    private static boolean isProgramEnding(BundleContext context) {
        Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_ID);
        return framework != null && framework.getState() == Bundle.STOPPING;
    }

    /** Begins to send, once all is here that packets may have to wait for. */
    @Activate
    public void begin() {
        coverSource.begin();
        sender.start();
        if (guard.isOpen()) {
            // One before this one may have told wallets of coins that this one has to look after.
            sender.resume();
        }
        sender.kickAll();
    }

    @Override
    public Optional<String> failure() {
        return beats.failure();
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }

    /** A carrier of a bundle. */
    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addCarrier(CarrierFactory factory, Map<String, Object> properties) {
        carriers.add(factory, (Long) properties.get(Constants.SERVICE_ID));
        sender.carrierCame();
    }

    public void removeCarrier(CarrierFactory factory) {
        carriers.remove(factory);
        // Another one may take its place.
        sender.carrierCame();
    }

    /** Cover traffic of a bundle. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setCoverFactory(CoverFactory factory) {
        coverSource.came(factory);
        bus.publish(new Bus.PartsReturned());
    }

    /** What was covered leaves by its delay from now on. */
    public void unsetCoverFactory(CoverFactory factory) {
        coverSource.went(factory);
        sender.kickAll();
    }

    /** A schedule of another bundle. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addSchedule(SendSchedule schedule, Map<String, Object> properties) {
        schedules.add(schedule, properties);
    }

    public void removeSchedule(SendSchedule schedule) {
        schedules.remove(schedule);
        bus.publish(new Bus.Retry());
    }

    @Deactivate
    public void stop() {
        listening.forEach(Bus.Listening::close);
        sender.stop();
        Threads.stop(thread);
        // Not before: what was covered would leave.
        coverSource.end();
    }
}
