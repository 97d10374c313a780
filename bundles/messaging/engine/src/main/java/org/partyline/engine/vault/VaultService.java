package org.partyline.engine.vault;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Vault;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.engine.chains.SendChainRecord;
import org.partyline.engine.conversation.ChannelMembership;
import org.partyline.engine.conversation.ContactConversation;
import org.partyline.engine.conversation.ContactRecord;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.conversation.MembershipRecord;
import org.partyline.engine.conversation.PersonaRecord;
import org.partyline.engine.conversation.ReceiveChainRecord;
import org.partyline.engine.conversation.ReceiveChainState;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Reload;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.mailbox.MessageRecord;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.personas.PersonaKeyStore;
import org.partyline.engine.receive.Reception;
import org.partyline.engine.recognition.HeldPackets;
import org.partyline.engine.recognition.PacketIndex;
import org.partyline.engine.recognition.Unmatched;
import org.partyline.engine.scan.Candidate;
import org.partyline.engine.scan.PacketId;
import org.partyline.engine.sessions.SessionChains;
import org.partyline.engine.sessions.SessionState;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and closes the store, and the memory with it. */
public final class VaultService implements Vault, Reload {
    /** What the first persona is called until it gets a name. */
    static final String FIRST_PERSONA = "me";

    private static final Logger LOG = LoggerFactory.getLogger(VaultService.class);

    private final Core core;
    private final PersonaKeyStore personaKeyStore;
    private final Reception inboundQueue;
    private final Departures sender;
    private final SessionChains chains;
    private final Continuity continuity;
    private final Runnable watch;
    private boolean loaded;

    public VaultService(
            Core core,
            PersonaKeyStore personaKeyStore,
            Reception inboundQueue,
            Departures sender,
            SessionChains chains,
            Continuity continuity,
            Runnable watch) {
        this.chains = chains;
        this.continuity = continuity;
        this.core = core;
        this.personaKeyStore = personaKeyStore;
        this.inboundQueue = inboundQueue;
        this.sender = sender;
        this.watch = watch;
    }

    @Override
    public Store.State state() {
        return core.store.state();
    }

    @Override
    public void create(char[] passphrase) throws StoreException {
        core.lock.lock();
        try {
            core.parts.require(core.parts.reading());
            core.store.create(passphrase);
            core.store.transact(tx -> {
                int id = (int) Tables.next(tx, "persona");
                PersonaRecord first = new PersonaRecord(id, FIRST_PERSONA, true);
                tx.put(PersonaRecord.TABLE, Keys.of(id), Keys.ALL, Cbor.write(first), null);
                return null;
            });
            load();
        } finally {
            core.lock.unlock();
        }
        watch.run();
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
            if (core.store.state() == Store.State.OPEN && core.unlocked() != null) {
                return;
            }
            core.parts.require(core.parts.reading());
            // Until what was collected is read no key goes.
            reading(Reception::expectCollected);
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

    /** {@inheritDoc} No line of the audit log says so: whoever reads it must not learn that there is one. */
    @Override
    public void setDuress(char[] passphrase, char[] duress) throws StoreException {
        core.store.setDuress(passphrase, duress);
    }

    @Override
    public void removeDuress(char[] passphrase) throws StoreException {
        core.store.removeDuress(passphrase);
    }

    @Override
    public SecretBytes storeKey(char[] passphrase) throws StoreException {
        SecretBytes key = core.store.storeKey(passphrase);
        core.audit("store-key-given", "the store key was given out to rest elsewhere");
        return key;
    }

    /** Rebuilds memory from an open store. Also after the engine was restarted beside a store that stayed open. */
    public void load() throws StoreException {
        // What is read is kept as long as they say: without any, nothing is begun.
        core.settings.get();
        Unlocked memory = new Unlocked(core.channelKeys, core.chains);
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
            core.setUnlocked(memory);
        } catch (StoreException | RuntimeException e) {
            memory.close();
            core.store.lock();
            throw e;
        }
    }

    @Override
    public void reload() throws StoreException {
        Unlocked before = core.unlocked();
        if (before != null) {
            reading(Reception::settleWrites);
            core.setUnlocked(null);
            before.close();
            continuity.leave();
        }
        load();
    }

    /** Takes up what waited for the store to be open. */
    public void workOff() {
        reading(reception -> {
            reception.drainCollected();
            reception.retryParked();
            reception.askOthers();
        });
        if (core.parts.has(List.of(Departures.class))) {
            sender.resume();
        }
    }

