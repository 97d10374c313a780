package org.partyline.engine;

import java.util.Arrays;
import java.util.List;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Vault;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.engine.continuity.Continuity;
import org.partyline.engine.conversation.ChannelMembership;
import org.partyline.engine.conversation.ContactConversation;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.ReceiveChainState;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Memory;
import org.partyline.engine.kernel.Parts;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.personas.PersonaKeyStore;
import org.partyline.engine.receive.InboundQueue;
import org.partyline.engine.receive.KnownSuites;
import org.partyline.engine.receive.Recogniser;
import org.partyline.engine.scan.Candidate;
import org.partyline.engine.scan.PacketId;
import org.partyline.engine.sessions.SessionChains;
import org.partyline.engine.sessions.SessionState;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and closes the store, and the memory with it. */
final class VaultService implements Vault {
    /** What the first persona is called until it gets a name. */
    static final String FIRST_PERSONA = "me";

    private static final Logger LOG = LoggerFactory.getLogger(VaultService.class);

    private final Core core;
    private final PersonaKeyStore personaKeyStore;
    private final InboundQueue inboundQueue;
    private final Sender sender;
    private final SessionChains chains;
    private final Continuity continuity;
    private boolean loaded;

    VaultService(
            Core core,
            PersonaKeyStore personaKeyStore,
            InboundQueue inboundQueue,
            Sender sender,
            SessionChains chains,
            Continuity continuity) {
        this.chains = chains;
        this.continuity = continuity;
        this.core = core;
        this.personaKeyStore = personaKeyStore;
        this.inboundQueue = inboundQueue;
        this.sender = sender;
    }

    @Override
    public Store.State state() {
        return core.store.state();
    }

    @Override
    public void create(char[] passphrase) throws StoreException {
        core.lock.lock();
        try {
            core.parts.require(Parts.READING);
            core.store.create(passphrase);
            core.store.transact(tx -> {
                int id = (int) Core.next(tx, "persona");
                Records.Persona first = new Records.Persona(id, FIRST_PERSONA, true);
                tx.put(Records.PERSONAS, Records.key(id), Records.ALL, Cbor.write(first), null);
                return null;
            });
            load();
        } finally {
            core.lock.unlock();
        }
        core.parts.enter();
        try {
            // Else they are watched when they are back.
            if (core.parts.has(Parts.NODES)) {
                core.nodes.watch(inboundQueue);
            }
        } finally {
            core.parts.leave();
        }
        LOG.info("the store was made");
    }

    @Override
    public void unlock(char[] passphrase) throws StoreException {
        unlock(() -> core.store.unlock(passphrase));
    }

    @Override
    public void unlock(SecretBytes storeKey) throws StoreException {
        unlock(() -> core.store.unlock(storeKey));
    }

    /** Opens the store in one of its ways. */
    @FunctionalInterface
    private interface Opening {
        void open() throws StoreException;
    }

    private void unlock(Opening opening) throws StoreException {
        core.lock.lock();
        try {
            if (core.store.state() == Store.State.OPEN && core.memory() != null) {
                return;
            }
            core.parts.require(Parts.READING);
            // Until what was collected is read no key goes.
            inboundQueue.expectCollected();
            try {
                opening.open();
            } catch (WrongPassphraseException e) {
                core.audit("unlock-refused", "a wrong passphrase or key was given");
                throw e;
            }
            load();
        } finally {
            core.lock.unlock();
        }
        workOff();
        core.auditLog.get().ifPresent(log -> log.record("unlocked", "the store was opened"));
        LOG.info("the store is open");
    }

    @Override
    public void changePassphrase(char[] oldPassphrase, char[] newPassphrase) throws StoreException {
        core.store.changePassphrase(oldPassphrase, newPassphrase);
        core.audit("passphrase-changed", "the store has another passphrase");
    }

    @Override
    public SecretBytes storeKey(char[] passphrase) throws StoreException {
        SecretBytes key = core.store.storeKey(passphrase);
        core.audit("store-key-given", "the store key was given out to rest elsewhere");
        return key;
    }

    /** Rebuilds memory from an open store. Also after the engine was restarted beside a store that stayed open. */
    void load() throws StoreException {
        Memory memory = new Memory(core.channelKeys, core.chains);
        try {
            // A store made by a crash between its creation and its first record has no persona yet.
            ensurePersona();
            if (!loaded) {
                beginNewChains();
            }
            fill(memory);
            continuity.enter(memory);
            loaded = true;
            core.parts.made();
            core.setMemory(memory);
        } catch (StoreException | RuntimeException e) {
            memory.close();
            core.store.lock();
            throw e;
        }
    }

    /**
     * Makes memory anew where another bundle's chains took the place of those it was made with, or where nothing could be read when the
     * engine began. The chains themselves go on: their state is in the store. Hold the engine's lock.
     */
    void reload() throws StoreException {
        Memory before = core.memory();
        if (before != null) {
            inboundQueue.settleWrites();
            core.setMemory(null);
            before.close();
            continuity.leave();
        }
        load();
    }

