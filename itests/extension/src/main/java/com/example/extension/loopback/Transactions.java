package com.example.extension.loopback;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.List;
import org.partyline.api.TxId;

/**
 * Transactions of a network where nobody checks signatures: one input, an OP_RETURN output for each payload, change.
 */
final class Transactions {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int OP_RETURN = 0x6a;
    private static final int OP_PUSHDATA1 = 0x4c;
    private static final int LONGEST_DIRECT_PUSH = 75;
    private static final int REPLACEABLE = 0xfffffffd;

    private Transactions() {}

    static TxId random() {
        byte[] bytes = new byte[TxId.LENGTH];
        RANDOM.nextBytes(bytes);
        return TxId.ofBytes(bytes);
    }

    /** No transaction here has witnesses. */
    static TxId id(byte[] raw) {
        return TxId.ofStripped(raw);
    }

    /** @param change satoshi */
    static byte[] of(List<byte[]> payloads, long change) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, 2, Integer.BYTES);
        out.write(1);
        out.writeBytes(random().bytes());
        number(out, 0, Integer.BYTES);
        out.write(0);
        number(out, REPLACEABLE, Integer.BYTES);
        out.write(payloads.size() + 1);
        for (byte[] payload : payloads) {
            number(out, 0, Long.BYTES);
            boolean direct = payload.length <= LONGEST_DIRECT_PUSH;
            out.write(payload.length + (direct ? 2 : 3));
            out.write(OP_RETURN);
            if (!direct) {
                out.write(OP_PUSHDATA1);
            }
            out.write(payload.length);
            out.writeBytes(payload);
        }
        number(out, change, Long.BYTES);
        // Pays to the hash of a non-existent witness key (BIP141).
        out.write(22);
        out.write(0);
        out.write(20);
        byte[] key = new byte[20];
        RANDOM.nextBytes(key);
        out.writeBytes(key);
        number(out, 0, Integer.BYTES);
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, long value, int bytes) {
        byte[] all = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        out.write(all, 0, bytes);
    }
}