    /**
     * After a start our next messages begin new chains: the files may be a copy that was put back, and then the chains'
     * positions were used by what was sent since.
     */
    private void beginNewChains() throws StoreException {
        core.store.transact(tx -> {
            for (StoredRecord chain : tx.list(SendChainRecord.TABLE)) {
                tx.delete(SendChainRecord.TABLE, chain.key());
            }
            return null;
        });
    }

    private void ensurePersona() throws StoreException {
        core.store.transact(tx -> {
            if (tx.count(PersonaRecord.TABLE) == 0) {
                int id = (int) Tables.next(tx, "persona");
                tx.put(
                        PersonaRecord.TABLE,
                        Keys.of(id),
                        Keys.ALL,
                        Cbor.write(new PersonaRecord(id, FIRST_PERSONA, true)),
                        null);
            }
            return null;
        });
    }

    private void fill(Unlocked memory) throws StoreException {
        core.store.transact(tx -> {
            for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
                memory.personas.setName(persona.id(), persona.name());
            }
            int today = core.today();
            for (MembershipRecord entry : Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class)) {
                memory.add(new ChannelMembership(entry), entry.rootDay(), today + 1);
            }
            for (ContactRecord entry : Tables.all(tx, ContactRecord.TABLE, ContactRecord.class)) {
                memory.conversations.add(new ContactConversation(entry));
            }
            personaKeyStore.load(tx, memory);
            for (StoredRecord held : tx.list(HeldPackets.UNMATCHED)) {
                Candidate candidate = Cbor.read(held.value(), Candidate.class);
                memory.unmatched.add(candidate.id(), candidate);
            }
            if (core.parts.has(List.of(Reception.class))) {
                inboundQueue.exchange(tx);
            }
            for (StoredRecord held : tx.list(HeldPackets.PARKED)) {
                memory.parked.add(new PacketId(held.key()), Unmatched.hint(Cbor.read(held.value(), Candidate.class)));
            }
            for (ReceiveChainRecord entry : Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class)) {
                ReceiveChain chain = core.chains.decodeReceive(entry.chain());
                Arrays.fill(entry.chain(), (byte) 0);
                core.events.startLine(entry.number(), chain.highest() + 1);
                memory.chains.follow(new ReceiveChainState(entry, chain));
            }
            for (SessionState session : Tables.all(tx, SessionState.TABLE, SessionState.class)) {
                if (memory.conversations.contact(session.contact) != null) {
                    memory.own.doubt(session.contact);
                    chains.expectOwn(memory, session);
                }
            }
            for (OutgoingMessage outgoing : OutgoingRecords.all(tx)) {
                Conversation conversation = memory.conversations.find(outgoing.membership());
                for (int i = 0; conversation != null && i < outgoing.parts().size(); i++) {
                    memory.packets.addSent(
                            PacketId.of(
                                    conversation.network().code(),
                                    outgoing.parts().get(i).packet()),
                            new PacketIndex.Sent(outgoing.id(), i));
                }
            }
            for (MessageRecord message : Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)) {
                if (!message.outgoing()) {
                    message.packets().forEach(id -> memory.packets.addReceived(new PacketId(id), message.id()));
                }
            }
            return null;
        });
    }

    @Override
    public void lock() {
        core.lock.lock();
        try {
            try {
                reading(Reception::settleWrites);
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("what waited to be written is not: the nodes tell it again", e);
            }
            forget();
        } finally {
            core.lock.unlock();
        }
        core.auditLog.get().ifPresent(log -> log.record("locked", "the store was locked"));
        LOG.info("the store is locked");
    }

    /** Whatever cannot be done on the way, the keys of the store go. */
    private void forget() {
        Unlocked memory = core.unlocked();
        core.setUnlocked(null);
        try {
            if (memory != null) {
                memory.close();
            }
        } finally {
            try {
                core.events.forget();
                continuity.leave();
            } finally {
                core.store.lock();
            }
        }
    }

    /** A bundle that reads and comes later takes up by itself what is to be read. */
    private void reading(Consumer<Reception> task) {
        core.parts.enter();
        try {
            if (core.parts.has(List.of(Reception.class))) {
                task.accept(inboundQueue);
            }
        } finally {
            core.parts.leave();
        }
    }

    /** So that what is counted is what came. */
    private void settleWrites() {
        core.lock.lock();
        try {
            reading(Reception::settleWrites);
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
            Unlocked memory = core.unlocked();
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
