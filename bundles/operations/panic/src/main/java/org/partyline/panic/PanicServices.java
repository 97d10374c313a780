package org.partyline.panic;

import java.util.List;
import java.util.Optional;

/** Provides the current services of other bundles. */
interface PanicServices {
    /** All of a kind. */
    <T> List<T> all(Class<T> type);

    /** The symbolic names of the bundles that are to offer some of a kind and offer none now, sorted. */
    List<String> away(Class<?> type);

    /** The best of a kind; empty while there is none. */
    default <T> Optional<T> one(Class<T> type) {
        return all(type).stream().findFirst();
    }
}
