package org.partyline.receive;

import org.partyline.messaging.chains.PacketOpener;

/** The result of recognising a packet; the first of several counts. */
public enum RecognitionResult {
    /** It is ours, and read. */
    OPENED,
    /** It may be ours, and waits for a suite. */
    PARKED,
    /** It has a member's locator, and waits until its key is derived. */
    DERIVING,
    /** It is ours, and what it says of its time or itself is not allowed. */
    REFUSED,
    /** It has our locator and nothing of ours behind it. */
    FORGED,
    /** It is nobody's whom we know, or not yet. */
    STRANGER;

    /** Of a packet that was not opened. */
    public static RecognitionResult of(PacketOpener.Attempt attempt) {
        if (attempt.refused()) {
            return REFUSED;
        }
        return attempt.missing() ? PARKED : STRANGER;
    }

    /** Of a packet that was not opened though it has our locator: a copy, where no suite is left to try. */
    public static RecognitionResult ofOurs(PacketOpener.Attempt attempt) {
        RecognitionResult result = of(attempt);
        return result == STRANGER ? FORGED : result;
    }

    /** The one that counts. */
    public RecognitionResult or(RecognitionResult other) {
        return ordinal() <= other.ordinal() ? this : other;
    }
}
