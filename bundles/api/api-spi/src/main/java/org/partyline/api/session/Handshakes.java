package org.partyline.api.session;

import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;

/**
 * Performs the cryptography of pairwise sessions (PROTOCOL 6): inbox, Noise_IK_25519_ChaChaPoly_SHA256, KEY_UPDATE. A
 * service; stateless and thread-safe: callers store each side's state and pass it in again.
 */
@ProviderType
public interface Handshakes {
    /** Length of a HANDSHAKE_INIT's body in bytes: offer, reply secret, first Noise message. */
    int INIT_LENGTH = 1 + 16 + 96;
    /** Length of a HANDSHAKE_RESP's body in bytes. */
    int RESP_LENGTH = 49;
    /** Length of a KEY_UPDATE's body in bytes. */
    int KEY_UPDATE_LENGTH = 32;
    /**
     * Length of the body of a KEY_UPDATE with a post-quantum secret: its key, the exchange's id, a tag (PROTOCOL 6.2).
     */
    int PROTECTED_UPDATE_LENGTH = KEY_UPDATE_LENGTH + 2 + 8;
    /** An offer is one byte with a bit for each suite: sessions use suites with the codes 1 to this. */
    int MOST_SUITE_CODE = 8;

    // ---- inbox

    /** @param inboxSecret 16 bytes @return 32 bytes, the caller wipes it */
    SecretBytes inboxRoot(SecretBytes inboxSecret, Network network);

    /** The key for recognising packets to this inbox. @return 32 bytes, the caller wipes it */
    SecretBytes inboxBeacon(SecretBytes inboxRoot);

    /**
     * The packet secret of a sealed packet for an inbox.
     *
     * @param locator 16 bytes
     * @return 32 bytes, the caller wipes it
     */
    SecretBytes inboxPacketSecret(SecretBytes inboxRoot, byte[] locator);

    // ---- handshake

    /**
     * Begins a handshake.
     *
     * @param own the initiator's keys
     * @param peer the responder, both keys from the card
     * @param offer suites that may be used; not empty; each can seal, and has a code that can be offered
     * @throws HandshakeRefusedException if the card's key is of low order
     */
    Initiation initiate(Network network, IdentityKeys own, PublicIdentity peer, Set<AeadId> offer, SecureRandom random)
            throws HandshakeRefusedException;

    /**
     * A handshake that was begun.
     *
     * @param body of the HANDSHAKE_INIT
     * @param state the input of {@link #complete}; secret: the caller stores and wipes it
     * @param replyChainKey CK_0 of the chain of the answer; the caller wipes it
     * @param replySuite the suite of the answer's packet: the lowest one offered
     */
    record Initiation(byte[] body, SecretBytes state, SecretBytes replyChainKey, AeadId replySuite)
            implements AutoCloseable {
        @Override
        public void close() {
            state.close();
            replyChainKey.close();
        }
    }

    /**
     * Answers a handshake. It proves the initiator's X25519 key and nothing else. If several identities show this key,
     * the first packet that opens on a chain of {@link #sessionChainKey} shows which of them is the initiator.
     *
     * @param own the responder's keys
     * @param body of the HANDSHAKE_INIT
     * @param allowed suites that may be used here, in order of preference
     * @throws HandshakeRefusedException if the body is malformed or was not made for both keys of this card, if no
     *     offered suite is allowed, or if a shared secret is all zeros
     */
    Acceptance accept(Network network, IdentityKeys own, byte[] body, List<AeadId> allowed, SecureRandom random)
            throws HandshakeRefusedException;

    /**
     * A handshake that was answered.
     *
     * @param peerPublic the initiator's X25519 key, 32 bytes: proven by the handshake
     * @param chosen the suite of the session
     * @param replyChainKey CK_0 of the answer's chain
     * @param replySuite the suite of the answer's packet
     * @param response body of the HANDSHAKE_RESP
     * @param sendSeed of the chain from us to them, 32 bytes
     * @param receiveSeed of the chain from them to us, 32 bytes
     */
    record Acceptance(
            byte[] peerPublic,
            AeadId chosen,
            SecretBytes replyChainKey,
            AeadId replySuite,
            byte[] response,
            SecretBytes sendSeed,
            SecretBytes receiveSeed)
            implements AutoCloseable {
        @Override
        public void close() {
            replyChainKey.close();
            sendSeed.close();
            receiveSeed.close();
        }
    }

