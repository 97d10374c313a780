package org.partyline.sealing;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.engine.continuity.KeyUse;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.receive.Reception;
import org.partyline.engine.sealing.Sealers;
import org.partyline.engine.sessions.HandshakeManager;
import org.partyline.engine.sessions.IdentityRotation;
import org.partyline.engine.sessions.KeyUpdates;
import org.partyline.engine.sessions.SessionChains;

/** Offers the sealers, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class SealingStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public SealingStage(@Reference Core core) {
        PacketSizes sizes = core.part(PacketSizes.class);
        Outbox outbox = core.part(Outbox.class);
        SessionParts sessions = new SessionParts(
                core.part(HandshakeManager.class),
                core.part(SessionChains.class),
                core.part(KeyUpdates.class),
                core.part(IdentityRotation.class));
        offers = List.of(new Offer<>(
                Sealers.class,
                new ConversationSealers(
                        core,
                        List.of(
                                new ChannelSealer(core, sizes, outbox),
                                new SessionSealer(
                                        core,
                                        sessions,
                                        core.part(Reception.class)::isSettled,
                                        core.part(KeyUse.class),
                                        sizes,
                                        outbox)))));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
