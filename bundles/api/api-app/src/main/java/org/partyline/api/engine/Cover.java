package org.partyline.api.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Starts, stops and reports cover traffic: packets leave at the points of a Poisson process, as messages or decoys. An
 * observer sees the same process whether or not anyone talks. A service; needs an open store.
 */
@ProviderType
public interface Cover {
    /**
     * Starts cover traffic, or changes its plan.
     *
     * @param persona empty: the current one
     * @param mean mean time between two packets, 30 s to 24 h
     * @param budget satoshi a day for all packets that leave at points, messages and decoys alike: if only decoys
     *     counted, cover traffic would last longer the more is said. It pauses when the budget is spent, and resumes
     *     when there is room again
     */
    Status start(Optional<String> persona, Duration mean, long budget) throws PartylineException;

    /** Stops cover traffic: messages leave after a random delay again. */
    Status stop(Optional<String> persona) throws PartylineException;

    /** One for each persona that ever had cover traffic. */
    List<Status> status() throws PartylineException;

    /**
     * The state of a persona's cover traffic.
     *
     * @param persona its name
     * @param running whether packets leave at points
     * @param problem why packets do not leave although it was started, in one line; empty
     * @param mean mean time between two packets
     * @param budget satoshi a day
     * @param spent satoshi on packets that left at points in the last 24 hours
     * @param next when the next packet leaves; only the operator knows
     * @param messages messages whose packets were due at points, since it was first started
     * @param decoys decoys that were due at points, since it was first started
     */
    record Status(
            String persona,
            boolean running,
            String problem,
            Duration mean,
            long budget,
            long spent,
            Optional<Instant> next,
            long messages,
            long decoys) {}
}
