package org.partyline.channels;

import java.time.Clock;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Channels;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.Departures;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.receive.Reception;

/** Offers channels, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class ChannelsStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public ChannelsStage(@Reference StageContext context) {
        StateGuard guard = context.guard();
        Clock clock = context.clock();
        Bus bus = context.notices().bus();
        Reception reception = context.part(Reception.class);
        ChannelRoots roots = new ChannelRoots(
                context.part(ChannelKeys.class),
                context.part(SuiteDirectory.class),
                context.part(NodeDirectory.class),
                clock,
                context.random(),
                context.settings(),
                context.legacy());
        ChannelReaders readers = new ChannelReaders(
                guard, clock, context.part(Chains.class), context.notices().events());
        ChannelEntry entry = new ChannelEntry(guard, clock, context.parts(), bus, reception, roots, readers);
        offers = List.of(new Offer<>(
                Channels.class,
                new ChannelService(
                        guard,
                        new ChannelViews(guard, clock),
                        roots,
                        entry,
                        reception,
                        context.part(Departures.class),
                        context.part(Carriers.class),
                        context.part(Outbox.class))));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
