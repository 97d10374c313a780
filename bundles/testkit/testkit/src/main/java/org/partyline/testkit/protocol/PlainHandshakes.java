package org.partyline.testkit.protocol;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.Packets;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;

/**
 * Unencrypted handshakes over powers of two: each side still proves that it has its private key.
 *
 * <p>An INIT is the offer, the reply secret, an ephemeral key, the initiator's key and a proof; an answer is an
 * ephemeral key, the suite and a proof.
 */
public final class PlainHandshakes implements Handshakes {
    private static final int REPLY_SECRET_LENGTH = 16;
    private static final int ANSWER_PROOF_LENGTH = RESP_LENGTH - Plain.KEY_LENGTH - 1;
    private static final int STATE_LENGTH = 1 + REPLY_SECRET_LENGTH + Plain.KEY_LENGTH;

    @Override
    public SecretBytes inboxRoot(SecretBytes inboxSecret, Network network) {
        Plain.requireLength("an inbox secret", ContactCard.INBOX_SECRET_LENGTH, inboxSecret.length());
        return Plain.secret("inbox", inboxSecret.expose(), Plain.of(network));
    }

    @Override
    public SecretBytes inboxBeacon(SecretBytes inboxRoot) {
        return Plain.secret("inbox beacon", inboxRoot.expose());
    }

    @Override
    public SecretBytes inboxPacketSecret(SecretBytes inboxRoot, byte[] locator) {
        Plain.requireLength("the locator of a sealed packet", Packets.SEALED_LOCATOR, locator.length);
        return Plain.secret("inbox packet", inboxRoot.expose(), locator);
    }

    @Override
    public Initiation initiate(
            Network network, IdentityKeys own, PublicIdentity peer, Set<AeadId> offer, SecureRandom random)
            throws HandshakeRefusedException {
        if (offer.isEmpty() || offer.stream().anyMatch(suite -> !suite.seals() || suite.code() > MOST_SUITE_CODE)) {
            throw new IllegalArgumentException("this cannot be offered: " + offer);
        }
        byte bits = (byte) offer.stream().mapToInt(suite -> bit(suite.code())).sum();
        byte[] replySecret = Plain.random(random, REPLY_SECRET_LENGTH);
        byte[] ephemeral = Plain.random(random, Plain.KEY_LENGTH);
        byte[] state = ByteBuffer.allocate(STATE_LENGTH)
                .put(bits)
                .put(replySecret)
                .put(ephemeral)
                .array();
        return new Initiation(
                init(network, own, peer, bits, replySecret, ephemeral),
                SecretBytes.wrap(state),
                replyChainKey(replySecret, network),
                lowest(bits, offer));
    }

    /** Returns the body, which the same keys compute again when the answer has arrived. */
    private static byte[] init(
            Network network, IdentityKeys own, PublicIdentity peer, byte bits, byte[] replySecret, byte[] ephemeral)
            throws HandshakeRefusedException {
        byte[] open = ByteBuffer.allocate(INIT_LENGTH - Plain.KEY_LENGTH)
                .put(bits)
                .put(replySecret)
                .put(Plain.publicKey(ephemeral))
                .put(own.identity().agreement())
                .array();
        byte[] proof = initProof(
                network,
                open,
                peer,
                agree(ephemeral, peer.agreement()),
                agree(own.agreementPrivate().expose(), peer.agreement()));
        return ByteBuffer.allocate(INIT_LENGTH).put(open).put(proof).array();
    }

    private static byte[] initProof(
            Network network, byte[] open, PublicIdentity responder, byte[] byEphemeral, byte[] byIdentity) {
        return Plain.hash("init", Plain.of(network), open, Plain.of(responder), byEphemeral, byIdentity);
    }

