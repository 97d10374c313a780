package org.partyline.api.store;

/**
 * Another server has taken over the store: this one must not read, write or send any more. Of a store that only one
 * server can use, never.
 */
public final class NotLeaderException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** With the one message it has. */
    public NotLeaderException() {
        super("this server is no longer the leader: another one has taken over the store, and this one sends nothing");
    }
}
