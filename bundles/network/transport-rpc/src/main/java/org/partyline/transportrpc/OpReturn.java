package org.partyline.transportrpc;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** OP_RETURN scripts, and a transaction of nothing else, which a node then funds. */
final class OpReturn {
    private static final int OP_RETURN = 0x6a;
    private static final int OP_PUSHDATA1 = 0x4c;
    private static final int OP_PUSHDATA2 = 0x4d;
    private static final int OP_PUSHDATA4 = 0x4e;
    private static final int LONGEST_DIRECT_PUSH = 75;

    private OpReturn() {}

    /** The most data whose script is no longer than so many bytes. */
    static int largestPayload(int scriptBytes) {
        int best = 0;
        for (int header : new int[] {1, 2, 3, 5}) {
            int payload = scriptBytes - 1 - header;
            int most =
                    header == 1 ? LONGEST_DIRECT_PUSH : header == 2 ? 0xff : header == 3 ? 0xffff : Integer.MAX_VALUE;
            best = Math.max(best, Math.min(payload, most));
        }
        return best;
    }

    /** OP_RETURN and one push of the data. */
    static byte[] script(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(OP_RETURN);
        int length = data.length;
        if (length <= LONGEST_DIRECT_PUSH) {
            out.write(length);
        } else if (length <= 0xff) {
            out.write(OP_PUSHDATA1);
            out.write(length);
        } else if (length <= 0xffff) {
            out.write(OP_PUSHDATA2);
            little(out, length, 2);
        } else {
            out.write(OP_PUSHDATA4);
            little(out, length, 4);
        }
        out.writeBytes(data);
        return out.toByteArray();
    }

    /**
     * A transaction of version 2 without inputs, in the form without witnesses; {@code createrawtransaction} refuses
     * a second data output, so it is written here.
     */
    static byte[] unfunded(List<byte[]> payloads, long locktime) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        little(out, 2, 4);
        out.write(0);
        compact(out, payloads.size());
        for (byte[] payload : payloads) {
            byte[] script = script(payload);
            little(out, 0, 8);
            compact(out, script.length);
            out.writeBytes(script);
        }
        little(out, locktime, 4);
        return out.toByteArray();
    }

    static int compactLength(int value) {
        return value < 0xfd ? 1 : value <= 0xffff ? 3 : 5;
    }

    static void compact(ByteArrayOutputStream out, int value) {
        if (value < 0xfd) {
            out.write(value);
        } else if (value <= 0xffff) {
            out.write(0xfd);
            little(out, value, 2);
        } else {
            out.write(0xfe);
            little(out, value, 4);
        }
    }

    static void little(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }
}
