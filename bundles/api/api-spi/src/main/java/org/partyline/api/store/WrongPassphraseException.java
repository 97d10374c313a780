package org.partyline.api.store;

/** The passphrase does not open the store. Gives no hint. */
public final class WrongPassphraseException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** With the one message it has. */
    public WrongPassphraseException() {
        super("the passphrase is wrong: try again");
    }
}
