package org.partyline.engine;

/**
 * A service of another bundle is away, which is no reason to give anything up: what needs it waits, and goes on when it returns.
 * Unchecked, since any step of the engine may meet it.
 */
final class AbsentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param reason for people, without a full stop; nothing secret */
    AbsentException(String reason) {
        super(reason, null, false, false);
    }
}
