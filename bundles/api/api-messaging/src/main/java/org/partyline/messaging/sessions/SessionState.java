package org.partyline.messaging.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Sessions.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * A session with a contact, as stored (PROTOCOL 6). Read from the store, changed, and stored again within one
 * transaction: never kept in memory.
 */
public final class SessionState {
    /** The table of the store. */
    public static final String TABLE = "sessions";

    /** The number of bytes of kept ids of ended exchanges. */
    private static final int ENDED_KEPT = 16;

    /** A clock that is corrected by less makes nothing wait for longer than this. */
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

    /** The number of bytes of kept locators of answers. */
    private static final int HANDSHAKES_KEPT = 32 * Long.BYTES;

    public int contact;
    public State state = State.NONE;
    /** Whether we opened the present session. */
    public boolean initiator;
    /** When it entered this state, in milliseconds. */
    public long since;
    /** When our newest handshake was made, in milliseconds. */
    public long offered;
    /** Whether the other side opened one, too, and ours prevails: an unanswered handshake is repeated sooner. */
    public boolean hurry;
    /**
     * The timestamp of the other side's answer or INIT, in seconds: an INIT of the other side that is not later was made
     * before the last session.
     */
    public long respTime;

    public int suite;
    /** Local name of our chain, 8 bytes. */
    public byte @Nullable [] name;
    /** Our chain's state; null when there is no session. */
    public byte @Nullable [] chain;
    /** The number of the chain that we read; chains with higher numbers have the same keys. */
    public int receiveChain;
    /** Number of the first chain that we read in this session. */
    public int firstChain;

    public long sent;
    public long received;
    /** When the chains began, in milliseconds. */
    public long rekeyed;
    /** How often the keys of this session were renewed. */
    public int rekeys;
    /** The number of our messages since then. */
    public int onChain;
    /** The number of our key exchange fragments since then, which count like messages (PROTOCOL 6.2). */
    public int pieces;

    /** The number of the handshake that created this session, until its initiator has sent something; then 0. */
    public int accepted;

    /** CK_0 of the chain of our answer; null once it is sealed. */
    public byte @Nullable [] replyChain;

    public int replySuite;

    /** Whether a KEY_UPDATE of ours waits to be sealed. */
    public boolean updateQueued;
    /** Our ephemeral key, from our KEY_UPDATE until the other side's has arrived; otherwise null. */
    public byte @Nullable [] ownPrivate;

    public byte @Nullable [] ownPublic;
    public byte @Nullable [] ownSalt;
    /** When our KEY_UPDATE was sealed, in milliseconds. */
    public long ownSealed;
    /** How often it was repeated. */
    public int repeats;
    /** Whether another update follows the pending one, since others may know its key. */
    public boolean renewAgain;
    /** The other side's key, while ours is not sealed yet; otherwise null. */
    public byte @Nullable [] peerPublic;

    public byte @Nullable [] peerSalt;
    public int peerPosition;
    /** The other side's key of the last completed update. */
    public byte @Nullable [] lastPeerPublic;
    /** Our key, for a day: a copy of the other side's may arrive late. Otherwise null. */
    public byte @Nullable [] lastPrivate;
    /** When that KEY_UPDATE of ours was last sealed, in milliseconds. */
    public long lastSealed;
    /** Our key of the last completed update; null once the other side is known to have it. */
    public byte @Nullable [] lastPublic;
    /**
     * Our chain before that update, for repeating the key, since the other side may have missed it; null once it is
     * known to have it.
     */
    public byte @Nullable [] oldChain;
    /** The local name of that chain. */
    public byte @Nullable [] oldName;
    /** Whether the key must be repeated. */
    public boolean againQueued;
    /** How often it was repeated. */
    public int again;

    /**
     * The locator of the answer that opened the session, which identifies it to the owner of the session that it
     * replaced; 0 if unknown.
     */
    public long answerHint;
    /** The newest time at which the other side sealed a packet of this session, in seconds; 0: none has arrived. */
    public long heard;
    /**
     * When a session that another server opened with our keys was found to have replaced ours, in milliseconds; 0:
     * never.
     */
    public long elsewhere;
    /** Whether we lost a session that the other side may still use: another one is offered until one is open. */
    public boolean restored;
    /** Whether a block has our newest handshake. Then the other side reads it, even after a long absence. */
    public boolean offerMined;
    /** Whether the other side was notified that two servers use its keys. */
    public boolean copyReported;
    /** The chain of the previous session, while the last message on it waits to be sealed; otherwise null. */
    public byte @Nullable [] formerChain;
    /** The local name of that chain. */
    public byte @Nullable [] formerName;
    /** The suite code of that session. */
    public int formerSuite;

