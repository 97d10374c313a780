package org.partyline.testkit.protocol;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.PublicIdentity;

/** The basis of the plain services: one hash, and powers of two. None of it is secure. */
final class Plain {
    /** The length of keys of every kind, in bytes. */
    static final int KEY_LENGTH = 32;
    /** The length of both halves of a sealed locator: the random one, and its proof. */
    static final int LOCATOR_HALF = 8;
    /** The number of bytes that {@link #put} writes. */
    static final int INSTANT_LENGTH = Long.BYTES + Integer.BYTES;

    private static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    private Plain() {}

    /**
     * SHA-256, with the length before each part, so that no two lists of parts have the same encoding.
     *
     * @param purpose of the result: another purpose gives another result
     */
    static byte[] hash(String purpose, byte[]... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            update(sha256, purpose.getBytes(StandardCharsets.UTF_8));
            for (byte[] part : parts) {
                update(sha256, part);
            }
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void update(MessageDigest digest, byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
        digest.update(part);
    }

    /** The same, to be wiped by the caller. */
    static SecretBytes secret(String purpose, byte[]... parts) {
        return SecretBytes.wrap(hash(purpose, parts));
    }

    /** Returns only the network as a part of a hash. */
    static byte[] of(Network network) {
        return new byte[] {network.code()};
    }

    /** Returns both keys, one after the other. */
    static byte[] of(PublicIdentity identity) {
        return ByteBuffer.allocate(2 * KEY_LENGTH)
                .put(identity.signing())
                .put(identity.agreement())
                .array();
    }

    /** Returns the second half of a sealed locator. */
    static byte[] proof(SecretBytes beacon, byte[] r) {
        return Arrays.copyOf(hash("locator", beacon.expose(), r), LOCATOR_HALF);
    }

    /** Returns two to the power of the private key. */
    static byte[] publicKey(byte[] privateKey) {
        return power(BigInteger.TWO, privateKey);
    }

    /** Returns the result of a Diffie-Hellman agreement, the same on both sides. */
    static byte[] shared(byte[] privateKey, byte[] publicKey) {
        return power(new BigInteger(1, publicKey), privateKey);
    }

    private static byte[] power(BigInteger base, byte[] exponent) {
        byte[] shortest = base.modPow(new BigInteger(1, exponent), PRIME).toByteArray();
        byte[] whole = new byte[KEY_LENGTH];
        System.arraycopy(shortest, 0, whole, KEY_LENGTH - shortest.length, shortest.length);
        return whole;
    }

    static byte[] random(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** @throws BufferUnderflowException if there are fewer bytes */
    static byte[] take(ByteBuffer in, int length) {
        if (in.remaining() < length) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    static byte[] rest(ByteBuffer in) {
        return take(in, in.remaining());
    }

    static void put(ByteBuffer out, Instant time) {
        out.putLong(time.getEpochSecond()).putInt(time.getNano());
    }

    static Instant takeInstant(ByteBuffer in) {
        return Instant.ofEpochSecond(in.getLong(), in.getInt());
    }

    /** @throws IllegalArgumentException if the bytes are not UTF-8 */
    static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the text is not UTF-8", e);
        }
    }

    /** @throws IllegalArgumentException if it has another length */
    static void requireLength(String what, int expected, int length) {
        if (length != expected) {
            throw new IllegalArgumentException(what + " has " + expected + " bytes, not " + length);
        }
    }
}
