package org.partyline.messaging.continuity;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.kernel.AfterCommit;

/** Tells old copies of the store from the one that ran last (PROTOCOL 5, "State that may be old"). */
@ProviderType
public interface KeyUse {
    /** A key of a session is used in this transaction: no copy from before it is good from now on. */
    void step(StoreTransaction tx, AfterCommit after) throws StoreException;
}
