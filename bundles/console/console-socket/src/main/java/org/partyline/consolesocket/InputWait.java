package org.partyline.consolesocket;

/** Measures how long a command has waited for input: that time does not count towards a deadline. */
final class InputWait {
    private long waited;
    private long since;
    private boolean waiting;

    synchronized void begin() {
        waiting = true;
        since = System.nanoTime();
    }

    synchronized void end() {
        waiting = false;
        waited += System.nanoTime() - since;
    }

    /** In nanoseconds. */
    synchronized long waited() {
        return waited + (waiting ? System.nanoTime() - since : 0);
    }
}
