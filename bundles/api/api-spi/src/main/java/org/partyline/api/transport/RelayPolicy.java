package org.partyline.api.transport;

import org.partyline.api.FeeRate;

/**
 * The limits of what a node relays.
 *
 * @param maxPayload the maximum number of data bytes in one OP_RETURN output, 0 if it relays none
 * @param maxOutputs the maximum number of OP_RETURN outputs in one transaction
 * @param maxScriptBytes the maximum total size of all OP_RETURN scripts of one transaction
 * @param minRelayFee the floor, including mempool pressure
 * @param incrementalFee the rate that a replacement adds for its own size (BIP125 rule 4)
 * @param maxUnconfirmed the maximum number of unconfirmed transactions that spend from each other, including a new one
 */
public record RelayPolicy(
        int maxPayload,
        int maxOutputs,
        int maxScriptBytes,
        FeeRate minRelayFee,
        FeeRate incrementalFee,
        int maxUnconfirmed) {
    /** For a chain, as every node accepts: Bitcoin Core before version 31, and its wallet in every version. */
    public static final int CHAIN = 25;
    /** For a cluster, from Bitcoin Core 31 on. */
    public static final int CLUSTER = 64;

    /** Relayed by every unmodified node for years: one output of 80 bytes, 1 sat/vB. */
    public static final RelayPolicy CONSERVATIVE = new RelayPolicy(80, 1, 83, new FeeRate(1000), new FeeRate(1000));

    /** Creates a policy with the number of unconfirmed transactions in a chain that every node accepts. */
    public RelayPolicy(
            int maxPayload, int maxOutputs, int maxScriptBytes, FeeRate minRelayFee, FeeRate incrementalFee) {
        this(maxPayload, maxOutputs, maxScriptBytes, minRelayFee, incrementalFee, CHAIN);
    }
}
