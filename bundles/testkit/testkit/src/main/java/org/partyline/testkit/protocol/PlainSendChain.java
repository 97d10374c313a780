package org.partyline.testkit.protocol;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.SendChain;

/** The sender's end of a chain. */
final class PlainSendChain implements SendChain {
    private static final byte MARK = 'S';
    private static final int LENGTH = 1 + 2 * Integer.BYTES + Plain.INSTANT_LENGTH + Plain.KEY_LENGTH;

    private PlainChainKey key;
    private int position;
    private final Instant started;
    private final int most;
    private boolean closed;

    /** @param most the maximum number of messages */
    PlainSendChain(PlainChainKey key, int position, Instant started, int most) {
        this.key = key;
        this.position = position;
        this.started = started;
        this.most = most;
    }

    static PlainSendChain decode(byte[] encoded) {
        ByteBuffer in = ByteBuffer.wrap(encoded);
        if (encoded.length != LENGTH || in.get() != MARK) {
            throw new IllegalArgumentException("this is not the state of a sender's chain");
        }
        int position = in.getInt();
        int most = in.getInt();
        Instant started = Plain.takeInstant(in);
        return new PlainSendChain(new PlainChainKey(Plain.rest(in)), position, started, most);
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
        if (position >= most) {
            throw new IllegalStateException("a chain ends after " + most + " messages");
        }
        Step step = new Step(position++, key.hint(), SecretBytes.wrap(key.secret()));
        PlainChainKey next = key.next();
        Arrays.fill(key.bytes(), (byte) 0);
        key = next;
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
        ByteBuffer out = ByteBuffer.allocate(LENGTH).put(MARK).putInt(position).putInt(most);
        Plain.put(out, started);
        return SecretBytes.wrap(out.put(key.bytes()).array());
    }

    @Override
    public void close() {
        Arrays.fill(key.bytes(), (byte) 0);
        closed = true;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this chain was wiped");
        }
    }
}
