package org.partyline.transportrpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests which frames a publisher may send, and how many. */
class ZmtpTest {
    private static final int MOST_BYTES = 8 << 20;
    private static final int MOST_FRAMES = 8;

    /** A publisher's greeting. */
    private static byte[] greeting() {
        byte[] greeting = new byte[64];
        greeting[0] = (byte) 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[11] = 1;
        System.arraycopy("NULL".getBytes(ISO_8859_1), 0, greeting, 12, 4);
        byte[] ready = "\5READY\13Socket-Type\0\0\0\3PUB".getBytes(ISO_8859_1);
        return ByteBuffer.allocate(64 + 2 + ready.length)
                .put(greeting)
                .put((byte) 4)
                .put((byte) ready.length)
                .put(ready)
                .array();
    }

    /** Flags and length of a frame in the long form. */
    private static byte[] head(int flags, long length) {
        return ByteBuffer.allocate(9).put((byte) (flags | 2)).putLong(length).array();
    }

    /** A publisher that has completed the handshake, and then sends this. */
    private static Zmtp saying(InputStream then) throws IOException {
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(greeting()), then);
        Zmtp zmtp = new Zmtp(
                new Socket() {
                    @Override
                    public InputStream getInputStream() {
                        return all;
                    }

                    @Override
                    public OutputStream getOutputStream() {
                        return new ByteArrayOutputStream();
                    }

                    @Override
                    public void setSoTimeout(int timeout) {
                        // Nothing takes time here.
                    }

                    @Override
                    public void setKeepAlive(boolean on) {
                        // There is no connection.
                    }
                },
                1000);
        zmtp.subscribe(List.of("rawtx"));
        return zmtp;
    }

    /** Endless zeros; counts those that were read. */
    private static InputStream zeros(AtomicLong taken) {
        return new InputStream() {
            @Override
            public int read() {
                taken.incrementAndGet();
                return 0;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                taken.addAndGet(length);
                return length;
            }
        };
    }

    private static String refused(byte[] said) {
        AtomicLong taken = new AtomicLong();
        IOException problem = assertThrows(
                IOException.class,
                () -> saying(new SequenceInputStream(new ByteArrayInputStream(said), zeros(taken)))
                        .next());
        assertTrue(taken.get() <= 128 << 10, "nothing is kept for it");
        return problem.getMessage();
    }

    @Test
    void aFrameOfTheMostBytesIsTaken() throws Exception {
        Zmtp zmtp =
                saying(new SequenceInputStream(new ByteArrayInputStream(head(0, MOST_BYTES)), zeros(new AtomicLong())));

        assertEquals(MOST_BYTES, zmtp.next().orElseThrow().get(0).length);
    }

    @Test
    void aFrameOverTheLimitIsNotRead() {
        assertEquals("a frame that is too long", refused(head(0, MOST_BYTES + 1)));
        assertEquals("a frame that is too long", refused(head(1, Integer.MAX_VALUE)));
        assertEquals("a frame that is too long", refused(head(0, Long.MAX_VALUE)));
        assertEquals("a frame that is too long", refused(head(0, -1)));
    }

    @Test
    void aCommandOverItsLimitIsNotRead() {
        assertEquals("a frame that is too long", refused(head(4, (8 << 10) + 1)));
    }

    @Test
    void aMessageOfTheMostFramesIsTakenAndOneMoreIsNot() throws Exception {
        byte[] eight = new byte[2 * MOST_FRAMES];
        for (int i = 0; i < MOST_FRAMES - 1; i++) {
            eight[2 * i] = 1;
        }
        assertEquals(
                MOST_FRAMES,
                saying(new ByteArrayInputStream(eight)).next().orElseThrow().size());

        byte[] nine = new byte[2 * MOST_FRAMES + 2];
        for (int i = 0; i < MOST_FRAMES; i++) {
            nine[2 * i] = 1;
        }
        assertEquals("a message of more than 8 frames", refused(nine));
    }

    @Test
    void flagsThatDoNotExistAreNoZmtp() {
        assertEquals("the server at that address does not speak ZMTP", refused(new byte[] {8, 0}));
        assertEquals("the server at that address does not speak ZMTP", refused(new byte[] {5, 0}));
    }
}
