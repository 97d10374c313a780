package org.partyline.messages;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.engine.chains.PacketOpener;
import org.partyline.engine.delivery.Carriers;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.delivery.Recaller;
import org.partyline.engine.fees.Pricing;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.sealing.Sealers;

/** Offers messages to whoever writes and reads them, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class MessagesStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public MessagesStage(@Reference Core core) {
        Carriers carriers = core.part(Carriers.class);
        Outbox outbox = core.part(Outbox.class);
        PacketSizes sizes = core.part(PacketSizes.class);
        Sealers sealers = core.part(Sealers.class);
        Departures departures = core.part(Departures.class);
        Prospects prospects = new Prospects(core, core.part(Pricing.class), carriers);
        Remarks remarks = new Remarks(core, new RemarkQueue(core, sizes, sealers, prospects), outbox, departures);
        offers = List.of(
                new Offer<>(
                        Messages.class,
                        new MessageService(
                                core,
                                outbox,
                                sizes,
                                sealers,
                                departures,
                                prospects,
                                new Inspector(core, new PacketOpener(core)),
                                core.part(Recaller.class),
                                carriers)),
                new Offer<>(Conversations.class, new ConversationService(core, remarks)));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
