package org.partyline.api.packet;

import org.partyline.api.crypto.AeadId;

/**
 * A packet that was opened.
 *
 * @param content its content
 * @param suite the cipher that opened it
 * @param nonce the derived nonce
 * @param ciphertext without its tag
 * @param tag 16 bytes
 * @param signedPart the plaintext bytes that a signature covers, from offset 0 up to the signature, then the body;
 *     empty if the packet is not signed
 */
public record OpenedPacket(
        Content content, AeadId suite, byte[] nonce, byte[] ciphertext, byte[] tag, byte[] signedPart) {
    /** Does not show the content. */
    @Override
    public String toString() {
        return "OpenedPacket[" + content + ", " + suite + "]";
    }
}
