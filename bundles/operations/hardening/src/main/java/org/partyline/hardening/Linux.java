package org.partyline.hardening;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;

/** Calls the C library of Linux on 64-bit processors. The numbers are those of x86-64, AArch64 and RISC-V. */
final class Linux implements OperatingSystem {
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int RLIMIT_CORE = 4;
    private static final int RLIMIT_MEMLOCK = 8;
    private static final int MCL_CURRENT = 1;
    private static final int MCL_FUTURE = 2;
    private static final int MCL_ONFAULT = 4;
    private static final int OWNER_ONLY = 077;

    private final CLibrary library;

    /** @throws UnsatisfiedLinkError if the C library cannot be called */
    Linux() {
        // Otherwise it is written to the user's home, which a service may not write to.
        System.setProperty("jna.tmpdir", System.getProperty("jna.tmpdir", System.getProperty("java.io.tmpdir")));
        library = Native.load("c", CLibrary.class);
    }

    /** Whether this machine is one. */
    static boolean isHere() {
        String processor = System.getProperty("os.arch");
        return System.getProperty("os.name").equals("Linux")
                && (processor.equals("amd64") || processor.equals("aarch64") || processor.equals("riscv64"));
    }

    @Override
    public void forbidDumps() {
        call("prctl", () -> library.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
    }

    @Override
    public boolean dumpsForbidden() {
        return call("prctl", () -> library.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)) == 0;
    }

    @Override
    public void limitCoreToNothing() {
        call("setrlimit", () -> library.setrlimit(RLIMIT_CORE, new long[2]));
    }

    @Override
    public long coreLimit() {
        return limit(RLIMIT_CORE);
    }

    @Override
    public long lockLimit() {
        return limit(RLIMIT_MEMLOCK);
    }

    /** The soft limit. RLIM_INFINITY has all bits set. */
    private long limit(int resource) {
        long[] softAndHard = new long[2];
        call("getrlimit", () -> library.getrlimit(resource, softAndHard));
        return softAndHard[0];
    }

    @Override
    public void keepFilesPrivate() {
        library.umask(OWNER_ONLY);
    }

    @Override
    public void lockMemory() {
        call("mlockall", () -> library.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
    }

    private static int call(String name, Call call) {
        try {
            return call.run();
        } catch (LastErrorException e) {
            throw new Refused(name, e.getErrorCode());
        }
    }

    /** A call of the C library. */
    private interface Call {
        int run();
    }

    /** The functions that are called. A struct rlimit is two 64-bit numbers: the soft limit, the hard one. */
    public interface CLibrary extends Library {
        /** See prctl(2). */
        int prctl(int option, long second, long third, long fourth, long fifth) throws LastErrorException;

        /** See getrlimit(2). */
        int getrlimit(int resource, long[] limit) throws LastErrorException;

        /** See setrlimit(2). */
        int setrlimit(int resource, long[] limit) throws LastErrorException;

        /** See mlockall(2). */
        int mlockall(int flags) throws LastErrorException;

        /** See umask(2). */
        int umask(int mask);
    }
}
