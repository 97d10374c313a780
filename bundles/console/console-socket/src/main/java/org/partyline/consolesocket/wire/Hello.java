package org.partyline.consolesocket.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The first frame that a server sends to each client: its version and process.
 *
 * @param pid its process
 * @param home its data directory, with no symbolic link in it
 */
public record Hello(long pid, String home) {
    /** Of what is spoken here. */
    public static final byte VERSION = 5;

    /** As a frame. */
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

    /** Reads it. @throws IOException if it is none, or of another version */
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
