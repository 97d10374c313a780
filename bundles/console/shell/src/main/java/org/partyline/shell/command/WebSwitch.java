package org.partyline.shell.command;

import org.partyline.api.PartylineException;

/** Starts and stops the web server. The choice survives a restart. A service. */
public interface WebSwitch {
    /**
     * Installs and starts the bundles of the web server, and waits until that is done. Does nothing if it is running.
     */
    void start() throws PartylineException;

    /** Removes them again. @return whether it was started */
    boolean stop() throws PartylineException;
}
