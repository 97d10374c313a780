package org.partyline.metrics;

import org.partyline.api.PartylineException;

/** Provides the numbers of one part of the server. */
@FunctionalInterface
interface MetricSource {
    /**
     * Writes its numbers.
     *
     * @throws PartylineException if they are unavailable now: they are left out
     */
    void write(Sources sources, Page page) throws PartylineException;
}
