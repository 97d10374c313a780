package org.partyline.consoleline;

/** Carries the exit status of a failed command, as the cause of its exception. */
public final class ExitStatus extends Exception {
    /** Rejected or failed. */
    public static final int FAILED = 1;
    /** The command line is wrong. */
    public static final int WRONG_LINE = 2;
    /** The store is locked, or there is none. */
    public static final int LOCKED = 4;
    /** No answer within the deadline. */
    public static final int LATE = 7;

    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param status one of those of this class */
    public ExitStatus(int status) {
        super("exit status " + status, null, false, false);
        this.status = status;
    }

    /** Returns the status for a failure. */
    public static int of(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ExitStatus known) {
                return known.status;
            }
            if (at instanceof LineException) {
                return WRONG_LINE;
            }
        }
        return FAILED;
    }
}
