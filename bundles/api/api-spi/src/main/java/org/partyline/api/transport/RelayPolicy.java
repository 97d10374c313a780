package org.partyline.api.transport;

import org.partyline.api.FeeRate;

/**
 * The limits of what a node relays.
 *
 * @param maxPayload most bytes of data in one OP_RETURN output, 0 when it relays none
 * @param maxOutputs most OP_RETURN outputs in one transaction
 * @param maxScriptBytes most bytes of all OP_RETURN scripts of one transaction together
 * @param minRelayFee the floor, mempool pressure included
 * @param incrementalFee what a replacement adds for its own size (BIP125 rule 4)
 * @param maxUnconfirmed most transactions that wait and spend from each other, a new one included
 */
public record RelayPolicy(
        int maxPayload,
        int maxOutputs,
        int maxScriptBytes,
        FeeRate minRelayFee,
        FeeRate incrementalFee,
        int maxUnconfirmed) {
    /** In a chain, as every node accepts: Bitcoin Core before version 31, and its wallet in every version. */
    public static final int CHAIN = 25;
    /** In a cluster, from Bitcoin Core 31 on. */
    public static final int CLUSTER = 64;

    /** What every stock node has carried for years: one output of 80 bytes, 1 sat/vB. */
    public static final RelayPolicy CONSERVATIVE = new RelayPolicy(80, 1, 83, new FeeRate(1000), new FeeRate(1000));

    /** With the chain of unconfirmed transactions that every node accepts. */
    public RelayPolicy(
            int maxPayload, int maxOutputs, int maxScriptBytes, FeeRate minRelayFee, FeeRate incrementalFee) {
        this(maxPayload, maxOutputs, maxScriptBytes, minRelayFee, incrementalFee, CHAIN);
    }
}
