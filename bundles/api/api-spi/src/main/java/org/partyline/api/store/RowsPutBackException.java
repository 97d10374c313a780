package org.partyline.api.store;

/**
 * The store differs from what this server last stored: someone restored an earlier state of it, or of some rows, while
 * the server was running. A key might be used twice if it continued (PROTOCOL 5, "State that may be old").
 */
public final class RowsPutBackException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final String what;

    /** @param what the part that is older than it should be */
    public RowsPutBackException(String what) {
        super(what + " is not in the state this server last stored: nothing is sealed until channels begin new "
                + "chains and sessions are opened anew");
        this.what = what;
    }

    /** The part that is older than it should be. */
    public String what() {
        return what;
    }
}
