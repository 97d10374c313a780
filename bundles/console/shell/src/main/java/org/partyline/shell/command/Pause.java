package org.partyline.shell.command;

import java.time.Duration;

/** Waits; tests replace it to control time. */
@FunctionalInterface
public interface Pause {
    /** @throws InterruptedException if the operator pressed Ctrl-C */
    void forA(Duration time) throws InterruptedException;
}
