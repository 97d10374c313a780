package org.partyline.backup;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.ContactRecordBuilder;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.IdentityRecordBuilder;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.kernel.AfterCommit;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Days;
import org.partyline.messaging.kernel.Notices;
import org.partyline.messaging.kernel.ReadingServices;
import org.partyline.messaging.kernel.StateGuard;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.personas.Accounts;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Exports and imports backups. A backup has keys, contacts, channels and settings; never chains or sessions: who is
 * restored starts new ones, so that no key is used twice (PROTOCOL 5).
 */
public final class BackupService implements Backups {
    private static final int SHORTEST_PASSPHRASE = 8;
    private static final int FORM = 1;
    private static final int LONGEST_NAME = 32;

    private final StateGuard guard;
    private final Clock clock;
    private final OperatorSettings settings;
    private final ReadingServices reading;
    private final Notices notices;
    private final SealedBackups backups;
    private final PersonaKeyStore personaKeyStore;
    private final HandshakeManager handshakeManager;

    BackupService(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            ReadingServices reading,
            Notices notices,
            SealedBackups backups,
            PersonaKeyStore personaKeyStore,
            HandshakeManager handshakeManager) {
        this.guard = guard;
        this.clock = clock;
        this.settings = settings;
        this.reading = reading;
        this.notices = notices;
        this.backups = backups;
        this.personaKeyStore = personaKeyStore;
        this.handshakeManager = handshakeManager;
    }

