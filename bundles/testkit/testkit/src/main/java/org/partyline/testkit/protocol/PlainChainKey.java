package org.partyline.testkit.protocol;

import java.nio.ByteBuffer;
import org.partyline.api.SecretBytes;

/**
 * The key of one position, of which both ends of a chain make the same.
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

    /** Of a key update at the position before this one. */
    byte[] rekeySalt() {
        return Plain.hash("rekey salt", bytes);
    }
}
