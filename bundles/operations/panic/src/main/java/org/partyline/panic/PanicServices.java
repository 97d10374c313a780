package org.partyline.panic;

import java.util.List;
import java.util.Optional;

/** Provides the current services of other bundles. */
interface PanicServices {
    /** All services of a type. */
    <T> List<T> all(Class<T> type);

    /** The symbolic names of bundles that declare services of a type and provide none now, sorted. */
    List<String> away(Class<?> type);

    /** The service of a type with the highest ranking; empty if there is none. */
    default <T> Optional<T> one(Class<T> type) {
        return all(type).stream().findFirst();
    }
}
