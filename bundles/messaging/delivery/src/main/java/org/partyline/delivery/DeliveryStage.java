package org.partyline.delivery;

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
import org.partyline.api.health.Liveness;
import org.partyline.api.schedule.Pace;
import org.partyline.api.schedule.SendSchedule;
import org.partyline.api.store.Store;
import org.partyline.engine.delivery.Carriers;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.delivery.EngineTables;
import org.partyline.engine.delivery.Recaller;
import org.partyline.engine.fees.Pricing;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.kernel.Beats;
import org.partyline.engine.kernel.Bus;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.kernel.Threads;
import org.partyline.engine.kernel.Whiteboard;
import org.partyline.engine.mailbox.MessageAbandoned;
import org.partyline.engine.mailbox.MessageRenumbered;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationTracker;
import org.partyline.engine.mailbox.TransactionMined;
import org.partyline.engine.receive.Reception;
import org.partyline.engine.schedule.CoverSlots;
import org.partyline.engine.sealing.Sealers;

/** Offers the way out, for as long as its bundle is there. */
@Component(
        service = {Stage.class, Liveness.class},
        property = Liveness.PART + "=delivery")
public final class DeliveryStage implements Stage, Liveness {
    private final Core core;
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
    public DeliveryStage(@Reference Core core, BundleContext context) {
        this(core, () -> isProgramEnding(context));
    }

    /** @param ending whether the whole program ends: what goes away then does not come back */
    public DeliveryStage(Core core, BooleanSupplier ending) {
        this.core = core;
        Outbox outbox = core.part(Outbox.class);
        PropagationTracker tracker = core.part(PropagationTracker.class);
        PacketSizes sizes = core.part(PacketSizes.class);
        Pricing fees = core.part(Pricing.class);
        Spending spending = core.part(Spending.class);
        Sealers sealers = core.part(Sealers.class);
        Reception reception = core.part(Reception.class);
        SlotSchedule slotSchedule = new SlotSchedule(core, core.part(Pace.class), schedules);
        carriers = new OfferedCarriers(core, EngineTables.ALL);
        KeptTransactions kept = new KeptTransactions(core);
        CoverRounds cover = new CoverRounds(core, outbox, sizes, slotSchedule, ending);
        coverSource = new CoverSource(core.parts, () -> new EngineCoverContext(core, sizes, carriers));
        MessageRecaller recaller = new MessageRecaller(core, outbox, carriers);
        UtxoReservations coins = new UtxoReservations(core, carriers, tracker);
        Slots slots = new Slots(core, slotSchedule, cover);
        CarrierDesk desk = new CarrierDesk(
                core,
                outbox,
                kept,
                fees,
                new PacketPayment(core, outbox, fees, spending, slots),
                new SharedPayment(core, fees, spending, slots, kept),
                new Broadcaster(core, outbox, tracker, sealers, coins, reception::isCaughtUp),
                new SharedBroadcaster(core, tracker, kept),
                new PacketReplacement(core, outbox, tracker, fees, spending),
                new CarrierPropagation(core, tracker, reception::isCaughtUp),
                slotSchedule::isCovered,
                new LikelySizes(core, sizes));
        carriers.open(outbox, kept, scope -> new EngineCarrierContext(desk, scope));
        sender = new Sender(
                core,
                outbox,
                tracker,
                sizes,
                sealers,
                slotSchedule,
                kept,
                cover,
                recaller,
                new Dispatcher(core, outbox, tracker, slotSchedule, spending, carriers, slots),
                carriers,
                coins,
                thread);
        listening = List.of(
                core.bus.on(Bus.Queued.class, queued -> sender.kick()),
                core.bus.on(Bus.Retry.class, retry -> sender.kickAll()),
                core.bus.on(Bus.PartsReturned.class, returned -> sender.kickAll()),
                core.bus.on(MessageAbandoned.class, abandoned -> sender.releaseSoon(abandoned.outgoing())),
                core.bus.on(TransactionMined.class, mined -> sender.minedSoon(mined.network(), mined.transaction())),
                core.bus.within(MessageRenumbered.class, carriers::renamed));
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
        if (core.store.state() == Store.State.OPEN) {
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
        core.bus.publish(new Bus.PartsReturned());
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
        core.bus.publish(new Bus.Retry());
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
