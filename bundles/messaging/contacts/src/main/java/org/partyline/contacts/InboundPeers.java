package org.partyline.contacts;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.ContactRecordBuilder;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.WaitingHandshake;
import org.partyline.messaging.sessions.WaitingHandshakes;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Handles the senders of handshakes: contacts, and strangers who have our card. */
public final class InboundPeers {
    /** How long a stranger's handshake waits for their card; its author reads an answer for longer. */
    public static final Duration WAITING = Duration.ofHours(48);
    /** The maximum number of a persona's strangers whose handshakes wait. */
    public static final int MOST_WAITING = 16;

    private static final int MOST_STRANGERS = 64;
    /** The maximum number of new strangers within an hour, for each persona and network. */
    public static final int MOST_NEW_STRANGERS = 8;

    private final People people;
    private final Clock clock;
    private final SecurityLog security;
    private final SessionControlSender controlSender;

    public InboundPeers(People people, Clock clock, SecurityLog security, SessionControlSender controlSender) {
        this.people = people;
        this.clock = clock;
        this.security = security;
        this.controlSender = controlSender;
    }

    /** The contacts whose cards show this X25519 key: one or several. */
    List<ContactConversation> showing(ContactInbox contactInbox, byte[] agreement) {
        return known(contactInbox)
                .filter(contact -> !contact.entry.isStranger() && isOf(contact, agreement))
                .toList();
    }

    /**
     * Returns the contact whose coins pay for an answer while its recipient is ambiguous: preferably one with a
     * separate account, which reveals nothing; then a verified one.
     */
    static ContactConversation payer(List<ContactConversation> candidates) {
        return candidates.stream()
                .min(Comparator.comparing((ContactConversation contact) ->
                                contact.entry.account().isEmpty())
                        .thenComparing(contact -> !Trust.VERIFIED.name().equals(contact.entry.trust()))
                        .thenComparing(ContactConversation::id))
                .orElseThrow();
    }

    private Stream<ContactConversation> known(ContactInbox contactInbox) {
        return people.conversations.contacts().stream()
                .filter(contact ->
                        contact.persona() == contactInbox.persona() && contact.network() == contactInbox.network());
    }

    private static boolean isOf(ContactConversation contact, byte[] agreement) {
        return Arrays.equals(contact.entry.agreement(), agreement);
    }

    /** Stores the handshake of someone who is not a contact until the card is added, and informs the operator once. */
    void keep(StoreTransaction tx, ContactInbox contactInbox, byte[] agreement, byte[] body, long timestamp)
            throws StoreException {
        byte[] key =
                Keys.of(contactInbox.persona(), Keys.of(contactInbox.network().code(), agreement));
        boolean fresh = !tx.contains(WaitingHandshake.TABLE, key);
        List<WaitingHandshake> waiting = WaitingHandshakes.of(tx, contactInbox.persona());
        if (fresh && waiting.size() >= MOST_WAITING) {
            WaitingHandshake oldest = Collections.min(waiting, Comparator.comparingLong(WaitingHandshake::arrived));
            tx.delete(WaitingHandshake.TABLE, key(oldest));
        }
        Instant now = clock.instant();
        tx.put(
                WaitingHandshake.TABLE,
                key,
                Keys.of(contactInbox.persona()),
                Cbor.write(new WaitingHandshake(
                        contactInbox.persona(),
                        contactInbox.network().code(),
                        agreement,
                        body,
                        timestamp,
                        now.toEpochMilli())),
                now.plus(WAITING));
        if (fresh) {
            security.record(
                    "stranger-waits",
                    "session request from an unknown sender was not answered: add their card with "
                            + "partyline:contact-add to answer it (see partyline:contact-list)");
        }
    }

    private static byte[] key(WaitingHandshake waiting) {
        return Keys.of(waiting.persona(), Keys.of(waiting.network(), waiting.peer()));
    }

    /** Takes the handshakes that a contact's owner sent before its card was added. */
    List<WaitingHandshake> take(StoreTransaction tx, ContactConversation contact) throws StoreException {
        List<WaitingHandshake> taken = new ArrayList<>();
        for (WaitingHandshake waiting : WaitingHandshakes.of(tx, contact.persona())) {
            if (waiting.network() == contact.network().code() && isOf(contact, waiting.peer())) {
                tx.delete(WaitingHandshake.TABLE, key(waiting));
                taken.add(waiting);
            }
        }
        return taken;
    }

    /**
     * Adds a stranger who is answered, and whose messages can be read once their card is added; null if there are too
     * many.
     */
    @Nullable
    ContactConversation stranger(StoreTransaction tx, AfterCommit after, ContactInbox contactInbox, byte[] agreement)
            throws StoreException {
        List<ContactConversation> known = known(contactInbox).toList();
        for (ContactConversation contact : known) {
            if (contact.entry.isStranger() && isOf(contact, agreement)) {
                return contact;
            }
        }
        if (known.stream().filter(contact -> contact.entry.isStranger()).count() >= MOST_STRANGERS) {
            security.record(
                    "stranger-refused",
                    "there are already " + MOST_STRANGERS + " unknown senders: remove some (partyline:contact-remove)");
            return null;
        }
        long hourAgo = clock.instant().minus(Duration.ofHours(1)).toEpochMilli();
        if (known.stream()
                        .filter(contact -> contact.entry.isStranger() && contact.entry.added() > hourAgo)
                        .count()
                >= MOST_NEW_STRANGERS) {
            security.record(
                    "stranger-refused",
                    MOST_NEW_STRANGERS + " unknown senders in the last hour: no more are accepted for now");
            return null;
        }
        ContactRecord entry = ContactRecordBuilder.builder()
                .id((int) Tables.next(tx, "membership"))
                .persona(contactInbox.persona())
                .name(strangerName(known, agreement))
                .network(contactInbox.network().code())
                .signing(null)
                .agreement(agreement)
                .inboxSecret(null)
                .trust(Trust.UNVERIFIED.name())
                .added(clock.instant().toEpochMilli())
                .told(true)
                .lastTimestamp(0)
                .account("")
                .accountNumber(0)
                .build();
        ContactEntries.put(tx, entry);
        ContactConversation stranger = new ContactConversation(entry);
        after.then(() -> people.conversations.add(stranger));
        controlSender.notice(
                tx,
                after,
                stranger,
                "an unknown sender who has your card opened a session and was answered; add their card to see "
                        + "their messages (partyline:contact-add)");
        security.record("stranger-accepted", "an unknown sender opened a session and was answered");
        return stranger;
    }

    private static String strangerName(List<ContactConversation> known, byte[] agreement) {
        String digits = HexFormat.of().formatHex(agreement);
        for (int length = 4; ; length++) {
            String name = "stranger-" + digits.substring(0, length);
            if (known.stream().noneMatch(contact -> contact.name().equals(name))) {
                return name;
            }
        }
    }
}
