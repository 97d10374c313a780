package org.partyline.api.carrier;

import java.util.Collections;
import java.util.List;

/** Calculates the virtual size of transactions with one P2WPKH coin, its change, and packets. */
public final class TransactionSize {
    /** One P2WPKH input, an 80-byte OP_RETURN, a P2WPKH change output (measured). */
    public static final int ONE_PACKET = 202;

    private static final int BYTES_IN_ONE_PACKET = 80;

    private TransactionSize() {}

    /** The size of a transaction with these packets. */
    public static int of(List<byte[]> packets) {
        return ONE_PACKET - outputs(List.of(new byte[BYTES_IN_ONE_PACKET])) + outputs(packets);
    }

    /** The size of a transaction with a number of packets of the same size. @param bytes the size of each */
    public static int of(int bytes, int packets) {
        return of(Collections.nCopies(packets, new byte[bytes]));
    }

    /** The size of the outputs that carry packets. */
    public static int outputs(List<byte[]> packets) {
        int sum = 0;
        for (byte[] packet : packets) {
            int push = packet.length <= 0x4b ? 1 : packet.length <= 0xff ? 2 : 3;
            int script = 1 + push + packet.length;
            sum += 8 + (script < 0xfd ? 1 : 3) + script;
        }
        return sum;
    }
}
