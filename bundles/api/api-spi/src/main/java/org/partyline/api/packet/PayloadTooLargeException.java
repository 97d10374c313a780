package org.partyline.api.packet;

import org.partyline.api.PartylineException;

/** A message has more than 16 fragments or 4,096 bytes, or the allowed packets are too small. */
public final class PayloadTooLargeException extends PartylineException {
    private static final long serialVersionUID = 1L;

    private final int limit;

    /**
     * @param length the length of the message, in bytes
     * @param limit the limit in bytes; 0 if the header alone fills the allowed packets
     */
    public PayloadTooLargeException(int length, int limit) {
        super(
                limit > 0
                        ? "the message has " + length + " bytes, but the limit is " + limit + " bytes: send it in parts"
                        : "the allowed packets are too small for this message: allow larger ones, or send it without a signature");
        this.limit = limit;
    }

    /** The longest message that can be sent, in bytes. */
    public int limit() {
        return limit;
    }
}
