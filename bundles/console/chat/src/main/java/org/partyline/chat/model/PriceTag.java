package org.partyline.chat.model;

import java.util.List;
import java.util.Optional;

/**
 * The price of the text in the input line.
 *
 * @param text that was priced: the price applies to no other text
 * @param packets 0 if unknown
 * @param bytes of all packets
 * @param fee the maximum cost at the present fee rates, in satoshi; empty if no node reports any
 * @param margin satoshi that it may cost in addition until it is mined
 * @param warning a warning for the sender, safe to paint; empty if there is none
 * @param refusal why it cannot be sent, safe to paint; empty if it can
 * @param parts the messages that it is split into; empty if it fits in one
 * @param offered whether the sender was asked to send it in parts
 */
public record PriceTag(
        String text,
        int packets,
        int bytes,
        Optional<Long> fee,
        long margin,
        String warning,
        String refusal,
        List<String> parts,
        boolean offered) {
    /** The price of an empty text. */
    public static final PriceTag NONE = new PriceTag("", 0, 0, Optional.empty(), 0, "", "");

    public PriceTag {
        parts = List.copyOf(parts);
    }

    /** The price of one message. */
    public PriceTag(
            String text, int packets, int bytes, Optional<Long> fee, long margin, String warning, String refusal) {
        this(text, packets, bytes, fee, margin, warning, refusal, List.of(), false);
    }

    /** Returns the same price, with the offer to split the text made or withdrawn. */
    public PriceTag offered(boolean asked) {
        return new PriceTag(text, packets, bytes, fee, margin, warning, refusal, parts, asked);
    }

    /** Does not show the text. */
    @Override
    public String toString() {
        return "PriceTag";
    }
}
