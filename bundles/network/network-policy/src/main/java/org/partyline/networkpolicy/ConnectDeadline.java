package org.partyline.networkpolicy;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The deadline for opening a connection. */
final class ConnectDeadline {
    private static final long NANOS = 1_000_000;
    private final LongSupplier nanos;
    private final long end;

    /** @param nanos a monotonic clock like {@link System#nanoTime} */
    ConnectDeadline(LongSupplier nanos, Duration time) {
        this.nanos = nanos;
        this.end = nanos.getAsLong() + time.toNanos();
    }

    /**
     * The remaining time in milliseconds, at least one.
     *
     * @throws SocketTimeoutException if no time is left
     */
    int millis() throws SocketTimeoutException {
        long left = end - nanos.getAsLong();
        if (left <= 0) {
            throw new SocketTimeoutException("out of time");
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, left / NANOS));
    }
}