    /** The id of the exchange and the tag that our unanswered KEY_UPDATE carries (PROTOCOL 6.2); null if none. */
    public byte @Nullable [] ownTag;
    /** Whether the other side's KEY_UPDATE carried the id and the right tag. */
    public boolean peerTagged;
    /** Whether the last update included the secret of an exchange. */
    public boolean lastMixed;
    /**
     * The secret of that exchange and its hash, until the other side is known to have our key, for a day at most: a
     * copy of its own may arrive late. Otherwise null.
     */
    public byte @Nullable [] lastSecret;
    /** When an exchange first protected this session, in milliseconds; 0 for never. */
    public long protectedSince;
    /** When the last exchange of this session began, in milliseconds; 0 for never. */
    public long exchanged;
    /** The ids of ended exchanges, 2 bytes each, the oldest first: their fragments may arrive late. */
    public byte @Nullable [] endedExchanges;

    /** The locators of the answers to the last handshakes that we made or answered, 8 bytes each, the oldest first. */
    public byte @Nullable [] handshakes;

    /** The number of answered handshakes of the other side since {@code answeredSince}, which is in milliseconds. */
    int answered;

    long answeredSince;

    /** The number of answered key updates of the other side since {@code updatedSince}, which is in milliseconds. */
    int updated;

    long updatedSince;

    public static Optional<SessionState> find(StoreTransaction tx, int contact) throws StoreException {
        return Tables.find(tx, TABLE, Keys.of(contact), SessionState.class);
    }

    /** The state, or a new one for a contact without a state. */
    public static SessionState get(StoreTransaction tx, int contact) throws StoreException {
        Optional<SessionState> found = find(tx, contact);
        if (found.isPresent()) {
            return found.get();
        }
        SessionState fresh = new SessionState();
        fresh.contact = contact;
        return fresh;
    }

