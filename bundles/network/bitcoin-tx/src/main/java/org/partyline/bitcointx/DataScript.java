package org.partyline.bitcointx;

/** Reads and writes output scripts that carry data: OP_RETURN and one push. */
public final class DataScript {
    private static final int OP_RETURN = 0x6a;
    private static final int OP_PUSHDATA1 = 0x4c;
    private static final int OP_PUSHDATA2 = 0x4d;
    private static final int OP_PUSHDATA4 = 0x4e;
    private static final int LONGEST_DIRECT_PUSH = 75;

    private DataScript() {}

    /** OP_RETURN and one push of the data, in the shortest form. */
    public static byte[] of(byte[] data) {
        ByteWriter out = new ByteWriter().u8(OP_RETURN);
        int length = data.length;
        if (length <= LONGEST_DIRECT_PUSH) {
            out.u8(length);
        } else if (length <= 0xff) {
            out.u8(OP_PUSHDATA1).u8(length);
        } else if (length <= 0xffff) {
            out.u8(OP_PUSHDATA2).little(length, 2);
        } else {
            out.u8(OP_PUSHDATA4).little(length, 4);
        }
        return out.bytes(data).toByteArray();
    }

    /** Whether a script carries data, so that it can never be spent. */
    public static boolean is(byte[] script) {
        return script.length > 0 && (script[0] & 0xff) == OP_RETURN;
    }

    /** The maximum data for a script of at most this length; 0 or less: none. */
    public static int largestPayload(int scriptBytes) {
        int best = 0;
        for (int header : new int[] {1, 2, 3, 5}) {
            int payload = scriptBytes - 1 - header;
            int most =
                    header == 1 ? LONGEST_DIRECT_PUSH : header == 2 ? 0xff : header == 3 ? 0xffff : Integer.MAX_VALUE;
            best = Math.max(best, Math.min(payload, most));
        }
        return best;
    }
}
