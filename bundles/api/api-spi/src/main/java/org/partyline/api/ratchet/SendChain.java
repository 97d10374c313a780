package org.partyline.api.ratchet;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.SecretBytes;

/** The sending end of a chain: erases each key as it advances (PROTOCOL 5). Not thread-safe. */
@ProviderType
public interface SendChain extends AutoCloseable {
    /** The next position, 0 at first. */
    int position();

    /** When the chain began. */
    Instant started();

    /**
     * Returns the next packet secret, and erases the chain key from which it was derived.
     *
     * @return the caller wipes it
     * @throws IllegalStateException after 100 steps of a channel's chain
     */
    Step step();

    /**
     * HMAC(CK, 0x05) of the chain key of the next step: after the step of a KEY_UPDATE at position k, of CK_{k+1}
     * (PROTOCOL 6). 32 bytes, the caller wipes it.
     */
    SecretBytes rekeySalt();

    /** The state, which is secret: store it before the packet of the last step leaves. */
    SecretBytes encode();

    /** Wipes the chain key. */
    @Override
    void close();

    /**
     * One position of a sending chain, with its locator and secret.
     *
     * @param position on the chain
     * @param hint the locator, 8 bytes as a big-endian number
     * @param secret the packet secret, 32 bytes
     */
    record Step(int position, long hint, SecretBytes secret) {
        /** The locator as it is in the packet, 8 bytes. */
        public byte[] locator() {
            return java.nio.ByteBuffer.allocate(Long.BYTES).putLong(hint).array();
        }
    }
}
