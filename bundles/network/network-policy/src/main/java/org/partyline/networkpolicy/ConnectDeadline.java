package org.partyline.networkpolicy;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The deadline for making a connection. */
final class ConnectDeadline {
    private static final long NANOS = 1_000_000;
    private final LongSupplier nanos;
    private final long end;

    /** @param nanos a clock that only goes forward, as {@link System#nanoTime} */
    ConnectDeadline(LongSupplier nanos, Duration time) {
        this.nanos = nanos;
        this.end = nanos.getAsLong() + time.toNanos();
    }

    /**
     * What is left, in milliseconds, at least one.
     *
     * @throws SocketTimeoutException when nothing is left
     */
    int millis() throws SocketTimeoutException {
        long left = end - nanos.getAsLong();
        if (left <= 0) {
            throw new SocketTimeoutException("out of time");
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, left / NANOS));
    }
}
