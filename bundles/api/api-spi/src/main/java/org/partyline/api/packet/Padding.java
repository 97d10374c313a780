package org.partyline.api.packet;

import org.osgi.annotation.versioning.ConsumerType;

/** Pads a plaintext to its bucket's capacity: 0x80, then zero bytes (PROTOCOL 2.3). A service; stateless. */
@ConsumerType
public interface Padding {
    /**
     * @param content at most {@code capacity - 1} bytes
     * @param capacity the length to reach, in bytes
     * @return exactly {@code capacity} bytes
     * @throws IllegalArgumentException when the content does not leave room for the marker
     */
    byte[] pad(byte[] content, int capacity);

    /**
     * @param padded a plaintext as it came out of the AEAD
     * @return the content before the marker
     * @throws RefusedContentException when the padding is not 0x80 00…
     */
    byte[] unpad(byte[] padded) throws RefusedContentException;
}
