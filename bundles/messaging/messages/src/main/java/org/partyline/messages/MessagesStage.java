package org.partyline.messages;

import java.time.Clock;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.chains.PacketOpener;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.Departures;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.kernel.Notices;
import org.partyline.messaging.kernel.Parts;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.sealing.Sealers;

/** Offers messages to whoever writes and reads them, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class MessagesStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public MessagesStage(@Reference StageContext context) {
        StateGuard guard = context.guard();
        Clock clock = context.clock();
        OperatorSettings settings = context.settings();
        Notices notices = context.notices();
        Parts parts = context.parts();
        NodeDirectory nodes = context.part(NodeDirectory.class);
        SuiteDirectory suites = context.part(SuiteDirectory.class);
        PacketCodec codec = context.part(PacketCodec.class);
        Carriers carriers = context.part(Carriers.class);
        CoverOrders orders = new CoverOrders(context.part(CoverTraffic.class), guard, clock);
        Prospects prospects = new Prospects(
                guard, nodes, suites, parts, context.part(Pricing.class), context.part(Spending.class), carriers);
        Inspector inspector = new Inspector(
                guard,
                suites,
                codec,
                context.part(ChannelKeys.class),
                context.part(Handshakes.class),
                new PacketOpener(codec, suites));
        NewMessages made = new NewMessages(guard, clock, settings, nodes, parts, orders, carriers);
        Outbox outbox = context.part(Outbox.class);
        Departures departures = context.part(Departures.class);
        Outlooks outlooks = new Outlooks(parts, context.part(PacketSizes.class), context.part(Sealers.class));
        MessageWithdrawals withdrawals =
                new MessageWithdrawals(guard, parts, outbox, departures, context.part(Recaller.class));
        RemarkQueue queue = new RemarkQueue(guard, clock, settings, notices, outlooks, orders, prospects);
        ChainTips tips = new ChainTips(nodes);
        Remarks remarks = new Remarks(guard, clock, notices.events(), queue, outbox, departures);
        offers = List.of(
                new Offer<>(
                        Messages.class,
                        new MessageService(
                                new MessageWriter(guard, clock, settings, notices, made, outlooks, prospects),
                                new MessageReader(guard, clock, notices.bus(), tips),
                                new Pages(guard, clock, notices.bus(), tips),
                                withdrawals,
                                new Inspections(guard, clock, nodes, inspector),
                                carriers,
                                notices.events())),
                new Offer<>(Conversations.class, new ConversationService(guard, clock, settings, remarks, tips)));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
