package org.partyline.backup;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Backups.Change;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.IdentityRecordBuilder;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.RevokedKeys;
import org.partyline.messaging.personas.Accounts;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.ConversationRegistry;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.WaitingHandshake;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Imports the personas of a backup: plans what is added, and adds it. Part of the caller's transaction. */
final class PersonaImport {
    private static final int LONGEST_NAME = 32;
    private static final String KEPT = "the existing one is kept";

    private final People people;
    private final ConversationRegistry registry;
    private final PersonaKeyStore personaKeyStore;
    private final Reception reception;
    private final OperatorSettings settings;
    private final Clock clock;

    PersonaImport(
            People people,
            ConversationRegistry registry,
            PersonaKeyStore personaKeyStore,
            Reception reception,
            OperatorSettings settings,
            Clock clock) {
        this.people = people;
        this.registry = registry;
        this.personaKeyStore = personaKeyStore;
        this.reception = reception;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * The plan for importing a persona.
     *
     * @param existing the persona with the same keys here; null if none
     * @param replaced the unused persona here that it replaces; null if none
     * @param number the number of its account and of itself; 0: a new one
     * @param current whether it becomes the current one
     * @param name its name here
     * @param contacts the contacts to add
     * @param channels the channels to add
     * @param accounts the accounts to add
     */
    record Plan(
            @Nullable PersonaRecord existing,
            @Nullable PersonaRecord replaced,
            int number,
            boolean current,
            String name,
            List<ContactRecord> contacts,
            List<MembershipRecord> channels,
            List<AccountRecord> accounts) {}

    /** Reads the last blocks again for imported channels, as for a new member: others' chains may be older. */
    void lookBack(Set<Network> networks) throws StoreException {
        for (Network network : networks) {
            reception.joined(network);
        }
    }

    List<Plan> plan(StoreTransaction tx, BackupContent content, List<Change> changes) throws StoreException {
        List<PersonaRecord> here = new ArrayList<>(Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class));
        List<PersonaRecord> unused = new ArrayList<>();
        for (PersonaRecord persona : here) {
            if (isUnused(tx, persona.id())
                    && content.personas().stream().noneMatch(saved -> hasKeysOf(saved, persona.id()))) {
                unused.add(persona);
            }
        }
        boolean fresh = here.size() == 1 && !unused.isEmpty() && Tables.last(tx, "persona") == 1;
        Planning planning = new Planning(here, unused, fresh, KeptNumbers.of(tx, here), new HashSet<>(), changes);
        List<Plan> plans = new ArrayList<>();
        for (int i = 0; i < content.personas().size(); i++) {
            SavedPersona saved = content.personas().get(i);
            // Without numbers they are in the order of creation.
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
     * @param here the personas that exist here and will not be removed
     * @param unused those that were never used and are not in the backup: they may be replaced
     * @param fresh whether there is only the unused persona that a new server creates by itself
     * @param names the names of imported personas
     */
    private record Planning(
            List<PersonaRecord> here,
            List<PersonaRecord> unused,
            boolean fresh,
            KeptNumbers numbers,
            Set<String> names,
            List<Change> changes) {}

    private Plan plan(StoreTransaction tx, Planning planning, SavedPersona saved, int wanted) throws StoreException {
        List<Change> changes = planning.changes();
        KeptNumbers numbers = planning.numbers();
        for (PersonaRecord persona : planning.here()) {
            if (hasKeysOf(saved, persona.id())) {
                boolean same = Arrays.equals(
                        people.personas.require(persona.id()).keys.signingSeed().expose(), saved.signingSeed());
                changes.add(new Change(
                        "persona",
                        persona.name(),
                        "kept",
                        same ? "its keys are already on this server" : "its newer keys are already on this server"));
                return inside(persona, same, Accounts.of(tx, persona.id()), saved, numbers, changes);
            }
        }
        boolean fresh = planning.fresh();
        // The first imported persona replaces the only one, whatever its name is.
        PersonaRecord replaced = planning.here().stream()
                .filter(p -> planning.unused().contains(p) && (fresh || p.name().equals(saved.name())))
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

    /** A persona's additional accounts, with their previous numbers if these are free. */
    private static List<AccountRecord> accounts(
            SavedPersona saved, String name, List<AccountRecord> here, KeptNumbers numbers, List<Change> changes) {
        List<AccountRecord> added = new ArrayList<>();
        for (AccountRecord account : saved.accounts()) {
            String whole = name + "/" + account.name();
            if (here.stream().anyMatch(a -> a.name().equals(account.name()))) {
                changes.add(new Change("account", whole, "kept", KEPT));
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

    static List<ContactRecord> added(SavedPersona saved, List<Change> changes, String name) {
        for (ContactRecord contact : saved.contacts()) {
            changes.add(new Change("contact", name + "/" + contact.name(), "added", ""));
        }
        for (MembershipRecord channel : saved.channels()) {
            changes.add(new Change("channel", name + "/" + channel.name(), "added", ""));
        }
        return saved.contacts();
    }

    /**
     * The additions to a persona that already exists here.
     *
     * @param same whether the backup contains its present keys, and not those that were replaced
     */
    private Plan inside(
            PersonaRecord here,
            boolean same,
            List<AccountRecord> accountsHere,
            SavedPersona saved,
            KeptNumbers numbers,
            List<Change> changes) {
        List<ContactRecord> contacts = new ArrayList<>();
        for (ContactRecord contact : saved.contacts()) {
            List<ContactConversation> known = people.conversations.contacts().stream()
                    .filter(c -> c.persona() == here.id()
                            && (isSame(c.entry, contact) || c.name().equals(contact.name())))
                    .toList();
            changes.add(change(
                    "contact",
                    here.name() + "/" + contact.name(),
                    known.isEmpty(),
                    known.stream().anyMatch(c -> isSame(c.entry, contact))
                            ? KEPT
                            : "one of this name with other keys is kept: rename it to add this one"));
            if (known.isEmpty()) {
                // It knows the persona by the keys of the backup.
                contacts.add(same ? contact : contact.withTold(false));
            }
        }
        List<MembershipRecord> channels = new ArrayList<>();
        for (MembershipRecord channel : saved.channels()) {
            List<ChannelMembership> known = people.conversations.members().stream()
                    .filter(m -> m.persona() == here.id() && m.name().equals(channel.name()))
                    .toList();
            boolean sameSalt = known.stream().anyMatch(m -> Arrays.equals(m.entry.salt(), channel.salt()));
            changes.add(change(
                    "channel",
                    here.name() + "/" + channel.name(),
                    known.isEmpty(),
                    sameSalt ? KEPT : "another one of this name is kept: leave it to add this one"));
            if (known.isEmpty()) {
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

    private static Change change(String kind, String name, boolean added, String kept) {
        return new Change(kind, name, added ? "added" : "kept", added ? "" : kept);
    }

    /** Whether it has the keys of a saved contact, or had them before. */
    private static boolean isSame(ContactRecord here, ContactRecord saved) {
        return has(here.signing(), here.agreement(), saved)
                || has(here.formerSigning(), here.formerAgreement(), saved)
                || RevokedKeys.has(here.revoked(), saved.signing());
    }

    private static boolean has(byte @Nullable [] signing, byte @Nullable [] agreement, ContactRecord contact) {
        return Arrays.equals(signing, contact.signing()) && Arrays.equals(agreement, contact.agreement());
    }

    private boolean hasKeysOf(SavedPersona saved, int persona) {
        PersonaKeys personaKeys = people.personas.keys(persona);
        // Handshakes to the previous ones are still answered: two answers to one would use the same key.
        return personaKeys != null
                && (Stream.of(personaKeys.keys, personaKeys.old)
                                .filter(Objects::nonNull)
                                .anyMatch(
                                        keys -> Arrays.equals(keys.signingSeed().expose(), saved.signingSeed()))
                        || isRevoked(personaKeys, saved));
    }

    /** Whether a persona has replaced the saved keys: someone else may know them. */
    private boolean isRevoked(PersonaKeys personaKeys, SavedPersona saved) {
        if (personaKeys.revoked == null) {
            return false;
        }
        try (PersonaKeys restored =
                personaKeyStore.restore(record(personaKeys.persona, saved).build())) {
            return RevokedKeys.has(personaKeys.revoked, restored.keys.identity().signing());
        }
    }

    /** The saved keys, as of a persona here. */
    private static IdentityRecordBuilder record(int persona, SavedPersona saved) {
        return IdentityRecordBuilder.builder()
                .persona(persona)
                .signingSeed(saved.signingSeed().clone())
                .agreementPrivate(saved.agreementPrivate().clone())
                .inboxSecret(saved.inboxSecret().clone())
                .since(saved.since())
                .messages(saved.messages())
                .revoked(saved.revoked());
    }

    /** Whether nothing is lost with it: nobody uses its card, and no other account has coins of it. */
    private boolean isUnused(StoreTransaction tx, int persona) throws StoreException {
        return Accounts.of(tx, persona).isEmpty()
                && tx.list(WaitingHandshake.TABLE, Keys.of(persona)).isEmpty()
                && people.personas.require(persona).messages == 0
                && people.conversations.contacts().stream().noneMatch(c -> c.persona() == persona)
                && people.conversations.members().stream().noneMatch(m -> m.persona() == persona);
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

    /** Before anything is added, since another persona may then have the number. */
    void eraseReplaced(StoreTransaction tx, AfterCommit after, List<Plan> plans) throws StoreException {
        for (Plan plan : plans) {
            if (plan.replaced() != null) {
                int id = plan.replaced().id();
                PersonaRecords.erase(tx, id);
                after.then(() -> personaKeyStore.remove(id));
            }
            KeptNumbers.use(tx, plan.number());
            for (AccountRecord account : plan.accounts()) {
                KeptNumbers.use(tx, account.number());
            }
        }
    }

    /** Adds the planned data; returns the added contacts that have a card. */
    List<ContactConversation> apply(
            StoreTransaction tx, AfterCommit after, SavedPersona saved, Plan plan, Original original)
            throws StoreException {
        List<ContactConversation> sessions = new ArrayList<>();
        int id = plan.number();
        if (plan.existing() == null) {
            id = KeptNumbers.take(tx, plan.number());
            PersonaRecord persona = new PersonaRecord(id, plan.name(), plan.current());
            tx.put(PersonaRecord.TABLE, Keys.of(id), Keys.ALL, Cbor.write(persona), null);
            PersonaKeys personaKeys = personaKeyStore.restore(record(id, saved)
                    .restored(clock.instant().toEpochMilli())
                    .copy(original == Original.IN_USE)
                    .build());
            PersonaKeyRecords.put(tx, personaKeys);
            after.then(() -> {
                people.personas.setName(personaKeys.persona, plan.name());
                personaKeyStore.put(personaKeys);
            });
        }
        for (AccountRecord account : plan.accounts()) {
            Accounts.put(tx, new AccountRecord(KeptNumbers.take(tx, account.number()), id, account.name()));
        }
        for (ContactRecord from : plan.contacts()) {
            int account = from.account().isEmpty()
                    ? 0
                    : Accounts.ensure(tx, id, from.account()).number();
            ContactRecord entry = from.with()
                    .id((int) Tables.next(tx, "membership"))
                    .persona(id)
                    .accountNumber(account)
                    .build();
            ContactEntries.put(tx, entry);
            ContactConversation made = new ContactConversation(entry);
            after.then(() -> people.conversations.add(made));
            // Even if the backup contains no session, since one may have been opened after it was made.
            if (!entry.isStranger()) {
                sessions.add(made);
            }
        }
        for (MembershipRecord channel : plan.channels()) {
            MembershipRecord entry = recent(channel.movedTo((int) Tables.next(tx, "membership"), id));
            Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(entry.id()), Keys.ALL, entry);
            after.then(() -> registry.add(new ChannelMembership(entry), entry.rootDay(), Days.of(clock.instant()) + 1));
        }
        return sessions;
    }

    /** Without the days that this server does not read: each kept day costs derivations, at every start. */
    private MembershipRecord recent(MembershipRecord channel) {
        int oldest = Days.of(clock.instant().minus(settings.get().reading().catchUp()));
        if (channel.rootDay() >= oldest) {
            return channel;
        }
        try (ChannelMembership old = new ChannelMembership(channel);
                SecretBytes root = registry.root(old, oldest)) {
            return old.entry.withRoot(oldest, root.expose()).movedTo(channel.id(), channel.persona());
        }
    }

    /** Starts to recognise handshakes for the added personas. */
    void expectInboxes() {
        personaKeyStore.expectInboxes();
    }
}
