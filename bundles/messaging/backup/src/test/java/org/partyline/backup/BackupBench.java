package org.partyline.backup;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions.State;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.MembershipRecordBuilder;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.RevokedKeys;
import org.partyline.messaging.personas.Accounts;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;

/** A home in which backups are made and restored; the test acts for other bundles with personas and contacts. */
final class BackupBench implements AutoCloseable {
    final StageBench stage;
    final Backups backups;
    /** The contacts with whom a session was opened, in order. */
    final List<String> opened = new CopyOnWriteArrayList<>();
    /** The number of personas for which inboxes were expected, each time. */
    final List<Integer> expected = new CopyOnWriteArrayList<>();

    /** No session can be opened. */
    volatile boolean unopened;

    /** Sessions cannot be stored. */
    volatile boolean full;

    /** @param first the name of the persona that exists initially */
    BackupBench(HandSetClock clock, String first) throws StoreException {
        stage = new StageBench(clock);
        stage.put(BackupFile.class, new PlainBackupFile());
        stage.put(PersonaKeyStore.class, new PlainPersonaKeys());
        stage.put(HandshakeManager.class, opening());
        backups = StageBench.offered(stage.add(BackupStage::new), Backups.class);
        rename(StageBench.ALICE.name(), first);
    }

    /** The same bundle without a store. */
    Backups withoutStore() {
        MemoryStore none = new MemoryStore();
        StateServices fresh = new StateServices(
                none,
                new StateGuard(none, stage.operations),
                stage.operations,
                stage.context.protocols(),
                stage.settings,
                stage.clock,
                stage.random,
                stage.notices);
        return StageBench.offered(new BackupStage(fresh), Backups.class);
    }

