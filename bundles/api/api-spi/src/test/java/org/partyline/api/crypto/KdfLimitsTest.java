package org.partyline.api.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.converter.ConvertWith;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.SecretBytes;

class KdfLimitsTest {
    static List<KdfId> table() {
        return KdfId.PROTOCOL;
    }

    /** Each bound of PROTOCOL 2.1, on the allowed side. */
    @ParameterizedTest
    @CsvSource({
        "ARGON2ID, 5, 8192, 1",
        "ARGON2ID, 1, 36864, 1",
        "ARGON2ID, 2, 18432, 1",
        "ARGON2ID, 2, 1048576, 4",
        "ARGON2ID, 1, 1048576, 4",
        "ARGON2ID, 255, 8224, 1",
        "PBKDF2_SHA256, 0, 100000, 0",
        "PBKDF2_SHA256, 0, 10000000, 0",
        "SCRYPT, 32, 8192, 1",
        "SCRYPT, 1, 8192, 32",
        "SCRYPT, 8, 32768, 1",
        "SCRYPT, 8, 1048576, 1",
        "SCRYPT, 2, 4194304, 1",
        "SCRYPT, 8, 32768, 32",
    })
    void theLimitsThemselvesAreAllowed(
            @ConvertWith(ProtocolKdf.class) KdfId id, int timeCost, long memory, int parallelism) {
        assertEquals(
                new KdfParameters(id, timeCost, (int) memory, parallelism),
                KdfLimits.parameters(id, timeCost, memory, parallelism));
    }

    /** The same on the forbidden side. */
    @ParameterizedTest
    @CsvSource({
        "ARGON2ID, 10, 8191, 1, 'memory in KiB must be 8192 to 1048576, not 8191'",
        "ARGON2ID, 1, 1048577, 4, 'memory in KiB must be 8192 to 1048576, not 1048577'",
        "ARGON2ID, 1, 4294967295, 4, 'memory in KiB must be 8192 to 1048576, not 4294967295'",
        "ARGON2ID, 4, 9215, 1, 'time cost times memory in KiB must be 36864 to 2097152, not 4 times 9215; use a time cost of"
                + " 5 to 227, or memory of 9216 to 524288'",
        "ARGON2ID, 4, 8192, 1, 'use a time cost of 5 to 255, or memory of 9216 to 524288'",
        "ARGON2ID, 3, 699051, 4, 'not 3 times 699051; use a time cost of 1 to 2, or memory of 12288 to 699050'",
        "ARGON2ID, 255, 8225, 1, 'use a time cost of 5 to 254, or memory of 8192 to 8224'",
        "PBKDF2_SHA256, 0, 99999, 0, 'iterations (memory) must be 100000 to 10000000, not 99999'",
        "PBKDF2_SHA256, 0, 10000001, 0, 'iterations (memory) must be 100000 to 10000000, not 10000001'",
        "SCRYPT, 64, 4096, 1, 'N (memory) must be 8192 to 8388608, not 4096'",
        "SCRYPT, 1, 16777216, 1, 'N (memory) must be 8192 to 8388608, not 16777216'",
        "SCRYPT, 31, 8192, 1, 'must be 262144 to 8388608, not 8192 times 31 times 1: the default is 32768, 8 and 1'",
        "SCRYPT, 1, 8192, 31, 'must be 262144 to 8388608, not 8192 times 1 times 31'",
        "SCRYPT, 4, 32768, 1, 'must be 262144 to 8388608, not 32768 times 4 times 1'",
        "SCRYPT, 9, 1048576, 1, 'must be 262144 to 8388608, not 1048576 times 9 times 1'",
        "SCRYPT, 8, 32768, 33, 'must be 262144 to 8388608, not 32768 times 8 times 33'",
        "SCRYPT, 255, 8388608, 255, 'must be 262144 to 8388608, not 8388608 times 255 times 255'",
        "SCRYPT, 8, 32769, 1, power of two",
    })
    void whatIsOutsideIsRefusedAndSaysWhatWouldBeRight(
            @ConvertWith(ProtocolKdf.class) KdfId id, int timeCost, long memory, int parallelism, String named) {
        KdfLimitsException refusal =
                assertThrows(KdfLimitsException.class, () -> KdfLimits.parameters(id, timeCost, memory, parallelism));
        assertTrue(refusal.getMessage().startsWith("key derivation " + id + ": "), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(named), refusal.getMessage());
    }

