package org.partyline.shell.error;

/** Reports that the server's heap is too small, and which setting raises it. */
public final class SmallHeap {
    private static final long MEBIBYTE = 1 << 20;

    private SmallHeap() {}

    /** Returns the message for a lack of memory. @param most the maximum size of the heap in bytes */
    public static String gone(long most) {
        return "out of memory: the heap is " + most / MEBIBYTE + " MiB. Start the server with a larger PARTYLINE_HEAP";
    }
}
