package org.partyline.api.packet;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;

/** Seals and opens packets (PROTOCOL 2.2, 2.3, 9). A service; stateless and thread-safe. */
@ProviderType
public interface PacketCodec {
    /**
     * The number of plaintext bytes of a content, including the first byte of padding. The smallest bucket that fits is
     * the first whose {@link Packets#capacity} is at least this.
     */
    int length(Content content);

    /**
     * Encodes, pads and seals.
     *
     * @param content the content
     * @param key used for this packet only
     * @param suite any that seals
     * @param bucket one of {@link Packets#BUCKETS}
     * @return the packet, exactly {@code bucket} bytes
     * @throws IllegalArgumentException if the content does not fit the bucket, or there is no such bucket
     */
    byte[] seal(Content content, PacketKey key, AeadSuite suite, int bucket);

    /**
     * Opens a packet and checks its content.
     *
     * @param packet its length is a bucket's, its first byte is the version, and its locator is the key's
     * @param key the key's inputs
     * @param suite the cipher to try
     * @param reference the receiver's clock, or the block's time for a packet that was first seen in a block
     * @throws AuthenticationFailedException if the wire form is wrong or the tag does not match
     * @throws RefusedContentException if the content breaks a rule of PROTOCOL 2.3
     */
    OpenedPacket open(byte[] packet, PacketKey key, AeadSuite suite, Instant reference)
            throws AuthenticationFailedException, RefusedContentException;

    /**
     * The input of a packet's Ed25519 signature (PROTOCOL 2.3): prefix, label, network, suite, locator, signed part.
     * This prevents the signed text from being sealed again in another place, or with another cipher.
     *
     * @param content with or without a signature
     * @param suite the cipher that seals or opened the packet
     */
    byte[] signatureInput(Content content, PacketKey key, AeadId suite);

    /** The JSON view of PROTOCOL 9: one JSON object, fields in the order of that page. */
    String json(PacketView view);
}
