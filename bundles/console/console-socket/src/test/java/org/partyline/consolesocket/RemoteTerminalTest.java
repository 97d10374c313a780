package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.jline.terminal.Attributes;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jline.utils.NonBlockingInputStream;
import org.jline.utils.NonBlockingPumpInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Input typed at a terminal, and its output, do not stay in memory. */
@Timeout(20)
class RemoteTerminalTest {
    private static final long LONG = 10_000;

    private final PipedOutputStream keys = new PipedOutputStream();
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private RemoteTerminal terminal;

    @BeforeEach
    void open() throws IOException {
        terminal = new RemoteTerminal("xterm", new PipedInputStream(keys, 1 << 16), shown, 80, 24);
        Attributes raw = terminal.enterRawMode();
        assertTrue(raw.getLocalFlag(Attributes.LocalFlag.ICANON));
    }

    @AfterEach
    void close() throws IOException {
        terminal.close();
    }

    private void type(String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    private byte[] waiting() throws ReflectiveOperationException {
        Field pump = LineDisciplineTerminal.class.getDeclaredField("slaveInput");
        pump.setAccessible(true);
        Field buffer = NonBlockingPumpInputStream.class.getDeclaredField("readBuffer");
        buffer.setAccessible(true);
        return ((ByteBuffer) buffer.get(pump.get(terminal))).array();
    }

    private void assertNothingStays() throws ReflectiveOperationException {
        assertEquals("", new String(waiting(), StandardCharsets.UTF_8).replace("\0", ""));
    }

    @Test
    void charactersThatWereReadDoNotStay() throws Exception {
        for (int round = 0; round < 100; round++) {
            String text = "a passphrase, n\u00EFve \uD83D\uDC4D " + round;
            type(text);
            StringBuilder read = new StringBuilder();
            while (read.length() < text.length()) {
                int peeked = terminal.reader().peek(LONG);
                assertEquals(peeked, terminal.reader().read(LONG));
                read.append((char) peeked);
            }
            assertEquals(text, read.toString());
            assertNothingStays();
        }
    }

    @Test
    void bytesThatWereReadDoNotStayHoweverManyComeAtOnce() throws Exception {
        for (int length : new int[] {1, 1000, 1023, 1024, 1025, 5000}) {
            byte[] text = "p".repeat(length).getBytes(StandardCharsets.UTF_8);
            type(new String(text, StandardCharsets.UTF_8));
            byte[] read = new byte[length];
            int count = 0;
            while (count < length) {
                count += ((NonBlockingInputStream) terminal.input()).readBuffered(read, count, length - count, LONG);
            }
            assertEquals(new String(text), new String(read));
            assertNothingStays();
        }
    }

    /** Input typed while something is read replaces the bytes that were read. */
    @Test
    void nothingIsLostOfWhatComesWhileOthersAreRead() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; all.length() < 400_000; i++) {
            all.append(i).append(' ');
        }
        String text = all.toString();
        CountDownLatch read = new CountDownLatch(1);
        Thread typing = new Thread(() -> {
            try {
                type(text);
                type(text);
                // A pipe whose writer has ended is broken.
                read.await();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        typing.start();
        byte[] bytes = new byte[text.length()];
        int count = 0;
        while (count < bytes.length) {
            count += ((NonBlockingInputStream) terminal.input()).readBuffered(bytes, count, bytes.length - count, LONG);
        }
        assertTrue(text.equals(new String(bytes, StandardCharsets.UTF_8)), "bytes");
        StringBuilder characters = new StringBuilder();
        while (characters.length() < text.length()) {
            characters.append((char) terminal.reader().read(LONG));
        }
        assertTrue(text.contentEquals(characters), "characters");
        read.countDown();
        typing.join();
        assertNothingStays();
    }

    @Test
    void whatIsNotReadYetWaits() throws Exception {
        type("first\rsecond");
        StringBuilder read = new StringBuilder();
        for (int c = terminal.reader().read(LONG);
                c != '\r';
                c = terminal.reader().read(LONG)) {
            read.append((char) c);
        }
        assertEquals("first", read.toString());
        assertFalse(new String(waiting(), StandardCharsets.UTF_8).contains("first"));
        char[] rest = new char[6];
        int count = 0;
        while (count < rest.length) {
            count += terminal.reader().readBuffered(rest, count, rest.length - count, LONG);
        }
        assertEquals("second", new String(rest));
        assertNothingStays();
    }

    @Test
    void whatWasTakenIntoAnArrayIsWipedWhenMoreIsTaken() throws Exception {
        byte[] bytes = "a passphrase".getBytes(StandardCharsets.UTF_8);
        try (InputStream input = new CleanInput(InputStream.nullInputStream())) {
            assertEquals(-1, input.read(bytes, 2, bytes.length - 2));
        }
        assertEquals("a ", new String(Arrays.copyOf(bytes, 2)));
        assertEquals("", new String(bytes, 2, bytes.length - 2).replace("\0", ""));
    }

    @Test
    void textIsShownAsItIs() {
        PrintWriter writer = terminal.writer();
        writer.print("n\u00EFve ");
        writer.write('\uD83D');
        writer.write('\uDC4D');
        writer.write(new char[] {'-', ' ', '\uD83D'}, 1, 2);
        writer.append("\uDC4D-", 0, 2).flush();
        assertEquals("n\u00EFve \uD83D\uDC4D \uD83D\uDC4D-", shown.toString(StandardCharsets.UTF_8));
        assertFalse(writer.checkError());
    }

    @Test
    void nothingOfWhatWasShownIsKept() throws Exception {
        byte[][] given = new byte[1][];
        CleanWriter writer = new CleanWriter(new java.io.OutputStream() {
            @Override
            public void write(int octet) {}

            @Override
            public void write(byte[] bytes) {
                given[0] = bytes;
            }
        });
        writer.write("words of a message");
        assertEquals("", new String(given[0]).replace("\0", ""));
        writer.close();
    }
}
