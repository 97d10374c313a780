package org.partyline.testkit.protocol;

import java.nio.ByteBuffer;
import org.partyline.api.SecretBytes;

/**
 * The key of one position, which is the same at both ends of a chain.
 *
 * @param bytes 32
 */
record PlainChainKey(byte[] bytes) {
    static PlainChainKey first(SecretBytes chainKey0) {
        Plain.requireLength("a chain key", Plain.KEY_LENGTH, chainKey0.length());
        return new PlainChainKey(chainKey0.expose().clone());
    }

    PlainChainKey next() {
        return new PlainChainKey(Plain.hash("next", bytes));
    }

    byte[] secret() {
        return Plain.hash("packet", bytes);
    }

    long hint() {
        return ByteBuffer.wrap(Plain.hash("hint", bytes)).getLong();
    }

    /** Returns the salt of a key update at the previous position. */
    byte[] rekeySalt() {
        return Plain.hash("rekey salt", bytes);
    }
}
