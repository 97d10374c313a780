package org.partyline.transportrpc;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Implements the subscriber's side of ZeroMQ's protocol, ZMTP 3.1 and 3.0 (ZeroMQ RFC 37 and 23), without encryption,
 * over an open connection. The Java library opens its connections itself: it resolves names, and does not implement
 * SOCKS proxies.
 *
 * <p>One thread reads; any thread may call {@link #close}.
 */
final class Zmtp implements AutoCloseable {
    private static final int GREETING = 64;
    private static final int MAJOR = 3;
    private static final int MINOR = 1;
    private static final byte[] MECHANISM = "NULL".getBytes(StandardCharsets.US_ASCII);
    private static final int MECHANISM_AT = 12;
    private static final int MECHANISM_LENGTH = 20;

    private static final int MORE = 1;
    private static final int LONG = 2;
    private static final int COMMAND = 4;

    private static final int MAX_COMMAND = 8 << 10;
    private static final int MAX_FRAME = 8 << 20;
    private static final int MAX_FRAMES = 8;
    private static final int MAX_PING_CONTEXT = 16;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final int patience;
    private boolean current;

    /**
     * @param socket connected; closed with this
     * @param patience milliseconds without a byte after which a capable publisher is pinged
     */
    Zmtp(Socket socket, int patience) throws IOException {
        this.socket = socket;
        this.patience = patience;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 << 10));
        this.out = socket.getOutputStream();
    }

    /**
     * Performs the handshake with a publisher and subscribes.
     *
     * @throws IOException if it is not a publisher
     */
    void subscribe(List<String> topics) throws IOException {
        socket.setSoTimeout(patience);
        socket.setKeepAlive(true);
        ByteBuffer greeting = ByteBuffer.allocate(GREETING);
        greeting.put(0, (byte) 0xff).put(9, (byte) 0x7f).put(10, (byte) MAJOR).put(11, (byte) MINOR);
        greeting.position(MECHANISM_AT).put(MECHANISM);
        out.write(greeting.array());
        byte[] peer = in.readNBytes(GREETING);
        byte[] mechanism = Arrays.copyOf(MECHANISM, MECHANISM_LENGTH);
        if (peer.length < GREETING
                || (peer[0] & 0xff) != 0xff
                || (peer[9] & 1) != 1
                || peer[10] < MAJOR
                || !Arrays.equals(
                        peer, MECHANISM_AT, MECHANISM_AT + MECHANISM_LENGTH, mechanism, 0, MECHANISM_LENGTH)) {
            throw new IOException("the server at that address does not speak ZMTP 3 without encryption");
        }
        current = peer[10] > MAJOR || peer[11] >= MINOR;
        out.write(command("READY", property("Socket-Type", "SUB")));
        Frame ready = frame();
        if (!ready.isCommand("READY") || !publishes(ready)) {
            throw new IOException("the server at that address is not a publisher");
        }
        for (String topic : topics) {
            byte[] name = topic.getBytes(StandardCharsets.US_ASCII);
            if (current) {
                out.write(command("SUBSCRIBE", name));
            } else {
                byte[] message = new byte[1 + name.length];
                message[0] = 1;
                System.arraycopy(name, 0, message, 1, name.length);
                out.write(encode(0, message));
            }
        }
    }

    private static boolean publishes(Frame ready) {
        String properties = new String(ready.body, StandardCharsets.ISO_8859_1);
        int at = properties.indexOf("\u000bSocket-Type");
        return at >= 0
                && (properties.startsWith("\0\0\0\u0003PUB", at + 12)
                        || properties.startsWith("\0\0\0\u0004XPUB", at + 12));
    }

    /**
     * Waits for the next message.
     *
     * @return its frames, at most eight; empty if there was none for a while
     * @throws IOException if the connection has ended, or the data is not ZMTP
     */
    Optional<List<byte[]>> next() throws IOException {
        List<byte[]> frames = new ArrayList<>(3);
        while (true) {
            if (frames.isEmpty() && !something()) {
                return Optional.empty();
            }
            Frame frame = frame();
            if ((frame.flags & COMMAND) != 0) {
                answer(frame);
                continue;
            }
            if (frames.size() >= MAX_FRAMES) {
                throw new IOException("a message of more than " + MAX_FRAMES + " frames");
            }
            frames.add(frame.body);
            if ((frame.flags & MORE) == 0) {
                return Optional.of(frames);
            }
        }
    }

    /** Waits for a byte; pings a silent publisher. */
    private boolean something() throws IOException {
        for (boolean asked = false; ; asked = true) {
            try {
                in.mark(1);
                if (in.read() < 0) {
                    throw new IOException("the publisher closed the connection");
                }
                in.reset();
                return true;
            } catch (SocketTimeoutException e) {
                if (asked) {
                    throw new IOException("the publisher no longer answers", e);
                }
                if (!current) {
                    // Before ZMTP 3.1 there is no ping that it must answer.
                    return false;
                }
                // No time to live: our subscriptions are valid until the connection ends.
                out.write(command("PING", new byte[2]));
            }
        }
    }

    private void answer(Frame command) throws IOException {
        if (command.isCommand("PING") && command.body.length >= 7) {
            byte[] context = Arrays.copyOfRange(command.body, 7, Math.min(command.body.length, 7 + MAX_PING_CONTEXT));
            out.write(command("PONG", context));
        } else if (command.isCommand("ERROR")) {
            throw new IOException("the publisher rejects the connection");
        }
    }

    private record Frame(int flags, byte[] body) {
        boolean isCommand(String name) {
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            return (flags & COMMAND) != 0
                    && body.length > bytes.length
                    && body[0] == bytes.length
                    && Arrays.equals(body, 1, 1 + bytes.length, bytes, 0, bytes.length);
        }
    }

    private Frame frame() throws IOException {
        int flags = in.readUnsignedByte();
        if ((flags & ~(MORE | LONG | COMMAND)) != 0 || (flags & COMMAND) != 0 && (flags & MORE) != 0) {
            throw new IOException("the server at that address does not speak ZMTP");
        }
        long length = (flags & LONG) != 0 ? in.readLong() : in.readUnsignedByte();
        if (length < 0 || length > ((flags & COMMAND) != 0 ? MAX_COMMAND : MAX_FRAME)) {
            throw new IOException("a frame that is too long");
        }
        byte[] body = in.readNBytes((int) length);
        if (body.length < length) {
            throw new IOException("the publisher closed the connection");
        }
        return new Frame(flags, body);
    }

    private static byte[] property(String name, String value) {
        return ByteBuffer.allocate(5 + name.length() + value.length())
                .put((byte) name.length())
                .put(name.getBytes(StandardCharsets.US_ASCII))
                .putInt(value.length())
                .put(value.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    private static byte[] command(String name, byte[] data) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        return encode(
                COMMAND,
                ByteBuffer.allocate(1 + bytes.length + data.length)
                        .put((byte) bytes.length)
                        .put(bytes)
                        .put(data)
                        .array());
    }

    /** @param body at most 255 bytes */
    private static byte[] encode(int flags, byte[] body) {
        return ByteBuffer.allocate(2 + body.length)
                .put((byte) flags)
                .put((byte) body.length)
                .put(body)
                .array();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
