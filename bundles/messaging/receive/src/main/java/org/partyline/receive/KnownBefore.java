package org.partyline.receive;

import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** What was here before a start, and may come back: what waits for it is not taken for junk. */
record KnownBefore(KnownSuites suites, KnownForms forms) {
    /** Reads what was here before, and stores what is here. Part of the caller's transaction. */
    void exchange(StoreTransaction tx) throws StoreException {
        suites.exchange(tx);
        forms.exchange(tx);
    }
}
