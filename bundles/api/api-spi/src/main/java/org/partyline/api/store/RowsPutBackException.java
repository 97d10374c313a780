package org.partyline.api.store;

/**
 * The store differs from what this server last stored: someone restored an earlier state of it, or of some rows, while
 * the server was running. A key may be used twice if it goes on (PROTOCOL 5, "State that may be old").
 */
public final class RowsPutBackException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final String what;

    /** @param what is older than it should be */
    public RowsPutBackException(String what) {
        super(what + " is not in the state this server last stored: nothing is sealed until channels begin new "
                + "chains and sessions are opened anew");
        this.what = what;
    }

    /** What is older than it should be. */
    public String what() {
        return what;
    }
}
