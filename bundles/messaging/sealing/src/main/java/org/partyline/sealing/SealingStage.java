package org.partyline.sealing;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.identity.Identities;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.continuity.KeyUse;
import org.partyline.messaging.kernel.Parts;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sealing.Sealers;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;

/** Offers the sealers, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class SealingStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public SealingStage(@Reference StageContext context) {
        StateGuard guard = context.guard();
        Parts parts = context.parts();
        PacketSizes sizes = context.part(PacketSizes.class);
        Outbox outbox = context.part(Outbox.class);
        Sealing sealing = new Sealing(
                context.part(PacketCodec.class),
                context.part(Identities.class),
                context.part(SuiteDirectory.class),
                context.part(Chains.class),
                context.part(ChannelKeys.class),
                context.part(Handshakes.class),
                context.random());
        MessageCutter cutter =
                new MessageCutter(context.part(Fragmenter.class), context.random(), context.fragmentIds());
        SessionParts sessions = new SessionParts(
                context.part(HandshakeManager.class),
                context.part(SessionChains.class),
                context.part(KeyUpdates.class),
                context.part(IdentityRotation.class),
                context.part(Controls.class),
                context.part(Exchanges.class),
                context.part(KeyUse.class),
                context.part(Reception.class)::isSettled);
        ChannelSealer channels =
                new ChannelSealer(guard, context.clock(), context.settings(), parts, cutter, sealing, sizes, outbox);
        SessionSealer contacts =
                new SessionSealer(guard, context.clock(), parts, cutter, sealing, sessions, sizes, outbox);
        offers =
                List.of(new Offer<>(Sealers.class, new ConversationSealers(guard, parts, List.of(channels, contacts))));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
