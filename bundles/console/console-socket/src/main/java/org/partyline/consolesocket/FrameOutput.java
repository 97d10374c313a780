package org.partyline.consolesocket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import org.partyline.consolesocket.wire.FrameType;
import org.partyline.consolesocket.wire.SocketFrame;

/** Sends a command's output as frames. Does not buffer: output that a command has written is on its way. */
final class FrameOutput extends OutputStream {
    private static final int LONGEST = 1 << 15;

    private final ClientOutput outgoing;
    private final FrameType type;

    FrameOutput(ClientOutput outgoing, FrameType type) {
        this.outgoing = outgoing;
        this.type = type;
    }

    @Override
    public void write(int b) throws IOException {
        outgoing.put(new SocketFrame(type, new byte[] {(byte) b}));
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        for (int at = from; at < from + length; at += LONGEST) {
            int end = Math.min(at + LONGEST, from + length);
            outgoing.put(new SocketFrame(type, Arrays.copyOfRange(bytes, at, end)));
        }
    }
}
