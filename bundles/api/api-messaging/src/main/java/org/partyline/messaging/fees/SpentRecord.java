package org.partyline.messaging.fees;

/** What was spent. @param covered on a packet, whatever it says, that left at a point of cover traffic */
public record SpentRecord(long time, long fee, boolean covered, int persona) {
    /** The table of the store. */
    public static final String TABLE = "spent";
}
