package org.partyline.messages;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Messages;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateServices;

/** Publishes messages while its bundle runs. */
@Component(service = MessagesStage.class, immediate = true)
public final class MessagesStage {
    private final Bus bus;
    private final Offers offers = new Offers();
    private final Bus.Listening added;
    private final Bus.Listening opened;
    private final Live<Carriers> carriersLive;
    private final Live<Pricing> pricingLive;
    private final Live<Spending> spendingLive;
    private final Live<Outbox> outboxLive;
    private final Live<SendQueue> sendQueueLive;
    private final Live<PacketSizes> packetSizesLive;
    private final Live<QueueSealer> sealerLive;
    private final Live<Recaller> recallerLive;
    private final Live<HandshakeManager> handshakeManagerLive;

    @Activate
    public MessagesStage(@Reference StateServices state) {
        bus = state.notices().bus();
        carriersLive = state.live(Carriers.class);
        pricingLive = state.live(Pricing.class);
        spendingLive = state.live(Spending.class);
        outboxLive = state.live(Outbox.class);
        sendQueueLive = state.live(SendQueue.class);
        packetSizesLive = state.live(PacketSizes.class);
        sealerLive = state.live(QueueSealer.class);
        recallerLive = state.live(Recaller.class);
        handshakeManagerLive = state.live(HandshakeManager.class);
        StateGuard guard = state.guard();
        Clock clock = state.clock();
        OperatorSettings settings = state.settings();
        Notices notices = state.notices();
        ReadingServices reading = new ReadingServices(state.protocols(), outboxLive, handshakeManagerLive);
        RequiredServices sending = reading.needs().and(state.protocols().pace, spendingLive, sealerLive, sendQueueLive);
        NodeDirectory nodes = state.protocols().nodes.service();
        SuiteDirectory suites = state.protocols().suites.service();
        PacketCodec codec = state.protocols().codec.service();
        Carriers carriers = carriersLive.service();
        CoverOrders orders = new CoverOrders(state.protocols().coverTraffic.service(), guard, clock);
        SendEstimate prospects = new SendEstimate(
                guard, nodes, suites, sending, pricingLive.service(), spendingLive.service(), carriers);
        Inspector inspector = new Inspector(
                guard,
                state.recognition(),
                suites,
                codec,
                state.protocols().channelKeys.service(),
                state.protocols().handshakes.service(),
                new PacketOpener(codec, suites));
        MessageCounts counts = new MessageCounts(guard, state.summaries(), clock);
        NewMessages made = new NewMessages(guard, counts, clock, settings, nodes, orders, carriersLive);
        Outbox outbox = outboxLive.service();
        SendQueue sendQueue = sendQueueLive.service();
        SendPlanner outlooks = new SendPlanner(reading, packetSizesLive, sealerLive);
        MessageWithdrawals withdrawals = new MessageWithdrawals(
                guard,
                state.operations(),
                RequiredServices.of(outboxLive, sendQueueLive),
                outbox,
                sendQueue,
                recallerLive.service());
        RemarkQueue queue = new RemarkQueue(guard, clock, settings, notices, outlooks, orders, prospects);
        ChainTips tips = new ChainTips(nodes);
        Remarks remarks = new Remarks(guard, counts, clock, notices.events(), queue, outbox, sendQueue);
        offers.add(
                Messages.class,
                new MessageService(
                        new MessageWriter(guard, clock, settings, notices, made, outlooks, prospects),
                        new MessageReader(guard, counts, clock, notices.bus(), tips),
                        new Pages(guard, counts, clock, notices.bus(), tips),
                        withdrawals,
                        new Inspections(guard, clock, nodes, inspector),
                        carriers,
                        notices.events()));
        EventService events = new EventService(guard, counts, clock, tips);
        added = bus.on(EventLog.Added.class, events::added);
        opened = bus.on(EventLog.Opened.class, events::opened);
        offers.add(Events.class, events);
        offers.add(
                Conversations.class,
                new ConversationService(guard, state.recognition(), counts, clock, settings, remarks, bus, tips));
    }

    /** For Declarative Services. */
    @Activate
    public void publish(BundleContext context) {
        offers.publish(context, bus);
    }

    /** For Declarative Services. */
    @Deactivate
    public void stop() {
        added.close();
        opened.close();
        offers.close();
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setCarriers(Carriers service) {
        carriersLive.set(service);
    }

    public void unsetCarriers(Carriers service) {
        carriersLive.unset(service);
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
    public void setOutbox(Outbox service) {
        outboxLive.set(service);
    }

    public void unsetOutbox(Outbox service) {
        outboxLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setSendQueue(SendQueue service) {
        sendQueueLive.set(service);
    }

    public void unsetSendQueue(SendQueue service) {
        sendQueueLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPacketSizes(PacketSizes service) {
        packetSizesLive.set(service);
    }

    public void unsetPacketSizes(PacketSizes service) {
        packetSizesLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setQueueSealer(QueueSealer service) {
        sealerLive.set(service);
    }

    public void unsetQueueSealer(QueueSealer service) {
        sealerLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setRecaller(Recaller service) {
        recallerLive.set(service);
    }

    public void unsetRecaller(Recaller service) {
        recallerLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.set(service);
    }

    public void unsetHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.unset(service);
    }
}
