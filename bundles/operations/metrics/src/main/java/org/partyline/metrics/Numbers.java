package org.partyline.metrics;

import org.partyline.api.PartylineException;

/** Provides the numbers of one part of the server. */
@FunctionalInterface
interface Numbers {
    /**
     * Writes them down.
     *
     * @throws PartylineException when they cannot be had now: they are left out
     */
    void tell(Sources sources, Page page) throws PartylineException;
}
