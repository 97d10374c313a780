package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.SendChain;

/** The sender's end of a chain: one chain key, overwritten at each step. */
final class SteppingSendChain implements SendChain {
    private static final byte VERSION = 1;
    private static final int ENCODED_LENGTH = 2 + StoredInstant.LENGTH + ChainKey.LENGTH;

    private final ChainKey key;
    private final Instant started;
    private int position;
    private boolean closed;

    SteppingSendChain(ChainKey key, int position, Instant started) {
        this.key = key;
        this.position = position;
        this.started = started;
    }

    /** @throws IllegalArgumentException when it is not what {@link #encode} made */
    static SteppingSendChain decode(byte[] encoded) {
        if (encoded.length != ENCODED_LENGTH || encoded[0] != VERSION) {
            throw new IllegalArgumentException("this is not the state of a sender's chain");
        }
        ByteBuffer in = ByteBuffer.wrap(encoded, 1, ENCODED_LENGTH - 1);
        int position = in.get() & 0xff;
        if (position > Chains.MAX_MESSAGES) {
            throw new IllegalArgumentException("a sender's chain has at most 100 messages, not " + position);
        }
        Instant started = StoredInstant.read(in);
        return new SteppingSendChain(ChainKey.read(in), position, started);
    }

    @Override
    public int position() {
        return position;
    }

    @Override
    public Instant started() {
        return started;
    }

    @Override
    public Step step() {
        checkOpen();
        if (position >= Chains.MAX_MESSAGES) {
            throw new IllegalStateException("a chain ends after 100 messages: start a new one");
        }
        Step step = new Step(position, key.hint(), SecretBytes.wrap(key.secret()));
        key.advance();
        position++;
        return step;
    }

    @Override
    public SecretBytes encode() {
        checkOpen();
        ByteBuffer out = ByteBuffer.allocate(ENCODED_LENGTH).put(VERSION).put((byte) position);
        StoredInstant.write(started, out);
        key.write(out);
        return SecretBytes.wrap(out.array());
    }

    @Override
    public void close() {
        key.close();
        closed = true;
    }

    /** A wiped key is all zeros, which everybody knows: nothing may be sealed with what follows from it. */
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this chain was wiped");
        }
    }
}
