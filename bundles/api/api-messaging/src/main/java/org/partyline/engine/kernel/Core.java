package org.partyline.engine.kernel;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.engine.conversation.ChannelMembership;
import org.partyline.engine.conversation.ContactConversation;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.PersonaRecord;
import org.partyline.engine.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the engine's parts share: the services they use, the lock that guards memory, and the memory itself. */
public final class Core {
    private static final Logger LOG = LoggerFactory.getLogger(Core.class);

    public final Store store;
    public final Parts parts;
    public final PacketCodec codec;
    public final Fragmenter fragmenter;
    public final ChannelKeys channelKeys;
    public final Chains chains;
    public final SuiteDirectory suites;
    public final NodeDirectory nodes;
    public final OperatorSettings settings;
    public final Supplier<Optional<LegacyReader>> legacy;
    public final Clock clock;
    public final SecureRandom random;
    public final EventHub events;
    public final Identities identities;
    public final Handshakes handshakes;
    /** Of another bundle: see {@code CoverOrders} and {@code CoverRounds}, which know what holds while it is away. */
    public final CoverTraffic cover;

    public final Supplier<Optional<AuditLog>> auditLog;
    public final FragmentIds fragmentIds = new FragmentIds();
    public final AuditLimit auditLimit = new AuditLimit(this::writeAudit);
    /** By which a later stage tells an earlier one. */
    public final Bus bus = new Bus();
    /** Guards {@link #memory} and all that is in it. */
    public final ReentrantLock lock;

    private Unlocked memory;

    public Core(
            Store store,
            Parts parts,
            OperatorSettings settings,
            Supplier<Optional<LegacyReader>> legacy,
            Clock clock,
            SecureRandom random,
            EventHub events,
            Supplier<Optional<AuditLog>> auditLog) {
        this.store = store;
        this.parts = parts;
        this.lock = new OperationLock(parts);
        this.codec = parts.reference(PacketCodec.class);
        this.fragmenter = parts.reference(Fragmenter.class);
        this.channelKeys = parts.reference(ChannelKeys.class);
        this.chains = parts.reference(Chains.class);
        this.suites = parts.reference(SuiteDirectory.class);
        this.nodes = parts.reference(NodeDirectory.class);
        this.settings = settings;
        this.legacy = legacy;
        this.clock = clock;
        this.random = random;
        this.events = events;
        this.identities = parts.reference(Identities.class);
        this.handshakes = parts.reference(Handshakes.class);
        this.auditLog = auditLog;
        this.cover = parts.reference(CoverTraffic.class);
    }

    /**
     * Records a security event: one a minute of each kind, the others are counted.
     *
     * @param detail no names, no secrets: it is kept in clear
     */
    public void audit(String event, String detail) {
        auditLimit.record(event, detail, now());
    }

    private void writeAudit(String event, String detail) {
        LOG.warn("security: {}: {}", event, detail);
        auditLog.get().ifPresent(log -> log.record(event, detail));
    }

    /** @throws WaitsException when it was erased meanwhile: a round goes through what it read before */
    public Conversation conversation(int membership) throws PartylineException {
        return this.<Conversation, PartylineException>open(memory -> {
            Conversation conversation = memory.conversations.find(membership);
            if (conversation == null) {
                throw new WaitsException("its channel was left, or its contact removed");
            }
            return conversation;
        });
    }

    /** Codes of a later version of the protocol are not ours to understand. */
    public void ignored(byte code) {
        LOG.debug("a control message of code {} was ignored", code);
    }

    /** A service of another bundle, which is the one that is here at each call: see {@link Parts#reference}. */
    public <T> T part(Class<T> type) {
        return parts.reference(type);
    }

    /** A piece of work under the lock, on an open store. */
    @FunctionalInterface
    public interface Work<T, X extends Exception> {
        T run(Unlocked memory) throws X, StoreException;
    }

    /** @throws StoreLockedException when the store is not open */
    public <T, X extends Exception> T open(Work<T, X> work) throws X, StoreException {
        lock.lock();
        try {
            if (memory == null) {
                throw new StoreLockedException();
            }
            return work.run(memory);
        } finally {
            lock.unlock();
        }
    }

    /** The memory, or null when locked. Hold the lock. */
    public Unlocked unlocked() {
        return memory;
    }

    public void setUnlocked(Unlocked memory) {
        this.memory = memory;
    }

    public Instant now() {
        return clock.instant();
    }

    public int today() {
        return Days.of(now());
    }

    /** A persona by name, or the current one. */
    public static PersonaRecord persona(StoreTransaction tx, Optional<String> name) throws PartylineException {
        for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
            if (name.map(persona.name()::equals).orElse(persona.current())) {
                return persona;
            }
        }
        throw new NoSuchThingException(
                "there is no persona '" + name.orElse("") + "': partyline:persona-list shows them");
    }

    /** A persona's channel by name. */
    public static ChannelMembership member(Unlocked memory, PersonaRecord persona, String channel)
            throws NoSuchThingException {
        String wanted = java.text.Normalizer.normalize(channel, java.text.Normalizer.Form.NFC);
        return memory.conversations.members().stream()
                .filter(m -> m.entry.persona() == persona.id() && m.entry.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new NoSuchThingException("persona '" + persona.name() + "' is in no channel '"
                        + channel + "': partyline:channel-list shows them"));
    }

    /** A persona's contact by name. */
    public static ContactConversation contact(Unlocked memory, PersonaRecord persona, String name)
            throws NoSuchThingException {
        return memory.conversations.contacts().stream()
                .filter(c -> c.persona() == persona.id() && c.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchThingException("persona '" + persona.name() + "' has no contact '" + name
                        + "': partyline:contact-list shows them"));
    }

    /**
     * Refuses to begin something that costs real money before it was said once that this is known.
     *
     * @throws PartylineException says how to say it
     */
    public void requireAccepted(Network network) throws PartylineException {
        if (!isAccepted(network)) {
            throw new PartylineException(
                    "messages on mainnet cost real money, for ever: say once that you know, with partyline:fee-limit"
                            + " --accept-mainnet");
        }
    }

    /** Whether coins of a network may be spent. */
    public boolean isAccepted(Network network) {
        return network != Network.MAINNET || settings.get().fees().mainnetAccepted();
    }

    /** The network that is meant: the one given, or that of the nodes, when they agree. */
    public Network network(Optional<Network> wanted) throws NoSuchThingException {
        if (wanted.isPresent()) {
            return wanted.get();
        }
        Set<Network> networks = nodes.networks();
        if (networks.size() == 1) {
            return networks.iterator().next();
        }
        throw new NoSuchThingException(
                networks.isEmpty()
                        ? "there is no node, so the network is not known: add one with partyline:node-add, or give --network"
                        : "there are nodes of several networks: say which one with --network");
    }
}
