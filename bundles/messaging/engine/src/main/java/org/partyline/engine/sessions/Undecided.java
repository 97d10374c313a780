package org.partyline.engine.sessions;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.session.Handshakes;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.conversation.ContactConversation;
import org.partyline.engine.conversation.ContactInbox;
import org.partyline.engine.conversation.ReceiveChainState;
import org.partyline.engine.kernel.AfterCommit;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Memory;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Records;

/**
 * Handshakes that were answered and whose initiator has sent nothing yet. A handshake proves an X25519 key, and a card may show
 * one that is another's: so for each contact that shows the key a chain is read, and the first packet that opens says who it
 * is (PROTOCOL 6). Until then the seeds are kept, for a card with this key that may still be added. Runs under the engine's
 * lock.
 */
final class Undecided {
    /** The initiator reads the answer for so long, and writes after that. */
    static final Duration LIFE = HandshakeLimits.OFFER_LIFE;

    private final Core core;

    Undecided(Core core) {
        this.core = core;
    }

    /** Keeps what an answered handshake gave. */
    Records.Accepted keep(
            StoreTransaction tx,
            ContactInbox contactInbox,
            PublicIdentity own,
            Handshakes.Acceptance accepted,
            long initTime)
            throws StoreException {
        Records.Accepted entry = new Records.Accepted(
                (int) Core.next(tx, "accepted"),
                contactInbox.persona(),
                contactInbox.network().code(),
                own.signing(),
                own.agreement(),
                accepted.peerPublic(),
                accepted.chosen().code(),
                accepted.sendSeed().expose().clone(),
                accepted.receiveSeed().expose().clone(),
                initTime,
                core.now().plus(LIFE).toEpochMilli());
        byte[] written = Cbor.write(entry);
        try {
            tx.put(
                    Records.ACCEPTED,
                    Records.key(entry.number()),
                    Records.key(entry.persona()),
                    written,
                    Instant.ofEpochMilli(entry.until()));
        } finally {
            Arrays.fill(written, (byte) 0);
        }
        return entry;
    }

    /** The handshake whose chain an entry is for; empty once it is decided, or its time is over. */
    Optional<Records.Accepted> of(StoreTransaction tx, Records.Incoming track) throws StoreException {
        return Core.find(
                tx,
                Records.ACCEPTED,
                Records.key(ByteBuffer.wrap(track.handshake()).getLong()),
                Records.Accepted.class);
    }

    /** Those of a persona that a contact's X25519 key has opened. */
    private static List<Records.Accepted> by(StoreTransaction tx, ContactConversation contact) throws StoreException {
        return Core.read(tx.list(Records.ACCEPTED, Records.key(contact.persona())), Records.Accepted.class).stream()
                .filter(entry -> entry.network() == contact.network().code())
                .filter(entry -> Arrays.equals(entry.peer(), contact.entry.agreement()))
                .toList();
    }

    /** CK_0 from us to a contact, if it is the one. The caller's to wipe. */
    SecretBytes sendKey(Records.Accepted entry, ContactConversation contact) {
        return key(entry, contact, entry.sendSeed());
    }

    /** CK_0 from a contact to us, if it is the one. The caller's to wipe. */
    SecretBytes receiveKey(Records.Accepted entry, ContactConversation contact) {
        return key(entry, contact, entry.receiveSeed());
    }

    private SecretBytes key(Records.Accepted entry, ContactConversation contact, byte[] seed) {
        try (SecretBytes secret = SecretBytes.copyOf(seed)) {
            return core.handshakes.sessionChainKey(
                    contact.network(),
                    secret,
                    contact.identity().orElseThrow(),
                    new PublicIdentity(entry.ownSigning(), entry.ownAgreement()));
        }
    }

    /** Reads the chain on which a contact would write, if it is the one. */
    void read(
            StoreTransaction tx, Memory memory, AfterCommit after, ContactConversation contact, Records.Accepted entry)
            throws StoreException {
        try (SecretBytes receive = receiveKey(entry, contact)) {
            SessionChains.read(
                    core,
                    tx,
                    memory,
                    after,
                    new Records.Incoming(
                            (int) Core.next(tx, "chain"),
                            contact.id(),
                            Records.Kind.CANDIDATE,
                            core.chains.sessionId(receive),
                            entry.suite(),
                            "",
                            core.now().getEpochSecond(),
                            null,
                            Records.key(entry.number()),
                            entry.until()),
                    receive);
        }
    }

    /** A card has come: its owner may be the one who opened. */
    void known(StoreTransaction tx, Memory memory, AfterCommit after, ContactConversation contact)
            throws StoreException {
        for (Records.Accepted entry : by(tx, contact)) {
            read(tx, memory, after, contact, entry);
        }
    }

    /** It is known who opened: the seeds go, and the chains of those who did not. @param own the chain of the one who did; -1 */
    void decide(StoreTransaction tx, Memory memory, AfterCommit after, int number, int own) throws StoreException {
        tx.delete(Records.ACCEPTED, Records.key(number));
        byte[] handshake = Records.key(number);
        for (ReceiveChainState track : memory.tracks()) {
            if (track.entry.kind() == Records.Kind.CANDIDATE
                    && track.entry.number() != own
                    && Arrays.equals(track.entry.handshake(), handshake)) {
                tx.delete(Records.RECEIVE_CHAINS, Records.key(track.entry.number()));
                after.then(() -> SessionChains.remove(core, memory, track));
            }
        }
    }
}
