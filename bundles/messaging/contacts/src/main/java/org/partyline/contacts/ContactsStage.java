package org.partyline.contacts;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Wallets;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageCutter;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.ReceiptsDue;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.Rotation;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.state.StateServices;

/** Publishes personas, contacts and their sessions while its bundle runs. */
@Component(service = ContactsStage.class, immediate = true)
public final class ContactsStage {
    private final Bus bus;
    private final Offers offers = new Offers();
    private final Live<Outbox> outboxLive;
    private final Live<Inbox> inboxLive;
    private final Live<PacketSizes> packetSizesLive;
    private final Bus.Listening listening;

    @Activate
    public ContactsStage(@Reference StateServices state) {
        bus = state.notices().bus();
        outboxLive = state.live(Outbox.class);
        inboxLive = state.live(Inbox.class);
        packetSizesLive = state.live(PacketSizes.class);
        StateGuard guard = state.guard();
        Clock clock = state.clock();
        OperatorSettings settings = state.settings();
        Notices notices = state.notices();
        SecurityLog security = notices.security();
        NodeDirectory nodes = state.protocols().nodes.service();
        Identities identities = state.protocols().identities.service();
        Outbox outbox = outboxLive.service();
        SessionProtocol protocol = new SessionProtocol(
                state.protocols().handshakes.service(),
                state.protocols().chains.service(),
                state.protocols().suites.service(),
                state.random(),
                clock);
        SessionControlSender sender = new SessionControlSender(
                state.people(), state.recognition(), clock, settings, notices, inboxLive.service(), outbox);
        StoredSessionChains chains =
                new StoredSessionChains(state.recognition(), clock, protocol.chains(), notices.events(), notices.bus());
        RotationAnnouncer rotations = new RotationAnnouncer(state.people(), identities, security, sender, outbox);
        InboundPeers peers = new InboundPeers(state.people(), clock, security, sender);
        HandshakeCoordinator handshakes =
                new HandshakeCoordinator(guard, settings, notices, protocol, sender, chains, peers, rotations);
        PostQuantumExchange exchange = new PostQuantumExchange(
                state.people(),
                settings,
                security,
                protocol,
                state.protocols().kem.service(),
                sender,
                packetSizesLive.service(),
                new MessageCutter(state.protocols().fragmenter.service(), state.random(), state.fragmentIds()));
        SessionKeyUpdates updates =
                new SessionKeyUpdates(settings, security, protocol, sender, chains, handshakes, exchange);
        StoredPersonaKeys keys = new StoredPersonaKeys(
                state.people(), state.recognition(), clock, state.random(), nodes, identities, protocol.handshakes());
        PersonaRotation rotation =
                new PersonaRotation(guard, clock, settings, security, handshakes, rotations, updates, keys);
        MessageCounts counts = new MessageCounts(guard, state.summaries(), clock);
        SessionReceipts receipts = new SessionReceipts(guard, counts, clock, settings, sender, chains);
        listening = notices.bus().on(ReceiptsDue.class, receipts::due);
        HandshakeRepeats repeats = new HandshakeRepeats(state.people(), settings, security, protocol, handshakes);
        offers.add(PersonaKeyStore.class, keys);
        offers.add(SessionChains.class, chains);
        offers.add(IdentityRotation.class, rotations);
        offers.add(HandshakeManager.class, handshakes);
        offers.add(KeyUpdates.class, updates);
        offers.add(Exchanges.class, exchange);
        offers.add(
                Controls.class,
                new SessionControls(
                        new SessionReports(handshakes, protocol, chains, sender, security, rotations),
                        rotations,
                        receipts,
                        exchange));
        offers.add(Rotation.class, rotation);
        offers.add(
                StateOwner.class,
                new ContactsState(
                        guard,
                        state.recognition(),
                        state.initialSync(),
                        keys,
                        chains,
                        new SessionUpkeep(guard, bus, repeats, updates, rotation, keys),
                        new Rollback(state.people(), clock, security, sender, chains, handshakes)));
        offers.add(
                Personas.class,
                new PersonaService(guard, state.registry(), nodes, identities, notices, keys, rotation));
        offers.add(
                Contacts.class,
                new ContactService(
                        guard,
                        clock,
                        identities,
                        notices,
                        keys,
                        handshakes,
                        counts,
                        new ContactEraser(outbox, state.registry())));
        offers.add(Sessions.class, new SessionService(guard, settings, protocol.suites(), handshakes, exchange));
        offers.add(Wallets.class, new WalletService(guard, nodes));
    }

    /** For Declarative Services. */
    @Activate
    public void publish(BundleContext context) {
        offers.publish(context, bus);
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }

    /** For Declarative Services. */
    @Deactivate
    public void stop() {
        offers.close();
        listening.close();
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOutbox(Outbox service) {
        outboxLive.set(service);
    }

    public void unsetOutbox(Outbox service) {
        outboxLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setInbox(Inbox service) {
        inboxLive.set(service);
    }

    public void unsetInbox(Inbox service) {
        inboxLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPacketSizes(PacketSizes service) {
        packetSizesLive.set(service);
    }

    public void unsetPacketSizes(PacketSizes service) {
        packetSizesLive.unset(service);
    }
}
