package org.partyline.chat.model;

import java.util.Optional;

/**
 * What the text in the input line would cost.
 *
 * @param text that was priced: for another one it says nothing
 * @param packets 0: not known
 * @param bytes of all packets
 * @param fee satoshi; empty: no node can say
 * @param refusal why it cannot be sent, safe to paint; empty
 */
public record PriceTag(String text, int packets, int bytes, Optional<Long> fee, String refusal) {
    /** Of nothing. */
    public static final PriceTag NONE = new PriceTag("", 0, 0, Optional.empty(), "");

    /** Does not show the text. */
    @Override
    public String toString() {
        return "PriceTag";
    }
}
