package org.partyline.messaging.sealing;

/**
 * The packets that open a conversation before a message.
 *
 * @param begun whether the packets that {@link MessageSealer#opening} planned were queued
 * @param waits what the message waits for as a result, in one line; empty
 */
public record SessionOpening(boolean begun, String waits) {
    public static final SessionOpening NOTHING = new SessionOpening(false, "");
}