    @Override
    public Acceptance accept(Network network, IdentityKeys own, byte[] body, List<AeadId> allowed, SecureRandom random)
            throws HandshakeRefusedException {
        refuseLength("a HANDSHAKE_INIT", INIT_LENGTH, body.length);
        ByteBuffer in = ByteBuffer.wrap(body);
        byte bits = in.get();
        byte[] replySecret = Plain.take(in, REPLY_SECRET_LENGTH);
        byte[] peerEphemeral = Plain.take(in, Plain.KEY_LENGTH);
        byte[] peerPublic = Plain.take(in, Plain.KEY_LENGTH);
        byte[] ownPrivate = own.agreementPrivate().expose();
        byte[] byEphemeral = agree(ownPrivate, peerEphemeral);
        byte[] proof = initProof(
                network,
                Arrays.copyOf(body, INIT_LENGTH - Plain.KEY_LENGTH),
                own.identity(),
                byEphemeral,
                agree(ownPrivate, peerPublic));
        if (!Arrays.equals(proof, Plain.rest(in))) {
            throw new HandshakeRefusedException("the handshake was not made for this card");
        }
        AeadId chosen = allowed.stream()
                .filter(suite -> isOffered(bits, suite))
                .findFirst()
                .orElseThrow(() -> new HandshakeRefusedException("the handshake offers no suite that is allowed here"));
        byte[] ephemeral = Plain.random(random, Plain.KEY_LENGTH);
        byte[] ephemeralPublic = Plain.publicKey(ephemeral);
        byte[] key = key(body, byEphemeral, agree(ephemeral, peerEphemeral), agree(ephemeral, peerPublic));
        return new Acceptance(
                peerPublic,
                chosen,
                replyChainKey(replySecret, network),
                lowest(bits, allowed),
                ByteBuffer.allocate(RESP_LENGTH)
                        .put(ephemeralPublic)
                        .put((byte) chosen.code())
                        .put(answerProof(key, chosen.code()))
                        .array(),
                seedToInitiator(key),
                seedToResponder(key));
    }

    @Override
    public SecretBytes sessionChainKey(
            Network network, SecretBytes seed, PublicIdentity initiator, PublicIdentity responder) {
        Plain.requireLength("the seed of a chain", Plain.KEY_LENGTH, seed.length());
        return Plain.secret("session", seed.expose(), Plain.of(network), Plain.of(initiator), Plain.of(responder));
    }

    @Override
    public Completion complete(Network network, SecretBytes state, IdentityKeys own, PublicIdentity peer, byte[] body)
            throws HandshakeRefusedException {
        Plain.requireLength("the state of a handshake", STATE_LENGTH, state.length());
        refuseLength("a HANDSHAKE_RESP", RESP_LENGTH, body.length);
        ByteBuffer stored = ByteBuffer.wrap(state.expose());
        byte bits = stored.get();
        byte[] replySecret = Plain.take(stored, REPLY_SECRET_LENGTH);
        byte[] ephemeral = Plain.rest(stored);
        ByteBuffer in = ByteBuffer.wrap(body);
        byte[] peerEphemeral = Plain.take(in, Plain.KEY_LENGTH);
        int code = Byte.toUnsignedInt(in.get());
        byte[] key = key(
                init(network, own, peer, bits, replySecret, ephemeral),
                agree(ephemeral, peer.agreement()),
                agree(ephemeral, peerEphemeral),
                agree(own.agreementPrivate().expose(), peerEphemeral));
        if (!Arrays.equals(answerProof(key, code), Plain.rest(in))) {
            throw new HandshakeRefusedException("this is not the answer to the handshake");
        }
        if (!isOffered(bits, code)) {
            throw new HandshakeRefusedException("the answer chose suite " + code + ", which was not offered");
        }
        try (SecretBytes send = seedToResponder(key);
                SecretBytes receive = seedToInitiator(key)) {
            return new Completion(
                    code,
                    sessionChainKey(network, send, own.identity(), peer),
                    sessionChainKey(network, receive, own.identity(), peer));
        }
    }

