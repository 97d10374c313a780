package org.partyline.consolesocket.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkTest {
    private static final int HEAD = 1 + Integer.BYTES;

    @TempDir
    Path directory;

    @Test
    void whatWasTypedIsNotLeftInTheBufferItWasReadInto() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        byte[] buffer = new byte[64];
        try (ServerSocketChannel listener =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
                SocketChannel near = SocketChannel.open(address);
                SocketChannel far = listener.accept()) {
            new Link(near).send(SocketFrame.of(FrameType.INPUT, "correct horse"));
            SocketFrame received =
                    new Link(far, ByteBuffer.wrap(buffer)).receive().orElseThrow();

            assertEquals("correct horse", new String(received.payload(), StandardCharsets.UTF_8));
        }
        byte[] rest = Arrays.copyOfRange(buffer, HEAD, buffer.length);
        assertArrayEquals(new byte[rest.length], rest);
    }
}
