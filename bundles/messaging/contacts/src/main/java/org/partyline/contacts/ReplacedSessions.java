package org.partyline.contacts;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Notifies both sides when a session replaces an open one. A restored server opens sessions without knowing what was
 * sent on the previous ones; if the original still runs, it continues with a session that nobody reads. So the side
 * that accepts the new session marks the messages that may be unread, and reports on the old session that it was
 * replaced (PROTOCOL 6.1).
 */
final class ReplacedSessions {
    /** Packets sent shortly before the other side sealed its newest packet may not have reached it by then. */
    private static final Duration TRAVEL = Duration.ofMinutes(1);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

    private final StoredSessionChains chains;
    private final SessionProtocol protocol;
    private final SessionControlSender controlSender;
    private final SecurityLog security;

    ReplacedSessions(
            StoredSessionChains chains,
            SessionProtocol protocol,
            SessionControlSender controlSender,
            SecurityLog security) {
        this.chains = chains;
        this.protocol = protocol;
        this.controlSender = controlSender;
        this.security = security;
    }

    /**
     * Records the newest time that the other side has shown on a session. The caller stores the state. @param timestamp
     * in seconds
     */
    void heard(SessionState session, long timestamp) {
        // The time of a fast clock proves nothing about what we send later.
        session.heard = Math.max(
                session.heard, Math.min(timestamp, protocol.clock().instant().getEpochSecond()));
    }

    /**
     * Called when another session replaces an open one: marks the messages that were sent on it and that the other side
     * has not shown to have, and reports their number to the user. The state must still be that of the previous
     * session.
     */
    void mark(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        String why = "a new session replaced the one that carried ";
        mark(tx, after, contact, session, why, sent -> lacksKeys(sent, session) || !isShown(sent, session));
    }

    /**
     * Called when a session ends: if the other side does not have our answer or our newest key by then, it cannot read
     * what was sent since. The state must still be that of the session.
     */
    void markClosed(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        String why = "the session ended while " + contact.name() + " may lack the newest keys for ";
        mark(tx, after, contact, session, why, sent -> lacksKeys(sent, session));
    }

    /**
     * Called when the other side reports that it has ended a session: it reads the chain for another day, so it may
     * lack what was sent later if the report took that long. The state must still be that of the session.
     *
     * @param timestamp of the report, in seconds
     */
    void markLate(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session, long timestamp)
            throws StoreException {
        String why = contact.name() + " had ended the session a day before ";
        mark(tx, after, contact, session, why, sent -> isLate(sent, timestamp));
    }

    /** Whether a packet of a message left, or may leave, when the other side no longer reads a session that it ended. */
    boolean isLate(OutgoingMessage sent, long ended) {
        return lastLeft(sent)
                >= Instant.ofEpochSecond(ended)
                        .plus(StoredSessionChains.OLD)
                        .minus(TRAVEL)
                        .toEpochMilli();
    }

    private void mark(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            String why,
            Predicate<OutgoingMessage> isUnread)
            throws StoreException {
        int marked = 0;
        long first = Long.MAX_VALUE;
        for (OutgoingMessage outgoing : OutgoingRecords.of(tx, contact.id())) {
            if (!isOnSession(tx, outgoing, session) || !isUnread.test(outgoing)) {
                continue;
            }
            Optional<MessageRecord> message =
                    Tables.find(tx, MessageRecord.TABLE, Keys.of(outgoing.id()), MessageRecord.class);
            boolean delivered =
                    message.isPresent() && message.get().annotations().delivered() != 0;
            if (message.isPresent() && !delivered && message.get().doubt() == 0) {
                MessageRecords.put(tx, message.get().withDoubt(MessageRecord.MAY_BE_UNREAD));
                after.then(() -> controlSender.notify(outgoing));
                marked++;
                first = Math.min(first, outgoing.stamped());
            }
        }
        if (marked > 0) {
            controlSender.notice(
                    tx,
                    after,
                    contact,
                    (marked == 1 ? "1 message" : marked + " messages") + " to " + contact.name() + " since "
                            + TIME.format(Instant.ofEpochSecond(first)) + " UTC may not have been read, because "
                            + why + (marked == 1 ? "it" : "them") + ": send " + (marked == 1 ? "it" : "them")
                            + " again with partyline:resend " + contact.name());
        }
    }

