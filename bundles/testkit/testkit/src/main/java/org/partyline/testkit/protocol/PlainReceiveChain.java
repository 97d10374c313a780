package org.partyline.testkit.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ReceiveChain;

/** The receiver's end of a chain: a map of all expected positions. */
final class PlainReceiveChain implements ReceiveChain {
    private static final byte MARK = 'R';
    private static final int FIXED_LENGTH = 1 + Plain.INSTANT_LENGTH + 2 * Integer.BYTES + Plain.KEY_LENGTH;
    private static final int EXPECTED_LENGTH = Integer.BYTES + Long.BYTES + 3 * Plain.KEY_LENGTH + Plain.INSTANT_LENGTH;
    private static final int MOST_SKIPPED = 1000;
    private static final Duration SKIPPED_FOR = Duration.ofHours(24);
    private static final Instant NOT_SKIPPED = Instant.MAX;

    /** @param key of the position @param skipped when the chain skipped it */
    private record Expected(byte[] key, long hint, byte[] secret, byte[] rekeySalt, Instant skipped) {
        Expected skippedAt(Instant now) {
            return new Expected(key, hint, secret, rekeySalt, now);
        }

        Expected copy() {
            return new Expected(key.clone(), hint, secret.clone(), rekeySalt.clone(), skipped);
        }

        void wipe() {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(rekeySalt, (byte) 0);
        }
    }

    private final Instant started;
    private final TreeMap<Integer, Expected> expected = new TreeMap<>();
    private int highest;
    private int window = Chains.WINDOW;
    /** The key of the first position that is not expected yet. */
    private PlainChainKey key;

    private boolean closed;

    private PlainReceiveChain(Instant started, int highest, PlainChainKey key) {
        this.started = started;
        this.highest = highest;
        this.key = key;
    }

    static PlainReceiveChain start(PlainChainKey first, Instant started) {
        PlainReceiveChain chain = new PlainReceiveChain(started, -1, first);
        for (int position = 0; position < Chains.WINDOW; position++) {
            chain.expect(position);
        }
        return chain;
    }

    static PlainReceiveChain decode(byte[] encoded) {
        try {
            ByteBuffer in = ByteBuffer.wrap(encoded);
            if (in.get() != MARK) {
                throw new IllegalArgumentException("this is not the state of a receiver's chain");
            }
            Instant started = Plain.takeInstant(in);
            int highest = in.getInt();
            PlainReceiveChain chain =
                    new PlainReceiveChain(started, highest, new PlainChainKey(Plain.take(in, Plain.KEY_LENGTH)));
            for (int count = in.getInt(); count > 0; count--) {
                int position = in.getInt();
                byte[] own = Plain.take(in, Plain.KEY_LENGTH);
                long hint = in.getLong();
                byte[] secret = Plain.take(in, Plain.KEY_LENGTH);
                byte[] rekeySalt = Plain.take(in, Plain.KEY_LENGTH);
                chain.expected.put(position, new Expected(own, hint, secret, rekeySalt, Plain.takeInstant(in)));
            }
            return chain;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the state of a receiver's chain ends too early", e);
        }
    }

    @Override
    public Instant started() {
        return started;
    }

    @Override
    public void forEachExpected(Visitor visitor) {
        checkOpen();
        expected.forEach((position, one) -> visitor.visit(position, one.hint));
    }

    @Override
    public void forEachSkipped(Instant before, Visitor visitor) {
        checkOpen();
        expected.forEach((position, one) -> {
            if (one.skipped.isBefore(before)) {
                visitor.visit(position, one.hint);
            }
        });
    }

    @Override
    public int window() {
        return window;
    }

    @Override
    public void window(int positions, Visitor added, Visitor dropped) {
        checkOpen();
        for (; window < positions; window++) {
            added.visit(highest + 1 + window, expect(highest + 1 + window));
        }
        for (; window > positions; window--) {
            key = new PlainChainKey(expected.get(highest + window).key.clone());
            drop(highest + window, dropped);
        }
    }

    @Override
    public ReceiveChain copy() {
        PlainReceiveChain copy = new PlainReceiveChain(
                started, highest, new PlainChainKey(key.bytes().clone()));
        copy.window = window;
        expected.forEach((position, one) -> copy.expected.put(position, one.copy()));
        return copy;
    }

    @Override
    public SecretBytes secret(int position) {
        return SecretBytes.copyOf(at(position).secret);
    }

    @Override
    public SecretBytes rekeySalt(int position) {
        return SecretBytes.copyOf(at(position).rekeySalt);
    }

    @Override
    public void use(int position, Instant now, Visitor added, Visitor dropped) {
        at(position).wipe();
        expected.remove(position);
        if (position <= highest) {
            return;
        }
        expected.headMap(position).replaceAll((at, one) -> one.skipped.equals(NOT_SKIPPED) ? one.skippedAt(now) : one);
        while (expected.headMap(position).size() > MOST_SKIPPED) {
            drop(expected.firstKey(), dropped);
        }
        while (highest < position) {
            highest++;
            added.visit(highest + window, expect(highest + window));
        }
    }

    @Override
    public void expire(Instant now, Visitor dropped) {
        checkOpen();
        Instant oldest = now.minus(SKIPPED_FOR);
        for (Map.Entry<Integer, Expected> one : List.copyOf(expected.entrySet())) {
            if (one.getValue().skipped.isBefore(oldest)) {
                drop(one.getKey(), dropped);
            }
        }
    }

    @Override
    public int highest() {
        return highest;
    }

    @Override
    public SecretBytes encode() {
        checkOpen();
        if (window > Chains.WINDOW) {
            try (ReceiveChain usual = copy()) {
                usual.window(Chains.WINDOW, (position, hint) -> {}, (position, hint) -> {});
                return usual.encode();
            }
        }
        ByteBuffer out = ByteBuffer.allocate(FIXED_LENGTH + expected.size() * EXPECTED_LENGTH);
        Plain.put(out.put(MARK), started);
        out.putInt(highest).put(key.bytes()).putInt(expected.size());
        expected.forEach((position, one) -> Plain.put(
                out.putInt(position)
                        .put(one.key)
                        .putLong(one.hint)
                        .put(one.secret)
                        .put(one.rekeySalt),
                one.skipped));
        return SecretBytes.wrap(out.array());
    }

    @Override
    public void close() {
        expected.values().forEach(Expected::wipe);
        expected.clear();
        Arrays.fill(key.bytes(), (byte) 0);
        closed = true;
    }

    /** Returns the locator of the position. */
    private long expect(int position) {
        long hint = key.hint();
        byte[] secret = key.secret();
        byte[] own = key.bytes();
        key = key.next();
        expected.put(position, new Expected(own, hint, secret, key.rekeySalt(), NOT_SKIPPED));
        return hint;
    }

    private void drop(int position, Visitor dropped) {
        Expected one = expected.remove(position);
        dropped.visit(position, one.hint);
        one.wipe();
    }

    private Expected at(int position) {
        checkOpen();
        Expected one = expected.get(position);
        if (one == null) {
            throw new NoSuchElementException("position " + position + " is not expected, or was used");
        }
        return one;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this chain was wiped");
        }
    }
}
