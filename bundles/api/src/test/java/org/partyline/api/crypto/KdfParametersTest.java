package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KdfParametersTest {
    @ParameterizedTest
    @EnumSource
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
        "ARGON2ID, 16, 1048576, 64",
        "PBKDF2_SHA256, 0, 100000, 0",
        "PBKDF2_SHA256, 0, 100000000, 0",
        "SCRYPT, 1, 1024, 1",
        "SCRYPT, 8, 1048576, 16",
        "SCRYPT, 64, 131072, 1",
    })
    void theLimitsThemselvesAreAllowed(KdfId id, int timeCost, int memory, int parallelism) {
        assertEquals(memory, new KdfParameters(id, timeCost, memory, parallelism).memory());
    }

    @ParameterizedTest
    @CsvSource({
        "ARGON2ID, 0, 65536, 4, time cost",
        "ARGON2ID, 17, 65536, 4, time cost",
        "ARGON2ID, 3, 31, 4, memory",
        "ARGON2ID, 3, 1048577, 4, memory",
        "ARGON2ID, 3, 65536, 0, parallelism",
        "ARGON2ID, 3, 65536, 65, parallelism",
        "PBKDF2_SHA256, 0, 99999, 0, iterations",
        "PBKDF2_SHA256, 0, 100000001, 0, iterations",
        "PBKDF2_SHA256, 1, 100000, 0, time cost",
        "PBKDF2_SHA256, 0, 100000, 1, parallelism",
        "SCRYPT, 0, 32768, 1, r must be",
        "SCRYPT, 65, 32768, 1, r must be",
        "SCRYPT, 8, 512, 1, N must be",
        "SCRYPT, 8, 2097152, 1, N must be",
        "SCRYPT, 8, 32767, 1, power of two",
        "SCRYPT, 8, 32768, 0, p must be",
        "SCRYPT, 8, 32768, 17, p must be",
        "SCRYPT, 16, 1048576, 1, 1 GiB",
    })
    void whatIsBeyondThemIsRefusedByName(KdfId id, int timeCost, int memory, int parallelism, String named) {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> new KdfParameters(id, timeCost, memory, parallelism));
        assertEquals(true, refusal.getMessage().contains(named), refusal.getMessage());
    }
}
