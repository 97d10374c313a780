package org.partyline.channels;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Channels;
import org.partyline.engine.delivery.Carriers;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.receive.Reception;

/** Offers channels, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class ChannelsStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public ChannelsStage(@Reference Core core) {
        offers = List.of(new Offer<>(
                Channels.class,
                new ChannelService(
                        core,
                        core.part(Reception.class),
                        core.part(Departures.class),
                        core.part(Carriers.class),
                        core.part(Outbox.class))));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
