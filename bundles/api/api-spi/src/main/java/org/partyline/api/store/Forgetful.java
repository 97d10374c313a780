package org.partyline.api.store;

import org.osgi.annotation.versioning.ConsumerType;

/** Holds words that belong to an open store: what was typed, what was shown. A service. */
@ConsumerType
public interface Forgetful {
    /** Forgets them, since the store has been locked. They are gone when this returns. */
    void forget();
}
