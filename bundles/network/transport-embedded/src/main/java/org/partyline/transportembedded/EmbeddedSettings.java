package org.partyline.transportembedded;

import java.time.Duration;
import java.util.Objects;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.RelayPolicy;

/**
 * The settings of an embedded node.
 *
 * @param blockInterval time between blocks; zero: blocks are created by command only
 * @param maxScriptBytes the maximum total size of all OP_RETURN scripts of a transaction
 * @param maxOutputs the maximum number of OP_RETURN outputs of a transaction
 * @param relayFee the floor
 * @param incrementalFee the rate that a replacement adds for its own size
 * @param mempoolVbytes the maximum size of the mempool in virtual bytes
 * @param mempoolExpiry the maximum time in the mempool
 */
record EmbeddedSettings(
        Duration blockInterval,
        int maxScriptBytes,
        int maxOutputs,
        FeeRate relayFee,
        FeeRate incrementalFee,
        long mempoolVbytes,
        Duration mempoolExpiry) {
    /** The largest payload of a standard transaction of 400,000 weight units, beside an input and change. */
    private static final int LARGEST_PAYLOAD = 99_000;

    EmbeddedSettings {
        Objects.requireNonNull(blockInterval, "blockInterval");
        Objects.requireNonNull(relayFee, "relayFee");
        Objects.requireNonNull(incrementalFee, "incrementalFee");
        Objects.requireNonNull(mempoolExpiry, "mempoolExpiry");
    }

    /** The relay policy for these settings. */
    RelayPolicy policy(FeeRate floor) {
        return new RelayPolicy(
                largestPayload(), maxOutputs, maxScriptBytes, floor, incrementalFee, Mempool.MAX_CLUSTER);
    }

    /** An OP_RETURN script is the opcode, a push opcode with 0, 1, 2 or 4 bytes of length, and the data. */
    private int largestPayload() {
        if (maxOutputs == 0) {
            return 0;
        }
        int data = maxScriptBytes - 2;
        if (data > 75) {
            data = Math.max(75, maxScriptBytes - 3);
        }
        if (data > 255) {
            data = Math.max(255, maxScriptBytes - 4);
        }
        if (data > 65_535) {
            data = Math.max(65_535, maxScriptBytes - 6);
        }
        return Math.max(0, Math.min(LARGEST_PAYLOAD, data));
    }
}
