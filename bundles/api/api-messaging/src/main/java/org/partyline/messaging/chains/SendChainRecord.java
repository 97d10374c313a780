package org.partyline.messaging.chains;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What we send by in a membership: our own running chain, or what another bundle's sealer said last of itself. Both end with the start, since the files
 * may be an old copy: what is used up since would be used again.
 */
public record SendChainRecord(int membership, byte[] session, int suite, byte[] chain) {
    /** The table of the store. */
    public static final String TABLE = "send-chains";

    /** No suite has this code. */
    private static final int SEALER = 0;

    /** @param sealer its id @param state as it is, not a copy */
    public static SendChainRecord ofSealer(int membership, String sealer, byte[] state) {
        return new SendChainRecord(membership, name(sealer), SEALER, state);
    }

    /** Whether it is that sealer's. */
    public boolean isOf(String sealer) {
        return suite == SEALER && Arrays.equals(session, name(sealer));
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