    /** Records with whom a session is opened; nothing else is called. */
    private HandshakeManager opening() {
        return (HandshakeManager) Proxy.newProxyInstance(
                HandshakeManager.class.getClassLoader(),
                new Class<?>[] {HandshakeManager.class},
                (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "equals":
                            return self == arguments[0];
                        case "open":
                            if (unopened) {
                                throw new NoSuchThingException("no suite may be used");
                            }
                            if (full) {
                                throw new StoreException("the disk is full: free some space");
                            }
                            opened.add(((ContactConversation) arguments[2]).name());
                            return null;
                        default:
                            throw new UnsupportedOperationException(method.getName());
                    }
                });
    }

    /** Creates keys from stored ones. */
    private final class PlainPersonaKeys implements PersonaKeyStore {
        @Override
        public void put(PersonaKeys keys) {
            stage.people.personas.put(keys);
        }

        @Override
        public void remove(int persona) {
            stage.people.personas.remove(persona);
        }

        @Override
        public PersonaKeys fresh(int persona) {
            return new PersonaKeys(
                    persona,
                    stage.identities.generate(stage.random),
                    null,
                    0,
                    stage.clock.instant().toEpochMilli(),
                    0,
                    0);
        }

        @Override
        public PersonaKeys restore(IdentityRecord stored) {
            PersonaKeys restored = new PersonaKeys(
                    stored.persona(),
                    stage.identities.restore(
                            SecretBytes.copyOf(stored.signingSeed()),
                            SecretBytes.copyOf(stored.agreementPrivate()),
                            SecretBytes.copyOf(stored.inboxSecret())),
                    null,
                    0,
                    stored.since(),
                    stored.messages(),
                    stored.restored());
            restored.copy = stored.copy();
            restored.revoked = stored.revoked();
            return restored;
        }

        @Override
        public PersonaKeys rotated(PersonaKeys personaKeys, boolean keepOld, Instant oldUntil) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PersonaKeys withoutOld(PersonaKeys personaKeys) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean expectInboxes() {
            expected.add(stage.people.personas.keys().size());
            return true;
        }

        @Override
        public boolean expect(PersonaKeys personaKeys, Network network) {
            throw new UnsupportedOperationException();
        }
    }

    /** Work on the open store. */
    @FunctionalInterface
    interface Work<T> {
        T run(StoreTransaction tx) throws StoreException;
    }

    <T> T run(Work<T> work) throws StoreException {
        return stage.guard.<T, StoreException>open(() -> stage.guard.<T, StoreException>transact(tx -> work.run(tx)));
    }

    // ---- personas

    private static List<PersonaRecord> all(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class);
    }

    private static void put(StoreTransaction tx, PersonaRecord persona) throws StoreException {
        tx.put(PersonaRecord.TABLE, Keys.of(persona.id()), Keys.ALL, Cbor.write(persona), null);
    }

    private PersonaRecord named(String name) throws StoreException {
        return run(tx -> all(tx).stream()
                .filter(persona -> persona.name().equals(name))
                .findFirst()
                .orElseThrow());
    }

    void create(String name) throws StoreException {
        run(tx -> {
            int id = (int) Tables.next(tx, "persona");
            put(tx, new PersonaRecord(id, name, false));
            PersonaKeys keys = new PlainPersonaKeys().fresh(id);
            PersonaKeyRecords.put(tx, keys);
            stage.people.personas.setName(id, name);
            stage.people.personas.put(keys);
            return null;
        });
    }

    /** Replaces a persona's keys; contacts may still use the previous ones. */
    void rotate(String name) throws StoreException {
        PersonaKeys before = stage.people.personas.require(named(name).id());
        IdentityKeys previous = stage.identities.restore(
                before.keys.signingSeed(), before.keys.agreementPrivate(), before.keys.inboxSecret());
        PersonaKeys rotated = new PersonaKeys(
                before.persona, stage.identities.generate(stage.random), previous, Long.MAX_VALUE, 0, 0, 0);
        rotated.revoked =
                RevokedKeys.with(before.revoked, before.keys.identity().signing());
        stage.people.personas.put(rotated);
    }

    void rename(String from, String to) throws StoreException {
        PersonaRecord persona = named(from);
        run(tx -> {
            put(tx, new PersonaRecord(persona.id(), to, persona.current()));
            stage.people.personas.setName(persona.id(), to);
            return null;
        });
    }

    void use(String name) throws StoreException {
        run(tx -> {
            for (PersonaRecord persona : all(tx)) {
                put(
                        tx,
                        new PersonaRecord(
                                persona.id(), persona.name(), persona.name().equals(name)));
            }
            return null;
        });
    }

    void delete(String name) throws StoreException {
        int id = named(name).id();
        run(tx -> {
            PersonaRecords.erase(tx, id);
            PersonaRecords.makeOneCurrent(tx);
            stage.people.personas.remove(id);
            return null;
        });
    }

    /** A message was sealed with a persona's keys. */
    void countMessage(String name) throws StoreException {
        int id = named(name).id();
        run(tx -> stage.people.personas.keys(id).messages++);
    }

    /** The personas with their accounts. */
    List<String> personas() throws StoreException {
        return run(tx -> all(tx).stream()
                .map(p -> p.name() + " " + p.account() + (p.current() ? " current" : ""))
                .toList());
    }

    /** The number that the next persona or account gets. */
    long nextNumber() throws StoreException {
        return run(tx -> Tables.last(tx, "persona") + 1);
    }

    // ---- conversations and accounts

    /** Adds a persona's membership in a channel. */
    void join(String persona, String channel) throws StoreException {
        int owner = named(persona).id();
        int day = Days.of(stage.clock.instant());
        KdfParameters kdf = KdfParameters.defaults(KdfId.ARGON2ID);
        byte[] root = new byte[32];
        stage.random.nextBytes(root);
        run(tx -> {
            MembershipRecord entry = MembershipRecordBuilder.builder()
                    .id((int) Tables.next(tx, "membership"))
                    .persona(owner)
                    .name(channel)
                    .network(Network.REGTEST.code())
                    .mode(Mode.RATCHET.name())
                    .kdf(kdf.id().code())
                    .timeCost(kdf.timeCost())
                    .memory(kdf.memory())
                    .parallelism(kdf.parallelism())
                    .salt(Arrays.copyOf(channel.getBytes(StandardCharsets.UTF_8), 16))
                    .startDay(day)
                    .rootDay(day)
                    .root(root)
                    .build();
            Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(entry.id()), Keys.ALL, entry);
            stage.registry.add(new ChannelMembership(entry), day, day + 1);
            return null;
        });
    }

    void leave(String channel) throws StoreException {
        run(tx -> {
            ChannelMembership member = stage.people.conversations.members().stream()
                    .filter(one -> one.name().equals(channel))
                    .findFirst()
                    .orElseThrow();
            tx.delete(MembershipRecord.TABLE, Keys.of(member.id()));
            stage.registry.remove(member);
            return null;
        });
    }

    /** Adds a contact of the first persona. */
    ContactConversation know(String name) throws StoreException {
        return stage.know(name, stage.identities.generate(stage.random));
    }

    /** The same, with a separate account that pays for its messages. */
    ContactConversation know(String name, String account) throws StoreException {
        ContactConversation contact = know(name);
        run(tx -> {
            AccountRecord pays = Accounts.ensure(tx, contact.persona(), account);
            contact.entry = contact.entry.withAccount(account, pays.number());
            ContactEntries.put(tx, contact.entry);
            return null;
        });
        return contact;
    }

    /** Changes the state of the session with a contact. */
    void set(String contact, State state) throws StoreException {
        SessionState session = session(contact);
        session.state = state;
        run(tx -> {
            session.put(tx);
            return null;
        });
    }

    /** The stored session with a contact. */
    SessionState session(String contact) throws StoreException {
        int id = contacts().stream()
                .filter(one -> one.name().equals(contact))
                .findFirst()
                .orElseThrow()
                .id();
        return run(tx -> SessionState.get(tx, id));
    }

    List<ContactConversation> contacts() throws StoreException {
        return run(tx -> List.copyOf(stage.people.conversations.contacts()));
    }

    List<ChannelMembership> channels() throws StoreException {
        return run(tx -> List.copyOf(stage.people.conversations.members()));
    }

    /** The account that pays for a persona's messages in its channel. */
    String payer(String persona) throws StoreException {
        int owner = named(persona).id();
        return channels().stream()
                .filter(member -> member.persona() == owner)
                .findFirst()
                .orElseThrow()
                .account();
    }

    /** All wallet accounts in use here. */
    List<String> accounts() throws StoreException {
        return run(tx -> {
            List<AccountRecord> beside = new ArrayList<>(Tables.all(tx, AccountRecord.TABLE, AccountRecord.class));
            return Stream.concat(
                            all(tx).stream().map(PersonaRecord::account),
                            beside.stream().map(AccountRecord::wallets))
                    .sorted()
                    .toList();
        });
    }

    @Override
    public void close() {
        stage.close();
    }
}
