package org.partyline.hardening;

/** The functions of the operating system that are used. Each method throws {@link Refused} if the system refuses. */
interface OperatingSystem {
    /** No limit. */
    long INFINITE = -1;

    /** Forbids core dumps of this process, and attaching by anyone except root (prctl(2), PR_SET_DUMPABLE). */
    void forbidDumps();

    /** Whether {@link #forbidDumps()} is in force. */
    boolean dumpsForbidden();

    /** Sets the size limit of core files to 0 permanently (setrlimit(2), RLIMIT_CORE). */
    void limitCoreToNothing();

    /** The size limit of core files in bytes, or {@link #INFINITE}. */
    long coreLimit();

    /** Makes new files private to this user (umask(2), 077). */
    void keepFilesPrivate();

    /** The number of bytes that this process may lock, or {@link #INFINITE} (getrlimit(2), RLIMIT_MEMLOCK). */
    long lockLimit();

    /**
     * Keeps pages in memory once they were used (mlockall(2) with MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT). Only
     * without a limit: beyond a limit every later allocation fails, and with it the process.
     */
    void lockMemory();

    /** The operating system refused a call. */
    final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String call, int error) {
            super(call + " failed with error " + error);
        }
    }
}
