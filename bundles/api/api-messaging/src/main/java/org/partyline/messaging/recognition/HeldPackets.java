package org.partyline.messaging.recognition;

/** The store tables of packets that are held until they can be opened. */
public final class HeldPackets {
    /** Packets that matched nothing yet. */
    public static final String UNMATCHED = "unmatched";

    /** Packets that wait for a suite, or for their key. */
    public static final String PARKED = "parked";

    /** The suites of other bundles that were here. */
    public static final String KNOWN_SUITES = "known-suites";

    /** The receivers of other bundles that were here. */
    private HeldPackets() {}
}
