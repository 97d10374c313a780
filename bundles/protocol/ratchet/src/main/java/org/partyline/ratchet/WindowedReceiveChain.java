package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.NoSuchElementException;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;

/**
 * The receiving end of a chain, with a window of expected positions.
 *
 * <p>No position in the window, after the highest used one, has been used. So the chain key of the first of them,
 * CK_{highest+1}, is equivalent to all their secrets and locators together, and is stored instead: a chain takes some
 * 200 bytes of memory and 51 of the store. Once a position is used, the key has advanced past it; for the positions
 * skipped by that, only their own secrets and rekey salts are kept, from which nothing else can be derived.
 *
 * <p>Version 1 of the stored state had no salts; it can still be read.
 */
final class WindowedReceiveChain implements ReceiveChain {
    private static final byte VERSION = 2;
    private static final byte VERSION_WITHOUT_SALTS = 1;
    private static final int FIXED_LENGTH = 1 + StoredInstant.LENGTH + Integer.BYTES + ChainKey.LENGTH + Short.BYTES;
    private static final long SKIPPED_SECONDS = Duration.ofHours(24).toSeconds();
    /** So that the last position of a window is still an int. */
    static final int MAX_HIGHEST = Integer.MAX_VALUE - 2 * Chains.FAR_WINDOW;

    private final Instant started;
    /** Chain key of the window's first position. */
    private final ChainKey first;
    /**
     * Chain key of the first position after the window: it advances with the window, so that a new locator costs one
     * step.
     */
    private final ChainKey past;

    private final SkippedSecrets skipped;
    private int highest;
    private int window;
    private boolean closed;

    private WindowedReceiveChain(Instant started, ChainKey first, int highest, SkippedSecrets skipped) {
        this(started, first, first.copy(), highest, Chains.WINDOW, skipped);
        past.advance(window);
    }

    private WindowedReceiveChain(
            Instant started, ChainKey first, ChainKey past, int highest, int window, SkippedSecrets skipped) {
        this.started = started;
        this.first = first;
        this.past = past;
        this.highest = highest;
        this.window = window;
        this.skipped = skipped;
    }

    static WindowedReceiveChain start(ChainKey chainKey0, Instant started) {
        return new WindowedReceiveChain(started, chainKey0, -1, new SkippedSecrets());
    }

    /** @throws IllegalArgumentException if it is not a result of {@link #encode} */
    static WindowedReceiveChain decode(byte[] encoded) {
        if (encoded.length < FIXED_LENGTH || encoded[0] != VERSION && encoded[0] != VERSION_WITHOUT_SALTS) {
            throw new IllegalArgumentException("this is not the state of a receiver's chain");
        }
        boolean salts = encoded[0] == VERSION;
        ByteBuffer in = ByteBuffer.wrap(encoded, 1, encoded.length - 1);
        Instant started = StoredInstant.read(in);
        int highest = in.getInt();
        if (highest < -1 || highest > MAX_HIGHEST) {
            throw new IllegalArgumentException("a receiver's chain cannot be at position " + highest);
        }
        // The key is read last: a rejected state leaves no copy of it.
        ByteBuffer key = in.slice();
        in.position(in.position() + ChainKey.LENGTH);
        int count = in.getShort() & 0xffff;
        if (count > SkippedSecrets.MAX || in.remaining() != SkippedSecrets.encodedLength(count, salts)) {
            throw new IllegalArgumentException("the state of a receiver's chain has a wrong length");
        }
        SkippedSecrets skipped = SkippedSecrets.read(in, count, highest, salts);
        return new WindowedReceiveChain(started, ChainKey.read(key), highest, skipped);
    }

    @Override
    public Instant started() {
        return started;
    }

    @Override
    public void forEachExpected(Visitor visitor) {
        checkOpen();
        skipped.forEach(visitor);
        try (ChainKey key = first.copy()) {
            for (int i = 1; i <= window; i++) {
                visitor.visit(highest + i, key.hint());
                key.advance();
            }
        }
    }

