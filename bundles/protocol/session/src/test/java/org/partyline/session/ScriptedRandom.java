package org.partyline.session;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/** Returns the prepared arrays as a whole, in this order. */
final class ScriptedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final transient Queue<byte[]> pieces;

    ScriptedRandom(byte[]... pieces) {
        this.pieces = new ArrayDeque<>(List.of(pieces));
    }

    @Override
    public void nextBytes(byte[] target) {
        byte[] piece = pieces.remove();
        if (piece.length != target.length) {
            throw new AssertionError("asked for " + target.length + " bytes, and " + piece.length + " are next");
        }
        System.arraycopy(piece, 0, target, 0, target.length);
        Arrays.fill(piece, (byte) 0);
    }
}
