package org.partyline.contacts;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.ContactRecordBuilder;
import org.partyline.messaging.conversation.ConversationSummaries.Summary;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.RevokedKeys;
import org.partyline.messaging.mailbox.MessageAbandoned;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.ReceiptsDue;
import org.partyline.messaging.personas.Accounts;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.sessions.WaitingHandshakes;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;

/** Manages the contacts of personas. */
public final class ContactService implements Contacts {
    private final StateGuard guard;
    private final People people;
    private final Clock clock;
    private final Identities identities;
    private final Notices notices;
    private final PersonaKeyStore personaKeyStore;
    private final HandshakeCoordinator handshakeManager;
    private final MessageCounts counts;
    private final ContactEraser eraser;

    public ContactService(
            StateGuard guard,
            Clock clock,
            Identities identities,
            Notices notices,
            PersonaKeyStore personaKeyStore,
            HandshakeCoordinator handshakeManager,
            MessageCounts counts,
            ContactEraser eraser) {
        this.guard = guard;
        this.people = guard.people();
        this.clock = clock;
        this.identities = identities;
        this.notices = notices;
        this.handshakeManager = handshakeManager;
        this.counts = counts;
        this.eraser = eraser;
        this.personaKeyStore = personaKeyStore;
    }

    @Override
    public List<Contact> list(Optional<String> persona) throws PartylineException {
        return guard.<List<Contact>, PartylineException>open(() -> guard.<List<Contact>, PartylineException>transact(
                tx -> views(tx, PersonaRecord.named(tx, persona).id())));
    }

    @Override
    public List<Contact> listAll() throws PartylineException {
        return guard.open(() -> guard.transact(tx -> views(tx, -1)));
    }

    private List<Contact> views(StoreTransaction tx, int persona) throws StoreException {
        MessageCounts.Listing listing = counts.listing(tx);
        List<Contact> all = new ArrayList<>();
        for (ContactConversation contact : people.conversations.contacts()) {
            if (persona < 0 || contact.persona() == persona) {
                all.add(view(tx, listing, contact));
            }
        }
        all.sort(Comparator.comparing(Contact::persona).thenComparing(Contact::name));
        return all;
    }

    private Contact view(StoreTransaction tx, ContactConversation contact) throws StoreException {
        return view(tx, counts.listing(tx, contact), contact);
    }

