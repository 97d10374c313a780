package org.partyline.api.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/**
 * Starts, stops and reports cover traffic: packets leave at the points of a Poisson process, as messages or decoys. Who
 * watches sees the same process whether anyone talks or not. A service; needs an open store.
 */
@ProviderType
public interface Cover {
    /**
     * Starts, or changes the plan.
     *
     * @param persona empty: the current one
     * @param mean between two packets, 30 s to 24 h
     * @param budget satoshi a day for packets that leave at points, messages and decoys alike: were decoys alone counted, cover
     *     traffic would last longer the more is said. It stops by itself when they are spent, and goes on when they are not any more
     */
    Status start(Optional<String> persona, Duration mean, long budget) throws PartylineException;

    /** Stops: messages leave by jitter alone again. */
    Status stop(Optional<String> persona) throws PartylineException;

    /** One for each persona that ever had cover traffic. */
    List<Status> status() throws PartylineException;

    /**
     * The state of a persona's cover traffic.
     *
     * @param persona whose
     * @param running whether packets leave at points
     * @param problem why not, although it was started, in one line; empty
     * @param mean between two packets
     * @param budget satoshi a day
     * @param spent satoshi on packets that left at points in the last 24 hours
     * @param next when the next packet leaves; nobody but the operator knows
     * @param messages whose packets were due at points, since it was first started
     * @param decoys that were due at points, since it was first started
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
