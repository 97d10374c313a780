package org.partyline.api.store;

/**
 * Another server took over the store that this one worked on: this one may neither read nor write it any more, nor send what is in
 * it. Of a store that only one server can use, never.
 */
public final class NotLeaderException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** With the one message it has. */
    public NotLeaderException() {
        super("this server is no longer the leader: another one has taken over the store, and this one sends nothing");
    }
}
