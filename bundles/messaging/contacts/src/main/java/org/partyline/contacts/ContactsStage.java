package org.partyline.contacts;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Wallets;
import org.partyline.engine.continuity.Mending;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.mailbox.Inbox;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.personas.PersonaKeyStore;
import org.partyline.engine.receive.Reception;
import org.partyline.engine.sessions.Controls;
import org.partyline.engine.sessions.HandshakeManager;
import org.partyline.engine.sessions.IdentityRotation;
import org.partyline.engine.sessions.KeyUpdates;
import org.partyline.engine.sessions.Rotation;
import org.partyline.engine.sessions.SessionChains;

/** Offers personas, contacts and their sessions, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class ContactsStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public ContactsStage(@Reference Core core) {
        Outbox outbox = core.part(Outbox.class);
        SessionControlSender sender = new SessionControlSender(core, core.part(Inbox.class), outbox);
        StoredSessionChains chains = new StoredSessionChains(core);
        IdentityNews news = new IdentityNews(core, sender, outbox);
        NoiseHandshakes handshakes =
                new NoiseHandshakes(core, sender, chains, new InboundPeers(core, sender), news, outbox);
        SessionKeyUpdates updates = new SessionKeyUpdates(core, sender, chains, handshakes);
        PersonaKeyStore keys = new StoredPersonaKeys(core);
        Rotation rotation = new PersonaRotation(core, handshakes, news, updates, keys);
        Reception reception = core.part(Reception.class);
        Departures departures = core.part(Departures.class);
        offers = List.of(
                new Offer<>(PersonaKeyStore.class, keys),
                new Offer<>(SessionChains.class, chains),
                new Offer<>(IdentityRotation.class, news),
                new Offer<>(HandshakeManager.class, handshakes),
                new Offer<>(KeyUpdates.class, updates),
                new Offer<>(Controls.class, new SessionControls(core, sender, handshakes, news, outbox)),
                new Offer<>(Rotation.class, rotation),
                new Offer<>(Mending.class, new Rollback(core, sender, chains, handshakes)),
                new Offer<>(Personas.class, new PersonaService(core, keys, rotation, reception, departures)),
                new Offer<>(Contacts.class, new ContactService(core, keys, reception, departures, handshakes, outbox)),
                new Offer<>(Sessions.class, new SessionService(core, handshakes)),
                new Offer<>(Wallets.class, new WalletService(core)));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
