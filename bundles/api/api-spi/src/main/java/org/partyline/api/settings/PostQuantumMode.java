package org.partyline.api.settings;

import java.util.Locale;

/** When the packets of post-quantum key exchanges are sent (PROTOCOL 6.2). */
public enum PostQuantumMode {
    /** Never: exchanges are neither begun nor answered. */
    OFF,
    /** Instead of decoys, while cover traffic runs: at no additional cost. */
    COVER,
    /** At once, each in a packet that is paid for. */
    PAY;

    /** The word for it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
