package org.partyline.api.settings;

import java.util.Locale;
import java.util.Optional;

/** When contacts are sent receipts for their messages. */
public enum ReceiptMode {
    /** Never. */
    OFF,
    /** In the place of decoys, where cover traffic runs: at no cost beyond the cover. */
    COVER,
    /** At once, each in a packet that is paid for. */
    PAY;

    /** As it is written. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The mode that is written so; empty: there is none. */
    public static Optional<ReceiptMode> of(String label) {
        for (ReceiptMode mode : values()) {
            if (mode.label().equals(label)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
