package org.partyline.consolesocket;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jline.utils.NonBlockingInputStream;
import org.jline.utils.NonBlockingPumpInputStream;
import org.jline.utils.NonBlockingReader;

/**
 * The buffer of a terminal in which bytes wait until they are read. The terminal would keep those that were read, passphrases among them,
 * until a thousand more were typed: here they are wiped as they are read.
 */
final class TypedBytes {
    private final NonBlockingPumpInputStream pump;
    /** The pump's own, and the next byte to be read is at its position. */
    private final ByteBuffer buffer;

    private int wiped;

    /** @param pump where they wait */
    TypedBytes(NonBlockingPumpInputStream pump) throws IOException {
        this.pump = pump;
        try {
            // There is no other way to it.
            Field field = NonBlockingPumpInputStream.class.getDeclaredField("readBuffer");
            field.setAccessible(true);
            buffer = (ByteBuffer) field.get(pump);
        } catch (ReflectiveOperationException e) {
            throw new IOException("what is typed cannot be wiped in this terminal", e);
        }
    }

    private void wipe() {
        // It is what the pump locks.
        synchronized (pump) {
            byte[] bytes = buffer.array();
            // It begins anew at the end, and stands there until it is read again.
            int read = buffer.position() % bytes.length;
            while (wiped != read) {
                bytes[wiped] = 0;
                wiped = (wiped + 1) % bytes.length;
            }
        }
    }

    /** Reads bytes. */
    NonBlockingInputStream bytes() {
        return new NonBlockingInputStream() {
            @Override
            public int read(long timeout, boolean peeks) throws IOException {
                try {
                    return pump.read(timeout, peeks);
                } finally {
                    wipe();
                }
            }

            @Override
            public int readBuffered(byte[] bytes, int from, int length, long timeout) throws IOException {
                // Never all of the buffer: its position would not show that something was read.
                byte[] part = new byte[Math.min(length, buffer.capacity() - 1)];
                try {
                    int count = pump.readBuffered(part, 0, part.length, timeout);
                    System.arraycopy(part, 0, bytes, from, Math.max(0, count));
                    return count;
                } finally {
                    Arrays.fill(part, (byte) 0);
                    wipe();
                }
            }

            @Override
            public int available() throws IOException {
                return pump.available();
            }

            @Override
            public void close() throws IOException {
                pump.close();
            }
        };
    }

    /** Reads characters. @param reader what decodes the bytes */
    NonBlockingReader characters(NonBlockingReader reader) {
        return new NonBlockingReader() {
            @Override
            protected int read(long timeout, boolean peeks) throws IOException {
                try {
                    return peeks ? reader.peek(timeout) : reader.read(timeout);
                } finally {
                    wipe();
                }
            }

            @Override
            public int readBuffered(char[] characters, int from, int length, long timeout) throws IOException {
                try {
                    return reader.readBuffered(characters, from, length, timeout);
                } finally {
                    wipe();
                }
            }

            @Override
            public int available() {
                return reader.available();
            }

            @Override
            public void shutdown() {
                reader.shutdown();
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }
}
