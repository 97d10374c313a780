package org.partyline.api.carrier;

import java.time.Instant;

/** A packet must wait until a known time. */
public class LaterException extends WaitsException {
    private static final long serialVersionUID = 1L;

    private final transient Instant until;

    /** @param reason for people, without a full stop @param until when to try again */
    public LaterException(String reason, Instant until) {
        super(reason);
        this.until = until;
    }

    /** When to try again. */
    public Instant until() {
        return until;
    }
}
