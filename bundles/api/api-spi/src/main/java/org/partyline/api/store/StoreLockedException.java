package org.partyline.api.store;

/** The store is locked, does not exist yet, or its contents are not loaded. */
public final class StoreLockedException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with the usual message. */
    public StoreLockedException() {
        this("the store is locked: open it with partyline:unlock");
    }

    /** Says what to do about a store that is not open. @param state its state */
    public static StoreLockedException of(Store.State state) {
        return state == Store.State.NEW
                ? new StoreLockedException("there is no store yet: create one with partyline:setup")
                : new StoreLockedException();
    }

    /** @param message for people: what to do; nothing secret */
    public StoreLockedException(String message) {
        super(message);
    }
}
