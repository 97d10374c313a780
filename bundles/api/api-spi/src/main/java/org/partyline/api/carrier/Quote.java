package org.partyline.api.carrier;

import java.util.List;
import org.partyline.api.Network;

/**
 * A message whose price is requested.
 *
 * @param message the number of the stored message
 * @param persona the number of the persona that pays
 * @param sizes the sizes of its packets in bytes; at least one
 * @param opens whether the packets after the first one cannot be read without it
 */
public record Quote(long message, int persona, Network network, List<Integer> sizes, boolean opens) {
    /** Accepts all values. */
    public Quote {
        sizes = List.copyOf(sizes);
    }
}
