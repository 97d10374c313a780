package org.partyline.api.settings;

import java.util.Locale;

/** When the packets of post-quantum key exchanges are sent (PROTOCOL 6.2). */
public enum PostQuantumMode {
    /** Not at all: exchanges are neither begun nor answered. */
    OFF,
    /** In the place of decoys, where cover traffic runs: at no cost beyond the cover. */
    COVER,
    /** At once, each in a packet that is paid for. */
    PAY;

    /** As it is written. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
