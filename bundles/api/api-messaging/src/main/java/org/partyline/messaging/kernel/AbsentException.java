package org.partyline.messaging.kernel;

/**
 * A service of another bundle is unavailable, which is no reason to give anything up: what needs it waits, and goes on when it returns.
 * Unchecked, since any step of the kernel may meet it.
 */
public final class AbsentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param reason for people, without a full stop; nothing secret */
    public AbsentException(String reason) {
        super(reason, null, false, false);
    }
}
