package org.partyline.api.store;

/** The passphrase does not open the store. The message gives no hint. */
public final class WrongPassphraseException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with its only message. */
    public WrongPassphraseException() {
        super("the passphrase is wrong: try again");
    }
}