    /**
     * CK_0 of one direction of a session between two identities.
     *
     * @param seed of the direction, 32 bytes
     * @return 32 bytes, the caller wipes it
     */
    SecretBytes sessionChainKey(Network network, SecretBytes seed, PublicIdentity initiator, PublicIdentity responder);

    /**
     * Completes a handshake that {@link #initiate} began.
     *
     * @param state the state of the initiation
     * @param own the same keys as in the initiation
     * @param peer the same identity as in the initiation
     * @param body of the HANDSHAKE_RESP
     * @throws HandshakeRefusedException if it is not the answer, or selects a suite that was not offered
     */
    Completion complete(Network network, SecretBytes state, IdentityKeys own, PublicIdentity peer, byte[] body)
            throws HandshakeRefusedException;

    /**
     * A completed handshake.
     *
     * @param chosen the code of the session's suite, one of those offered
     * @param sendChainKey CK_0 from us to them
     * @param receiveChainKey CK_0 from them to us
     */
    record Completion(int chosen, SecretBytes sendChainKey, SecretBytes receiveChainKey) implements AutoCloseable {
        @Override
        public void close() {
            sendChainKey.close();
            receiveChainKey.close();
        }
    }

    // ---- key update

    /** A fresh X25519 key pair; the caller wipes the private half. */
    Ephemeral ephemeral(SecureRandom random);

    /**
     * An ephemeral key pair.
     *
     * @param privateKey 32 bytes
     * @param publicKey 32 bytes: the body of a KEY_UPDATE
     */
    record Ephemeral(SecretBytes privateKey, byte[] publicKey) implements AutoCloseable {
        @Override
        public void close() {
            privateKey.close();
        }
    }

    /**
     * The new CK_0 of one direction.
     *
     * @param ownPrivate our ephemeral key
     * @param peerPublic theirs
     * @param salt HMAC(CK_{k+1}, 0x05) of the direction: {@code rekeySalt} of its chain
     * @return 32 bytes, the caller wipes it
     * @throws HandshakeRefusedException if the shared secret is all zeros
     */
    SecretBytes rekey(Network network, SecretBytes ownPrivate, byte[] peerPublic, SecretBytes salt)
            throws HandshakeRefusedException;

    // ---- post-quantum key exchange (PROTOCOL 6.2)

    /** The id of an exchange. @param encapsulationKey the whole key @return 2 bytes */
    byte[] exchangeId(byte[] encapsulationKey);

    /**
     * Proves in a KEY_UPDATE that its sender has the exchange's secret.
     *
     * @param secret the shared secret
     * @param ephemeral the X25519 public key of the KEY_UPDATE, 32 bytes
     * @return 8 bytes
     */
    byte[] exchangeTag(SecretBytes secret, byte[] ephemeral);

    /** The transcript of an exchange: a hash of its encapsulation key and its ciphertext. @return 32 bytes */
    byte[] exchangeHash(byte[] encapsulationKey, byte[] ciphertext);

    /**
     * The new CK_0 of one direction, including a post-quantum secret.
     *
     * @param ownPrivate our ephemeral key
     * @param peerPublic theirs
     * @param salt HMAC(CK_{k+1}, 0x05) of the direction: {@code rekeySalt} of its chain
     * @param secret the exchange's secret
     * @param exchangeHash the result of {@link #exchangeHash}
     * @return 32 bytes, the caller wipes it
     * @throws HandshakeRefusedException if the X25519 secret is all zeros
     */
    SecretBytes rekey(
            Network network,
            SecretBytes ownPrivate,
            byte[] peerPublic,
            SecretBytes salt,
            SecretBytes secret,
            byte[] exchangeHash)
            throws HandshakeRefusedException;
}
