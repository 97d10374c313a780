package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HkdfTest {
    private record Case(String name, String secret, String salt, String info, String output) {}

    /** RFC 5869, appendix A.1 to A.3. */
    @TestFactory
    Stream<DynamicTest> theVectorsOfRfc5869Hold() {
        return Stream.of(
                        new Case(
                                "A.1: basic",
                                "0b".repeat(22),
                                "000102030405060708090a0b0c",
                                "f0f1f2f3f4f5f6f7f8f9",
                                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
                        new Case(
                                "A.2: longer inputs and output",
                                counting(0x00, 80),
                                counting(0x60, 80),
                                counting(0xb0, 80),
                                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                                        + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                                        + "cc30c58179ec3e87c14c01d5c1f3434f1d87"),
                        new Case(
                                "A.3: no salt, no info",
                                "0b".repeat(22),
                                "",
                                "",
                                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"))
                .map(c -> DynamicTest.dynamicTest(
                        c.name,
                        () -> assertEquals(
                                c.output,
                                hex(Hkdf.derive(
                                        bytes(c.secret), bytes(c.salt), bytes(c.info), c.output.length() / 2)))));
    }

    /** RFC 4231, cases 1, 2 and 6. */
    @TestFactory
    Stream<DynamicTest> theHmacVectorsOfRfc4231Hold() {
        return Stream.of(
                        new Case(
                                "case 1",
                                "0b".repeat(20),
                                "",
                                "4869205468657265",
                                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
                        new Case(
                                "case 2: a short key",
                                "4a656665",
                                "",
                                "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
                        new Case(
                                "case 6: a key longer than a block",
                                "aa".repeat(131),
                                "",
                                "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a"
                                        + "65204b6579202d2048617368204b6579204669727374",
                                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"))
                .map(c -> DynamicTest.dynamicTest(
                        c.name, () -> assertEquals(c.output, hex(Hkdf.hmac(bytes(c.secret), bytes(c.info))))));
    }

    @Test
    void hmacHashesItsPartsOneAfterAnother() {
        byte[] key = {1, 2, 3};
        assertArrayEquals(
                Hkdf.hmac(key, new byte[] {4, 5, 6, 7}),
                Hkdf.hmac(key, new byte[] {4}, new byte[0], new byte[] {5, 6}, new byte[] {7}));
    }

    @Test
    void aLabelStandsForItsAsciiBytesAndAnEmptySalt() {
        byte[] secret = {1, 2, 3};
        byte[] label = "partyline/2 epoch".getBytes(StandardCharsets.US_ASCII);
        assertArrayEquals(Hkdf.derive(secret, new byte[0], label, 32), Hkdf.derive(secret, "partyline/2 epoch", 32));
        assertArrayEquals(Hkdf.derive(secret, new byte[32], label, 32), Hkdf.derive(secret, new byte[0], label, 32));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 64, 8160})
    void shorterOutputsAreBeginningsOfLongerOnes(int length) {
        byte[] longest = Hkdf.derive(new byte[] {7}, "x", 8160);
        assertArrayEquals(Arrays.copyOf(longest, length), Hkdf.derive(new byte[] {7}, "x", length));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 8161})
    void otherLengthsAreRefused(int length) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> Hkdf.derive(new byte[] {7}, "x", length));
        assertEquals("HKDF output must be 1 to 8160 bytes, not " + length, refusal.getMessage());
    }

    @Test
    void theInputsStayTheCallers() {
        byte[] secret = {1, 2, 3};
        byte[] salt = {4, 5};
        byte[] info = {6};
        Hkdf.derive(secret, salt, info, 100);
        assertArrayEquals(new byte[] {1, 2, 3}, secret);
        assertArrayEquals(new byte[] {4, 5}, salt);
        assertArrayEquals(new byte[] {6}, info);
    }

    private static String counting(int first, int count) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < count; i++) {
            hex.append(HexFormat.of().toHexDigits((byte) (first + i)));
        }
        return hex.toString();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
