package org.partyline.sealing;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.MinedTooLate;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateServices;

/** Publishes the sealers while its bundle runs. */
@Component(service = SealingStage.class, immediate = true)
public final class SealingStage {
    private final Bus bus;
    private final Offers offers = new Offers();
    private final Bus.Listening listening;
    private final Live<PacketSizes> packetSizesLive;
    private final Live<Outbox> outboxLive;
    private final Live<HandshakeManager> handshakeManagerLive;
    private final Live<SessionChains> sessionChainsLive;
    private final Live<KeyUpdates> keyUpdatesLive;
    private final Live<IdentityRotation> identityRotationLive;
    private final Live<Controls> controlsLive;
    private final Live<Exchanges> exchangesLive;

    @Activate
    public SealingStage(@Reference StateServices state) {
        bus = state.notices().bus();
        packetSizesLive = state.live(PacketSizes.class);
        outboxLive = state.live(Outbox.class);
        handshakeManagerLive = state.live(HandshakeManager.class);
        sessionChainsLive = state.live(SessionChains.class);
        keyUpdatesLive = state.live(KeyUpdates.class);
        identityRotationLive = state.live(IdentityRotation.class);
        controlsLive = state.live(Controls.class);
        exchangesLive = state.live(Exchanges.class);
        StateGuard guard = state.guard();
        ReadingServices reading = new ReadingServices(state.protocols(), outboxLive, handshakeManagerLive);
        Outbox outbox = outboxLive.service();
        Sealing sealing = new Sealing(
                state.protocols().codec.service(),
                new MessageCutter(state.protocols().fragmenter.service(), state.random(), state.fragmentIds()),
                packetSizesLive.service(),
                state.protocols().identities.service(),
                state.protocols().suites.service(),
                state.protocols().chains.service(),
                state.protocols().channelKeys.service(),
                state.protocols().handshakes.service(),
                state.random());
        SessionParts sessions = new SessionParts(
                handshakeManagerLive.service(),
                sessionChainsLive.service(),
                keyUpdatesLive.service(),
                identityRotationLive.service(),
                controlsLive.service(),
                exchangesLive.service(),
                state.recognition().own,
                state.notices().bus(),
                state.initialSync()::isSettled);
        ChannelSealer channels = new ChannelSealer(guard, state.clock(), state.settings(), reading, sealing, outbox);
        SessionSealer contacts = new SessionSealer(guard, state.clock(), reading, sealing, sessions, outbox);
        offers.add(QueueSealer.class, new ConversationQueueSealer(guard, List.of(channels, contacts)));
        listening = bus.on(MinedTooLate.class, late -> contacts.missed(late.outgoing()));
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
        listening.close();
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPacketSizes(PacketSizes service) {
        packetSizesLive.set(service);
    }

    public void unsetPacketSizes(PacketSizes service) {
        packetSizesLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOutbox(Outbox service) {
        outboxLive.set(service);
    }

    public void unsetOutbox(Outbox service) {
        outboxLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.set(service);
    }

    public void unsetHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setSessionChains(SessionChains service) {
        sessionChainsLive.set(service);
    }

    public void unsetSessionChains(SessionChains service) {
        sessionChainsLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setKeyUpdates(KeyUpdates service) {
        keyUpdatesLive.set(service);
    }

    public void unsetKeyUpdates(KeyUpdates service) {
        keyUpdatesLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setIdentityRotation(IdentityRotation service) {
        identityRotationLive.set(service);
    }

    public void unsetIdentityRotation(IdentityRotation service) {
        identityRotationLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setControls(Controls service) {
        controlsLive.set(service);
    }

    public void unsetControls(Controls service) {
        controlsLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setExchanges(Exchanges service) {
        exchangesLive.set(service);
    }

    public void unsetExchanges(Exchanges service) {
        exchangesLive.unset(service);
    }
}
