package org.partyline.messaging.recognition;

/** The store tables of packets that are held until they can be opened. */
public final class HeldPackets {
    /** Packets that matched nothing yet. */
    public static final String UNMATCHED = "unmatched";

    /** Packets that wait for a suite or a key. */
    public static final String PARKED = "parked";

    /** Suites of other bundles that were available once. */
    public static final String KNOWN_SUITES = "known-suites";

    /** Receivers of other bundles that were available once. */
    private HeldPackets() {}
}