    private static boolean isOnSession(StoreTransaction tx, OutgoingMessage outgoing, SessionState session)
            throws StoreException {
        return outgoing.isText()
                && !hasFailed(outgoing.state())
                && KeptTransactionRecords.mayHaveLeft(tx, outgoing)
                && outgoing.stamped() >= Instant.ofEpochMilli(session.since).getEpochSecond();
    }

    /** Until the other side has our answer and our newest key, its packets prove nothing about what was sent since. */
    private static boolean lacksKeys(OutgoingMessage outgoing, SessionState session) {
        return outgoing.stamped() >= Instant.ofEpochMilli(unreadSince(session)).getEpochSecond();
    }

    /** Since when the other side may lack the keys of what we sent on a session, in milliseconds. */
    static long unreadSince(SessionState session) {
        if (!session.isOpen()) {
            return Long.MAX_VALUE;
        }
        return session.accepted != 0 ? session.since : session.oldChain != null ? session.rekeyed : Long.MAX_VALUE;
    }

    private boolean isShown(OutgoingMessage outgoing, SessionState session) {
        return lastLeft(outgoing) + TRAVEL.toMillis() <= session.heard * 1000;
    }

    /** Returns when the last of its packets was known to have left; otherwise, that may still happen. */
    private long lastLeft(OutgoingMessage outgoing) {
        return outgoing.parts().stream()
                .mapToLong(part -> part.left() == 0 ? protocol.clock().millis() : part.left())
                .max()
                .orElse(0);
    }

    /** Whether its sender already sees that it was not read. */
    private static boolean hasFailed(State state) {
        return state == State.REPLACED || state == State.EXPIRED || state == State.RECALLED || state == State.FAILED;
    }

    /**
     * Called when the other side opened a session that replaced an open one: the owner of the previous one is notified
     * on it. The state must still be that of the previous session.
     *
     * @param answerHint the locator of our answer; 0 if unknown
     */
    void replacedByContact(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session, long answerHint)
            throws StoreException {
        sayOnFormer(tx, after, contact, session, replacedBy(answerHint));
    }

    private static byte[] replacedBy(long answerHint) {
        byte[] body = {ControlCodes.CLOSE, ControlCodes.CLOSE_REPLACED};
        if (answerHint != 0) {
            body = Arrays.copyOf(body, body.length + Long.BYTES);
            System.arraycopy(Keys.of(answerHint), 0, body, 2, Long.BYTES);
        }
        return body;
    }

    /**
     * A server answered a handshake of ours after another session had replaced it, or without one that is open: it is
     * notified on the session of its answer. The caller stores the state.
     */
    void passedOver(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            Handshakes.Completion done)
            throws StoreException {
        beginFormer(tx, after, contact);
        try (SendChain send = protocol.chains()
                        .sendSession(done.sendChainKey(), protocol.clock().instant());
                SecretBytes state = send.encode()) {
            session.keepFormer(state.expose(), protocol.chains().sessionId(done.sendChainKey()), done.chosen());
        }
        byte[] body = session.isOpen()
                ? replacedBy(session.answerHint)
                : new byte[] {ControlCodes.CLOSE, ControlCodes.CLOSE_UNUSED};
        controlSender.say(tx, after, contact, PacketType.CONTROL, body, HandshakeLimits.HANDSHAKE_LIFE);
    }

    /** The last message on yet another session is no longer sent. */
    private void beginFormer(StoreTransaction tx, AfterCommit after, ContactConversation contact)
            throws StoreException {
        controlSender.withdraw(
                tx,
                after,
                contact.id(),
                outgoing -> outgoing.isFarewell() && outgoing.state() == State.QUEUED,
                "another session has been replaced since");
    }

    /** Sends something on the present session, which is about to end. The caller stores the state. */
    private void sayOnFormer(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session, byte[] body)
            throws StoreException {
        beginFormer(tx, after, contact);
        session.keepFormer();
        controlSender.say(tx, after, contact, PacketType.CONTROL, body, HandshakeLimits.HANDSHAKE_LIFE);
    }

