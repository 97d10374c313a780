package org.partyline.shell.error;

import org.partyline.consoleline.ExitStatus;

/** The command cannot do what was requested. The message is one line: what is wrong, with which value, what to do. */
public final class CommandError extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param message one line, without control characters from external text */
    public CommandError(String message) {
        this(ExitStatus.FAILED, message);
    }

    /**
     * @param status the exit status for programs: one of {@link ExitStatus}
     * @param message one line, without control characters from external text
     */
    public CommandError(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Creates an error with a cause, which is never printed. */
    public CommandError(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** Returns the exit status for programs. */
    public int status() {
        return status;
    }

    /**
     * @param message one line, without control characters from external text
     * @param cause never printed
     */
    public CommandError(String message, Throwable cause) {
        this(ExitStatus.FAILED, message, cause);
    }
}
