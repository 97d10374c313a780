package org.partyline.api.store;

/**
 * Another server has taken over the store: this one must no longer read, write or send. Never thrown by a store that
 * only one server can use.
 */
public final class NotLeaderException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with its only message. */
    public NotLeaderException() {
        super("this server is no longer the leader: another one has taken over the store, and this one sends nothing");
    }
}
