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
     * How many plaintext bytes a content needs, the padding's first byte included. The smallest bucket that fits is the
     * first whose {@link Packets#capacity} is at least this.
     */
    int length(Content content);

    /**
     * Encodes, pads and seals.
     *
     * @param content what to say
     * @param key used for this packet only
     * @param suite any that seals
     * @param bucket one of {@link Packets#BUCKETS}
     * @return the packet, exactly {@code bucket} bytes
     * @throws IllegalArgumentException when the content does not fit the bucket, or there is no such bucket
     */
    byte[] seal(Content content, PacketKey key, AeadSuite suite, int bucket);

    /**
     * Opens a packet and checks what it holds.
     *
     * @param packet its length a bucket, its first byte the version, its locator the key's
     * @param key its secret
     * @param suite the cipher to try
     * @param reference the receiver's clock, or the block's time for a packet first met in a block
     * @throws AuthenticationFailedException when the wire form is wrong or the tag does not match
     * @throws RefusedContentException when the content breaks a rule of PROTOCOL 2.3
     */
    OpenedPacket open(byte[] packet, PacketKey key, AeadSuite suite, Instant reference)
            throws AuthenticationFailedException, RefusedContentException;

    /**
     * What an Ed25519 signature of a packet is made over (PROTOCOL 2.3): prefix, label, network, suite, locator, signed
     * part. So the words cannot be sealed once more in another place, or with another cipher, and stay signed.
     *
     * @param content without a signature, or with any
     * @param suite the cipher that seals the packet, or that opened it
     */
    byte[] signatureInput(Content content, PacketKey key, AeadId suite);

    /** The JSON view of PROTOCOL 9: one JSON object, fields in the order of that page. */
    String json(PacketView view);
}
