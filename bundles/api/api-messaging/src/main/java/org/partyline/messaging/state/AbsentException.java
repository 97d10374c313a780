package org.partyline.messaging.state;

import org.partyline.api.UnavailableException;

/**
 * A service of another bundle is unavailable: work that needs it waits, and continues when it returns. Unchecked, since
 * any step may throw it.
 */
public final class AbsentException extends UnavailableException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /** @param reason for people, without a full stop; nothing secret */
    public AbsentException(String reason) {
        super("not possible now: " + reason + "; try again when that is running");
        this.reason = reason;
    }

    /** The missing part, without the rest of the message. */
    public String reason() {
        return reason;
    }

    /** Returns the missing part, or the reason for another failure. */
    public static String reason(Exception e) {
        return e instanceof AbsentException absent ? absent.reason() : e.getMessage();
    }
}
