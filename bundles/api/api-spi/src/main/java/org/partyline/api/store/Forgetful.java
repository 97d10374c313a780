package org.partyline.api.store;

import org.osgi.annotation.versioning.ConsumerType;

/** Holds text that must be wiped when the store is locked, such as typed or displayed messages. A service. */
@ConsumerType
public interface Forgetful {
    /** Erases the text, since the store has been locked. It is gone when this returns. */
    void forget();
}