    @Override
    public Ephemeral ephemeral(SecureRandom random) {
        byte[] privateKey = Plain.random(random, Plain.KEY_LENGTH);
        return new Ephemeral(SecretBytes.wrap(privateKey), Plain.publicKey(privateKey));
    }

    @Override
    public SecretBytes rekey(Network network, SecretBytes ownPrivate, byte[] peerPublic, SecretBytes salt)
            throws HandshakeRefusedException {
        Plain.requireLength("the salt of a key update", Plain.KEY_LENGTH, salt.length());
        refuseLength("a KEY_UPDATE", KEY_UPDATE_LENGTH, peerPublic.length);
        return Plain.secret("rekey", Plain.of(network), agree(ownPrivate.expose(), peerPublic), salt.expose());
    }

    @Override
    public byte[] exchangeId(byte[] encapsulationKey) {
        return Arrays.copyOf(Plain.hash("exchange id", encapsulationKey), 2);
    }

    @Override
    public byte[] exchangeTag(SecretBytes secret, byte[] ephemeral) {
        return Arrays.copyOf(Plain.hash("exchange tag", secret.expose(), ephemeral), 8);
    }

    @Override
    public byte[] exchangeHash(byte[] encapsulationKey, byte[] ciphertext) {
        return Plain.hash("exchange", encapsulationKey, ciphertext);
    }

    @Override
    public SecretBytes rekey(
            Network network,
            SecretBytes ownPrivate,
            byte[] peerPublic,
            SecretBytes salt,
            SecretBytes secret,
            byte[] exchangeHash)
            throws HandshakeRefusedException {
        try (SecretBytes plain = rekey(network, ownPrivate, peerPublic, salt)) {
            return Plain.secret("rekey kem", plain.expose(), secret.expose(), exchangeHash);
        }
    }

    private static byte[] agree(byte[] privateKey, byte[] publicKey) throws HandshakeRefusedException {
        byte[] shared = Plain.shared(privateKey, publicKey);
        if (Arrays.equals(shared, new byte[Plain.KEY_LENGTH])) {
            throw new HandshakeRefusedException("the shared secret is all zeros");
        }
        return shared;
    }

    private static SecretBytes replyChainKey(byte[] replySecret, Network network) {
        return Plain.secret("reply", replySecret, Plain.of(network));
    }

    /** Derived from three agreements: the first uses the responder's key, the last the initiator's. */
    private static byte[] key(byte[] init, byte[] byEphemeral, byte[] ofEphemerals, byte[] ofInitiator) {
        return Plain.hash("handshake", init, byEphemeral, ofEphemerals, ofInitiator);
    }

    private static byte[] answerProof(byte[] key, int code) {
        return Arrays.copyOf(Plain.hash("answer", key, new byte[] {(byte) code}), ANSWER_PROOF_LENGTH);
    }

    private static SecretBytes seedToResponder(byte[] key) {
        return Plain.secret("to the responder", key);
    }

    private static SecretBytes seedToInitiator(byte[] key) {
        return Plain.secret("to the initiator", key);
    }

    /** Returns the suite of the answer's packet. */
    private static AeadId lowest(byte bits, Collection<AeadId> known) throws HandshakeRefusedException {
        return Stream.concat(AeadId.PROTOCOL.stream(), known.stream())
                .filter(suite -> isOffered(bits, suite))
                .min(Comparator.comparingInt(AeadId::code))
                .orElseThrow(() -> new HandshakeRefusedException("the handshake offers no suite"));
    }

    private static boolean isOffered(byte bits, AeadId suite) {
        return suite.seals() && isOffered(bits, suite.code());
    }

    private static boolean isOffered(byte bits, int code) {
        return code >= 1 && code <= MOST_SUITE_CODE && (bits & bit(code)) != 0;
    }

    private static int bit(int code) {
        return 1 << code - 1;
    }

    private static void refuseLength(String what, int expected, int length) throws HandshakeRefusedException {
        if (length != expected) {
            throw new HandshakeRefusedException(what + " has " + expected + " bytes, not " + length);
        }
    }
}
