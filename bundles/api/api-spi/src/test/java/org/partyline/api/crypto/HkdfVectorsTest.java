package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Known answers of Project Wycheproof, one test each. (The testkit depends on this bundle, so its reader is not
 * available.)
 */
class HkdfVectorsTest {
    @TestFactory
    Stream<DynamicTest> theHkdfVectorsHold() {
        return tests("hkdf-wycheproof.txt", line -> {
            byte[] secret = bytes(line[1]);
            byte[] salt = bytes(line[2]);
            byte[] info = bytes(line[3]);
            int length = Integer.parseInt(line[4]);
            if (line[5].equals("-")) {
                assertThrows(IllegalArgumentException.class, () -> Hkdf.derive(secret, salt, info, length));
            } else {
                assertArrayEquals(bytes(line[5]), Hkdf.derive(secret, salt, info, length));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> theHmacVectorsHold() {
        return tests("hmac-wycheproof.txt", line -> {
            byte[] message = bytes(line[2]);
            byte[] tag = bytes(line[3]);
            byte[] start = Arrays.copyOf(message, message.length / 2);
            byte[] rest = Arrays.copyOfRange(message, message.length / 2, message.length);
            byte[] whole = Hkdf.hmac(bytes(line[1]), start, rest);
            assertEquals(line[4].equals("valid"), Arrays.equals(tag, Arrays.copyOf(whole, tag.length)));
        });
    }

    private static Stream<DynamicTest> tests(String file, Consumer<String[]> check) {
        try (InputStream in = Objects.requireNonNull(HkdfVectorsTest.class.getResourceAsStream("/vectors/" + file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" \\| "))
                    .map(line -> dynamicTest(line[0], () -> check.accept(line)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String field) {
        return field.equals("-") ? new byte[0] : HexFormat.of().parseHex(field);
    }
}
