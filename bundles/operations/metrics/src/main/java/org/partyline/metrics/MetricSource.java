package org.partyline.metrics;

import org.partyline.api.PartylineException;

/** Provides the numbers of one part of the server. */
@FunctionalInterface
interface MetricSource {
    /**
     * Writes them down.
     *
     * @throws PartylineException when they cannot be had now: they are left out
     */
    void write(Sources sources, Page page) throws PartylineException;
}
