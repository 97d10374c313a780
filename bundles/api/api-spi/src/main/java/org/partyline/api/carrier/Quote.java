package org.partyline.api.carrier;

import java.util.List;
import org.partyline.api.Network;

/**
 * A message whose price is requested.
 *
 * @param message its number; it is stored
 * @param persona number of who pays
 * @param sizes of its packets in bytes; one at least
 * @param opens whether packets behind its first one cannot be read without that
 */
public record Quote(long message, int persona, Network network, List<Integer> sizes, boolean opens) {
    /** Checks nothing. */
    public Quote {
        sizes = List.copyOf(sizes);
    }
}
