package org.partyline.api.transport;

import org.partyline.api.PartylineException;

/** An account does not have enough spendable coins. */
public final class InsufficientFundsException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: whose wallet, its balance and the required amount in sat, how to fund it */
    public InsufficientFundsException(String message) {
        super(message);
    }
}
