package org.partyline.engine.continuity;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.kernel.AfterCommit;
import org.partyline.engine.kernel.Memory;

/** Makes state safe to go on with that may be an old copy (PROTOCOL 5, "State that may be old"). */
@FunctionalInterface
public interface Mending {
    /** Part of a transaction: no key of ours that may have been used is used again. @param why the state is in doubt */
    void mend(StoreTransaction tx, Memory memory, AfterCommit after, String why) throws StoreException;
}
