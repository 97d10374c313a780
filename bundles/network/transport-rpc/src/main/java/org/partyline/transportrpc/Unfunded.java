package org.partyline.transportrpc;

import java.util.List;
import org.partyline.bitcointx.ByteWriter;
import org.partyline.bitcointx.DataScript;

/** A transaction of outputs with data and nothing else, which a node then funds. */
final class Unfunded {
    private Unfunded() {}

    /**
     * A transaction of version 2 without inputs, in the form without witnesses; {@code createrawtransaction} refuses
     * a second data output, so it is written here.
     */
    static byte[] of(List<byte[]> payloads, long lockTime) {
        ByteWriter out = new ByteWriter().little(2, 4).u8(0).compactSize(payloads.size());
        for (byte[] payload : payloads) {
            out.output(0, DataScript.of(payload));
        }
        return out.little(lockTime, 4).toByteArray();
    }
}
