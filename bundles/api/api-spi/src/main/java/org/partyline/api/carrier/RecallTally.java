package org.partyline.api.carrier;

/** The result of recalling a message's packets. */
public final class RecallTally {
    private int replaced;
    private long fee;
    private boolean stored;

    /** A transaction took the place of one that carried some of it. @param added satoshi that it pays more */
    public void replaced(long added) {
        replaced++;
        fee += added;
        stored = true;
    }

    /** A replacement is stored: the message goes back on no way from there. */
    public void stored() {
        stored = true;
    }

    /** How many transactions were replaced. */
    public int replaced() {
        return replaced;
    }

    /** Satoshi that the replacements pay more. */
    public long fee() {
        return fee;
    }

    /** Whether a replacement is stored. */
    public boolean isStored() {
        return stored;
    }
}
