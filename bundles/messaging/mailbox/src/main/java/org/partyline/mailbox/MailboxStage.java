package org.partyline.mailbox;

import java.time.Clock;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.state.StateServices;

/** Publishes the outbox and the inbox while its bundle runs. */
@Component(service = MailboxStage.class, immediate = true)
public final class MailboxStage {
    private final Bus bus;
    private final Offers offers = new Offers();

    @Activate
    public MailboxStage(@Reference StateServices state) {
        bus = state.notices().bus();
        StateGuard guard = state.guard();
        Clock clock = state.clock();
        guard.follow(new EventLog(clock, bus));
        OperatorSettings settings = state.settings();
        NodeDirectory nodes = state.protocols().nodes.service();
        CoverOrders orders = new CoverOrders(state.protocols().coverTraffic.service(), guard, clock);
        MessageCounts counts = new MessageCounts(guard, state.summaries(), clock);
        PropagationTracker tracker = new NodePropagation(guard, clock, settings, nodes);
        offers.add(PropagationTracker.class, tracker);
        offers.add(
                Outbox.class,
                new StoredOutbox(
                        guard,
                        state.recognition(),
                        counts,
                        clock,
                        settings,
                        new CoveredConversations(orders, state.coverSlots()),
                        state.notices(),
                        tracker));
        offers.add(
                Inbox.class,
                new StoredInbox(
                        guard,
                        counts,
                        clock,
                        settings,
                        nodes,
                        state.protocols().fragmenter.service(),
                        state.notices().events()));
        offers.add(
                StateOwner.class,
                new MailboxState(
                        state.people().conversations, state.recognition().packets, counts, bus, clock, settings));
        offers.add(PacketSizes.class, new NodePacketSizes(guard, settings, state.protocols().nodes, orders));
    }

    /** For Declarative Services. */
    @Activate
    public void publish(BundleContext context) {
        offers.publish(context, bus);
    }

    /** For Declarative Services. */
    @Deactivate
    public void stop() {
        offers.close();
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }
}
