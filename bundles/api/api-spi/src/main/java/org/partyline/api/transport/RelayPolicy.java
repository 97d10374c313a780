package org.partyline.api.transport;

import org.partyline.api.FeeRate;

/**
 * What a node carries.
 *
 * @param maxPayload most bytes of data in one OP_RETURN output, 0 when it relays none
 * @param maxOutputs most OP_RETURN outputs in one transaction
 * @param maxScriptBytes most bytes of all OP_RETURN scripts of one transaction together
 * @param minRelayFee the floor, mempool pressure included
 * @param incrementalFee what a replacement adds for its own size (BIP125 rule 4)
 */
public record RelayPolicy(
        int maxPayload, int maxOutputs, int maxScriptBytes, FeeRate minRelayFee, FeeRate incrementalFee) {
    /** What every stock node has carried for years: one output of 80 bytes, 1 sat/vB. */
    public static final RelayPolicy CONSERVATIVE = new RelayPolicy(80, 1, 83, new FeeRate(1000), new FeeRate(1000));
}
