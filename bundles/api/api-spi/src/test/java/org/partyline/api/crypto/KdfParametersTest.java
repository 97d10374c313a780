package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.converter.ConvertWith;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KdfParametersTest {
    static List<KdfId> table() {
        return KdfId.PROTOCOL;
    }

    @ParameterizedTest
    @MethodSource("table")
    void eachDerivationHasDefaultsOfItsOwn(KdfId id) {
        assertEquals(id, KdfParameters.defaults(id).id());
    }

    @Test
    void theDefaultsAreThoseOfTheProtocol() {
        assertEquals(new KdfParameters(KdfId.ARGON2ID, 3, 65536, 4), KdfParameters.defaults(KdfId.ARGON2ID));
        assertEquals(
                new KdfParameters(KdfId.PBKDF2_SHA256, 0, 100_000, 0), KdfParameters.defaults(KdfId.PBKDF2_SHA256));
        assertEquals(new KdfParameters(KdfId.SCRYPT, 8, 32768, 1), KdfParameters.defaults(KdfId.SCRYPT));
    }

    @ParameterizedTest
    @CsvSource({
        "ARGON2ID, 1, 8, 1",
        "ARGON2ID, 255, 2147483647, 255",
        "PBKDF2_SHA256, 0, 1, 0",
        "PBKDF2_SHA256, 0, 2147483647, 0",
        "SCRYPT, 1, 2, 1",
        "SCRYPT, 1, 32768, 1",
        "SCRYPT, 2, 65536, 1",
        "SCRYPT, 255, 1073741824, 255",
    })
    void whatADerivationIsDefinedForCanBeSaid(
            @ConvertWith(ProtocolKdf.class) KdfId id, int timeCost, int memory, int parallelism) {
        assertEquals(memory, new KdfParameters(id, timeCost, memory, parallelism).memory());
    }

    @ParameterizedTest
    @CsvSource({
        "ARGON2ID, 0, 65536, 4, time cost must be 1 to 255",
        "ARGON2ID, 256, 65536, 4, time cost must be 1 to 255",
        "ARGON2ID, 3, 31, 4, memory in KiB must be at least 32",
        "ARGON2ID, 3, 65536, 0, parallelism must be 1 to 255",
        "ARGON2ID, 3, 65536, 256, parallelism must be 1 to 255",
        "PBKDF2_SHA256, 0, 0, 0, iterations (memory) must be at least 1",
        "PBKDF2_SHA256, 1, 100000, 0, 'time cost must be 0, not 1'",
        "PBKDF2_SHA256, 0, 100000, 1, 'parallelism must be 0, not 1'",
        "SCRYPT, 0, 32768, 1, r (time cost) must be 1 to 255",
        "SCRYPT, 256, 32768, 1, r (time cost) must be 1 to 255",
        "SCRYPT, 8, 1, 1, N (memory) must be 2 to 1073741824",
        "SCRYPT, 1, 65536, 8, N (memory) must be 2 to 32768",
        "SCRYPT, 8, 32767, 1, power of two",
        "SCRYPT, 8, 32768, 0, p (parallelism) must be 1 to 255",
        "SCRYPT, 8, 32768, 256, p (parallelism) must be 1 to 255",
    })
    void whatItIsNotDefinedForIsRefusedByName(
            @ConvertWith(ProtocolKdf.class) KdfId id, int timeCost, int memory, int parallelism, String named) {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> new KdfParameters(id, timeCost, memory, parallelism));
        assertEquals(true, refusal.getMessage().contains(named), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"ARGON2ID, 67108864", "PBKDF2_SHA256, 0", "SCRYPT, 33554432"})
    void itSaysWhatMemoryTheDerivationFills(@ConvertWith(ProtocolKdf.class) KdfId id, long bytes) {
        assertEquals(bytes, KdfParameters.defaults(id).memoryBytes());
    }
}
