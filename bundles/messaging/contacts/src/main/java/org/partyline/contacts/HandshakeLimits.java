package org.partyline.contacts;

import java.time.Duration;

/** Defines how long handshakes and session packets are valid, and how many handshakes are answered (PROTOCOL 6). */
public final class HandshakeLimits {
    /** Answers come as long as the handshake can be read, and are as long on the way. */
    static final Duration OFFER_LIFE = Duration.ofHours(72);
    /** What the session itself sends is of use for this long. */
    static final Duration CONTROL_LIFE = Duration.ofDays(7);

    static final Duration HANDSHAKE_LIFE = Duration.ofHours(24);
    /** A handshake is not repeated before this (PROTOCOL 6). */
    static final Duration SOONEST_RETRY = Duration.ofHours(1);
    /** Handshakes of one contact that are answered in an hour: each answer costs a transaction. */
    public static final int MOST_ANSWERS = 12;

    private HandshakeLimits() {}
}
