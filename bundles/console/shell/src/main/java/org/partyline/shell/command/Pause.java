package org.partyline.shell.command;

import java.time.Duration;

/** Waits, so that tests own the time. */
@FunctionalInterface
public interface Pause {
    /** @throws InterruptedException when the operator pressed Ctrl-C */
    void forA(Duration time) throws InterruptedException;
}
