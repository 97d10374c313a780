package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Lists the bundles of this program that are not running. What needs them waits; the rest goes on. */
@ProviderType
public interface Outages {
    /** The bundles of ours that are not active, by name. */
    List<Outage> list();

    /**
     * A bundle that is not running.
     *
     * @param bundle its symbolic name
     * @param version its version
     * @param state {@code stopped}, {@code installed}, {@code starting} or {@code stopping}
     * @param since when it stopped; empty when that was before this server was watching
     */
    record Outage(String bundle, String version, String state, Optional<Instant> since) {}
}
