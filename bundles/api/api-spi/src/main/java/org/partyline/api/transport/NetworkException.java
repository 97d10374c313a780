package org.partyline.api.transport;

import org.partyline.api.PartylineException;

/** A connection was not made, because the policy forbids it or the proxy failed. It is never tried another way. */
public final class NetworkException extends PartylineException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The cause of the failure. */
    public enum Reason {
        /** The policy forbids it: only another setting helps. */
        FORBIDDEN,
        /** The proxy does not answer, or its answer is not SOCKS5: trying again may help. */
        PROXY_DOWN,
        /** The proxy answers, but does not reach the host: trying again may help. */
        UNREACHABLE
    }

    /** @param message one line: what is wrong, with the address, and what to do */
    public NetworkException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /**
     * @param message one line: what is wrong, with the address, and what to do
     * @param cause the cause
     */
    public NetworkException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The cause of the failure. */
    public Reason reason() {
        return reason;
    }
}
