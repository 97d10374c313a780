package org.partyline.session;

import com.southernstorm.noise.protocol.CipherStatePair;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.Packets;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;

/** Performs handshakes over Noise IK, and key updates over X25519 (PROTOCOL 6). */
@Component
public final class NoiseHandshakes implements Handshakes {
    private static final int INBOX_SECRET_LENGTH = 16;
    private static final int REPLY_SECRET_LENGTH = 16;
    private static final int KEY_LENGTH = 32;
    private static final byte STATE_VERSION = 1;
    /** Version, offer, reply secret, ephemeral private key. */
    private static final int STATE_LENGTH = 1 + 1 + REPLY_SECRET_LENGTH + KEY_LENGTH;

    /** For Declarative Services. */
    public NoiseHandshakes() {}

    @Override
    public SecretBytes inboxRoot(SecretBytes inboxSecret, Network network) {
        requireLength("an inbox secret", INBOX_SECRET_LENGTH, inboxSecret.length());
        return SessionKeys.inboxRoot(inboxSecret, network);
    }

    @Override
    public SecretBytes inboxBeacon(SecretBytes inboxRoot) {
        requireLength("an inbox root", KEY_LENGTH, inboxRoot.length());
        return SessionKeys.inboxBeacon(inboxRoot);
    }

    @Override
    public SecretBytes inboxPacketSecret(SecretBytes inboxRoot, byte[] locator) {
        requireLength("an inbox root", KEY_LENGTH, inboxRoot.length());
        requireLength("the locator of a sealed packet", Packets.SEALED_LOCATOR, locator.length);
        return SessionKeys.inboxPacketSecret(inboxRoot, locator);
    }

