package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;

/** Encodes an instant in a chain's stored state: seconds in 8 bytes, nanoseconds in 4. */
final class StoredInstant {
    /** Length in bytes. */
    static final int LENGTH = Long.BYTES + Integer.BYTES;

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private StoredInstant() {}

    static void write(Instant instant, ByteBuffer out) {
        out.putLong(instant.getEpochSecond()).putInt(instant.getNano());
    }

    /** @throws IllegalArgumentException if there is no such instant */
    static Instant read(ByteBuffer in) {
        long seconds = in.getLong();
        int nanos = in.getInt();
        if (nanos < 0 || nanos >= NANOS_PER_SECOND) {
            throw new IllegalArgumentException("a stored time has " + nanos + " nanoseconds");
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("a stored time is out of range", e);
        }
    }
}
