package org.partyline.contacts;

import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.RevokedKeys;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;

/** Exchanges news of changed keys: sends ours to contacts over their sessions, and applies theirs (PROTOCOL 6.1). */
public final class RotationAnnouncer implements IdentityRotation {
    private final People people;
    private final Identities identities;
    private final SecurityLog security;
    private final SessionControlSender controlSender;
    private final Outbox outbox;

    public RotationAnnouncer(
            People people,
            Identities identities,
            SecurityLog security,
            SessionControlSender controlSender,
            Outbox outbox) {
        this.people = people;
        this.identities = identities;
        this.security = security;
        this.controlSender = controlSender;
        this.outbox = outbox;
    }

    /** Called when a contact has new keys. @param timestamp of the packet, in seconds */
    void rotated(StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body, long timestamp)
            throws StoreException {
        Optional<Identities.Rotation> opened =
                identities.openRotation(contact.network(), contact.identity().orElseThrow(), body);
        if (opened.isEmpty()) {
            security.record("rotation-refused", "a contact's new keys are not signed correctly");
            return;
        }
        Identities.Rotation rotation = opened.get();
        if (people.personas.require(contact.persona()).has(rotation.identity().agreement())) {
            security.record("rotation-refused", "a contact's new key is the persona's own");
            return;
        }
        if (RevokedKeys.has(contact.entry.revoked(), rotation.identity().signing())) {
            security.record("rotation-refused", "a contact's new key is one that it has replaced");
            return;
        }
        boolean verified = Trust.VERIFIED.name().equals(contact.entry.trust());
        String trust = verified && rotation.compromised() ? Trust.ROTATED.name() : contact.entry.trust();
        boolean known = rotation.compromised();
        ContactRecord entry = contact.entry
                .withKeys(rotation.identity().signing(), rotation.identity().agreement(), rotation.inboxSecret(), trust)
                .with()
                .formerSigning(known ? null : contact.entry.signing())
                .formerAgreement(known ? null : contact.entry.agreement())
                .renewed(timestamp)
                .revoked(RevokedKeys.with(contact.entry.revoked(), contact.entry.signing()))
                .build();
        ContactEntries.put(tx, entry);
        after.then(() -> contact.entry = entry);
        // The agreement key signs nothing, so someone may claim another person's. That gains nothing, since a session
        // includes both keys of both sides.
        List<String> sharing = ContactEntries.sharing(people, new ContactConversation(entry));
        if (!sharing.isEmpty()) {
            security.record("contact-key-shared", ContactEntries.SHARED);
            controlSender.notice(
                    tx,
                    after,
                    contact,
                    contact.name() + "'s new X25519 key is also shown by " + String.join(", ", sharing)
                            + ": only one of them can own it");
        }
        String text = contact.name()
                + (rotation.compromised()
                        ? " has new keys, because someone may know the old ones: verify again (partyline:contact-verify)"
                        : " has new keys, signed with the old ones");
        controlSender.notice(tx, after, contact, text);
        security.record(
                "contact-rotated",
                rotation.compromised() ? "a contact has new keys after a compromise" : "a contact has new keys");
    }

    /** Informs a contact of our new keys, over the present session. */
    void announce(StoreTransaction tx, AfterCommit after, ContactConversation contact, boolean compromised)
            throws StoreException {
        PersonaKeys personaKeys = people.personas.require(contact.persona());
        if (personaKeys.old == null) {
            // The session was opened with the new ones.
            known(tx, after, contact);
            return;
        }
        byte[] body = identities.rotation(contact.network(), personaKeys.old, personaKeys.keys, compromised);
        say(tx, after, contact, body);
        known(tx, after, contact);
    }

    /** The message that informs a contact of new keys, signed with the previous ones. */
    byte[] rotation(ContactConversation contact, IdentityKeys before, IdentityKeys next, boolean compromised) {
        return identities.rotation(contact.network(), before, next, compromised);
    }

    /** Queues a ROTATE with this body. */
    void say(StoreTransaction tx, AfterCommit after, ContactConversation contact, byte[] body) throws StoreException {
        controlSender.say(tx, after, contact, PacketType.CONTROL, body, HandshakeLimits.CONTROL_LIFE);
    }

    /** Records that a contact knows our present keys, or will be informed. */
    void known(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        if (!contact.entry.told()) {
            ContactEntries.put(tx, contact.entry.withTold(true));
            after.then(() -> contact.entry = contact.entry.withTold(true));
        }
    }

    /** Names a contact that was not informed of our present keys. Called if the previous ones no longer exist. */
    void reportUnknown(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        if (!contact.entry.told()) {
            nameUnknown(tx, after, contact);
        }
    }

    private void nameUnknown(StoreTransaction tx, AfterCommit after, ContactConversation contact)
            throws StoreException {
        if (!contact.entry.isStranger()) {
            controlSender.notice(
                    tx,
                    after,
                    contact,
                    contact.name() + " may not know your present keys, and the previous ones are erased: send your new "
                            + "card (partyline:persona-card) to " + contact.name() + " by another way");
        }
    }

    /**
     * New keys that were not sent before the session ended, or that the contact cannot have read, are sent over the next
     * one, which is opened with the old keys.
     *
     * @param unreadSince since when the contact cannot have read what was sent, in milliseconds
     */
    void withdraw(StoreTransaction tx, AfterCommit after, int contact, long unreadSince) throws StoreException {
        boolean any = false;
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, contact)) {
            if (outgoing.state() == State.QUEUED && isNews(outgoing)) {
                OutgoingMessage ended = outbox.update(
                        tx, outgoing, outgoing.ended(MessageEvent.RECALLED, "its session no longer exists"));
                any = true;
                after.then(() -> controlSender.notify(ended));
            }
        }
        ContactConversation untold = people.conversations.contact(contact);
        if (untold != null && (any || isUnread(tx, untold, unreadSince))) {
            unsaid(tx, after, untold);
        }
    }

    /**
     * Called when nothing is known to have been read on a session since a time, in milliseconds: new keys that were
     * announced since then may not have been, either.
     */
    void unread(StoreTransaction tx, AfterCommit after, ContactConversation contact, long since) throws StoreException {
        if (isUnread(tx, contact, since)) {
            unsaid(tx, after, contact);
        }
    }

    private boolean isUnread(StoreTransaction tx, ContactConversation contact, long since) throws StoreException {
        if (people.personas.require(contact.persona()).since > since) {
            return true;
        }
        // Those that followed an answer to a handshake for the previous keys are older than the session.
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, contact.id())) {
            if (isNews(outgoing) && !outgoing.isGivenUp() && outgoing.stamped() >= since / 1000) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNews(OutgoingMessage outgoing) {
        return outgoing.control() == ControlCodes.ROTATE;
    }

    @Override
    public void unsaid(StoreTransaction tx, AfterCommit after, ContactConversation contact, OutgoingMessage outgoing)
            throws StoreException {
        if (isNews(outgoing)) {
            unsaid(tx, after, contact);
        }
    }

    private void unsaid(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        if (!contact.entry.told()) {
            return;
        }
        ContactEntries.put(tx, contact.entry.withTold(false));
        after.then(() -> contact.entry = contact.entry.withTold(false));
        if (people.personas.require(contact.persona()).old == null) {
            // Nothing that the contact accepts can sign the new ones any more.
            nameUnknown(tx, after, contact);
        }
    }
}
