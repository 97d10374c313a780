package org.partyline.storejdbc;

import org.partyline.api.panic.Erasable;
import org.partyline.api.store.StoreException;

/** Erases the store. */
final class ErasableStore implements Erasable {
    static final String NAME = "store";

    private final JdbcStore store;

    ErasableStore(JdbcStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int rank() {
        return STORE;
    }

    @Override
    public void overwriteKeys() {
        store.overwriteKeys();
    }

    @Override
    public void erase() throws StoreException {
        store.destroy();
    }
}
