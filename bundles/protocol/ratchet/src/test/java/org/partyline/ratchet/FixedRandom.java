package org.partyline.ratchet;

import java.security.SecureRandom;

/** Always returns the same bytes. */
final class FixedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;

    FixedRandom(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] target) {
        System.arraycopy(bytes, 0, target, 0, target.length);
    }
}
