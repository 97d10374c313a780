package org.partyline.contacts;

import java.time.Duration;

/** Defines how long handshakes and session packets are valid, and how many handshakes are answered (PROTOCOL 6). */
public final class HandshakeLimits {
    /** Answers are sent as long as the handshake can be read, and can be in flight for the same time. */
    static final Duration OFFER_LIFE = Duration.ofHours(72);
    /** How long the session's own packets are useful. */
    static final Duration CONTROL_LIFE = Duration.ofDays(7);

    static final Duration HANDSHAKE_LIFE = Duration.ofHours(24);
    /** The minimum time before a handshake is repeated (PROTOCOL 6). */
    static final Duration SOONEST_RETRY = Duration.ofHours(1);
    /** The maximum number of answered handshakes of one contact in an hour: each answer costs a transaction. */
    public static final int MOST_ANSWERS = 12;

    private HandshakeLimits() {}
}
