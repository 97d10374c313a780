package org.partyline.engine;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** Makes state safe to go on with that may be an old copy (PROTOCOL 5, "State that may be old"). */
@FunctionalInterface
interface Mending {
    /** Part of a transaction: no key of ours that may have been used is used again. @param why the state is in doubt */
    void mend(StoreTransaction tx, Memory memory, AfterCommit after, String why) throws StoreException;
}