    @Override
    public void forEachSkipped(Instant before, Visitor visitor) {
        checkOpen();
        skipped.forEachBefore(before.getEpochSecond(), visitor);
    }

    @Override
    public int window() {
        return window;
    }

    @Override
    public void window(int positions, Visitor added, Visitor dropped) {
        checkOpen();
        if (positions < Chains.WINDOW || positions > Chains.FAR_WINDOW) {
            throw new IllegalArgumentException("a window of " + positions + " positions");
        }
        for (; window < positions; window++) {
            added.visit(highest + 1 + window, past.hint());
            past.advance();
        }
        if (window > positions) {
            // A chain key cannot go back: the key after the window is derived again.
            past.become(first);
            past.advance(positions);
            try (ChainKey key = past.copy()) {
                for (int i = positions + 1; i <= window; i++) {
                    dropped.visit(highest + i, key.hint());
                    key.advance();
                }
            }
            window = positions;
        }
    }

    @Override
    public ReceiveChain copy() {
        checkOpen();
        return new WindowedReceiveChain(started, first.copy(), past.copy(), highest, window, skipped.copy());
    }

    @Override
    public SecretBytes secret(int position) {
        checkOpen();
        if (isInWindow(position)) {
            try (ChainKey key = first.copy()) {
                key.advance(position - highest - 1);
                return SecretBytes.wrap(key.secret());
            }
        }
        byte[] secret = skipped.secret(position);
        if (secret == null) {
            throw notExpected(position);
        }
        return SecretBytes.wrap(secret);
    }

    @Override
    public SecretBytes rekeySalt(int position) {
        checkOpen();
        if (isInWindow(position)) {
            try (ChainKey key = first.copy()) {
                key.advance(position - highest);
                return SecretBytes.wrap(key.rekeySalt());
            }
        }
        byte[] salt = skipped.rekeySalt(position);
        if (salt == null) {
            throw notExpected(position);
        }
        return SecretBytes.wrap(salt);
    }

    @Override
    public void use(int position, Instant now, Visitor added, Visitor dropped) {
        checkOpen();
        if (isInWindow(position)) {
            moveTo(position, now, added, dropped);
        } else if (!skipped.erase(position)) {
            throw notExpected(position);
        }
    }

    @Override
    public void expire(Instant now, Visitor dropped) {
        checkOpen();
        skipped.eraseBefore(now.getEpochSecond() - SKIPPED_SECONDS, dropped);
    }

    @Override
    public int highest() {
        return highest;
    }

    @Override
    public SecretBytes encode() {
        checkOpen();
        ByteBuffer out = ByteBuffer.allocate(FIXED_LENGTH + SkippedSecrets.encodedLength(skipped.count(), true))
                .put(VERSION);
        StoredInstant.write(started, out);
        out.putInt(highest);
        first.write(out);
        out.putShort((short) skipped.count());
        skipped.write(out);
        return SecretBytes.wrap(out.array());
    }

    @Override
    public void close() {
        first.close();
        past.close();
        skipped.wipe();
        closed = true;
    }

    private boolean isInWindow(int position) {
        return position > highest && position <= highest + window;
    }

    private void moveTo(int position, Instant now, Visitor added, Visitor dropped) {
        if (position > MAX_HIGHEST) {
            throw new IllegalStateException("a receiver's chain ends at position " + MAX_HIGHEST);
        }
        int before = highest;
        for (int p = before + 1; p < position; p++) {
            byte[] secret = first.secret();
            long hint = first.hint();
            first.advance();
            byte[] salt = first.rekeySalt();
            skipped.add(p, now.getEpochSecond(), hint, secret, salt, dropped);
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(salt, (byte) 0);
        }
        first.advance();
        highest = position;
        for (int p = before + 1; p <= position; p++) {
            added.visit(p + window, past.hint());
            past.advance();
        }
    }

    private static NoSuchElementException notExpected(int position) {
        return new NoSuchElementException("position " + position + " is not expected, or was used");
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this chain was wiped");
        }
    }
}
