package org.partyline.metrics;

import java.util.Optional;

/** The services that numbers come from. Each may be unavailable. */
interface Sources {
    /** A service, for one look; empty when it is unavailable. */
    <T> Optional<T> find(Class<T> type);
}
