package org.partyline.receive;

import org.partyline.messaging.chains.PacketOpener;

/** The result of recognising a packet. Of several results, the first in this order applies. */
public enum RecognitionResult {
    /** It is ours and was read. */
    OPENED,
    /** It may be ours and waits for a suite. */
    PARKED,
    /** It has a member's locator and waits for its key to be derived. */
    DERIVING,
    /** It is ours, but its time or its content is not allowed. */
    REFUSED,
    /** It has our locator, but its content is not ours. */
    FORGED,
    /** It is from nobody we know, or not yet. */
    STRANGER;

    /** Returns the result for a packet that was not opened. */
    public static RecognitionResult of(PacketOpener.Attempt attempt) {
        if (attempt.refused()) {
            return REFUSED;
        }
        return attempt.missing() ? PARKED : STRANGER;
    }

    /**
     * Returns the result for a packet that was not opened although it has our locator: a copy, if no suite is left to
     * try.
     */
    public static RecognitionResult ofOurs(PacketOpener.Attempt attempt) {
        RecognitionResult result = of(attempt);
        return result == STRANGER ? FORGED : result;
    }

    /** Returns the one that applies. */
    public RecognitionResult or(RecognitionResult other) {
        return ordinal() <= other.ordinal() ? this : other;
    }
}