    public void put(StoreTransaction tx) throws StoreException {
        Tables.putSecret(tx, TABLE, Keys.of(contact), Keys.ALL, this);
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    public boolean isOpening() {
        return state == State.OPENING;
    }

    /** Whether the chains are protected against someone who breaks X25519 later (PROTOCOL 6.2). */
    public boolean isProtected() {
        return isOpen() && protectedSince != 0;
    }

    /**
     * Whether a message is on hold because its contact requires a protected session and has none. It has no position on
     * a chain yet, so that the packets that protect the session leave before it.
     */
    public static boolean holds(StoreTransaction tx, @Nullable Conversation conversation, OutgoingMessage outgoing)
            throws StoreException {
        return conversation instanceof ContactConversation contact
                && contact.entry.requiresPostQuantum()
                && outgoing.isWritten()
                && outgoing.parts().isEmpty()
                && !get(tx, contact.id()).isProtected();
    }

    /** Records that an exchange has ended. */
    public void endExchange(byte[] id) {
        endedExchanges = added(endedExchanges, id, ENDED_KEPT);
    }

    /** Whether an exchange has ended. */
    public boolean hasEnded(byte[] id) {
        return has(endedExchanges, id);
    }

    /** Records that we have made or answered a handshake. @param answer the locator of its answer */
    public void shaken(byte[] answer) {
        handshakes = added(handshakes, answer, HANDSHAKES_KEPT);
    }

    /** Whether we have made or answered a handshake. @param answer the locator of its answer */
    public boolean hasShaken(byte[] answer) {
        return has(handshakes, answer);
    }

    private static byte[] added(byte @Nullable [] ids, byte[] id, int most) {
        byte[] before = ids == null ? new byte[0] : ids;
        int keep = Math.min(before.length, most - id.length);
        byte[] all = Arrays.copyOf(Arrays.copyOfRange(before, before.length - keep, before.length), keep + id.length);
        System.arraycopy(id, 0, all, keep, id.length);
        return all;
    }

    private static boolean has(byte @Nullable [] all, byte[] id) {
        byte[] ids = all == null ? new byte[0] : all;
        for (int i = 0; i + id.length <= ids.length; i += id.length) {
            if (Arrays.equals(ids, i, i + id.length, id, 0, id.length)) {
                return true;
            }
        }
        return false;
    }

    /** Whether another server uses our keys with this contact: nothing is opened or answered until the user decides. */
    public boolean isElsewhere() {
        return elsewhere != 0 && !isOpen() && !isOpening();
    }

    /** Keeps our chain for a last message on it, because another session replaces this one. */
    public void keepFormer() {
        if (chain == null || name == null) {
            throw new IllegalStateException("there is no session");
        }
        keepFormer(chain, name, suite);
    }

    /** The same with the chain of a session that never became the present one. @param sendChain is copied */
    public void keepFormer(byte[] sendChain, byte[] chainName, int chainSuite) {
        forgetFormer();
        formerChain = sendChain.clone();
        formerName = chainName;
        formerSuite = chainSuite;
    }

    /** Forgets the chain of the previous session: the last message on it is sealed, or will not be. */
    public void forgetFormer() {
        wipe(formerChain);
        formerChain = null;
        formerName = null;
        formerSuite = 0;
    }

    /** Counts an answer to a handshake; false if there were too many within an hour. */
    public boolean mayAnswer(Instant now, int most) {
        if (now.isAfter(Instant.ofEpochMilli(answeredSince).plus(Duration.ofHours(1)))) {
            answeredSince = now.toEpochMilli();
            answered = 0;
        }
        answered++;
        return answered <= most;
    }

    /** Counts an answer to a key update; false if there were too many within a day. */
    public boolean mayAnswerUpdate(Instant now, int most) {
        if (now.isAfter(Instant.ofEpochMilli(updatedSince).plus(Duration.ofDays(1)))) {
            updatedSince = now.toEpochMilli();
            updated = 0;
        }
        boolean may = updated < most;
        updated += may ? 1 : 0;
        return may;
    }

    /**
     * Brings times that are far ahead back to now: they are from a clock that was fast, and nothing may wait for them.
     *
     * @return whether there were any
     */
    public boolean clockWentBack(Instant now) {
        long to = now.toEpochMilli();
        long[] times = {since, offered, rekeyed, ownSealed, lastSealed, exchanged, answeredSince, updatedSince};
        if (Arrays.stream(times).allMatch(time -> time <= to + CLOCKS_DIFFER.toMillis())) {
            return false;
        }
        since = Math.min(since, to);
        offered = Math.min(offered, to);
        rekeyed = Math.min(rekeyed, to);
        ownSealed = Math.min(ownSealed, to);
        lastSealed = Math.min(lastSealed, to);
        exchanged = Math.min(exchanged, to);
        answeredSince = Math.min(answeredSince, to);
        updatedSince = Math.min(updatedSince, to);
        return true;
    }

    /** Forgets the keys of the session, but not its counters. */
    public void forgetKeys() {
        name = null;
        wipe(chain);
        chain = null;
        receiveChain = 0;
        firstChain = 0;
        accepted = 0;
        protectedSince = 0;
        exchanged = 0;
        endedExchanges = null;
        heard = 0;
        answerHint = 0;
        copyReported = false;
        forgetAnswer();
        onChain = 0;
        pieces = 0;
        rekeys = 0;
        hurry = false;
        renewAgain = false;
        forgetUpdate();
        forgetLastPrivate();
        lastPeerPublic = null;
        lastSealed = 0;
        forgetOldChain();
    }

    /** Forgets the chain of our answer, which is sealed, or will not be. */
    public void forgetAnswer() {
        wipe(replyChain);
        replyChain = null;
    }

    /** Forgets the old chain: the other side is known to have our key of the last update. */
    public void forgetOldChain() {
        wipe(lastSecret);
        lastSecret = null;
        lastPublic = null;
        wipe(oldChain);
        oldChain = null;
        oldName = null;
        againQueued = false;
        again = 0;
    }

    public void forgetLastPrivate() {
        wipe(lastPrivate);
        lastPrivate = null;
        wipe(lastSecret);
        lastSecret = null;
    }

    /** Forgets a key update in progress. */
    public void forgetUpdate() {
        updateQueued = false;
        wipe(ownPrivate);
        ownPrivate = null;
        ownPublic = null;
        ownTag = null;
        wipe(ownSalt);
        ownSalt = null;
        ownSealed = 0;
        repeats = 0;
        peerPublic = null;
        peerTagged = false;
        wipe(peerSalt);
        peerSalt = null;
        peerPosition = 0;
    }

    private static void wipe(byte @Nullable [] secret) {
        if (secret != null) {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "SessionState";
    }
}
