package org.partyline.consolesocket.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The first frame that a server sends to each client: its version and process.
 *
 * @param pid its process id
 * @param home its data directory, with symbolic links resolved
 */
public record Hello(long pid, String home) {
    /** The version of this protocol. */
    public static final byte VERSION = 5;

    /** Returns the frame. */
    public SocketFrame frame() {
        byte[] name = home.getBytes(StandardCharsets.UTF_8);
        return new SocketFrame(
                FrameType.HELLO,
                ByteBuffer.allocate(1 + Long.BYTES + name.length)
                        .put(VERSION)
                        .putLong(pid)
                        .put(name)
                        .array());
    }

    /** Parses it. @throws IOException if it is not a HELLO, or has another version */
    public static Hello of(SocketFrame frame) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(frame.payload());
        if (frame.type() != FrameType.HELLO || bytes.remaining() < 1 + Long.BYTES || bytes.get() != VERSION) {
            throw new IOException(
                    "the server and this script have different versions: stop the server and start it again");
        }
        long pid = bytes.getLong();
        return new Hello(pid, StandardCharsets.UTF_8.decode(bytes).toString());
    }
}
