package org.partyline.session;

import com.southernstorm.noise.protocol.CipherState;
import com.southernstorm.noise.protocol.CipherStatePair;
import com.southernstorm.noise.protocol.DHState;
import com.southernstorm.noise.protocol.HandshakeState;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.partyline.api.SecretBytes;
import org.partyline.api.session.HandshakeRefusedException;

/**
 * Runs one side of Noise_IK_25519_ChaChaPoly_SHA256 (Noise revision 34) over noise-java. Not thread-safe.
 *
 * <p>The library draws ephemeral keys from its own source, and its state cannot be stored. So the key is always given:
 * to continue later, the first message is created again with the same key, which results in the same state. The library
 * does not reject all-zero shared secrets either, so this class does.
 */
final class NoiseIk implements AutoCloseable {
    /** First message without its payload: ephemeral key, sealed static key, tag of the payload. */
    static final int FIRST_OVERHEAD = 32 + 32 + 16 + 16;
    /** Second message without its payload: ephemeral key, tag of the payload. */
    static final int SECOND_OVERHEAD = 32 + 16;

    private static final String PROTOCOL = "Noise_IK_25519_ChaChaPoly_SHA256";

    private final HandshakeState state;
    private final SecretBytes ownStatic;
    private final boolean initiator;
    private @Nullable CipherStatePair ciphers;

    private NoiseIk(boolean initiator, byte[] prologue, SecretBytes ownStatic, SecretBytes ephemeral) {
        this.initiator = initiator;
        this.ownStatic = ownStatic;
        try {
            state = new HandshakeState(PROTOCOL, initiator ? HandshakeState.INITIATOR : HandshakeState.RESPONDER);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the Noise library lacks " + PROTOCOL, e);
        }
        state.setPrologue(prologue, 0, prologue.length);
        setPrivate(state.getLocalKeyPair(), ownStatic);
        setPrivate(state.getFixedEphemeralKey(), ephemeral);
    }

    /**
     * @param ownStatic 32 bytes; must outlive this
     * @param ephemeral 32 bytes, fresh, copied
     * @param peerStatic 32 bytes
     * @throws HandshakeRefusedException if the peer's key is of low order
     */
    static NoiseIk initiator(byte[] prologue, SecretBytes ownStatic, SecretBytes ephemeral, byte[] peerStatic)
            throws HandshakeRefusedException {
        Curve.requireContributory(ownStatic, peerStatic);
        NoiseIk noise = new NoiseIk(true, prologue, ownStatic, ephemeral);
        noise.state.getRemotePublicKey().setPublicKey(peerStatic, 0);
        noise.state.start();
        return noise;
    }

    /**
     * @param ownStatic 32 bytes; must outlive this
     * @param ephemeral 32 bytes, fresh, copied
     */
    static NoiseIk responder(byte[] prologue, SecretBytes ownStatic, SecretBytes ephemeral) {
        NoiseIk noise = new NoiseIk(false, prologue, ownStatic, ephemeral);
        noise.state.start();
        return noise;
    }

    /** Creates this side's message. */
    byte[] write(byte[] payload) {
        byte[] message = new byte[(initiator ? FIRST_OVERHEAD : SECOND_OVERHEAD) + payload.length];
        try {
            int length = state.writeMessage(message, 0, payload, 0, payload.length);
            if (length != message.length) {
                throw new IllegalStateException("a Noise message has " + message.length + " bytes, not " + length);
            }
            return message;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the Noise library cannot write", e);
        }
    }

    /**
     * Reads the other side's message.
     *
     * @return its payload
     * @throws HandshakeRefusedException if it is forged or for someone else, or if a key in it is of low order
     */
    byte[] read(byte[] message) throws HandshakeRefusedException {
        int overhead = initiator ? SECOND_OVERHEAD : FIRST_OVERHEAD;
        if (message.length < overhead) {
            throw new HandshakeRefusedException("a handshake message of " + message.length + " bytes is too short");
        }
        Curve.requireContributory(ownStatic, Arrays.copyOf(message, Curve.LENGTH));
        byte[] payload = new byte[message.length - overhead];
        try {
            state.readMessage(message, 0, message.length, payload, 0);
        } catch (GeneralSecurityException e) {
            throw new HandshakeRefusedException("the handshake message is forged, or is not for this key");
        }
        if (!initiator) {
            Curve.requireContributory(ownStatic, peerStatic());
        }
        return payload;
    }

    /** The other side's static key: a responder knows it once {@link #read} has proven it. */
    byte[] peerStatic() {
        byte[] key = new byte[Curve.LENGTH];
        state.getRemotePublicKey().getPublicKey(key, 0);
        return key;
    }

    /** The two ciphers, after both messages. They are wiped with this object. */
    CipherStatePair split() {
        ciphers = state.split();
        return ciphers;
    }

    /**
     * The seed that PROTOCOL 6 derives from a cipher: the first 32 bytes of 32 zero bytes sealed at nonce 0.
     *
     * @return the caller wipes it
     */
    static SecretBytes seed(CipherState cipher) {
        byte[] sealed = new byte[Curve.LENGTH + cipher.getMACLength()];
        try {
            cipher.encryptWithAd(null, new byte[Curve.LENGTH], 0, sealed, 0, Curve.LENGTH);
            return SecretBytes.wrap(Arrays.copyOf(sealed, Curve.LENGTH));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the Noise library cannot seal", e);
        } finally {
            Arrays.fill(sealed, (byte) 0);
        }
    }

    @Override
    public void close() {
        state.destroy();
        if (ciphers != null) {
            ciphers.destroy();
        }
    }

    private static void setPrivate(DHState key, SecretBytes secret) {
        if (secret.length() != Curve.LENGTH) {
            throw new IllegalArgumentException("an X25519 private key has 32 bytes, not " + secret.length());
        }
        key.setPrivateKey(secret.expose(), 0);
    }
}