    /** Takes up what waited for the store to be open. */
    void workOff() {
        inboundQueue.drainCollected();
        inboundQueue.retryParked();
        sender.resume();
    }

    /**
     * After a start our next messages begin new chains: the files may be a copy that was put back, and then the chains'
     * positions were used by what was sent since.
     */
    private void beginNewChains() throws StoreException {
        core.store.transact(tx -> {
            for (StoredRecord chain : tx.list(Records.SEND_CHAINS)) {
                tx.delete(Records.SEND_CHAINS, chain.key());
            }
            return null;
        });
    }

    private void ensurePersona() throws StoreException {
        core.store.transact(tx -> {
            if (tx.count(Records.PERSONAS) == 0) {
                int id = (int) Core.next(tx, "persona");
                tx.put(
                        Records.PERSONAS,
                        Records.key(id),
                        Records.ALL,
                        Cbor.write(new Records.Persona(id, FIRST_PERSONA, true)),
                        null);
            }
            return null;
        });
    }

    private void fill(Memory memory) throws StoreException {
        core.store.transact(tx -> {
            for (Records.Persona persona : Core.all(tx, Records.PERSONAS, Records.Persona.class)) {
                memory.setPersonaName(persona.id(), persona.name());
            }
            int today = core.today();
            for (Records.Membership entry : Core.all(tx, Records.MEMBERSHIPS, Records.Membership.class)) {
                memory.add(new ChannelMembership(entry), entry.rootDay(), today + 1);
            }
            for (Records.Contact entry : Core.all(tx, Records.CONTACTS, Records.Contact.class)) {
                memory.add(new ContactConversation(entry));
            }
            personaKeyStore.load(tx, memory);
            for (StoredRecord held : tx.list(Records.UNMATCHED)) {
                Candidate candidate = Cbor.read(held.value(), Candidate.class);
                memory.unmatched.add(candidate.id(), candidate);
            }
            KnownSuites.exchange(core, tx);
            for (StoredRecord held : tx.list(Records.PARKED)) {
                memory.parked.add(new PacketId(held.key()), Recogniser.hint(Cbor.read(held.value(), Candidate.class)));
            }
            for (Records.Incoming entry : Core.all(tx, Records.RECEIVE_CHAINS, Records.Incoming.class)) {
                ReceiveChain chain = core.chains.decodeReceive(entry.chain());
                Arrays.fill(entry.chain(), (byte) 0);
                core.events.startLine(entry.number(), chain.highest() + 1);
                memory.follow(new ReceiveChainState(entry, chain));
            }
            for (SessionState session : Core.all(tx, Records.SESSIONS, SessionState.class)) {
                if (memory.contact(session.contact) != null) {
                    memory.doubt(session.contact);
                    chains.expectOwn(memory, session);
                }
            }
            for (OutgoingMessage outgoing : Outbox.all(tx)) {
                Conversation conversation = memory.conversation(outgoing.membership());
                for (int i = 0; conversation != null && i < outgoing.parts().size(); i++) {
                    memory.addSent(
                            PacketId.of(
                                    conversation.network().code(),
                                    outgoing.parts().get(i).packet()),
                            new Memory.Sent(outgoing.id(), i));
                }
            }
            for (Records.Message message : Core.all(tx, Records.MESSAGES, Records.Message.class)) {
                if (!message.outgoing()) {
                    message.packets().forEach(id -> memory.addReceived(new PacketId(id), message.id()));
                }
            }
            return null;
        });
    }

    @Override
    public void lock() {
        core.lock.lock();
        try {
            inboundQueue.settleWrites();
            Memory memory = core.memory();
            core.setMemory(null);
            if (memory != null) {
                memory.close();
            }
            core.events.forget();
            continuity.leave();
            core.store.lock();
        } finally {
            core.lock.unlock();
        }
        core.auditLog.get().ifPresent(log -> log.record("locked", "the store was locked"));
        LOG.info("the store is locked");
    }

    /** So that what is counted is what came. */
    private void settleWrites() {
        core.lock.lock();
        try {
            inboundQueue.settleWrites();
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public long dropped() {
        settleWrites();
        try {
            return core.store.dropped().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        } catch (StoreException e) {
            LOG.warn("what was dropped cannot be counted: {}", e.getMessage());
            return 0;
        }
    }

    @Override
    public int deriving() {
        core.lock.lock();
        try {
            Memory memory = core.memory();
            return memory == null ? 0 : memory.secrets.underived();
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public List<String> warnings() {
        return continuity.warnings();
    }

    @Override
    public long collected() {
        settleWrites();
        try {
            return core.store.state() == Store.State.LOCKED ? core.store.collected() : 0;
        } catch (StoreException e) {
            LOG.warn("what was collected cannot be counted: {}", e.getMessage());
            return 0;
        }
    }
}