    private Contact view(StoreTransaction tx, MessageCounts.Listing listing, ContactConversation contact)
            throws StoreException {
        Summary summary = listing.summary(contact);
        SessionState session = SessionState.get(tx, contact.id());
        return new Contact(
                people.personas.name(contact.persona()),
                contact.name(),
                contact.network(),
                Trust.valueOf(contact.entry.trust()),
                !contact.entry.isStranger(),
                contact.identity()
                        .map(identity -> HexFormat.of().formatHex(identity.senderId()))
                        .orElse(""),
                Instant.ofEpochMilli(contact.entry.added()),
                session.state,
                summary.unread(),
                summary.last() < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(summary.last())),
                ContactEntries.sharing(people, contact),
                contact.entry.account(),
                ReceiptMode.of(contact.entry.receipts()),
                PostQuantumExchange.protection(tx, session),
                contact.entry.requiresPostQuantum());
    }

    @Override
    public List<Waiting> waiting(Optional<String> persona) throws PartylineException {
        return guard.<List<Waiting>, PartylineException>open(() ->
                guard.<List<Waiting>, PartylineException>transact(tx -> {
                    PersonaRecord who = PersonaRecord.named(tx, persona);
                    return WaitingHandshakes.of(tx, who.id()).stream()
                            .map(waiting -> new Waiting(
                                    who.name(),
                                    Network.ofCode(waiting.network()).orElseThrow(),
                                    HexFormat.of().formatHex(waiting.peer()),
                                    Instant.ofEpochMilli(waiting.arrived())))
                            .sorted(Comparator.comparing(Waiting::since))
                            .toList();
                }));
    }

    /** Works on one contact in one transaction. */
    @FunctionalInterface
    private interface OnContact<T> {
        T run(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws PartylineException;
    }

    private <T> T on(Optional<String> persona, String name, OnContact<T> work) throws PartylineException {
        return guard.<T, PartylineException>open(() -> {
            try (AfterCommit after = new AfterCommit()) {
                T result = guard.<T, PartylineException>transact(tx ->
                        work.run(tx, after, people.conversations.contact(PersonaRecord.named(tx, persona), name)));
                after.commit();
                return result;
            }
        });
    }

    @Override
    public Contact get(Optional<String> persona, String name) throws PartylineException {
        return on(persona, name, (tx, after, contact) -> view(tx, contact));
    }

    @Override
    public Contact add(Optional<String> persona, String text, Optional<String> name) throws PartylineException {
        ContactCard card;
        try {
            card = identities.decode(text.trim());
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(e.getMessage() + "; copy the whole card again");
        }
        String wanted = name.orElse(card.nickname());
        ContactEntries.checkName(wanted);
        Contact added = guard.<Contact, PartylineException>open(() -> {
            try (AfterCommit after = new AfterCommit()) {
                Contact view = guard.<Contact, PartylineException>transact(tx -> {
                    PersonaRecord who = PersonaRecord.named(tx, persona);
                    requireInUse(who, card);
                    ContactConversation contact = add(tx, after, store(tx, who, card, wanted));
                    after.then(() -> added(contact));
                    return view(tx, contact);
                });
                after.commit();
                return view;
            }
        });
        // A stranger's messages may wait for the card.
        notices.bus().publish(new Bus.Queued());
        return added;
    }

    /** Refuses the persona's own card, and keys that were replaced: someone else may know those. */
    private void requireInUse(PersonaRecord who, ContactCard card) throws NoSuchThingException {
        PersonaKeys own = people.personas.require(who.id());
        byte[] signing = card.identity().signing();
        if (own.keys.identity().equals(card.identity()) || RevokedKeys.has(own.revoked, signing)) {
            throw new NoSuchThingException(
                    "this is persona '" + who.name() + "''s own card: ask the other person for theirs");
        }
        if (own.has(card.identity().agreement())) {
            throw new NoSuchThingException("this card shows the X25519 key of persona '" + who.name()
                    + "', but is not that persona's: its author does not own the key");
        }
        for (ContactConversation known : people.conversations.contacts()) {
            if (known.persona() == who.id() && RevokedKeys.has(known.entry.revoked(), signing)) {
                throw new NoSuchThingException("'" + known.name()
                        + "' has replaced the keys of this card, and someone else may know them: ask for the new card");
            }
        }
    }

    /** Answers what the contact has sent already; if that cannot be stored, the contact is not, either. */
    private ContactConversation add(StoreTransaction tx, AfterCommit after, ContactConversation contact)
            throws StoreException {
        ContactConversation before = people.conversations.contact(contact.id());
        people.conversations.add(contact);
        after.undo(() -> {
            people.conversations.remove(contact);
            if (before != null) {
                people.conversations.add(before);
            }
        });
        handshakeManager.known(tx, after, contact);
        return contact;
    }

    private void added(ContactConversation contact) {
        if (!ContactEntries.sharing(people, contact).isEmpty()) {
            notices.security().record("contact-key-shared", ContactEntries.SHARED);
        }
        // Earlier packets of its owner, from before the card was added.
        notices.bus().publish(new Bus.Expected());
        personaKeyStore.expect(people.personas.require(contact.persona()), contact.network());
    }

    private ContactConversation store(StoreTransaction tx, PersonaRecord who, ContactCard card, String name)
            throws PartylineException {
        ContactConversation stranger = null;
        for (ContactConversation known : people.conversations.contacts()) {
            if (known.persona() != who.id()) {
                continue;
            }
            boolean here = known.network() == card.network();
            if (here && known.identity().equals(Optional.of(card.identity()))) {
                throw new NoSuchThingException("this card is already known: it belongs to '" + known.name() + "'");
            }
            if (here
                    && known.entry.isStranger()
                    && Arrays.equals(known.entry.agreement(), card.identity().agreement())) {
                stranger = known;
            } else if (known.name().equals(name)) {
                throw new NoSuchThingException(
                        "a contact named '" + name + "' already exists: give another name with --name");
            }
        }
        ContactRecord entry = stranger == null
                ? ContactRecordBuilder.builder()
                        .id((int) Tables.next(tx, "membership"))
                        .persona(who.id())
                        .name(name)
                        .network(card.network().code())
                        .signing(card.identity().signing())
                        .agreement(card.identity().agreement())
                        .inboxSecret(card.inboxSecret())
                        .trust(Trust.UNVERIFIED.name())
                        .added(clock.instant().toEpochMilli())
                        .told(true)
                        .lastTimestamp(0)
                        .account("")
                        .accountNumber(0)
                        .receipts("")
                        .requiresPostQuantum(false)
                        .build()
                : stranger.entry
                        .withKeys(
                                card.identity().signing(),
                                card.identity().agreement(),
                                card.inboxSecret(),
                                Trust.UNVERIFIED.name())
                        .withName(name);
        ContactEntries.put(tx, entry);
        return new ContactConversation(entry);
    }

    @Override
    public String safetyNumber(Optional<String> persona, String name) throws PartylineException {
        return on(persona, name, (tx, after, contact) -> safetyNumber(contact));
    }

    private String safetyNumber(ContactConversation contact) throws NoSuchThingException {
        return identities.safetyNumber(
                people.personas.require(contact.persona()).keys.identity(),
                contact.identity()
                        .orElseThrow(() -> new NoSuchThingException("the card of '" + contact.name()
                                + "' is unknown: ask for it, and add it with partyline:contact-add")));
    }

    @Override
    public Contact verify(Optional<String> persona, String name, String number, boolean same)
            throws PartylineException {
        Contact verified = on(persona, name, (tx, after, contact) -> {
            // Keys that nobody compared may have arrived meanwhile.
            if (!safetyNumber(contact).equals(number) && same) {
                throw new NoSuchThingException("the safety number of '" + name
                        + "' has changed meanwhile: compare the new one (partyline:contact-verify)");
            }
            ContactRecord entry = contact.entry.withTrust((same ? Trust.VERIFIED : Trust.UNVERIFIED).name());
            ContactEntries.put(tx, entry);
            after.then(() -> contact.entry = entry);
            return view(tx, new ContactConversation(entry));
        });
        notices.security()
                .record(
                        same ? "contact-verified" : "contact-differs",
                        same
                                ? "a contact's safety number was compared: it is the same"
                                : "a contact's safety number was compared: it differs, and someone may be intercepting messages");
        return verified;
    }

    @Override
    public Contact rename(Optional<String> persona, String name, String newName) throws PartylineException {
        ContactEntries.checkName(newName);
        return on(persona, name, (tx, after, contact) -> {
            boolean taken = people.conversations.contacts().stream()
                    .anyMatch(other -> other != contact
                            && other.persona() == contact.persona()
                            && other.name().equals(newName));
            if (taken) {
                throw new NoSuchThingException("a contact named '" + newName + "' already exists: choose another name");
            }
            ContactRecord entry = contact.entry.withName(newName);
            ContactEntries.put(tx, entry);
            after.then(() -> contact.entry = entry);
            return view(tx, new ContactConversation(entry));
        });
    }

    @Override
    public Contact setAccount(Optional<String> persona, String name, String account) throws PartylineException {
        if (!account.isEmpty()) {
            Accounts.check(account);
        }
        return on(persona, name, (tx, after, contact) -> {
            ContactRecord entry = account.isEmpty()
                    ? contact.entry.withAccount("", 0)
                    : contact.entry.withAccount(
                            account,
                            Accounts.ensure(tx, contact.persona(), account).number());
            ContactEntries.put(tx, entry);
            after.then(() -> contact.entry = entry);
            return view(tx, new ContactConversation(entry));
        });
    }

    @Override
    public Contact setReceipts(Optional<String> persona, String name, ReceiptMode receipts) throws PartylineException {
        return on(persona, name, (tx, after, contact) -> {
            ContactRecord entry = contact.entry.withReceipts(receipts.label());
            ContactEntries.put(tx, entry);
            after.then(() -> contact.entry = entry);
            after.then(() -> notices.bus().publish(new ReceiptsDue(contact.id())));
            return view(tx, new ContactConversation(entry));
        });
    }

    @Override
    public Contact requirePostQuantum(Optional<String> persona, String name, boolean required)
            throws PartylineException {
        return on(persona, name, (tx, after, contact) -> {
            ContactRecord entry = contact.entry.withRequiresPostQuantum(required);
            ContactEntries.put(tx, entry);
            after.then(() -> contact.entry = entry);
            if (required) {
                handshakeManager.hold(tx, after, contact);
            }
            after.then(() -> notices.bus().publish(new Bus.Retry()));
            return view(tx, new ContactConversation(entry));
        });
    }

    @Override
    public void remove(Optional<String> persona, String name) throws PartylineException {
        List<OutgoingMessage> unsent = on(persona, name, eraser::erase);
        unsent.forEach(message -> notices.bus().publish(new MessageAbandoned(message)));
        notices.security().recordOwn("contact-removed", "a contact was erased");
    }
}
