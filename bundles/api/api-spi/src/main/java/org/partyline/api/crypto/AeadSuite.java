package org.partyline.api.crypto;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * An authenticated cipher. A service: bundles may start and stop at any time, so hold an instance for one operation
 * only.
 *
 * <p>Implementations are thread-safe and keep no key between calls.
 */
@ConsumerType
public interface AeadSuite {
    /** Identifies the cipher: always the same value, which no other bundle claims. */
    AeadId id();

    /**
     * Encrypts and authenticates.
     *
     * @param key 32 bytes
     * @param nonce {@link AeadId#nonceLength()} bytes, used once with this key
     * @param associatedData authenticated, not encrypted; may be empty
     * @param plaintext any length
     * @return ciphertext followed by the 16-byte tag
     * @throws IllegalArgumentException if a length is wrong
     * @throws UnsupportedOperationException if the suite only opens ({@link AeadId#seals()})
     */
    byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext);

    /**
     * Verifies the tag in constant time and decrypts.
     *
     * @param key 32 bytes
     * @param nonce {@link AeadId#nonceLength()} bytes
     * @param associatedData as passed to {@link #seal}
     * @param ciphertext ciphertext followed by the 16-byte tag
     * @return the plaintext
     * @throws AuthenticationFailedException if the tag does not match, or the ciphertext is shorter than a tag
     * @throws IllegalArgumentException if the key's or the nonce's length is wrong
     */
    byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
            throws AuthenticationFailedException;
}
