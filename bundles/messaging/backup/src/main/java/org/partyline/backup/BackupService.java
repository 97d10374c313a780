package org.partyline.backup;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.identity.BackupFile.DamagedBackupException;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.personas.Accounts;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Cbor.UnreadableRecordException;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Exports and imports backups. A backup contains keys, contacts, channels and settings, but never chains or sessions:
 * restored personas start new ones, so that no key is used twice (PROTOCOL 5).
 */
public final class BackupService implements Backups {
    private static final int SHORTEST_PASSPHRASE = 8;
    private static final int FORM = 1;
    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final OperatorSettings settings;
    private final ReadingServices reading;
    private final Notices notices;
    private final SealedBackups backups;
    private final HandshakeManager handshakeManager;
    private final PersonaImport personas;

    BackupService(
            StateGuard guard,
            Clock clock,
            OperatorSettings settings,
            ReadingServices reading,
            Notices notices,
            SealedBackups backups,
            HandshakeManager handshakeManager,
            PersonaImport personas) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.settings = settings;
        this.reading = reading;
        this.notices = notices;
        this.backups = backups;
        this.handshakeManager = handshakeManager;
        this.personas = personas;
    }

    // ---- export

    @Override
    public Summary exportTo(Path target, char[] passphrase) throws PartylineException {
        if (passphrase.length < SHORTEST_PASSPHRASE) {
            throw new NoSuchThingException("the backup's passphrase has " + passphrase.length
                    + " characters: use at least " + SHORTEST_PASSPHRASE + ", or better, six random words");
        }
        BackupContent content = guard.open(() -> guard.transact(tx -> collect(tx)));
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

    /** Seals the collected content, and wipes it. */
    byte[] seal(BackupContent content, char[] passphrase) throws PartylineException {
        try (SecretBytes written = SecretBytes.wrap(Cbor.write(content))) {
            return backups.seal(written, passphrase);
        } finally {
            wipe(content);
        }
    }

    private BackupContent collect(StoreTransaction tx) throws StoreException {
        List<SavedPersona> personas = new ArrayList<>();
        for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
            PersonaKeys personaKeys = people.personas.require(persona.id());
            List<ContactRecord> contacts = new ArrayList<>();
            for (ContactConversation contact : people.conversations.contacts()) {
                if (contact.persona() == persona.id()) {
                    contacts.add(isBeingTold(tx, contact) ? contact.entry.withTold(false) : contact.entry);
                }
            }
            List<MembershipRecord> channels = new ArrayList<>();
            for (ChannelMembership member : people.conversations.members()) {
                if (member.persona() == persona.id()) {
                    MembershipRecord entry = member.toStore();
                    // A copy, since the exported content is wiped.
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
                    Accounts.of(tx, persona.id()),
                    personaKeys.revoked));
        }
        return new BackupContent(FORM, clock.instant().toEpochMilli(), personas, settings.changed());
    }

    /** Whether the persona's new keys are on their way to a contact, which the backup does not contain. */
    private static boolean isBeingTold(StoreTransaction tx, ContactConversation contact) throws StoreException {
        return OutgoingRecords.of(tx, contact.id()).stream()
                .anyMatch(outgoing -> outgoing.control() == ControlCodes.ROTATE
                        && !outgoing.state().isSettled());
    }

    private static void wipe(BackupContent content) {
        for (SavedPersona persona : content.personas()) {
            wipe(persona.signingSeed());
            wipe(persona.agreementPrivate());
            wipe(persona.inboxSecret());
            for (MembershipRecord channel : persona.channels()) {
                wipe(channel.root());
                wipe(channel.legacyKey());
            }
        }
    }

    /** @param secret null if it is missing in a damaged backup */
    private static void wipe(byte @Nullable [] secret) {
        if (secret != null) {
            Arrays.fill(secret, (byte) 0);
        }
    }

    // ---- import

    private BackupContent read(Path source, char[] passphrase) throws PartylineException {
        byte[] sealed = backups.read(source);
        try (SecretBytes opened = backups.open(sealed, passphrase)) {
            return checked(Cbor.read(opened.expose(), BackupContent.class));
        } catch (UnreadableRecordException e) {
            throw new NoSuchThingException("the file " + source
                    + " cannot be imported: it was written by another version: use that one, or a newer one");
        } catch (DamagedBackupException e) {
            throw new DamagedBackupException("the file " + source + " cannot be imported: " + e.getMessage());
        } catch (NoSuchThingException e) {
            throw new NoSuchThingException("the file " + source + " cannot be imported: " + e.getMessage());
        }
    }

    /** The same content, which is wiped if it is refused. */
    BackupContent checked(BackupContent content) throws NoSuchThingException {
        boolean sound = false;
        try {
            if (content.form() != FORM) {
                throw new NoSuchThingException("the backup has an unknown form (" + content.form()
                        + "): use the version that wrote it, or a newer one");
            }
            ContentCheck.require(content, Days.of(clock.instant()));
            sound = true;
            return content;
        } finally {
            if (!sound) {
                wipe(content);
            }
        }
    }

    @Override
    public Preview preview(Path source, char[] passphrase) throws PartylineException {
        BackupContent content = read(source, passphrase);
        try {
            List<Change> changes = new ArrayList<>();
            if (guard.isNew()) {
                planForNobody(content, changes);
            } else {
                guard.<StoreException>perform(() -> guard.update(tx -> {
                    personas.plan(tx, content, changes);
                }));
            }
            planSettings(content, changes);
            return new Preview(Instant.ofEpochMilli(content.made()), changes);
        } finally {
            wipe(content);
        }
    }

    /** The changes for a server without a store: everything. */
    private static void planForNobody(BackupContent content, List<Change> changes) {
        for (SavedPersona saved : content.personas()) {
            changes.add(new Change("persona", saved.name(), "added", ""));
            PersonaImport.added(saved, changes, saved.name());
            for (AccountRecord account : saved.accounts()) {
                changes.add(new Change("account", saved.name() + "/" + account.name(), "added", ""));
            }
        }
    }

    @Override
    public Preview importFrom(Path source, char[] passphrase, Original original) throws PartylineException {
        // Before anything changes, since settings may be imported, too.
        settings.changed();
        return bringIn(read(source, passphrase), original);
    }

    /** Imports the content of a backup, and wipes it. */
    Preview bringIn(BackupContent content, Original original) throws PartylineException {
        try {
            return restore(content, original);
        } finally {
            wipe(content);
        }
    }

    private Preview restore(BackupContent content, Original original) throws PartylineException {
        List<Change> changes = new ArrayList<>();
        Set<Network> entered = EnumSet.noneOf(Network.class);
        List<String> late = new ArrayList<>();
        guard.<PartylineException>perform(() -> {
            reading.require();
            try (AfterCommit after = new AfterCommit()) {
                List<ContactConversation> reopen = guard.<List<ContactConversation>, PartylineException>transact(tx -> {
                    List<ContactConversation> sessions = new ArrayList<>();
                    List<PersonaImport.Plan> plans = personas.plan(tx, content, changes);
                    personas.eraseReplaced(tx, after, plans);
                    for (int i = 0; i < plans.size(); i++) {
                        sessions.addAll(
                                personas.apply(tx, after, content.personas().get(i), plans.get(i), original));
                        for (MembershipRecord channel : plans.get(i).channels()) {
                            entered.add(Network.ofCode(channel.network()).orElseThrow());
                        }
                    }
                    PersonaRecords.makeOneCurrent(tx);
                    if (original == Original.GONE) {
                        mark(tx, sessions);
                    }
                    return sessions;
                });
                after.commit();
                personas.expectInboxes();
                if (original == Original.GONE) {
                    openAll(reopen, late);
                }
            }
        });
        notices.bus().publish(new Bus.Expected());
        personas.lookBack(entered);
        notices.security().record("backup-imported", "personas, contacts and channels were imported from a backup");
        planSettings(content, changes);
        setAll(content, changes);
        if (!late.isEmpty()) {
            throw new PartylineException("the backup was imported, but sessions are opened only when the store can be "
                    + "written again: " + late.get(0));
        }
        return new Preview(Instant.ofEpochMilli(content.made()), changes);
    }

    /** The contacts are marked already, so that upkeep opens what cannot be opened now. */
    private void openAll(List<ContactConversation> contacts, List<String> problems) {
        try (AfterCommit opened = new AfterCommit()) {
            guard.transact(tx -> reopen(tx, opened, contacts));
            opened.commit();
        } catch (StoreException e) {
            problems.add(e.getMessage());
        }
    }

    private void setAll(BackupContent content, List<Change> changes) throws PartylineException {
        List<String> reasons = new ArrayList<>();
        List<String> commands = new ArrayList<>();
        for (Change change : changes) {
            String value = content.settings().get(change.name());
            if (value != null
                    && change.kind().equals("setting")
                    && change.action().equals("added")) {
                try {
                    settings.set(change.name(), value);
                } catch (UnavailableException e) {
                    reasons.add(e.getMessage());
                    // In quotes, since some values are lists with blanks.
                    commands.add("partyline:config " + change.name() + " \"" + value + '"');
                }
            }
        }
        if (!reasons.isEmpty()) {
            throw new PartylineException("personas, contacts and channels were imported, but not all settings: "
                    + reasons.get(0) + " with " + String.join("; ", commands));
        }
    }

    @Override
    public Taken takeOver() throws PartylineException {
        return guard.<Taken, PartylineException>open(() -> {
            reading.require();
            List<PersonaKeys> copies =
                    people.personas.keys().stream().filter(keys -> keys.copy).toList();
            if (copies.isEmpty()) {
                throw new NoSuchThingException(
                        "no persona of this server is restricted to reading: there is nothing to take over");
            }
            Set<Integer> personas = copies.stream().map(keys -> keys.persona).collect(Collectors.toSet());
            List<ContactConversation> contacts = people.conversations.contacts().stream()
                    .filter(contact -> personas.contains(contact.persona()) && !contact.entry.isStranger())
                    .toList();
            int sessions = 0;
            copies.forEach(keys -> keys.copy = false);
            try (AfterCommit after = new AfterCommit()) {
                // Together: a persona that sends before it has opened its sessions would miss messages of its contacts.
                sessions = guard.transact(tx -> {
                    sendAgain(tx, after, copies);
                    mark(tx, contacts);
                    return reopen(tx, after, contacts);
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
                            .map(keys -> people.personas.name(keys.persona))
                            .toList(),
                    sessions);
        });
    }

    /** Marks sessions as to be opened, even if the server stops before that. */
    private static void mark(StoreTransaction tx, List<ContactConversation> contacts) throws StoreException {
        for (ContactConversation contact : contacts) {
            SessionState session = SessionState.get(tx, contact.id());
            if (!session.isOpen() && !session.isOpening()) {
                session.restored = true;
                session.put(tx);
            }
        }
    }

    /** The original may have answered earlier handshakes. */
    private void sendAgain(StoreTransaction tx, AfterCommit after, List<PersonaKeys> copies) throws StoreException {
        long now = clock.instant().toEpochMilli();
        for (PersonaKeys keys : copies) {
            IdentityRecord taken = keys.toStore().withRestored(now);
            Tables.putSecret(tx, IdentityRecord.TABLE, Keys.of(keys.persona), Keys.ALL, taken);
            after.then(() -> keys.restored = now);
        }
    }

    /** Opens sessions again, without any action on the other sides. @return their number */
    private int reopen(StoreTransaction tx, AfterCommit after, List<ContactConversation> contacts)
            throws StoreException {
        int opened = 0;
        for (ContactConversation contact : contacts) {
            try {
                handshakeManager.open(tx, after, contact);
                opened++;
            } catch (NoSuchThingException e) {
                after.then(() -> notices.security().record("session-waits", "a restored session cannot be opened yet"));
            }
        }
        return opened;
    }

    private void planSettings(BackupContent content, List<Change> changes) {
        Map<String, String> here = settings.changed();
        new TreeMap<>(content.settings()).forEach((key, value) -> {
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
