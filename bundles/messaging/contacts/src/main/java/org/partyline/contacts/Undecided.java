package org.partyline.contacts;

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
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactInbox;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.sessions.AcceptedHandshake;
import org.partyline.messaging.sessions.AcceptedHandshakeBuilder;
import org.partyline.messaging.state.AfterCommit;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Keeps handshakes that were answered but whose initiators have sent nothing yet. A handshake proves an X25519 key, but
 * a card may show another person's key. So a chain is read for each contact that shows the key, and the first packet
 * that opens identifies the initiator (PROTOCOL 6). Until then the seeds are kept, for a card with this key that may
 * still be added. Runs under the state lock.
 */
final class Undecided {
    /** How long the initiator reads the answer; it writes after that. */
    static final Duration LIFE = HandshakeLimits.OFFER_LIFE;

    private final SessionProtocol protocol;
    private final StoredSessionChains chains;

    Undecided(SessionProtocol protocol, StoredSessionChains chains) {
        this.protocol = protocol;
        this.chains = chains;
    }

    /** Stores the result of an answered handshake. */
    AcceptedHandshake keep(
            StoreTransaction tx,
            ContactInbox contactInbox,
            PublicIdentity own,
            Handshakes.Acceptance accepted,
            long initTime)
            throws StoreException {
        AcceptedHandshake entry = AcceptedHandshakeBuilder.builder()
                .number((int) Tables.next(tx, "accepted"))
                .persona(contactInbox.persona())
                .network(contactInbox.network().code())
                .ownSigning(own.signing())
                .ownAgreement(own.agreement())
                .peer(accepted.peerPublic())
                .suite(accepted.chosen().code())
                .sendSeed(accepted.sendSeed().expose().clone())
                .receiveSeed(accepted.receiveSeed().expose().clone())
                .initTime(initTime)
                .until(protocol.clock().instant().plus(LIFE).toEpochMilli())
                .build();
        Tables.putSecret(
                tx,
                AcceptedHandshake.TABLE,
                Keys.of(entry.number()),
                Keys.of(entry.persona()),
                entry,
                Instant.ofEpochMilli(entry.until()));
        return entry;
    }

    /** The handshake of a chain; empty once it is decided, or its time is over. */
    Optional<AcceptedHandshake> of(StoreTransaction tx, ReceiveChainRecord chain) throws StoreException {
        return Tables.find(
                tx,
                AcceptedHandshake.TABLE,
                Keys.of(ByteBuffer.wrap(chain.handshake()).getLong()),
                AcceptedHandshake.class);
    }

    /** The handshakes of a persona that a contact's X25519 key has opened. */
    private static List<AcceptedHandshake> by(StoreTransaction tx, ContactConversation contact) throws StoreException {
        return Tables.read(tx.list(AcceptedHandshake.TABLE, Keys.of(contact.persona())), AcceptedHandshake.class)
                .stream()
                .filter(entry -> entry.network() == contact.network().code())
                .filter(entry -> Arrays.equals(entry.peer(), contact.entry.agreement()))
                .toList();
    }

    /** CK_0 from us to a contact, if it is the initiator. The caller wipes it. */
    SecretBytes sendKey(AcceptedHandshake entry, ContactConversation contact) {
        return key(entry, contact, entry.sendSeed());
    }

    /** CK_0 from a contact to us, if it is the initiator. The caller wipes it. */
    SecretBytes receiveKey(AcceptedHandshake entry, ContactConversation contact) {
        return key(entry, contact, entry.receiveSeed());
    }

    private SecretBytes key(AcceptedHandshake entry, ContactConversation contact, byte[] seed) {
        try (SecretBytes secret = SecretBytes.copyOf(seed)) {
            return protocol.handshakes()
                    .sessionChainKey(
                            contact.network(),
                            secret,
                            contact.identity().orElseThrow(),
                            new PublicIdentity(entry.ownSigning(), entry.ownAgreement()));
        }
    }

    /** Reads the chain on which a contact would write, if it is the initiator. */
    void read(StoreTransaction tx, AfterCommit after, ContactConversation contact, AcceptedHandshake entry)
            throws StoreException {
        try (SecretBytes receive = receiveKey(entry, contact)) {
            chains.read(
                    tx,
                    after,
                    ReceiveChainRecordBuilder.builder()
                            .number((int) Tables.next(tx, "chain"))
                            .membership(contact.id())
                            .kind(ChainKind.CANDIDATE)
                            .session(protocol.chains().sessionId(receive))
                            .suite(entry.suite())
                            .nickname("")
                            .opened(protocol.clock().instant().getEpochSecond())
                            .chain(new byte[0])
                            .handshake(Keys.of(entry.number()))
                            .retires(entry.until())
                            .build(),
                    receive);
        }
    }

    /** Called when a card was added: its owner may be the initiator. */
    void known(StoreTransaction tx, AfterCommit after, ContactConversation contact) throws StoreException {
        for (AcceptedHandshake entry : by(tx, contact)) {
            read(tx, after, contact, entry);
        }
    }

    /**
     * Called when the initiator is known: the seeds are erased, and the chains of the others. @param own the
     * initiator's chain; -1
     */
    void decide(StoreTransaction tx, AfterCommit after, int number, int own) throws StoreException {
        tx.delete(AcceptedHandshake.TABLE, Keys.of(number));
        byte[] handshake = Keys.of(number);
        for (ReceiveChainState chain : chains.all()) {
            if (chain.entry.kind() == ChainKind.CANDIDATE
                    && chain.entry.number() != own
                    && Arrays.equals(chain.entry.handshake(), handshake)) {
                tx.delete(ReceiveChainRecord.TABLE, Keys.of(chain.entry.number()));
                after.then(() -> chains.remove(chain));
            }
        }
    }
}
