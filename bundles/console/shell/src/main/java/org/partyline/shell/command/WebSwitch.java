package org.partyline.shell.command;

import org.partyline.api.PartylineException;

/** Starts and stops the web server. The choice survives a restart. A service. */
public interface WebSwitch {
    /** Installs and starts what the web server needs; returns when that is done. Does nothing when it runs. */
    void start() throws PartylineException;

    /** Removes it again. @return whether it was started */
    boolean stop() throws PartylineException;
}
