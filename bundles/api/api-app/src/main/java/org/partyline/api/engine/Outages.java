package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Lists the program's bundles that are not running. Work that needs them waits; everything else continues. */
@ProviderType
public interface Outages {
    /** The program's bundles that are not active, by name. */
    List<Outage> list();

    /**
     * A bundle that is not running.
     *
     * @param bundle its symbolic name
     * @param version its version
     * @param state {@code stopped}, {@code installed}, {@code starting} or {@code stopping}
     * @param since when it stopped; empty if that was before this server began to watch it
     */
    record Outage(String bundle, String version, String state, Optional<Instant> since) {}
}
