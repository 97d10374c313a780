package org.partyline.shell.error;

/** Reports that the server's heap is too small, and which setting raises it. */
public final class SmallHeap {
    private static final long MEBIBYTE = 1 << 20;

    private SmallHeap() {}

    /** What is said where memory ran out. @param most bytes that the heap may ever have */
    public static String gone(long most) {
        return "out of memory: the heap is " + most / MEBIBYTE + " MiB. Start the server with a larger PARTYLINE_HEAP";
    }
}
