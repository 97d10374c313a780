package org.partyline.api.store;

/** The store is locked. */
public final class StoreLockedException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** With the one message it has. */
    public StoreLockedException() {
        super("the store is locked: open it with partyline:unlock");
    }
}
