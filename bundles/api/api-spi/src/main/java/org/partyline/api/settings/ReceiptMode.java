package org.partyline.api.settings;

import java.util.Locale;
import java.util.Optional;

/** When contacts are sent receipts for their messages. */
public enum ReceiptMode {
    /** Never. */
    OFF,
    /** Instead of decoys, while cover traffic runs: at no additional cost. */
    COVER,
    /** At once, each in a packet that is paid for. */
    PAY;

    /** The word for it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The mode of that word; empty if there is none. */
    public static Optional<ReceiptMode> of(String label) {
        for (ReceiptMode mode : values()) {
            if (mode.label().equals(label)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
