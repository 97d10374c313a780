package org.partyline.contacts;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.PacketType;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.contacts.PostQuantumExchange.Share;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.state.SecurityLog;

/** Renews the keys of sessions, and repeats unanswered updates (PROTOCOL 6). Runs under the state lock. */
public final class SessionKeyUpdates implements KeyUpdates {
    /** A key that is repeated later than this after our answer shows that the answer was lost. */
    private static final Duration ANSWER_LOST = Duration.ofHours(2);
    /** A sender that is still on the old chain this long after our key was sent may have missed it. */
    private static final Duration ANSWER_AGAIN = Duration.ofMinutes(10);
    /** A silent contact is sent our key again after this time, then after three times as long, and so on. */
    private static final Duration FIRST_AGAIN = Duration.ofHours(1);

    private static final int MOST_AGAIN_UNHEARD = 3;
    private static final int MOST_AGAIN = 8;
    /** Copies that arrived are read, too, when all that were tried for lost ones are wrong. */
    private static final int MOST_READ = 2 * MOST_COPIES;
    /** More keys of the other side within a day are answered later: each answer costs a packet. */
    private static final int MOST_ANSWERED = 24;
    /** After this number of repetitions, a new session is opened instead. */
    private static final int MOST_REPEATS = 2;

    private final OperatorSettings settings;
    private final SecurityLog security;
    private final SessionProtocol protocol;
    private final SessionControlSender controlSender;
    private final StoredSessionChains chains;
    private final HandshakeCoordinator handshakeManager;
    private final PostQuantumExchange exchange;

    SessionKeyUpdates(
            OperatorSettings settings,
            SecurityLog security,
            SessionProtocol protocol,
            SessionControlSender controlSender,
            StoredSessionChains chains,
            HandshakeCoordinator handshakeManager,
            PostQuantumExchange exchange) {
        this.exchange = exchange;
        this.settings = settings;
        this.security = security;
        this.protocol = protocol;
        this.controlSender = controlSender;
        this.chains = chains;
        this.handshakeManager = handshakeManager;
    }

    @Override
    public void queueIfDue(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        if (!session.isOpen() || session.updateQueued || session.ownPrivate != null) {
            return;
        }
        Settings settings = this.settings.get();
        boolean old = protocol.clock()
                .instant()
                .isAfter(Instant.ofEpochMilli(session.rekeyed)
                        .plus(settings.sessions().rekeyAfter()));
        // Fragments wait for their exchange's own KEY_UPDATE, which replaces a decoy. If the exchange ended without
        // one, the next message causes new keys.
        int pieces = session.pieces == 0 || exchange.isOpen(tx, contact) ? 0 : session.pieces;
        boolean many = session.onChain + pieces >= settings.sessions().rekeyMessages();
        if (session.onChain > 0 && (many || old)) {
            queue(tx, after, contact, session);
        }
    }

    /** Queues a KEY_UPDATE. The caller stores the state. */
    void queue(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        controlSender.sayUpdate(tx, after, contact, session);
    }

    /**
     * Queues a KEY_UPDATE with a new key. If one of ours is unanswered, whose key others may know, the new one follows
     * its answer. The caller stores the state.
     */
    void renew(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        session.renewAgain = session.ownPrivate != null;
        if (!session.renewAgain) {
            queue(tx, after, contact, session);
        }
    }

    @Override
    public byte[] body(StoreTransaction tx, SessionState session) throws StoreException {
        byte[] key = session.ownPublic;
        if (key == null) {
            try (Handshakes.Ephemeral made = protocol.handshakes().ephemeral(protocol.random())) {
                session.ownPrivate = made.privateKey().expose().clone();
                key = made.publicKey();
                session.ownPublic = key;
            }
            session.ownTag = exchange.tag(tx, session, key);
        }
        return body(key, session.ownTag);
    }

    private static byte[] body(byte[] ephemeral, byte @Nullable [] tag) {
        if (tag == null) {
            return ephemeral;
        }
        byte[] body = Arrays.copyOf(ephemeral, ephemeral.length + tag.length);
        System.arraycopy(tag, 0, body, ephemeral.length, tag.length);
        return body;
    }

    @Override
    public void sealed(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        session.updateQueued = false;
        session.ownSealed = protocol.clock().instant().toEpochMilli();
        if (session.peerPublic != null) {
            finish(tx, after, contact, session, List.of());
        }
    }

