package org.partyline.messaging.chains;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What we send by in a membership: our own running chain, or what another bundle's sealer said last of itself. Both end with the start, since the files
 * may be an old copy: what is used up since would be used again.
 *
 * @param opener the outgoing message whose first packet opens the chain; 0 for another bundle's sealer
 * @param mined whether that packet was in a block when the chain was used last
 */
public record SendChainRecord(int membership, byte[] session, int suite, byte[] chain, long opener, boolean mined) {
    /** The table of the store. */
    public static final String TABLE = "send-chains";

    /** No suite has this code. */
    private static final int SEALER = 0;

    /** @param sealer its id @param state as it is, not a copy */
    public static SendChainRecord ofSealer(int membership, String sealer, byte[] state) {
        return new SendChainRecord(membership, name(sealer), SEALER, state, 0, false);
    }

    /** Whether it is that sealer's. */
    public boolean isOf(String sealer) {
        return suite == SEALER && Arrays.equals(session, name(sealer));
    }

    /** The id of the chain, 16 hex digits. */
    public String name() {
        return HexFormat.of().formatHex(session);
    }

    private static byte[] name(String sealer) {
        return sealer.getBytes(StandardCharsets.US_ASCII);
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Sending";
    }
}
