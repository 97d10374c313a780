package org.partyline.messaging.sealing;

/**
 * The packets that open a conversation before a message.
 *
 * @param begun whether packets were queued to be sent before it: what {@link MessageSealer#opening} planned
 * @param waits what the message waits for because of that, in one line; empty
 */
public record SessionOpening(boolean begun, String waits) {
    public static final SessionOpening NOTHING = new SessionOpening(false, "");
}
