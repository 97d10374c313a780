package org.partyline.shell.error;

import java.util.Optional;

/** Says that the server's heap is small, and what to set. */
public final class SmallHeap {
    /** What the start script asks for at least, in MiB: the default key derivation takes 64 of it. */
    static final int LEAST = 128;

    private static final long MEBIBYTE = 1 << 20;
    /** A JVM does not count all that it was given: a part of it is never in use. */
    private static final long COUNTED = LEAST * MEBIBYTE / 16 * 15;

    private SmallHeap() {}

    /** @param most bytes that it may ever have @return a warning; empty when it is large enough */
    public static Optional<String> warning(long most) {
        return most >= COUNTED
                ? Optional.empty()
                : Optional.of("the heap has " + most / MEBIBYTE + " MiB, and a server needs " + LEAST
                        + ": start it with PARTYLINE_HEAP=" + LEAST + "m or more");
    }

    /** What is said where memory ran out. */
    public static String gone(long most) {
        return "there is no memory left for this: the heap has " + most / MEBIBYTE
                + " MiB, start the server with a larger PARTYLINE_HEAP";
    }
}
