package org.partyline.hardening;

/** The operating system's functions that are used. Each method throws {@link Refused} when it says no. */
interface OperatingSystem {
    /** A limit that is none. */
    long INFINITE = -1;

    /** No core dump of this process, and nobody but root attaches to it (prctl(2), PR_SET_DUMPABLE). */
    void forbidDumps();

    /** Whether {@link #forbidDumps()} is in force. */
    boolean dumpsForbidden();

    /** The largest core file is nothing, forever (setrlimit(2), RLIMIT_CORE). */
    void limitCoreToNothing();

    /** The largest core file in bytes, or {@link #INFINITE}. */
    long coreLimit();

    /** New files are for this user only (umask(2), 077). */
    void keepFilesPrivate();

    /** Most bytes that this process may lock, or {@link #INFINITE} (getrlimit(2), RLIMIT_MEMLOCK). */
    long lockLimit();

    /**
     * Pages stay in memory from when they are first used on (mlockall(2) with MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT). Only
     * with no limit: beyond a limit every later request for memory fails, and with it the process.
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
