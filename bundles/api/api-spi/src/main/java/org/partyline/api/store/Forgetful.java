package org.partyline.api.store;

import org.osgi.annotation.versioning.ConsumerType;

/** Holds text that must be wiped when the store is locked, such as typed or displayed words. A service. */
@ConsumerType
public interface Forgetful {
    /** Forgets them, since the store has been locked. They are gone when this returns. */
    void forget();
}