    @Test
    void parametersThatAreMadeAreHeldToTheSame() {
        KdfParameters tiny = new KdfParameters(KdfId.ARGON2ID, 1, 8, 1);
        assertThrows(KdfLimitsException.class, () -> KdfLimits.require(tiny));
        assertEquals(KdfParameters.SCRYPT_DEFAULT, KdfLimits.require(KdfParameters.SCRYPT_DEFAULT));
    }

    @ParameterizedTest
    @MethodSource("table")
    void theDefaultsAreWithinTheLimits(KdfId id) {
        assertEquals(KdfParameters.defaults(id), KdfLimits.require(KdfParameters.defaults(id)));
    }

    /** No scrypt parameters that pass fill more than 1 GiB. */
    @Test
    void theLimitOfScryptsWorkIsOneOfItsMemoryToo() {
        assertEquals(1L << 30, KdfLimits.parameters(KdfId.SCRYPT, 2, 1 << 22, 1).memoryBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "ARGON2ID, 3, 65536, 4, false",
        "ARGON2ID, 3, 65536, 1, false",
        "ARGON2ID, 2, 98304, 4, false",
        "ARGON2ID, 3, 65535, 4, true",
        "ARGON2ID, 6, 65535, 4, true",
        "ARGON2ID, 2, 65536, 4, true",
        "ARGON2ID, 2, 98303, 4, true",
        "ARGON2ID, 2, 1048576, 4, false",
        "PBKDF2_SHA256, 0, 100000, 0, true",
        "PBKDF2_SHA256, 0, 10000000, 0, true",
        "SCRYPT, 8, 32768, 1, false",
        "SCRYPT, 16, 16384, 1, false",
        "SCRYPT, 8, 16384, 2, true",
        "SCRYPT, 1, 8192, 255, true",
        "SCRYPT, 8, 65536, 1, false",
    })
    void weakerIsWhereAGuessCostsLessThanWithTheDefaults(
            @ConvertWith(ProtocolKdf.class) KdfId id, int timeCost, int memory, int parallelism, boolean weaker) {
        assertEquals(weaker, KdfLimits.isWeakerThanDefault(KdfLimits.parameters(id, timeCost, memory, parallelism)));
    }

    /** It defines its own limits; here only what an invite can contain is checked. */
    @Test
    void aDerivationOutsideOfTheTableIsHeldToWhatAnInviteCanSay() {
        KdfId other = new KdfId(200, "SLOW_HASH");
        KdfParameters most = KdfLimits.parameters(other, 255, Integer.MAX_VALUE, 255);
        assertEquals(Integer.MAX_VALUE, most.memory());
        assertEquals(0, KdfLimits.parameters(other, 0, 0, 0).memory());
        KdfLimitsException refusal =
                assertThrows(KdfLimitsException.class, () -> KdfLimits.parameters(other, 1, 1L << 31, 1));
        assertEquals("key derivation SLOW_HASH: memory must be at least 0, not 2147483648", refusal.getMessage());
        assertThrows(KdfLimitsException.class, () -> KdfLimits.parameters(other, 256, 1, 1));
        assertThrows(KdfLimitsException.class, () -> KdfLimits.parameters(other, 1, 1, -1));
    }

    /** The person who joins is asked for confirmation, as with PBKDF2. */
    @Test
    void aDerivationOutsideOfTheTableCountsAsWeaker() {
        assertTrue(KdfLimits.isWeakerThanDefault(new KdfParameters(new KdfId(200, "SLOW_HASH"), 255, 1 << 30, 255)));
    }

    @Test
    void aDerivationThatStatesNoLimitsAllowsNothing() {
        KdfParameters parameters = new KdfParameters(new KdfId(200, "SLOW_HASH"), 1, 1, 1);
        KdfLimitsException refusal = assertThrows(
                KdfLimitsException.class, () -> derivation(parameters.id()).requireLimits(parameters));
        assertEquals("key derivation SLOW_HASH: its bundle does not state its limits", refusal.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> derivation(parameters.id()).defaults());
    }

    @ParameterizedTest
    @MethodSource("table")
    void aDerivationOfTheTableHasTheProtocolsLimits(KdfId id) {
        KdfParameters usual = derivation(id).defaults();
        assertEquals(KdfParameters.defaults(id), usual);
        derivation(id).requireLimits(usual);
        KdfParameters weak = new KdfParameters(id, usual.timeCost(), 64, usual.parallelism());
        assertThrows(KdfLimitsException.class, () -> derivation(id).requireLimits(weak));
    }

    private static KeyDerivation derivation(KdfId id) {
        return new KeyDerivation() {
            @Override
            public KdfId id() {
                return id;
            }

            @Override
            public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
                throw new AssertionError("nobody derives here");
            }
        };
    }
}
