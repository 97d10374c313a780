package org.partyline.session;

import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;

/** The X25519 public keys with which every shared secret is zero: D. J. Bernstein's list at cr.yp.to/ecdh.html. */
final class LowOrder {
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger ORDER_8 =
            new BigInteger("325606250916557431795983626356110631294008115727848805560023387167927233504");
    private static final BigInteger ORDER_8_TOO =
            new BigInteger("39382357235489614581723060781553021112529911719440698176882885853963445705823");

    private LowOrder() {}

    /** The seven without the top bit. */
    static Stream<byte[]> keys() {
        return Stream.of(
                        BigInteger.ZERO,
                        BigInteger.ONE,
                        ORDER_8,
                        ORDER_8_TOO,
                        P.subtract(BigInteger.ONE),
                        P,
                        P.add(BigInteger.ONE))
                .map(LowOrder::bytes);
    }

    /** Those with the top bit, which are of low order for an implementation that uses that bit. */
    static Stream<byte[]> keysWithTheTopBit() {
        BigInteger twice = P.add(P);
        return List.of(
                        P.add(ORDER_8),
                        P.add(ORDER_8_TOO),
                        twice.subtract(BigInteger.ONE),
                        twice,
                        twice.add(BigInteger.ONE))
                .stream()
                .map(LowOrder::bytes);
    }

    private static byte[] bytes(BigInteger u) {
        byte[] key = new byte[32];
        BigInteger rest = u;
        for (int i = 0; i < 32; i++) {
            key[i] = rest.byteValue();
            rest = rest.shiftRight(8);
        }
        return key;
    }
}