    @Override
    public void heard(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            long timestamp)
            throws StoreException {
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen() || session.oldChain == null || chain.number() < session.firstChain) {
            return;
        }
        if (chain.number() >= session.receiveChain) {
            session.forgetOldChain();
            chains.retire(tx, after, contact.id(), StoredSessionChains.OLD, 0, session.receiveChain);
            session.put(tx);
            after.then(() -> chains.expectOwn(session));
        } else if (Instant.ofEpochSecond(timestamp)
                .isAfter(Instant.ofEpochMilli(session.lastSealed).plus(ANSWER_AGAIN))) {
            sayAgain(tx, after, contact, session, MOST_ANSWERED);
            session.put(tx);
        }
    }

    /** Queues our last key again. The caller stores the state. @param most as the answers of a day; 0: it is none */
    private void sayAgain(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session, int most)
            throws StoreException {
        boolean soon = protocol.clock()
                .instant()
                .isBefore(Instant.ofEpochMilli(session.lastSealed).plus(ANSWER_AGAIN));
        if (session.againQueued
                || soon
                || session.again >= MOST_AGAIN
                || most > 0 && !session.mayAnswerUpdate(protocol.clock().instant(), most)) {
            return;
        }
        session.againQueued = true;
        controlSender.say(tx, after, contact, PacketType.KEY_UPDATE, new byte[0], HandshakeLimits.HANDSHAKE_LIFE);
    }

    @Override
    public void arrived(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            ReceiveChainRecord chain,
            int position,
            Inbox.Other update,
            List<SecretBytes> salts)
            throws StoreException {
        byte[] body = update.body();
        SessionState session = SessionState.get(tx, contact.id());
        if (!session.isOpen()
                || body.length != Handshakes.KEY_UPDATE_LENGTH && body.length != Handshakes.PROTECTED_UPDATE_LENGTH) {
            return;
        }
        byte[] ephemeral = Arrays.copyOf(body, Handshakes.KEY_UPDATE_LENGTH);
        if (session.lastPeerPublic != null && Arrays.equals(session.lastPeerPublic, ephemeral)) {
            if (chain.number() >= session.firstChain && chain.number() < session.receiveChain) {
                repeated(tx, after, contact, session, update, salts.get(0));
            }
            return;
        }
        // Among chains with the same keys, the first has the lowest number.
        if (chain.number() < session.receiveChain || session.peerPublic != null && position < session.peerPosition) {
            return;
        }
        session.peerPublic = ephemeral;
        session.peerTagged = exchange.isTagged(tx, session, body);
        session.peerSalt = salts.get(0).expose().clone();
        session.peerPosition = position;
        if (session.ownSalt != null) {
            finish(tx, after, contact, session, salts.subList(1, salts.size()));
        } else if (!exchange.answerUpdate(tx, after, contact, session)) {
            answerIfAllowed(tx, after, contact, session);
        }
        session.put(tx);
    }

    /** Answers the other side's key, now or later. The caller stores the state. */
    private void answerIfAllowed(
            StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        if (session.updateQueued || session.mayAnswerUpdate(protocol.clock().instant(), MOST_ANSWERED)) {
            queue(tx, after, contact, session);
        } else {
            security.record("key-update-flood", "one contact renewed its keys too often within a day");
        }
    }

    /**
     * Called when the other side repeated a key that was answered here. It does not know which copy the answer was for,
     * so the chain of this one is read, too. If it has not received the answer after a long time, that was lost and is
     * repeated; if that does not help, a new session repairs it.
     */
    private void repeated(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            Inbox.Other update,
            SecretBytes salt)
            throws StoreException {
        long copies = chains.of(contact.id()).stream()
                .filter(t -> t.entry.kind() == ChainKind.SESSION && t.entry.retires() == 0)
                .count();
        byte[] secret = session.lastSecret;
        if (session.lastPrivate != null
                && session.lastPeerPublic != null
                && (!session.lastMixed || secret != null)
                && copies < MOST_READ) {
            try (SecretBytes own = SecretBytes.copyOf(session.lastPrivate);
                    Share share = session.lastMixed && secret != null ? Share.decode(secret) : null;
                    SecretBytes receive = rekey(contact, own, session.lastPeerPublic, salt, share)) {
                chains.read(tx, after, contact, session, receive);
            } catch (HandshakeRefusedException e) {
                security.record("key-update-refused", e.getMessage());
            }
        }
        if (session.oldChain != null && session.again < MOST_AGAIN) {
            sayAgain(tx, after, contact, session, MOST_ANSWERED);
            session.put(tx);
            return;
        }
        boolean lost = session.oldChain != null
                && Instant.ofEpochSecond(update.timestamp())
                        .isAfter(Instant.ofEpochMilli(session.lastSealed).plus(ANSWER_LOST));
        Instant soonest = Instant.ofEpochMilli(session.offered).plus(HandshakeLimits.SOONEST_RETRY);
        if (lost && protocol.clock().instant().isAfter(soonest)) {
            handshakeManager.reopen(tx, after, contact, session);
        }
    }

    /** @param others salts of the other side's chain, one of which it may have used */
    private void finish(
            StoreTransaction tx,
            AfterCommit after,
            ContactConversation contact,
            SessionState session,
            List<SecretBytes> others)
            throws StoreException {
        if (session.ownPrivate == null
                || session.ownPublic == null
                || session.ownSalt == null
                || session.peerPublic == null
                || session.peerSalt == null
                || session.chain == null) {
            throw new IllegalStateException("a pair of key updates is not complete");
        }
        byte[] key = session.ownPrivate.clone();
        byte[] own = session.ownPublic;
        byte[] chain = session.chain.clone();
        byte[] name = session.name;
        long sealed = session.ownSealed;
        byte[] tag = session.ownTag;
        try (Share share = exchange.share(tx, session);
                SecretBytes ownPrivate = SecretBytes.wrap(session.ownPrivate);
                SecretBytes ownSalt = SecretBytes.wrap(session.ownSalt);
                SecretBytes peerSalt = SecretBytes.wrap(session.peerSalt);
                SecretBytes send = rekey(contact, ownPrivate, session.peerPublic, ownSalt, share);
                SecretBytes receive = rekey(contact, ownPrivate, session.peerPublic, peerSalt, share)) {
            byte[] peer = session.peerPublic;
            chains.retire(tx, after, contact.id(), StoredSessionChains.DOUBTFUL, 0, Integer.MAX_VALUE);
            chains.begin(tx, after, contact, session, send, receive);
            for (SecretBytes salt : others) {
                try (SecretBytes other = rekey(contact, ownPrivate, peer, salt, share)) {
                    chains.read(tx, after, contact, session, other);
                }
            }
            session.rekeys++;
            session.forgetUpdate();
            session.lastPeerPublic = peer;
            // A copy of the other side's key may still be in flight.
            session.forgetLastPrivate();
            session.lastPrivate = key;
            session.lastSealed = sealed;
            session.forgetOldChain();
            session.lastPublic = body(own, tag);
            session.lastMixed = share != null;
            session.lastSecret = share == null ? null : share.encode();
            session.oldChain = chain;
            session.oldName = name;
            exchange.updated(tx, after, contact, session, tag != null, share != null);
        } catch (HandshakeRefusedException e) {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(chain, (byte) 0);
            security.record("key-update-refused", e.getMessage());
            session.forgetUpdate();
        }
        if (session.renewAgain) {
            renew(tx, after, contact, session);
        }
    }

    private SecretBytes rekey(
            ContactConversation contact, SecretBytes own, byte[] peer, SecretBytes salt, @Nullable Share share)
            throws HandshakeRefusedException {
        return share == null
                ? protocol.handshakes().rekey(contact.network(), own, peer, salt)
                : protocol.handshakes().rekey(contact.network(), own, peer, salt, share.secret(), share.hash());
    }

    /** Repeats a key that was not received, or not answered for a day. Call it from time to time. */
    void repeat(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        Optional<SessionState> found = SessionState.find(tx, contact.id());
        if (found.isEmpty()) {
            return;
        }
        repeat(tx, after, contact, found.get());
        exchange.keep(tx, after, contact, found.get());
    }

    private void repeat(StoreTransaction tx, AfterCommit after, ContactConversation contact, SessionState session)
            throws StoreException {
        Instant now = protocol.clock().instant();
        if (session.lastPrivate != null
                && now.isAfter(Instant.ofEpochMilli(session.rekeyed).plus(StoredSessionChains.OLD))) {
            session.forgetLastPrivate();
            session.put(tx);
        }
        if (session.isOpen()
                && session.oldChain != null
                && session.onChain > 0
                && session.again < MOST_AGAIN_UNHEARD
                && now.isAfter(Instant.ofEpochMilli(session.lastSealed)
                        .plus(FIRST_AGAIN.multipliedBy((long) Math.pow(3, session.again))))) {
            sayAgain(tx, after, contact, session, 0);
            session.put(tx);
        }
        if (session.isOpen()
                && session.peerPublic != null
                && !session.peerTagged
                && !session.updateQueued
                && session.mayAnswerUpdate(now, MOST_ANSWERED)) {
            queue(tx, after, contact, session);
            session.put(tx);
        }
        boolean unanswered = session.isOpen()
                && session.ownPrivate != null
                && !session.updateQueued
                && now.isAfter(Instant.ofEpochMilli(session.ownSealed).plus(StoredSessionChains.OLD));
        if (unanswered && session.repeats < MOST_REPEATS) {
            session.repeats++;
            queue(tx, after, contact, session);
            session.put(tx);
        } else if (unanswered
                && now.isAfter(Instant.ofEpochMilli(session.offered).plus(HandshakeLimits.OFFER_LIFE))) {
            // Not even the repetition was answered: the other side may have lost this session.
            handshakeManager.reopen(tx, after, contact, session);
        }
    }
}
