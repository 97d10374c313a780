package org.partyline.transportrpc;

import java.util.List;
import org.partyline.bitcointx.ByteWriter;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.OutPoint;

/** A transaction with only data outputs, before a node funds it. */
final class Unfunded {
    /** Announces BIP125 replacement, and allows a lock time. */
    private static final long REPLACEABLE = 0xfffffffdL;

    private Unfunded() {}

    /**
     * A transaction of version 2, in the form without witnesses; written here, since {@code createrawtransaction}
     * rejects a second data output.
     *
     * @param coins the coins to spend; empty: the node chooses
     */
    static byte[] of(List<byte[]> payloads, long lockTime, List<OutPoint> coins) {
        ByteWriter out = new ByteWriter().little(2, 4).compactSize(coins.size());
        for (OutPoint coin : coins) {
            out.outPoint(coin).u8(0).little(REPLACEABLE, 4);
        }
        out.compactSize(payloads.size());
        for (byte[] payload : payloads) {
            out.output(0, DataScript.of(payload));
        }
        return out.little(lockTime, 4).toByteArray();
    }
}
