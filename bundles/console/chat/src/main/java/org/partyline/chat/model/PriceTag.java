package org.partyline.chat.model;

import java.util.Optional;

/**
 * What the text in the input line would cost.
 *
 * @param text that was priced: for another one it says nothing
 * @param packets 0: not known
 * @param bytes of all packets
 * @param fee the most that it costs at the fee rates of now, in satoshi; empty: no node can say
 * @param margin satoshi that it may cost more, if fee rates rise while it leaves
 * @param warning what its sender should know, safe to paint; empty
 * @param refusal why it cannot be sent, safe to paint; empty
 */
public record PriceTag(
        String text, int packets, int bytes, Optional<Long> fee, long margin, String warning, String refusal) {
    /** Of nothing. */
    public static final PriceTag NONE = new PriceTag("", 0, 0, Optional.empty(), 0, "", "");

    /** Does not show the text. */
    @Override
    public String toString() {
        return "PriceTag";
    }
}
