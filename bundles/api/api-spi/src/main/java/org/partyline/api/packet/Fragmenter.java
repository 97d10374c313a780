package org.partyline.api.packet;

import java.security.SecureRandom;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Splits messages into packets, and joins fragments (PROTOCOL 7). A service; stateless and thread-safe. */
@ProviderType
public interface Fragmenter {
    /**
     * One packet in the smallest bucket that fits, or else FRAGMENT pieces: each in the largest bucket allowed, the last
     * in the smallest that fits.
     *
     * @param draft the message; where it is signed each packet gets 64 zero bytes in the signature's place
     * @param label decides the locator's length
     * @param maxBucket the largest bucket that may be used, one of {@link Packets#BUCKETS}
     * @param random for the message id
     * @throws PayloadTooLargeException names the limit in force
     * @throws IllegalArgumentException when a draft that starts a chain does not fit one packet: see {@link #fitsOne}
     */
    List<PlannedPacket> plan(Draft draft, PacketLabel label, int maxBucket, SecureRandom random)
            throws PayloadTooLargeException;

    /** @return whether the draft fits a single packet of at most {@code maxBucket} bytes */
    boolean fitsOne(Draft draft, PacketLabel label, int maxBucket);

    /**
     * The longest body that {@link #plan} accepts with these settings, in bytes.
     *
     * @param draft its body does not matter
     * @return 0 to {@link Packets#MAX_MESSAGE}; 0 also when not even an empty body fits
     */
    int limit(Draft draft, PacketLabel label, int maxBucket);

    /**
     * Puts a message together again.
     *
     * @param pieces all pieces of one message, in any order, each once
     * @return the message; {@code signed} when every piece has a signature
     * @throws RefusedContentException when they are not the pieces of one message
     */
    Draft join(List<Content> pieces) throws RefusedContentException;
}
