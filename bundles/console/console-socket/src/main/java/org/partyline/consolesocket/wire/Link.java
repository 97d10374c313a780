package org.partyline.consolesocket.wire;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Optional;

/** Sends and receives frames. One thread may receive while others send. */
public final class Link implements Closeable {
    /** The maximum number of bytes in a frame. */
    public static final int LONGEST = 1 << 20;

    private static final int HEAD = 1 + Integer.BYTES;
    private static final int BUFFER = 1 << 16;

    private final SocketChannel channel;
    private final Object sending = new Object();
    /** Bytes that were received and not used yet, from its position to its limit. */
    private final ByteBuffer read;

    /** @param channel connected, and blocking */
    public Link(SocketChannel channel) {
        this(channel, ByteBuffer.allocate(BUFFER));
    }

    /** @param read the buffer whose array receives the bytes */
    Link(SocketChannel channel, ByteBuffer read) {
        this.channel = channel;
        this.read = read.limit(0);
    }

    /** Sends a whole frame. */
    public void send(SocketFrame frame) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD).put(frame.type().code()).putInt(frame.payload().length);
        ByteBuffer[] parts = {head.flip(), ByteBuffer.wrap(frame.payload())};
        synchronized (sending) {
            while (parts[0].hasRemaining() || parts[1].hasRemaining()) {
                channel.write(parts);
            }
        }
    }

    /** Returns the next frame; empty at an end between two frames. */
    public Optional<SocketFrame> receive() throws IOException {
        if (!read.hasRemaining() && !fill()) {
            return Optional.empty();
        }
        FrameType type = FrameType.of(read.get());
        int length = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            need();
            length = length << Byte.SIZE | Byte.toUnsignedInt(read.get());
        }
        if (length < 0 || length > LONGEST) {
            throw new IOException("a frame of " + Integer.toUnsignedString(length)
                    + " bytes arrived on the console's socket: the maximum is " + LONGEST);
        }
        byte[] payload = new byte[length];
        for (int at = 0; at < length; ) {
            need();
            int from = read.position();
            int more = Math.min(read.remaining(), length - at);
            read.get(payload, at, more);
            // It may have been a passphrase.
            Arrays.fill(read.array(), from, from + more, (byte) 0);
            at += more;
        }
        return Optional.of(new SocketFrame(type, payload));
    }

    private void need() throws IOException {
        if (!read.hasRemaining() && !fill()) {
            throw new EOFException("the connection to the console closed in the middle of a frame");
        }
    }

    private boolean fill() throws IOException {
        read.clear();
        int count = -1;
        try {
            count = channel.read(read);
        } finally {
            read.flip();
        }
        return count > 0;
    }

    /** Ends sending; frames already sent will arrive. */
    public void endSending() throws IOException {
        synchronized (sending) {
            channel.shutdownOutput();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
