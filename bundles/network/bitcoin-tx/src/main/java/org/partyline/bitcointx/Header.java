package org.partyline.bitcointx;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import org.partyline.api.TxId;

/**
 * The header of a block.
 *
 * @param hash its hash
 * @param previous the hash of the previous block
 * @param merkleRoot the root of its transactions
 * @param time Unix seconds, 0 to 4,294,967,295
 * @param bits its target in compact form
 */
public record Header(TxId hash, TxId previous, TxId merkleRoot, long time, long bits) {
    /** The size of a header in bytes. */
    public static final int BYTES = 80;

    private static final int PREVIOUS_AT = 4;
    private static final int ROOT_AT = 36;
    private static final int TIME_AT = 68;

    /**
     * @param bytes contain the header
     * @param at the position of the header
     * @throws MalformedException if fewer than 80 bytes are left
     */
    public static Header of(byte[] bytes, int at) throws MalformedException {
        if (bytes.length - at < BYTES) {
            throw new MalformedException("a header has 80 bytes");
        }
        MessageDigest sha = Hashes.sha256();
        sha.update(bytes, at, BYTES);
        ByteCursor numbers = new ByteCursor(bytes, at + TIME_AT, bytes.length);
        return new Header(
                TxId.ofInternal(sha.digest(sha.digest())),
                hashAt(bytes, at + PREVIOUS_AT),
                hashAt(bytes, at + ROOT_AT),
                numbers.u32(),
                numbers.u32());
    }

    private static TxId hashAt(byte[] bytes, int at) {
        return TxId.ofInternal(Arrays.copyOfRange(bytes, at, at + TxId.LENGTH));
    }

    /** The maximum for the hash; 0 if no block may have this form. */
    public static BigInteger target(long bits) {
        int size = (int) (bits >>> 24);
        BigInteger mantissa = BigInteger.valueOf(bits & 0x7fffffL);
        if ((bits & 0x800000L) != 0) {
            return BigInteger.ZERO;
        }
        return size <= 3 ? mantissa.shiftRight(8 * (3 - size)) : mantissa.shiftLeft(8 * (size - 3));
    }

    /** The compact form of a target, rounded down as nodes do. */
    public static long bits(BigInteger target) {
        int size = (target.bitLength() + 7) / 8;
        long mantissa = size <= 3
                ? target.longValueExact() << 8 * (3 - size)
                : target.shiftRight(8 * (size - 3)).longValueExact();
        if ((mantissa & 0x800000L) != 0) {
            mantissa >>= 8;
            size++;
        }
        return (long) size << 24 | mantissa;
    }

    /** The average number of hashes for finding such a block. */
    public static BigInteger work(long bits) {
        return BigInteger.ONE.shiftLeft(256).divide(target(bits).add(BigInteger.ONE));
    }

    /** Whether the hash does not exceed the target. */
    public boolean proven() {
        BigInteger target = target(bits);
        return target.signum() > 0 && new BigInteger(1, hash.bytes()).compareTo(target) <= 0;
    }
}
