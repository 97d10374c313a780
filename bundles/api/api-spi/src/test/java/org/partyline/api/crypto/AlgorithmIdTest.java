package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link AeadId} and {@link KdfId}: extensible, and checked. */
class AlgorithmIdTest {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    /** PROTOCOL 2.1, number for number: these bytes are on the wire and in stores. */
    @Test
    void theTableIsTheProtocols() {
        assertEquals(
                List.of(
                        "1 XCHACHA20_POLY1305 24 true",
                        "2 AES_256_GCM 12 true",
                        "3 AES_256_EAX 16 false",
                        "4 CHACHA20_POLY1305 12 true"),
                AeadId.PROTOCOL.stream()
                        .map(id -> id.code() + " " + id.name() + " " + id.nonceLength() + " " + id.seals())
                        .toList());
        assertEquals(
                List.of("1 ARGON2ID", "2 PBKDF2_SHA256", "3 SCRYPT"),
                KdfId.PROTOCOL.stream().map(id -> id.code() + " " + id.name()).toList());
    }

    @Test
    void theTableIsFoundByCode() {
        AeadId.PROTOCOL.forEach(id -> assertEquals(Optional.of(id), AeadId.ofProtocol(id.code())));
        KdfId.PROTOCOL.forEach(id -> assertEquals(Optional.of(id), KdfId.ofProtocol(id.code())));
        for (int code : new int[] {-1, 0, 5, 128, 200, 255, 256, 257, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertEquals(Optional.empty(), AeadId.ofProtocol(code));
            assertEquals(Optional.empty(), KdfId.ofProtocol(code));
        }
    }

    @Test
    void everyCodeAndNameInRangeIsKept() {
        Random random = new Random(20260101);
        for (int i = 0; i < 5000; i++) {
            int code = 1 + random.nextInt(255);
            int nonce = 8 + random.nextInt(57);
            String name = name(random);
            boolean seals = random.nextBoolean();
            AeadId suite = new AeadId(code, name, nonce, seals);
            assertEquals(
                    List.of(code, name, nonce, seals),
                    List.of(suite.code(), suite.name(), suite.nonceLength(), suite.seals()));
            assertEquals(name, suite.toString());
            assertEquals(suite, new AeadId(code, name, nonce, seals));
            assertEquals(suite.hashCode(), new AeadId(code, name, nonce, seals).hashCode());
            KdfId kdf = new KdfId(code, name);
            assertEquals(List.of(code, name), List.of(kdf.code(), kdf.name()));
            assertEquals(name, kdf.toString());
            assertEquals(kdf, new KdfId(code, name));
        }
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder().append(ALPHABET.charAt(random.nextInt(26)));
        for (int more = random.nextInt(32); more > 0; more--) {
            name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return name.toString();
    }

    /** Equality includes everything that the wire format depends on. */
    @Test
    void whatDiffersInOneThingIsAnother() {
        AeadId suite = new AeadId(200, "SPECK", 12, true);
        Set<AeadId> others = new HashSet<>(List.of(
                new AeadId(201, "SPECK", 12, true),
                new AeadId(200, "SPECK2", 12, true),
                new AeadId(200, "SPECK", 13, true),
                new AeadId(200, "SPECK", 12, false)));
        assertEquals(4, others.size());
        assertFalse(others.contains(suite));
        assertEquals(suite, new AeadId(200, "SPECK", 12));
        assertNotEquals(new KdfId(200, "SLOW"), new KdfId(201, "SLOW"));
        assertNotEquals(new KdfId(200, "SLOW"), new KdfId(200, "SLOWER"));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 256, 257, Integer.MAX_VALUE})
    void aCodeIsAByteAndNotZero(int code) {
        assertEquals(
                "cipher suite: the code must be 1 to 255, not " + code,
                assertThrows(IllegalArgumentException.class, () -> new AeadId(code, "SPECK", 12))
                        .getMessage());
        assertEquals(
                "key derivation: the code must be 1 to 255, not " + code,
                assertThrows(IllegalArgumentException.class, () -> new KdfId(code, "SLOW"))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "speck",
                "1SPECK",
                "_SPECK",
                "SPECK 128",
                "SPECK,AES",
                "SPECK-128",
                "SPECK\n",
                "S\u00c9",
                "A23456789012345678901234567890123"
            })
    void aNameCanStandInASettingAndInATable(String name) {
        assertFalse(AeadId.isName(name));
        assertEquals(
                "cipher suite: the name must be 1 to 32 of A to Z, 0 to 9 and _, starting with a letter",
                assertThrows(IllegalArgumentException.class, () -> new AeadId(200, name, 12))
                        .getMessage());
        assertEquals(
                "key derivation: the name must be 1 to 32 of A to Z, 0 to 9 and _, starting with a letter",
                assertThrows(IllegalArgumentException.class, () -> new KdfId(200, name))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "SPECK_128", "A2345678901234567890123456789012"})
    void whatIsANameIsOne(String name) {
        assertTrue(AeadId.isName(name));
        assertEquals(name, new AeadId(200, name, 12).name());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 7, 65, Integer.MAX_VALUE})
    void aNonceHasARange(int length) {
        assertEquals(
                "cipher suite SPECK: the nonce must be 8 to 64 bytes, not " + length,
                assertThrows(IllegalArgumentException.class, () -> new AeadId(200, "SPECK", length))
                        .getMessage());
        assertEquals(8, new AeadId(200, "SPECK", 8).nonceLength());
        assertEquals(64, new AeadId(200, "SPECK", 64).nonceLength());
    }

    @Test
    void aNameIsThere() {
        assertThrows(NullPointerException.class, () -> new AeadId(200, null, 12));
        assertThrows(NullPointerException.class, () -> new KdfId(200, null));
    }
}
