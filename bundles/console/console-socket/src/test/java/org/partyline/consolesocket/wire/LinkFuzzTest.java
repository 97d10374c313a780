package org.partyline.consolesocket.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Any input on the console's socket is a frame, or ends the connection; and none of it stays in the buffer. */
class LinkFuzzTest {
    private static final int SMALL = 48;

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreFramesOrEnd(byte[] input) {
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        byte[] buffer = new byte[SMALL];
        try (Link link = new Link(new Coming(input), ByteBuffer.wrap(buffer))) {
            for (Optional<SocketFrame> frame = link.receive(); frame.isPresent(); frame = link.receive()) {
                check(frame.get());
                again.write(ByteBuffer.allocate(5)
                        .put(frame.get().type().code())
                        .putInt(frame.get().payload().length)
                        .array());
                again.write(frame.get().payload());
            }
            assertArrayEquals(input, again.toByteArray());
        } catch (IOException e) {
            assertEquals(1, String.valueOf(e.getMessage()).lines().count());
            byte[] taken = again.toByteArray();
            assertArrayEquals(Arrays.copyOf(input, taken.length), taken);
        }
    }

    private static void check(SocketFrame frame) {
        assertTrue(frame.payload().length <= Link.LONGEST);
        assertFalse(frame.toString().contains(" of -"));
        for (int i = 0; i < 4; i++) {
            frame.number(i);
        }
        assertNotNull(Mode.of(frame.payload()));
        try {
            Hello hello = Hello.of(frame);
            assertEquals(FrameType.HELLO, frame.type());
            assertEquals(hello, Hello.of(hello.frame()));
        } catch (IOException e) {
            assertEquals(1, e.getMessage().lines().count());
        }
    }

    /** A connection that delivers these bytes, some at a time. */
    private static final class Coming extends SocketChannelStub {
        private final ByteBuffer left;

        Coming(byte[] bytes) {
            left = ByteBuffer.wrap(bytes);
        }

        @Override
        public int read(ByteBuffer into) {
            if (!left.hasRemaining()) {
                return -1;
            }
            int count = Math.min(7, Math.min(left.remaining(), into.remaining()));
            into.put(left.array(), left.position(), count);
            left.position(left.position() + count);
            return count;
        }
    }
}
