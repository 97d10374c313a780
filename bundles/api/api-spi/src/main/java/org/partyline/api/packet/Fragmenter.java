package org.partyline.api.packet;

import java.security.SecureRandom;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Splits messages into packets, and joins fragments (PROTOCOL 7). A service; stateless and thread-safe. */
@ProviderType
public interface Fragmenter {
    /**
     * Returns one packet in the smallest bucket that fits. If none does, returns FRAGMENT packets, each in the largest
     * allowed bucket, and the last in the smallest that fits.
     *
     * @param draft the message; if it is signed, each packet has 64 zero bytes in place of the signature
     * @param label determines the locator's length
     * @param maxBucket the largest allowed bucket, one of {@link Packets#BUCKETS}
     * @param random for the message id
     * @throws PayloadTooLargeException names the limit
     * @throws IllegalArgumentException if a draft that starts a chain does not fit one packet: see {@link #fitsOne}
     */
    List<PlannedPacket> plan(Draft draft, PacketLabel label, int maxBucket, SecureRandom random)
            throws PayloadTooLargeException;

    /** @return whether the draft fits a single packet of at most {@code maxBucket} bytes */
    boolean fitsOne(Draft draft, PacketLabel label, int maxBucket);

    /**
     * The longest body that {@link #plan} accepts with these settings, in bytes.
     *
     * @param draft its body is ignored
     * @return 0 to {@link Packets#MAX_MESSAGE}; also 0 if not even an empty body fits
     */
    int limit(Draft draft, PacketLabel label, int maxBucket);

    /**
     * Reassembles a message.
     *
     * @param pieces all fragments of one message, in any order, each once
     * @return the message; {@code signed} if every fragment has a signature
     * @throws RefusedContentException if they are not the fragments of one message
     */
    Draft join(List<Content> pieces) throws RefusedContentException;
}
