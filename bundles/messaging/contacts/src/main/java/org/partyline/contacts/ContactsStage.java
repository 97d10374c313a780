package org.partyline.contacts;

import java.time.Clock;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.crypto.Kem;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Wallets;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.continuity.Mending;
import org.partyline.messaging.delivery.Departures;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Notices;
import org.partyline.messaging.kernel.SecurityLog;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.mailbox.Inbox;
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

/** Offers personas, contacts and their sessions, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class ContactsStage implements Stage {
    private final List<Offer<?>> offers;
    private final Bus.Listening listening;

    @Activate
    public ContactsStage(@Reference StageContext context) {
        StateGuard guard = context.guard();
        Clock clock = context.clock();
        OperatorSettings settings = context.settings();
        Notices notices = context.notices();
        SecurityLog security = notices.security();
        NodeDirectory nodes = context.part(NodeDirectory.class);
        Identities identities = context.part(Identities.class);
        Outbox outbox = context.part(Outbox.class);
        Departures departures = context.part(Departures.class);
        SessionProtocol protocol = new SessionProtocol(
                context.part(Handshakes.class),
                context.part(Chains.class),
                context.part(SuiteDirectory.class),
                context.random(),
                clock);
        SessionControlSender sender =
                new SessionControlSender(clock, settings, notices, context.part(Inbox.class), outbox);
        StoredSessionChains chains = new StoredSessionChains(clock, protocol.chains(), notices.events(), notices.bus());
        IdentityNews news = new IdentityNews(identities, security, sender, outbox);
        InboundPeers peers = new InboundPeers(clock, security, sender);
        NoiseHandshakes handshakes =
                new NoiseHandshakes(guard, settings, notices, protocol, sender, chains, peers, news);
        PostQuantumExchange exchange = new PostQuantumExchange(
                settings,
                security,
                protocol,
                context.part(Kem.class),
                sender,
                context.part(PacketSizes.class),
                new MessageCutter(context.part(Fragmenter.class), context.random(), context.fragmentIds()));
        SessionKeyUpdates updates =
                new SessionKeyUpdates(settings, security, protocol, sender, chains, handshakes, exchange);
        PersonaKeyStore keys = new StoredPersonaKeys(clock, context.random(), nodes, identities, protocol.handshakes());
        Rotation rotation = new PersonaRotation(guard, clock, settings, security, handshakes, news, updates, keys);
        SessionReceipts receipts = new SessionReceipts(guard, clock, settings, sender);
        listening = notices.bus().on(ReceiptsDue.class, receipts::due);
        offers = List.of(
                new Offer<>(PersonaKeyStore.class, keys),
                new Offer<>(SessionChains.class, chains),
                new Offer<>(IdentityRotation.class, news),
                new Offer<>(HandshakeManager.class, handshakes),
                new Offer<>(KeyUpdates.class, updates),
                new Offer<>(Exchanges.class, exchange),
                new Offer<>(Controls.class, new SessionControls(sender, handshakes, news, receipts, exchange)),
                new Offer<>(Rotation.class, rotation),
                new Offer<>(Mending.class, new Rollback(clock, security, sender, chains, handshakes)),
                new Offer<>(
                        Personas.class,
                        new PersonaService(guard, nodes, identities, notices, keys, rotation, departures)),
                new Offer<>(
                        Contacts.class,
                        new ContactService(guard, clock, identities, notices, keys, departures, handshakes, outbox)),
                new Offer<>(
                        Sessions.class, new SessionService(guard, settings, protocol.suites(), handshakes, exchange)),
                new Offer<>(Wallets.class, new WalletService(guard, nodes)));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }

    /** For Declarative Services. */
    @Deactivate
    public void stop() {
        listening.close();
    }
}
