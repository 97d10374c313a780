package org.partyline.messaging.chains;

import java.util.HexFormat;

/**
 * The state of our own chain in a membership, as stored. A chain does not survive a restart: the files may be an old
 * copy, and keys used since would be used again.
 *
 * @param opener the outgoing message whose first packet opens the chain
 * @param mined whether that packet was in a block when the chain was last used
 */
public record SendChainRecord(int membership, byte[] session, int suite, byte[] chain, long opener, boolean mined) {
    /** The table of the store. */
    public static final String TABLE = "send-chains";

    /** The id of the chain, 16 hex digits. */
    public String name() {
        return HexFormat.of().formatHex(session);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Sending";
    }
}
