package org.partyline.api.packet;

import org.osgi.annotation.versioning.ConsumerType;

/** Pads a plaintext to its bucket's capacity: 0x80, then zero bytes (PROTOCOL 2.3). A service; stateless. */
@ConsumerType
public interface Padding {
    /**
     * @param content at most {@code capacity - 1} bytes
     * @param capacity the length to reach, in bytes
     * @return exactly {@code capacity} bytes
     * @throws IllegalArgumentException if there is no room for the marker
     */
    byte[] pad(byte[] content, int capacity);

    /**
     * @param padded a decrypted plaintext
     * @return the content before the marker
     * @throws RefusedContentException if the padding is not 0x80 00…
     */
    byte[] unpad(byte[] padded) throws RefusedContentException;
}
