package org.partyline.engine.chains;

/** Our own running chain in a membership. */
public record SendChainRecord(int membership, byte[] session, int suite, byte[] chain) {
    /** The table of the store. */
    public static final String TABLE = "send-chains";

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Sending";
    }
}
