package org.partyline.api.carrier;

/** The result of recalling a message's packets. */
public final class RecallTally {
    private int replaced;
    private long fee;
    private boolean stored;

    /** Counts a replaced transaction. @param added the additional fee of the replacement, in satoshi */
    public void replaced(long added) {
        replaced++;
        fee += added;
        stored = true;
    }

    /** Records that a replacement is stored: from then on the recall cannot be undone. */
    public void stored() {
        stored = true;
    }

    /** The number of replaced transactions. */
    public int replaced() {
        return replaced;
    }

    /** The additional fees of the replacements, in satoshi. */
    public long fee() {
        return fee;
    }

    /** Whether a replacement is stored. */
    public boolean isStored() {
        return stored;
    }
}
