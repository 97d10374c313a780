package org.partyline.api.store;

/** The store is locked, or its contents are not loaded. */
public final class StoreLockedException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** With the message that it usually has. */
    public StoreLockedException() {
        this("the store is locked: open it with partyline:unlock");
    }

    /** @param message for people: what to do; nothing secret */
    public StoreLockedException(String message) {
        super(message);
    }
}
