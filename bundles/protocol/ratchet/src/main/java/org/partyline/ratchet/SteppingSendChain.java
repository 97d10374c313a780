package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.SendChain;

/**
 * The sending end of a chain: one chain key, overwritten at each step.
 *
 * <p>The stored state: version 2, the use of the chain (0 a channel, 1 a session), position (4 bytes), when it began,
 * chain key. Version 1, which can still be read, was for channels only, and had one byte for the position.
 */
final class SteppingSendChain implements SendChain {
    private static final byte VERSION = 2;
    private static final byte VERSION_OF_CHANNELS = 1;
    private static final byte CHANNEL = 0;
    private static final byte SESSION = 1;
    private static final int REST_LENGTH = StoredInstant.LENGTH + ChainKey.LENGTH;
    private static final int ENCODED_LENGTH = 1 + 1 + Integer.BYTES + REST_LENGTH;
    private static final int ENCODED_LENGTH_OF_CHANNELS = 1 + 1 + REST_LENGTH;
    /** The position beyond which no receiver follows. */
    private static final int MAX_SESSION_MESSAGES = WindowedReceiveChain.MAX_HIGHEST + 1;

    private final ChainKey key;
    private final Instant started;
    private final boolean session;
    private int position;
    private boolean closed;

    private SteppingSendChain(ChainKey key, int position, Instant started, boolean session) {
        this.key = key;
        this.position = position;
        this.started = started;
        this.session = session;
    }

    static SteppingSendChain start(ChainKey chainKey0, Instant started, boolean session) {
        return new SteppingSendChain(chainKey0, 0, started, session);
    }

    /** @throws IllegalArgumentException if it is not a result of {@link #encode} */
    static SteppingSendChain decode(byte[] encoded) {
        if (encoded.length == ENCODED_LENGTH && encoded[0] == VERSION) {
            ByteBuffer in = ByteBuffer.wrap(encoded, 1, encoded.length - 1);
            byte purpose = in.get();
            if (purpose != CHANNEL && purpose != SESSION) {
                throw new IllegalArgumentException("a sender's chain cannot be of kind " + purpose);
            }
            return decode(in, in.getInt(), purpose == SESSION);
        }
        if (encoded.length == ENCODED_LENGTH_OF_CHANNELS && encoded[0] == VERSION_OF_CHANNELS) {
            ByteBuffer in = ByteBuffer.wrap(encoded, 1, encoded.length - 1);
            return decode(in, in.get() & 0xff, false);
        }
        throw new IllegalArgumentException("this is not the state of a sender's chain");
    }

    private static SteppingSendChain decode(ByteBuffer in, int position, boolean session) {
        if (position < 0 || position > limit(session)) {
            throw new IllegalArgumentException(
                    "a sender's chain has at most " + limit(session) + " messages, not " + position);
        }
        Instant started = StoredInstant.read(in);
        return new SteppingSendChain(ChainKey.read(in), position, started, session);
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
        if (position >= limit(session)) {
            throw new IllegalStateException("a chain ends after " + limit(session) + " messages: start a new one");
        }
        Step step = new Step(position, key.hint(), SecretBytes.wrap(key.secret()));
        key.advance();
        position++;
        return step;
    }

    @Override
    public SecretBytes rekeySalt() {
        checkOpen();
        return SecretBytes.wrap(key.rekeySalt());
    }

    @Override
    public SecretBytes encode() {
        checkOpen();
        ByteBuffer out = ByteBuffer.allocate(ENCODED_LENGTH)
                .put(VERSION)
                .put(session ? SESSION : CHANNEL)
                .putInt(position);
        StoredInstant.write(started, out);
        key.write(out);
        return SecretBytes.wrap(out.array());
    }

    @Override
    public void close() {
        key.close();
        closed = true;
    }

    private static int limit(boolean session) {
        return session ? MAX_SESSION_MESSAGES : Chains.MAX_MESSAGES;
    }

    /** A wiped key is all zeros, which everyone knows: nothing may be sealed with keys derived from it. */
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this chain was wiped");
        }
    }
}
