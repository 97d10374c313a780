package org.partyline.secretskeyring;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;

/**
 * Encrypts secrets in transit on the bus, so that no buffer of the bus holds them in clear: the Secret Service API's
 * algorithm {@value #ALGORITHM}. It is Diffie-Hellman in the 1024-bit group of RFC 2409 section 6.2, HKDF-SHA256,
 * AES-128 in CBC mode; the specification has no better algorithm. It does not protect a secret from anyone who can ask
 * the keyring itself.
 */
final class TransferKey implements AutoCloseable {
    static final String ALGORITHM = "dh-ietf1024-sha256-aes128-cbc-pkcs7";

    /** The prime of the group. */
    static final BigInteger PRIME = new BigInteger(
            "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
                    + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                    + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
            16);

    private static final BigInteger GENERATOR = BigInteger.TWO;
    private static final int PRIME_LENGTH = 128;
    private static final int KEY = 16;
    private static final int BLOCK = 16;

    private final SecretBytes key;
    private final SecureRandom random;

    private TransferKey(SecretBytes key, SecureRandom random) {
        this.key = key;
        this.random = random;
    }

    /** A private value for one session. */
    static BigInteger newPrivate(SecureRandom random) {
        // Twice the strength of the group is more than enough, and its length reveals nothing.
        return new BigInteger(8 * PRIME_LENGTH - 1, random)
                .mod(PRIME.subtract(GENERATOR))
                .add(BigInteger.ONE);
    }

    /** The public value for the other side. */
    static byte[] publicOf(BigInteger own) {
        return fixed(GENERATOR.modPow(own, PRIME));
    }

    /** @throws GeneralSecurityException if the other side's value is not a valid element of the group */
    static TransferKey agree(BigInteger own, byte[] other, SecureRandom random) throws GeneralSecurityException {
        BigInteger theirs = new BigInteger(1, other);
        if (theirs.compareTo(BigInteger.ONE) <= 0 || theirs.compareTo(PRIME.subtract(BigInteger.ONE)) >= 0) {
            throw new GeneralSecurityException("the keyring sent no usable public value");
        }
        byte[] shared = fixed(theirs.modPow(own, PRIME));
        try {
            return new TransferKey(SecretBytes.wrap(Hkdf.derive(shared, new byte[0], new byte[0], KEY)), random);
        } finally {
            Arrays.fill(shared, (byte) 0);
        }
    }

    /** @return the initialisation vector and the ciphertext */
    byte[][] encrypt(byte[] plain) throws GeneralSecurityException {
        byte[] vector = new byte[BLOCK];
        random.nextBytes(vector);
        return new byte[][] {vector, cipher(Cipher.ENCRYPT_MODE, vector).doFinal(plain)};
    }

    /** @return the caller wipes it */
    SecretBytes decrypt(byte[] vector, byte[] encrypted) throws GeneralSecurityException {
        return SecretBytes.wrap(cipher(Cipher.DECRYPT_MODE, vector).doFinal(encrypted));
    }

    private Cipher cipher(int mode, byte[] vector) throws GeneralSecurityException {
        // The mode that the API prescribes. A value is compared after it was stored, or is authenticated where it is
        // used.
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(mode, new SecretKeySpec(key.expose(), "AES"), new IvParameterSpec(vector));
        return cipher;
    }

    /** As many bytes as the prime has, whatever the number is. */
    private static byte[] fixed(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[PRIME_LENGTH];
        int length = Math.min(bytes.length, PRIME_LENGTH);
        System.arraycopy(bytes, bytes.length - length, fixed, PRIME_LENGTH - length, length);
        Arrays.fill(bytes, (byte) 0);
        return fixed;
    }

    @Override
    public void close() {
        key.close();
    }
}
