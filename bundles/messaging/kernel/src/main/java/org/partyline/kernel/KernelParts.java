package org.partyline.kernel;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.crypto.Kem;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Wallets;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.continuity.Mending;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.Departures;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.kernel.Parts;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.schedule.CoverSlots;
import org.partyline.messaging.sealing.Sealers;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.Rotation;
import org.partyline.messaging.sessions.SessionChains;

/** Which parts there are, and the bundles that bring them. */
final class KernelParts {
    private static final Map<Class<?>, List<String>> BUNDLES = Map.ofEntries(
            part(PacketCodec.class, "packet", "padding"),
            part(Fragmenter.class, "packet", "padding"),
            part(ChannelKeys.class, "ratchet"),
            part(Chains.class, "ratchet"),
            part(Identities.class, "identity"),
            part(BackupFile.class, "identity"),
            part(Handshakes.class, "session"),
            part(Pace.class, "pace"),
            part(CoverTraffic.class, "cover"),
            part(Cover.class, "cover"),
            part(SuiteDirectory.class, "suites", "settings"),
            part(NodeDirectory.class, "nodes", "settings"),
            part(OperatorSettings.class, "settings"),
            part(Outbox.class, "mailbox"),
            part(Inbox.class, "mailbox"),
            part(PropagationTracker.class, "mailbox"),
            part(PacketSizes.class, "mailbox"),
            part(Pricing.class, "fees"),
            part(Spending.class, "fees"),
            part(Fees.class, "fees"),
            part(PersonaKeyStore.class, "contacts"),
            part(SessionChains.class, "contacts"),
            part(IdentityRotation.class, "contacts"),
            part(HandshakeManager.class, "contacts"),
            part(KeyUpdates.class, "contacts"),
            part(Controls.class, "contacts"),
            part(Exchanges.class, "contacts"),
            part(Kem.class, "kem-mlkem768"),
            part(Rotation.class, "contacts"),
            part(Mending.class, "contacts"),
            part(Sealers.class, "sealing"),
            part(CoverSlots.class, "delivery"),
            part(Carriers.class, "delivery"),
            part(Recaller.class, "delivery"),
            part(Departures.class, "delivery"),
            part(Personas.class, "contacts"),
            part(Contacts.class, "contacts"),
            part(Sessions.class, "contacts"),
            part(Wallets.class, "contacts"),
            part(Channels.class, "channels"),
            part(Messages.class, "messages"),
            part(Conversations.class, "messages"),
            part(Backups.class, "backup"),
            part(Privacy.class, "privacy"),
            part(Reception.class, "receive"));

    private static final List<Class<?>> READING = List.of(
            PacketCodec.class,
            Fragmenter.class,
            ChannelKeys.class,
            Chains.class,
            Identities.class,
            Handshakes.class,
            SuiteDirectory.class,
            NodeDirectory.class,
            Outbox.class,
            HandshakeManager.class);

    private static final List<Class<?>> SENDING = List.of(
            PacketCodec.class,
            Fragmenter.class,
            ChannelKeys.class,
            Chains.class,
            Identities.class,
            Handshakes.class,
            SuiteDirectory.class,
            NodeDirectory.class,
            Outbox.class,
            HandshakeManager.class,
            Pace.class,
            Spending.class,
            Sealers.class,
            Departures.class);

    /** What comes once the kernel has begun, or may not come at all. */
    private static final Set<Class<?>> OPENED = Set.of(Cover.class, Kem.class);

    static final Parts.Providers PROVIDERS = new Parts.Providers(BUNDLES, READING, SENDING, OPENED);

    private KernelParts() {}

    private static Map.Entry<Class<?>, List<String>> part(Class<?> type, String... bundles) {
        return Map.entry(type, List.of(bundles));
    }
}
