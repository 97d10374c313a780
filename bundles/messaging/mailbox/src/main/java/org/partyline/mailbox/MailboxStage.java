package org.partyline.mailbox;

import java.time.Clock;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.schedule.CoverSlots;

/** Offers the outbox and the inbox, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class MailboxStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public MailboxStage(@Reference StageContext context) {
        StateGuard guard = context.guard();
        Clock clock = context.clock();
        OperatorSettings settings = context.settings();
        NodeDirectory nodes = context.part(NodeDirectory.class);
        CoverOrders orders = new CoverOrders(context.part(CoverTraffic.class), guard, clock);
        PropagationTracker tracker = new NodePropagation(guard, clock, settings, nodes);
        CoverSlots slots = context.part(CoverSlots.class);
        offers = List.of(
                new Offer<>(PropagationTracker.class, tracker),
                new Offer<>(
                        Outbox.class,
                        new StoredOutbox(guard, clock, settings, nodes, orders, context.notices(), tracker, slots)),
                new Offer<>(
                        Inbox.class,
                        new StoredInbox(
                                guard,
                                clock,
                                settings,
                                nodes,
                                context.part(Fragmenter.class),
                                context.notices().events())),
                new Offer<>(PacketSizes.class, new NodePacketSizes(guard, settings, nodes, context.parts(), orders)));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
