package org.partyline.consolesocket;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jline.utils.NonBlockingInputStream;
import org.jline.utils.NonBlockingPumpInputStream;

/**
 * The input buffer of a terminal, which can be wiped. The terminal would keep bytes that were read, including
 * passphrases, until a thousand more were typed: here they are wiped as they are read.
 */
final class TypedBytes {
    private final NonBlockingPumpInputStream pump;
    /** The pump's own buffer; the next byte to be read is at its position. */
    private final ByteBuffer buffer;

    private final InputWait waiting = new InputWait();

    private int wiped;

    /** @param pump the pump that holds the bytes */
    TypedBytes(NonBlockingPumpInputStream pump) throws IOException {
        this.pump = pump;
        try {
            // There is no other access to it.
            Field field = NonBlockingPumpInputStream.class.getDeclaredField("readBuffer");
            field.setAccessible(true);
            buffer = (ByteBuffer) field.get(pump);
        } catch (ReflectiveOperationException e) {
            throw new IOException("typed text cannot be wiped from this terminal", e);
        }
    }

    /** Under the same lock as reading: afterwards, new bytes are written there. */
    private void wipe() {
        byte[] bytes = buffer.array();
        int read = buffer.position() % bytes.length;
        while (wiped != read) {
            bytes[wiped] = 0;
            wiped = (wiped + 1) % bytes.length;
        }
    }

    /** Returns how long it has waited for keys. */
    InputWait waiting() {
        return waiting;
    }

    /** Returns a stream of the bytes. */
    NonBlockingInputStream bytes() {
        return new NonBlockingInputStream() {
            @Override
            public int read(long timeout, boolean peeks) throws IOException {
                // The pump's own lock, which it releases while it waits.
                synchronized (pump) {
                    waiting.begin();
                    try {
                        return pump.read(timeout, peeks);
                    } finally {
                        waiting.end();
                        wipe();
                    }
                }
            }

            @Override
            public int readBuffered(byte[] bytes, int from, int length, long timeout) throws IOException {
                // Never the whole buffer: its position would not show that anything was read.
                byte[] part = new byte[Math.min(length, buffer.capacity() - 1)];
                synchronized (pump) {
                    waiting.begin();
                    int count;
                    try {
                        count = pump.readBuffered(part, 0, part.length, timeout);
                    } finally {
                        waiting.end();
                        wipe();
                    }
                    System.arraycopy(part, 0, bytes, from, Math.max(0, count));
                    Arrays.fill(part, (byte) 0);
                    return count;
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
}
