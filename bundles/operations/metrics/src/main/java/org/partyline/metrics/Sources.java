package org.partyline.metrics;

import java.util.Optional;

/** Provides services to the numbers. Each may be unavailable. */
interface Sources {
    /** A service for one measurement; empty if it is unavailable. */
    <T> Optional<T> find(Class<T> type);
}
