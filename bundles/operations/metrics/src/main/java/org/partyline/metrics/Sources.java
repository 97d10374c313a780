package org.partyline.metrics;

import java.util.Optional;

/** The services that numbers come from. Each may be away. */
interface Sources {
    /** A service, for one look; empty when it is away. */
    <T> Optional<T> find(Class<T> type);
}
