package org.partyline.kdfargon2id;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;

/** Compares the system's library with Bouncy Castle; partly skipped if it is not installed. */
class NativeArgon2Test {
    private final Random random = new Random(9);

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Argon2id over(Optional<NativeArgon2> library) {
        return new Argon2id(KdfMemory.ofThisProcess(), new BlockPools(), library);
    }

    @Test
    void theSystemsLibraryDerivesWhatBouncyCastleDoes() {
        Optional<NativeArgon2> library = NativeArgon2.load(NativeArgon2.LIBRARY);
        assumeTrue(library.isPresent());
        Argon2id bouncyCastle = over(Optional.empty());
        for (int i = 0; i < 60; i++) {
            int lanes = 1 + random.nextInt(4);
            KdfParameters parameters =
                    new KdfParameters(KdfId.ARGON2ID, 1 + random.nextInt(3), 8 * lanes + random.nextInt(100), lanes);
            byte[] secret = bytes(i);
            byte[] salt = bytes(8 + random.nextInt(57));
            byte[] key = new byte[16 + random.nextInt(49)];
            assertTrue(library.get().derive(secret, salt, parameters, key));
            try (SecretBytes expected = bouncyCastle.derive(secret, salt, parameters, key.length)) {
                assertArrayEquals(expected.expose(), key, "round " + i);
            }
        }
    }

    @Test
    void aLibraryThatIsNotThereIsNoError() {
        assertEquals(Optional.empty(), NativeArgon2.load("no-such-library-of-argon2"));
    }

    /** The mathematics library does not contain Argon2. */
    @Test
    void aLibraryWithoutTheFunctionIsPassedOver() {
        Optional<NativeArgon2> other = NativeArgon2.load("m");
        assumeTrue(other.isPresent());
        KdfParameters parameters = new KdfParameters(KdfId.ARGON2ID, 1, 64, 2);
        assertFalse(other.get().derive(new byte[8], new byte[16], parameters, new byte[32]));
        try (SecretBytes expected = over(Optional.empty()).derive(new byte[8], new byte[16], parameters, 32);
                SecretBytes key = over(other).derive(new byte[8], new byte[16], parameters, 32)) {
            assertArrayEquals(expected.expose(), key.expose());
        }
    }

    /** It accepts no salt shorter than 8 bytes. */
    @Test
    void whatTheLibraryRefusesItDidNotDerive() {
        Optional<NativeArgon2> library = NativeArgon2.load(NativeArgon2.LIBRARY);
        assumeTrue(library.isPresent());
        assertFalse(library.get()
                .derive(new byte[8], new byte[4], new KdfParameters(KdfId.ARGON2ID, 1, 64, 2), new byte[32]));
    }
}
