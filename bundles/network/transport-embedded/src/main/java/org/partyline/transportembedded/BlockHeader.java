package org.partyline.transportembedded;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bitcoinj.base.Sha256Hash;
import org.partyline.api.TxId;

/** Writes and parses Bitcoin's 80-byte block header. */
final class BlockHeader {
    static final int LENGTH = 80;

    private static final int VERSION = 0x20000000;
    /** Regtest's easiest target: about two attempts a block. */
    private static final int BITS = 0x207fffff;

    private static final BigInteger TARGET = BigInteger.valueOf(0x7fffff).shiftLeft(8 * (0x20 - 3));
    private static final int MERKLE_ROOT = 36;
    private static final int TIME = 68;
    private static final int NONCE = 76;

    private BlockHeader() {}

    /** A header with proof of work. */
    static byte[] make(TxId previous, byte[] merkleRoot, Instant time) {
        ByteBuffer header = ByteBuffer.allocate(LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(VERSION)
                .put(internal(previous))
                .put(merkleRoot)
                .putInt((int) time.getEpochSecond())
                .putInt(BITS)
                .putInt(0);
        for (int nonce = 0;
                Sha256Hash.wrapReversed(Sha256Hash.hashTwice(header.array()))
                                .toBigInteger()
                                .compareTo(TARGET)
                        > 0; ) {
            header.putInt(NONCE, ++nonce);
        }
        return header.array();
    }

    static TxId hash(byte[] header) {
        return TxId.ofInternal(Sha256Hash.hashTwice(header));
    }

    static TxId previous(byte[] header) {
        return TxId.ofInternal(slice(header, 4));
    }

    static byte[] merkleRoot(byte[] header) {
        return slice(header, MERKLE_ROOT);
    }

    static Instant time(byte[] header) {
        return Instant.ofEpochSecond(Integer.toUnsignedLong(
                ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(TIME)));
    }

    /** The merkle root of transaction ids, coinbase first: 32 bytes in the order of the wire. */
    static byte[] merkleRoot(List<TxId> ids) {
        List<byte[]> level = new ArrayList<>();
        ids.forEach(id -> level.add(internal(id)));
        while (level.size() > 1) {
            List<byte[]> up = new ArrayList<>();
            for (int i = 0; i < level.size(); i += 2) {
                up.add(Sha256Hash.hashTwice(level.get(i), level.get(Math.min(i + 1, level.size() - 1))));
            }
            level.clear();
            level.addAll(up);
        }
        return level.get(0);
    }

    private static byte[] slice(byte[] header, int from) {
        return java.util.Arrays.copyOfRange(header, from, from + TxId.LENGTH);
    }

    private static byte[] internal(TxId id) {
        return Sha256Hash.wrap(id.bytes()).getReversedBytes();
    }
}