    /**
     * The contents of a backup.
     *
     * @param form of this record
     * @param made in milliseconds
     */
    public record Content(int form, long made, List<SavedPersona> personas, Map<String, String> settings) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Content";
        }
    }

    /**
     * A persona with all its data.
     *
     * @param number of its account in the wallets, where its coins are; 0 in backups that do not say
     * @param accounts beside its own
     */
    public record SavedPersona(
            String name,
            boolean current,
            byte[] signingSeed,
            byte[] agreementPrivate,
            byte[] inboxSecret,
            long since,
            long messages,
            List<ContactRecord> contacts,
            List<MembershipRecord> channels,
            int number,
            List<AccountRecord> accounts) {
        public SavedPersona {
            accounts = accounts == null ? List.of() : accounts;
        }

        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "SavedPersona";
        }
    }

    // ---- out

    @Override
    public Summary exportTo(Path target, char[] passphrase) throws PartylineException {
        if (passphrase.length < SHORTEST_PASSPHRASE) {
            throw new NoSuchThingException("the backup's passphrase has " + passphrase.length
                    + " characters: use at least " + SHORTEST_PASSPHRASE + ", or better, six random words");
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchThingException("the file " + target + " already exists: choose another name");
        }
        Content content = guard.open(unlocked -> guard.transact(tx -> collect(tx, unlocked)));
        byte[] sealed = seal(content, passphrase);
        backups.write(target, sealed);
        notices.security()
                .record("backup-made", "personas, contacts and channels were exported to an encrypted backup");
        return new Summary(
                target,
                sealed.length,
                content.personas().size(),
                content.personas().stream().mapToInt(p -> p.contacts().size()).sum(),
                content.personas().stream().mapToInt(p -> p.channels().size()).sum());
    }

    /** Seals what was collected, and wipes it. */
    byte[] seal(Content content, char[] passphrase) throws PartylineException {
        try (SecretBytes written = SecretBytes.wrap(Cbor.write(content))) {
            return backups.seal(written, passphrase);
        } finally {
            wipe(content);
        }
    }

    private Content collect(StoreTransaction tx, Unlocked unlocked) throws StoreException {
        List<SavedPersona> personas = new ArrayList<>();
        for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
            PersonaKeys personaKeys = unlocked.personas.keys(persona.id());
            List<ContactRecord> contacts = new ArrayList<>();
            for (ContactConversation contact : unlocked.conversations.contacts()) {
                if (contact.persona() == persona.id()) {
                    contacts.add(contact.entry);
                }
            }
            List<MembershipRecord> channels = new ArrayList<>();
            for (ChannelMembership member : unlocked.conversations.members()) {
                if (member.persona() == persona.id()) {
                    MembershipRecord entry = member.toStore();
                    // Copies: what is written out is wiped.
                    channels.add(entry.movedTo(entry.id(), entry.persona()));
                }
            }
            personas.add(new SavedPersona(
                    persona.name(),
                    persona.current(),
                    personaKeys.keys.signingSeed().expose().clone(),
                    personaKeys.keys.agreementPrivate().expose().clone(),
                    personaKeys.keys.inboxSecret().expose().clone(),
                    personaKeys.since,
                    personaKeys.messages,
                    contacts,
                    channels,
                    persona.id(),
                    Accounts.of(tx, persona.id())));
        }
        return new Content(FORM, clock.instant().toEpochMilli(), personas, settings.changed());
    }

    private static void wipe(Content content) {
        for (SavedPersona persona : content.personas()) {
            Arrays.fill(persona.signingSeed(), (byte) 0);
            Arrays.fill(persona.agreementPrivate(), (byte) 0);
            Arrays.fill(persona.inboxSecret(), (byte) 0);
            for (MembershipRecord channel : persona.channels()) {
                Arrays.fill(channel.root(), (byte) 0);
                if (channel.legacyKey() != null) {
                    Arrays.fill(channel.legacyKey(), (byte) 0);
                }
            }
        }
    }

    // ---- in

    private Content read(Path source, char[] passphrase) throws PartylineException {
        try (SecretBytes opened = backups.open(source, passphrase)) {
            Content content = Cbor.read(opened.expose(), Content.class);
            if (content.form() != FORM) {
                throw new NoSuchThingException("the backup has an unknown form (" + content.form()
                        + "): use the version that wrote it, or a newer one");
            }
            checkDerivations(content);
            return content;
        }
    }

    /** A backup may be someone else's: its channels are held to the limits of an invite (PROTOCOL 2.1). */
    private static void checkDerivations(Content content) throws NoSuchThingException {
        for (SavedPersona persona : content.personas()) {
            for (MembershipRecord channel : persona.channels()) {
                try {
                    KdfLimits.require(channel.parameters());
                } catch (IllegalArgumentException | NoSuchElementException e) {
                    wipe(content);
                    throw new NoSuchThingException("the backup is damaged or hostile: in its channel '"
                            + channel.name().replaceAll("\\p{Cntrl}", "?") + "', " + e.getMessage());
                }
            }
        }
    }

    @Override
    public Preview preview(Path source, char[] passphrase) throws PartylineException {
        Content content = read(source, passphrase);
        try {
            List<Change> changes = new ArrayList<>();
            if (guard.isNew()) {
                planForNobody(content, changes);
            } else {
                guard.<Void, StoreException>open(unlocked -> guard.transact(tx -> {
                    plan(tx, unlocked, content, changes);
                    return null;
                }));
            }
            planSettings(content, changes);
            return new Preview(Instant.ofEpochMilli(content.made()), changes);
        } finally {
            wipe(content);
        }
    }

    /** What a server will have that has no store yet: all of it. */
    private static void planForNobody(Content content, List<Change> changes) {
        for (SavedPersona saved : content.personas()) {
            changes.add(new Change("persona", saved.name(), "added", ""));
            added(saved, changes, saved.name());
            for (AccountRecord account : saved.accounts()) {
                changes.add(new Change("account", saved.name() + "/" + account.name(), "added", ""));
            }
        }
    }

    @Override
    public Preview importFrom(Path source, char[] passphrase, Original original) throws PartylineException {
        // Before anything changes: settings are among what comes in.
        settings.changed();
        return bringIn(read(source, passphrase), original);
    }

    /** Brings in what a backup holds, and wipes it. */
    Preview bringIn(Content content, Original original) throws PartylineException {
        try {
            return restore(content, original);
        } finally {
            wipe(content);
        }
    }

    private Preview restore(Content content, Original original) throws PartylineException {
        List<Change> changes = new ArrayList<>();
        guard.<Void, PartylineException>open(unlocked -> {
            reading.require();
            try (AfterCommit after = new AfterCommit()) {
                List<ContactConversation> reopen = guard.<List<ContactConversation>, PartylineException>transact(tx -> {
                    List<ContactConversation> sessions = new ArrayList<>();
                    List<Plan> plans = plan(tx, unlocked, content, changes);
                    eraseReplaced(tx, unlocked, after, plans);
                    for (int i = 0; i < plans.size(); i++) {
                        sessions.addAll(
                                apply(tx, unlocked, after, content.personas().get(i), plans.get(i), original));
                    }
                    PersonaRecords.makeOneCurrent(tx);
                    if (original == Original.GONE) {
                        mark(tx, sessions);
                    }
                    return sessions;
                });
                after.commit();
                personaKeyStore.expectInboxes(unlocked);
                if (original == Original.GONE) {
                    try (AfterCommit opened = new AfterCommit()) {
                        guard.transact(tx -> reopen(tx, unlocked, opened, reopen));
                        opened.commit();
                    }
                }
            }
            return null;
        });
        planSettings(content, changes);
        for (Change change : changes) {
            if (change.kind().equals("setting") && change.action().equals("added")) {
                settings.set(change.name(), content.settings().get(change.name()));
            }
        }
        notices.bus().publish(new Bus.Expected());
        notices.security().record("backup-imported", "personas, contacts and channels were imported from a backup");
        return new Preview(Instant.ofEpochMilli(content.made()), changes);
    }

    @Override
    public Taken takeOver() throws PartylineException {
        return guard.<Taken, PartylineException>open(unlocked -> {
            reading.require();
            List<PersonaKeys> copies =
                    unlocked.personas.keys().stream().filter(keys -> keys.copy).toList();
            if (copies.isEmpty()) {
                throw new NoSuchThingException(
                        "no persona of this server is restricted to reading: there is nothing to take over");
            }
            Set<Integer> personas = copies.stream().map(keys -> keys.persona).collect(Collectors.toSet());
            List<ContactConversation> contacts = unlocked.conversations.contacts().stream()
                    .filter(contact -> personas.contains(contact.persona()) && !contact.entry.isStranger())
                    .toList();
            int sessions = 0;
            copies.forEach(keys -> keys.copy = false);
            try (AfterCommit after = new AfterCommit()) {
                // Together: a persona that sends without having opened its sessions would miss what its contacts write.
                sessions = guard.transact(tx -> {
                    sendAgain(tx, after, copies);
                    return reopen(tx, unlocked, after, contacts);
                });
                after.commit();
            } catch (StoreException | RuntimeException e) {
                copies.forEach(keys -> keys.copy = true);
                throw e;
            }
            notices.security()
                    .record("restore-taken-over", "restored personas may send again, and sessions are opened anew");
            return new Taken(
                    copies.stream()
                            .map(keys -> unlocked.personas.name(keys.persona))
                            .toList(),
                    sessions);
        });
    }

    /** Sessions are to be opened, also where the server ends before that. */
    private static void mark(StoreTransaction tx, List<ContactConversation> contacts) throws StoreException {
        for (ContactConversation contact : contacts) {
            SessionState session = SessionState.get(tx, contact.id());
            if (!session.isOpen() && !session.isOpening()) {
                session.restored = true;
                session.put(tx);
            }
        }
    }

    /** Handshakes that were made before now may have been answered by the original. */
    private void sendAgain(StoreTransaction tx, AfterCommit after, List<PersonaKeys> copies) throws StoreException {
        long now = clock.instant().toEpochMilli();
        for (PersonaKeys keys : copies) {
            IdentityRecord taken = keys.toStore().withRestored(now);
            Tables.putSecret(tx, IdentityRecord.TABLE, Keys.of(keys.persona), Keys.ALL, taken);
            after.then(() -> keys.restored = now);
        }
    }

    /** Sessions are opened anew: the other sides follow without doing anything. @return how many */
    private int reopen(StoreTransaction tx, Unlocked unlocked, AfterCommit after, List<ContactConversation> contacts)
            throws StoreException {
        int opened = 0;
        for (ContactConversation contact : contacts) {
            try {
                handshakeManager.open(tx, unlocked, after, contact);
                opened++;
            } catch (NoSuchThingException e) {
                after.then(() -> notices.security().record("session-waits", "a restored session cannot be opened yet"));
            }
        }
        return opened;
    }

    /**
     * The plan for importing a persona.
     *
     * @param existing the persona here that has the same keys; null: there is none
     * @param replaced the persona here whose place it takes, as it was never used; null: none
     * @param number of its account, which is its own too; 0: a new one
     * @param current whether it is the current one from then on
     * @param name here
     * @param contacts those that are added
     * @param channels those that are added
     * @param accounts those that are added
     */
    private record Plan(
            PersonaRecord existing,
            PersonaRecord replaced,
            int number,
            boolean current,
            String name,
            List<ContactRecord> contacts,
            List<MembershipRecord> channels,
            List<AccountRecord> accounts) {}

    private List<Plan> plan(StoreTransaction tx, Unlocked unlocked, Content content, List<Change> changes)
            throws StoreException {
        List<PersonaRecord> here = new ArrayList<>(Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class));
        Planning planning = new Planning(
                unlocked, here, placeholder(tx, unlocked, here), KeptNumbers.of(tx, here), new HashSet<>(), changes);
        List<Plan> plans = new ArrayList<>();
        for (int i = 0; i < content.personas().size(); i++) {
            SavedPersona saved = content.personas().get(i);
            // Without a number they are in the order in which they were made.
            int wanted = saved.number() == 0 ? i + 1 : saved.number();
            Plan plan = plan(tx, planning, saved, wanted);
            plans.add(plan);
            here.remove(plan.replaced());
            planning.names().add(plan.name());
        }
        return plans;
    }

    /**
     * The state while an import is planned.
     *
     * @param here the personas that are here and have no plan to go
     * @param placeholder the persona that a new server has by itself, while nothing was done with it
     * @param names of those that come
     */
    private record Planning(
            Unlocked unlocked,
            List<PersonaRecord> here,
            Optional<PersonaRecord> placeholder,
            KeptNumbers numbers,
            Set<String> names,
            List<Change> changes) {}

    private static Optional<PersonaRecord> placeholder(StoreTransaction tx, Unlocked unlocked, List<PersonaRecord> here)
            throws StoreException {
        boolean fresh = here.size() == 1
                && Tables.last(tx, "persona") == 1
                && isUnused(unlocked, here.get(0).id());
        return fresh ? Optional.of(here.get(0)) : Optional.empty();
    }

    private static Plan plan(StoreTransaction tx, Planning planning, SavedPersona saved, int wanted)
            throws StoreException {
        Unlocked unlocked = planning.unlocked();
        List<Change> changes = planning.changes();
        KeptNumbers numbers = planning.numbers();
        for (PersonaRecord persona : planning.here()) {
            PersonaKeys personaKeys = unlocked.personas.keys(persona.id());
            if (personaKeys != null
                    && Arrays.equals(personaKeys.keys.signingSeed().expose(), saved.signingSeed())) {
                changes.add(new Change("persona", persona.name(), "kept", "its keys are already on this server"));
                return inside(unlocked, persona, Accounts.of(tx, persona.id()), saved, numbers, changes);
            }
        }
        boolean fresh = planning.placeholder().isPresent();
        // The first that comes takes the place of the placeholder, whatever its name is.
        PersonaRecord replaced = planning.here().stream()
                .filter(p -> fresh || p.name().equals(saved.name()) && isUnused(unlocked, p.id()))
                .findFirst()
                .orElse(null);
        if (replaced != null) {
            numbers.free(replaced.id());
        }
        boolean kept = numbers.keep(wanted);
        int number = kept ? wanted : replaced != null && numbers.keep(replaced.id()) ? replaced.id() : 0;
        Set<String> others = new HashSet<>(planning.names());
        planning.here().stream().filter(persona -> persona != replaced).forEach(persona -> others.add(persona.name()));
        String name = freeName(others, saved.name());
        boolean renamed = !name.equals(saved.name());
        List<String> details = new ArrayList<>();
        if (renamed) {
            details.add("as '" + name + "': its name is already in use");
        }
        if (replaced != null) {
            details.add("replaces " + (replaced.name().equals(name) ? "one" : "'" + replaced.name() + "'")
                    + ", which was never used");
        }
        if (!kept) {
            details.add(
                    "its account " + KeptNumbers.account(wanted)
                            + " is already in use by another persona: it gets a new account, and its coins stay in the old one");
        }
        changes.add(new Change("persona", saved.name(), renamed ? "renamed" : "added", String.join("; ", details)));
        List<ContactRecord> contacts = added(saved, changes, name);
        return new Plan(
                null,
                replaced,
                number,
                fresh ? saved.current() : replaced != null && replaced.current(),
                name,
                contacts,
                saved.channels(),
                accounts(saved, name, List.of(), numbers, changes));
    }

    /** The accounts beside its own that a persona gets, with the numbers that they had where those are free. */
    private static List<AccountRecord> accounts(
            SavedPersona saved, String name, List<AccountRecord> here, KeptNumbers numbers, List<Change> changes) {
        List<AccountRecord> added = new ArrayList<>();
        for (AccountRecord account : saved.accounts()) {
            String whole = name + "/" + account.name();
            if (here.stream().anyMatch(a -> a.name().equals(account.name()))) {
                changes.add(new Change("account", whole, "kept", "the existing one is kept"));
                continue;
            }
            boolean kept = numbers.keep(account.number());
            added.add(new AccountRecord(kept ? account.number() : 0, 0, account.name()));
            changes.add(
                    new Change(
                            "account",
                            whole,
                            "added",
                            kept
                                    ? ""
                                    : "its number " + KeptNumbers.account(account.number())
                                            + " is already in use by another persona: it gets a new account, and its coins stay in the old one"));
        }
        return added;
    }

    private static List<ContactRecord> added(SavedPersona saved, List<Change> changes, String name) {
        for (ContactRecord contact : saved.contacts()) {
            changes.add(new Change("contact", name + "/" + contact.name(), "added", ""));
        }
        for (MembershipRecord channel : saved.channels()) {
            changes.add(new Change("channel", name + "/" + channel.name(), "added", ""));
        }
        return saved.contacts();
    }

    /** What is added to a persona that is here already. */
    private static Plan inside(
            Unlocked unlocked,
            PersonaRecord here,
            List<AccountRecord> accountsHere,
            SavedPersona saved,
            KeptNumbers numbers,
            List<Change> changes) {
        List<ContactRecord> contacts = new ArrayList<>();
        for (ContactRecord contact : saved.contacts()) {
            boolean known = unlocked.conversations.contacts().stream()
                    .anyMatch(c -> c.persona() == here.id()
                            && (Arrays.equals(c.entry.signing(), contact.signing())
                                            && Arrays.equals(c.entry.agreement(), contact.agreement())
                                    || c.name().equals(contact.name())));
            changes.add(new Change(
                    "contact",
                    here.name() + "/" + contact.name(),
                    known ? "kept" : "added",
                    known ? "the existing one is kept" : ""));
            if (!known) {
                contacts.add(contact);
            }
        }
        List<MembershipRecord> channels = new ArrayList<>();
        for (MembershipRecord channel : saved.channels()) {
            boolean known = unlocked.conversations.members().stream()
                    .anyMatch(m -> m.persona() == here.id() && m.name().equals(channel.name()));
            changes.add(new Change(
                    "channel",
                    here.name() + "/" + channel.name(),
                    known ? "kept" : "added",
                    known ? "the existing one is kept" : ""));
            if (!known) {
                channels.add(channel);
            }
        }
        return new Plan(
                here,
                null,
                here.id(),
                here.current(),
                here.name(),
                contacts,
                channels,
                accounts(saved, here.name(), accountsHere, numbers, changes));
    }

    private static boolean isUnused(Unlocked unlocked, int persona) {
        return unlocked.personas.keys(persona).messages == 0
                && unlocked.conversations.contacts().stream().noneMatch(c -> c.persona() == persona)
                && unlocked.conversations.members().stream().noneMatch(m -> m.persona() == persona);
    }

    private static String freeName(Set<String> taken, String wanted) {
        String name = wanted;
        for (int i = 2; taken.contains(name); i++) {
            String ending = " (" + i + ")";
            String head = wanted;
            while ((head + ending).getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_NAME) {
                head = head.substring(0, head.offsetByCodePoints(head.length(), -1));
            }
            name = head + ending;
        }
        return name;
    }

    /** Before anything is added: a number may be another's then. */
    private static void eraseReplaced(StoreTransaction tx, Unlocked unlocked, AfterCommit after, List<Plan> plans)
            throws StoreException {
        for (Plan plan : plans) {
            if (plan.replaced() != null) {
                int id = plan.replaced().id();
                PersonaRecords.erase(tx, id);
                after.then(() -> unlocked.removeKeys(id));
            }
            KeptNumbers.use(tx, plan.number());
            for (AccountRecord account : plan.accounts()) {
                KeptNumbers.use(tx, account.number());
            }
        }
    }

    /** Adds what is planned; gives the contacts that were added and have a card. */
    private List<ContactConversation> apply(
            StoreTransaction tx, Unlocked unlocked, AfterCommit after, SavedPersona saved, Plan plan, Original original)
            throws StoreException {
        List<ContactConversation> sessions = new ArrayList<>();
        int id = plan.number();
        if (plan.existing() == null) {
            id = KeptNumbers.take(tx, plan.number());
            PersonaRecord persona = new PersonaRecord(id, plan.name(), plan.current());
            tx.put(PersonaRecord.TABLE, Keys.of(id), Keys.ALL, Cbor.write(persona), null);
            PersonaKeys personaKeys = personaKeyStore.restore(IdentityRecordBuilder.builder()
                    .persona(id)
                    .signingSeed(saved.signingSeed())
                    .agreementPrivate(saved.agreementPrivate())
                    .inboxSecret(saved.inboxSecret())
                    .since(saved.since())
                    .messages(saved.messages())
                    .oldSigningSeed(null)
                    .oldAgreementPrivate(null)
                    .oldInboxSecret(null)
                    .oldUntil(0)
                    .restored(clock.instant().toEpochMilli())
                    .copy(original == Original.IN_USE)
                    .build());
            PersonaKeyRecords.put(tx, personaKeys);
            after.then(() -> {
                unlocked.personas.setName(personaKeys.persona, plan.name());
                unlocked.put(personaKeys);
            });
        }
        for (AccountRecord account : plan.accounts()) {
            Accounts.put(tx, new AccountRecord(KeptNumbers.take(tx, account.number()), id, account.name()));
        }
        for (ContactRecord from : plan.contacts()) {
            int account = from.account().isEmpty()
                    ? 0
                    : Accounts.ensure(tx, id, from.account()).number();
            ContactRecord entry = ContactRecordBuilder.builder()
                    .id((int) Tables.next(tx, "membership"))
                    .persona(id)
                    .name(from.name())
                    .network(from.network())
                    .signing(from.signing())
                    .agreement(from.agreement())
                    .inboxSecret(from.inboxSecret())
                    .trust(from.trust())
                    .added(from.added())
                    .told(true)
                    .lastTimestamp(from.lastTimestamp())
                    .account(from.account())
                    .accountNumber(account)
                    .build();
            ContactEntries.put(tx, entry);
            ContactConversation made = new ContactConversation(entry);
            after.then(() -> unlocked.conversations.add(made));
            // Also where the backup knows of no session: one may have been opened since it was made.
            if (!entry.isStranger()) {
                sessions.add(made);
            }
        }
        for (MembershipRecord channel : plan.channels()) {
            MembershipRecord entry = channel.movedTo((int) Tables.next(tx, "membership"), id);
            Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(entry.id()), Keys.ALL, entry);
            after.then(() -> unlocked.add(new ChannelMembership(entry), entry.rootDay(), Days.of(clock.instant()) + 1));
        }
        return sessions;
    }

    private void planSettings(Content content, List<Change> changes) {
        Map<String, String> here = settings.changed();
        content.settings().forEach((key, value) -> {
            boolean portable = settings.isPortable(key, value);
            if (here.containsKey(key) || !portable) {
                changes.add(new Change(
                        "setting", key, "kept", portable ? "the existing value is kept" : "unknown to this version"));
            } else {
                changes.add(new Change("setting", key, "added", value));
            }
        });
    }
}
