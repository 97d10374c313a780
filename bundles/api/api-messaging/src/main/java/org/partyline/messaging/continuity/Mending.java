package org.partyline.messaging.continuity;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.state.AfterCommit;

/** Repairs state that may be an old copy (PROTOCOL 5, "State that may be old"). */
public interface Mending {
    /** Part of a transaction: whether a chain was ever begun, or a session, so that keys of ours were used. */
    boolean hasSpoken(StoreTransaction tx) throws StoreException;

    /** Part of a transaction: no key of ours that may have been used is used again. @param why the state is in doubt */
    void mend(StoreTransaction tx, AfterCommit after, String why) throws StoreException;
}
