package org.partyline.chat.model;

import java.util.List;
import java.util.Optional;

/**
 * The price of the text in the input line.
 *
 * @param text that was priced: for another one it says nothing
 * @param packets 0: not known
 * @param bytes of all packets
 * @param fee the most that it costs at the fee rates of now, in satoshi; empty: no node can say
 * @param margin satoshi that it may cost more, if fee rates rise while it leaves
 * @param warning what its sender should know, safe to paint; empty
 * @param refusal why it cannot be sent, safe to paint; empty
 * @param parts the messages that it becomes where it is too long for one; none: it is one
 * @param offered whether the sender was asked if it may be sent in parts
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
    /** Of nothing. */
    public static final PriceTag NONE = new PriceTag("", 0, 0, Optional.empty(), 0, "", "");

    public PriceTag {
        parts = List.copyOf(parts);
    }

    /** Of one message. */
    public PriceTag(
            String text, int packets, int bytes, Optional<Long> fee, long margin, String warning, String refusal) {
        this(text, packets, bytes, fee, margin, warning, refusal, List.of(), false);
    }

    /** The same, once the sender was asked, or is not asked any more. */
    public PriceTag offered(boolean asked) {
        return new PriceTag(text, packets, bytes, fee, margin, warning, refusal, parts, asked);
    }

    /** Does not show the text. */
    @Override
    public String toString() {
        return "PriceTag";
    }
}