    /**
     * Whether the session that replaced ours was opened by a handshake that this server made or answered. @param body
     * of the CLOSE
     */
    boolean isOurs(ContactConversation contact, SessionState session, byte[] body) {
        if (body.length < 2 + Long.BYTES) {
            return chains.of(contact.id()).stream()
                    .anyMatch(chain -> chain.entry.kind() == ChainKind.REPLY && chain.entry.answer() == null);
        }
        byte[] answer = Arrays.copyOfRange(body, 2, 2 + Long.BYTES);
        // Two answers to the handshake of this very session: another server gave one of them.
        boolean both = Arrays.equals(answer, Keys.of(session.answerHint));
        return !both && session.hasShaken(answer);
    }

    /**
     * Another server opened a session with our keys: the contact is notified on ours, and so is the user. The caller
     * stores the state.
     */
    void replacedByCopy(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        sayOnFormer(tx, after, contact, session, new byte[] {ControlCodes.COPY, ControlCodes.COPY_NOT_OPENED});
        copyInUse(after, session);
        controlSender.notice(
                tx,
                after,
                contact,
                "a copy of this server may be in use elsewhere: " + contact.name()
                        + "'s server reports that it opened a session with " + contact.name() + ", so messages from "
                        + contact.name() + " no longer arrive here. " + unproven(contact) + ". "
                        + toTakeBack(contact));
    }

    /** Another server answered a handshake that this one answered, too. The caller stores the state. */
    void answeredByCopy(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        copyInUse(after, session);
        controlSender.notice(
                tx,
                after,
                contact,
                "a copy of this server may be in use elsewhere: it answered " + contact.name() + " when "
                        + contact.name() + " opened a session, or someone who has your card did. "
                        + toTakeBack(contact));
    }

    /** The limits of a report by a contact's server: the contact can invent it. */
    private static String unproven(ContactConversation contact) {
        return "Only " + contact.name() + "'s server reports this: if you know of no copy, ask " + contact.name()
                + " another way";
    }

    /** Returns the advice for a session that another server has. */
    static String toTakeBack(ContactConversation contact) {
        return "Stop the copy, then take the session back with partyline:session-open --again " + contact.name();
    }

    /** Why nothing is sent to a contact whose session another server has. */
    static String whyNot(ContactConversation contact) {
        return "a copy of this server may be in use elsewhere and has the session with '" + contact.name()
                + "': stop the copy, then take the session back with partyline:session-open --again "
                + contact.name();
    }

    private void copyInUse(AfterCommit after, SessionState session) {
        session.elsewhere = protocol.clock().instant().toEpochMilli();
        after.then(
                () -> security.record("copy-in-use", "a contact's packets report another server with the same keys"));
    }

    /**
     * The contact's previous session is still in use, although another one replaced it: two servers use the contact's
     * keys. The owner of the present session is notified. The caller stores the state.
     */
    void contactHasCopy(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        session.copyReported = true;
        controlSender.notice(
                tx,
                after,
                contact,
                "two servers use the keys of " + contact.name()
                        + ": your messages reach the one that opened a session last." + " Ask " + contact.name()
                        + " by another way whether both are theirs");
        after.then(() -> security.record("contact-copied", "two servers use the keys of one contact"));
        controlSender.say(
                tx,
                after,
                contact,
                PacketType.CONTROL,
                new byte[] {ControlCodes.COPY, ControlCodes.COPY_SEEN},
                HandshakeLimits.HANDSHAKE_LIFE);
    }

    /**
     * The contact received packets of another server that has our keys; the present session is ours. The caller stores
     * the state.
     */
    void copySeen(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        if (session.elsewhere != 0) {
            return;
        }
        copyInUse(after, session);
        controlSender.notice(
                tx,
                after,
                contact,
                "a copy of this server may be in use elsewhere: " + contact.name()
                        + "'s server reports that it still receives from another one with the same keys. "
                        + unproven(contact) + "; otherwise stop one of the two");
    }
}
