package org.partyline.mailbox;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.mailbox.Inbox;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationTracker;
import org.partyline.engine.schedule.CoverSlots;

/** Offers the outbox and the inbox, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class MailboxStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public MailboxStage(@Reference Core core) {
        PropagationTracker tracker = new NodePropagation(core);
        offers = List.of(
                new Offer<>(PropagationTracker.class, tracker),
                new Offer<>(Outbox.class, new StoredOutbox(core, tracker, core.part(CoverSlots.class))),
                new Offer<>(Inbox.class, new StoredInbox(core)),
                new Offer<>(PacketSizes.class, new NodePacketSizes(core)));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