    @Override
    public Initiation initiate(
            Network network, IdentityKeys own, PublicIdentity peer, Set<AeadId> offer, SecureRandom random)
            throws HandshakeRefusedException {
        Offer offered = Offer.of(offer);
        try (SecretBytes replySecret = draw(random, REPLY_SECRET_LENGTH);
                SecretBytes ephemeral = draw(random, KEY_LENGTH);
                NoiseIk noise = NoiseIk.initiator(
                        SessionKeys.prologue(network, offered, replySecret, peer),
                        own.agreementPrivate(),
                        ephemeral,
                        peer.agreement())) {
            byte[] body = ByteBuffer.allocate(INIT_LENGTH)
                    .put(offered.bits())
                    .put(replySecret.expose())
                    .put(noise.write(new byte[0]))
                    .array();
            byte[] state = ByteBuffer.allocate(STATE_LENGTH)
                    .put(STATE_VERSION)
                    .put(offered.bits())
                    .put(replySecret.expose())
                    .put(ephemeral.expose())
                    .array();
            return new Initiation(
                    body,
                    SecretBytes.wrap(state),
                    SessionKeys.replyChainKey(replySecret, network),
                    offered.lowest(offer));
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The suite of the answer's packet is the lowest one offered, even if the policy forbids it here: the other side
     * cannot know what is forbidden, and Noise seals the packet's content once more.
     */
    @Override
    public Acceptance accept(Network network, IdentityKeys own, byte[] body, List<AeadId> allowed, SecureRandom random)
            throws HandshakeRefusedException {
        refuseLength("a HANDSHAKE_INIT", INIT_LENGTH, body.length);
        ByteBuffer in = ByteBuffer.wrap(body);
        Offer offer = new Offer(in.get());
        AeadId replySuite = offer.lowest(allowed);
        AeadId chosen = offer.choose(allowed);
        try (SecretBytes replySecret = take(in, REPLY_SECRET_LENGTH);
                SecretBytes ephemeral = draw(random, KEY_LENGTH);
                NoiseIk noise = NoiseIk.responder(
                        SessionKeys.prologue(network, offer, replySecret, own.identity()),
                        own.agreementPrivate(),
                        ephemeral)) {
            noise.read(Arrays.copyOfRange(body, in.position(), body.length));
            byte[] response = noise.write(new byte[] {(byte) chosen.code()});
            Seeds seeds = Seeds.of(noise);
            return new Acceptance(
                    noise.peerStatic(),
                    chosen,
                    SessionKeys.replyChainKey(replySecret, network),
                    replySuite,
                    response,
                    seeds.send(),
                    seeds.receive());
        }
    }

    /** {@inheritDoc} Throws {@link IllegalArgumentException} if the state is not a result of {@link #initiate}. */
    @Override
    public Completion complete(Network network, SecretBytes state, IdentityKeys own, PublicIdentity peer, byte[] body)
            throws HandshakeRefusedException {
        if (state.length() != STATE_LENGTH || state.expose()[0] != STATE_VERSION) {
            throw new IllegalArgumentException("this is not the state of a handshake");
        }
        refuseLength("a HANDSHAKE_RESP", RESP_LENGTH, body.length);
        ByteBuffer in = ByteBuffer.wrap(state.expose(), 1, STATE_LENGTH - 1);
        Offer offer = new Offer(in.get());
        try (SecretBytes replySecret = take(in, REPLY_SECRET_LENGTH);
                SecretBytes ephemeral = take(in, KEY_LENGTH);
                NoiseIk noise = NoiseIk.initiator(
                        SessionKeys.prologue(network, offer, replySecret, peer),
                        own.agreementPrivate(),
                        ephemeral,
                        peer.agreement())) {
            // The same keys create the same first message; only the resulting state is needed.
            noise.write(new byte[0]);
            int code = noise.read(body)[0] & 0xff;
            if (!offer.contains(code)) {
                throw new HandshakeRefusedException("the answer chose suite " + code + ", which was not offered");
            }
            try (Seeds seeds = Seeds.of(noise)) {
                return new Completion(
                        code,
                        SessionKeys.sessionChainKey(seeds.send(), own.identity(), peer, network),
                        SessionKeys.sessionChainKey(seeds.receive(), own.identity(), peer, network));
            }
        }
    }

    @Override
    public SecretBytes sessionChainKey(
            Network network, SecretBytes seed, PublicIdentity initiator, PublicIdentity responder) {
        requireLength("the seed of a session's chain", KEY_LENGTH, seed.length());
        return SessionKeys.sessionChainKey(seed, initiator, responder, network);
    }

    @Override
    public Ephemeral ephemeral(SecureRandom random) {
        SecretBytes privateKey = draw(random, KEY_LENGTH);
        return new Ephemeral(privateKey, Curve.publicKey(privateKey));
    }

    @Override
    public SecretBytes rekey(Network network, SecretBytes ownPrivate, byte[] peerPublic, SecretBytes salt)
            throws HandshakeRefusedException {
        requireLength("the salt of a key update", KEY_LENGTH, salt.length());
        refuseLength("a KEY_UPDATE", KEY_UPDATE_LENGTH, peerPublic.length);
        try (SecretBytes shared = Curve.agree(ownPrivate, peerPublic);
                SecretBytes seed = SessionKeys.rekeySeed(shared, salt)) {
            return SessionKeys.rekeyedChainKey(seed, network);
        }
    }

    @Override
    public byte[] exchangeId(byte[] encapsulationKey) {
        return Arrays.copyOf(SessionKeys.hash(encapsulationKey), 2);
    }

    @Override
    public byte[] exchangeTag(SecretBytes secret, byte[] ephemeral) {
        requireLength("an ephemeral key", KEY_UPDATE_LENGTH, ephemeral.length);
        return SessionKeys.exchangeTag(secret, ephemeral);
    }

    @Override
    public byte[] exchangeHash(byte[] encapsulationKey, byte[] ciphertext) {
        return SessionKeys.hash(encapsulationKey, ciphertext);
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
        requireLength("the salt of a key update", KEY_LENGTH, salt.length());
        requireLength("the secret of an exchange", KEY_LENGTH, secret.length());
        requireLength("the hash of an exchange", KEY_LENGTH, exchangeHash.length);
        refuseLength("the key of a KEY_UPDATE", KEY_UPDATE_LENGTH, peerPublic.length);
        try (SecretBytes shared = Curve.agree(ownPrivate, peerPublic);
                SecretBytes seed = SessionKeys.rekeySeed(shared, secret, salt, exchangeHash)) {
            return SessionKeys.rekeyedChainKey(seed, network);
        }
    }

    private static SecretBytes draw(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return SecretBytes.wrap(bytes);
    }

    private static SecretBytes take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return SecretBytes.wrap(bytes);
    }

    private static void requireLength(String what, int expected, int length) {
        if (length != expected) {
            throw new IllegalArgumentException(what + " has " + expected + " bytes, not " + length);
        }
    }

    private static void refuseLength(String what, int expected, int length) throws HandshakeRefusedException {
        if (length != expected) {
            throw new HandshakeRefusedException(what + " has " + expected + " bytes, not " + length);
        }
    }

    /** The chain seeds of both directions, as this side sees them. */
    private record Seeds(SecretBytes send, SecretBytes receive) implements AutoCloseable {
        static Seeds of(NoiseIk noise) {
            CipherStatePair ciphers = noise.split();
            return new Seeds(NoiseIk.seed(ciphers.getSender()), NoiseIk.seed(ciphers.getReceiver()));
        }

        @Override
        public void close() {
            send.close();
            receive.close();
        }
    }
}
