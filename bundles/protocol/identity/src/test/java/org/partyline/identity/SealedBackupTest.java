package org.partyline.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Constants;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.identity.BackupFile.DamagedBackupException;

class SealedBackupTest {
    private static final int HEADER = 75;
    private static final int TIME = 9;
    private static final int MEMORY = 10;
    private static final int LANES = 14;
    private static final int SEALED_LENGTH = 71;
    private static final String EITHER = "the passphrase is wrong or the backup is damaged";

    private final SeededRandom random = new SeededRandom(20260303);
    private final QuickDerivation derivation = new QuickDerivation();
    private final BouncyXChaCha suite = new BouncyXChaCha();
    private final SealedBackup backups = new SealedBackup(random, KdfParameters.ARGON2ID_DEFAULT);

    @BeforeEach
    void servicesAreThere() {
        backups.derivations = List.of(Map.entry(Map.of(), derivation));
        backups.suites = List.of(Map.entry(Map.of(), suite));
    }

    private static char[] passphrase() {
        return "correct horse battery".toCharArray();
    }

    private byte[] sealed(String content) throws DamagedBackupException {
        return backups.seal(SecretBytes.wrap(content.getBytes(StandardCharsets.UTF_8)), passphrase());
    }

    @TestFactory
    Stream<DynamicTest> filesOfAnotherImplementation() {
        return Stream.of(Vectors.json("backup.json").required("cases"))
                .flatMap(cases -> StreamSupport.stream(cases.spliterator(), false))
                .map(vector -> dynamicTest(vector.required("name").asText(), () -> checkVector(vector)));
    }

    private static void checkVector(JsonNode vector) throws DamagedBackupException, NoSuchAlgorithmException {
        KdfParameters parameters = new KdfParameters(
                KdfId.ARGON2ID,
                vector.required("time").asInt(),
                vector.required("memory").asInt(),
                vector.required("parallelism").asInt());
        byte[] drawn = Vectors.hex(
                vector.required("salt").asText() + vector.required("nonce").asText());
        SealedBackup backups = new SealedBackup(new ScriptedRandom(drawn), parameters);
        backups.derivations = List.of(Map.entry(Map.of(), new BouncyArgon2()));
        backups.suites = List.of(Map.entry(Map.of(), new BouncyXChaCha()));
        byte[] content = Vectors.bytes(vector, "content");
        String passphrase = vector.required("passphrase").asText();

        byte[] file = backups.seal(SecretBytes.copyOf(content), passphrase.toCharArray());
        assertEquals(vector.required("header").asText(), Vectors.hex(Arrays.copyOf(file, HEADER)));
        assertEquals(vector.required("length").asInt(), file.length);
        assertEquals(
                vector.required("tag").asText(),
                Vectors.hex(Arrays.copyOfRange(file, file.length - AeadId.TAG_LENGTH, file.length)));
        assertEquals(
                vector.required("sha256").asText(),
                Vectors.hex(MessageDigest.getInstance("SHA-256").digest(file)));
        String decomposed = Normalizer.normalize(passphrase, Normalizer.Form.NFD);
        try (SecretBytes opened = backups.open(file, decomposed.toCharArray())) {
            assertArrayEquals(content, opened.expose());
        }
    }

    @Test
    void aBackupComesBackAsItWent() throws DamagedBackupException {
        for (int length : new int[] {0, 1, 100, 4091, 4092, 4093, 5000, 65_536, 1_000_003}) {
            byte[] content = new byte[length];
            random.nextBytes(content);
            byte[] file = backups.seal(SecretBytes.copyOf(content), passphrase());
            try (SecretBytes opened = backups.open(file, passphrase())) {
                assertArrayEquals(content, opened.expose());
            }
        }
    }

    @Test
    void theDefaultIsArgon2idWithThreePassesAnd64MiBAndFourLanes() throws DamagedBackupException {
        SealedBackup service = new SealedBackup();
        service.derivations = backups.derivations;
        service.suites = backups.suites;
        ByteBuffer file = ByteBuffer.wrap(service.seal(SecretBytes.wrap(new byte[0]), passphrase()));
        assertEquals(3, file.get(TIME));
        assertEquals(65_536, file.getInt(MEMORY));
        assertEquals(4, file.get(LANES));
    }

    @Test
    void twoBackupsOfOneContentHaveNothingInCommon() throws DamagedBackupException {
        byte[] one = sealed("the same");
        byte[] other = sealed("the same");
        assertEquals(one.length, other.length);
        assertFalse(Arrays.equals(one, 15, 47, other, 15, 47), "salt");
        assertFalse(Arrays.equals(one, 47, 71, other, 47, 71), "nonce");
        int same = 0;
        for (int i = HEADER; i < one.length; i++) {
            same += one[i] == other[i] ? 1 : 0;
        }
        assertTrue(same < one.length / 64);
    }

    @Test
    void theLengthTellsLittle() throws DamagedBackupException {
        Set<Integer> lengths = new HashSet<>();
        for (int length = 0; length < 60_000; length += 59) {
            int sealed = backups.seal(SecretBytes.wrap(new byte[length]), passphrase()).length;
            assertTrue(sealed - HEADER - AeadId.TAG_LENGTH <= Math.max(4096, (length + 4) * 1.13), "overhead");
            lengths.add(sealed);
        }
        assertTrue(lengths.size() < 70, "lengths: " + lengths.size());
        assertEquals(sealed("").length, sealed("x".repeat(4092)).length);
    }

    @Test
    void everyChangedBitOfTheHeaderIsNoticed() throws DamagedBackupException {
        byte[] file = sealed("content");
        for (int bit = 0; bit < 8 * HEADER; bit++) {
            refused(CurveIdentitiesTest.flipped(file, bit));
        }
    }

    @Test
    void changedBitsOfTheSealedPartAreNoticed() throws DamagedBackupException {
        byte[] file = sealed("content");
        for (int position = HEADER; position < file.length; position += 61) {
            for (int bit = 0; bit < 8; bit++) {
                assertTrue(refused(CurveIdentitiesTest.flipped(file, 8 * position + bit))
                        .startsWith(EITHER));
            }
        }
        for (int bit = 8 * (file.length - AeadId.TAG_LENGTH); bit < 8 * file.length; bit++) {
            assertTrue(refused(CurveIdentitiesTest.flipped(file, bit)).startsWith(EITHER));
        }
    }

    @Test
    void aFileThatIsCutAnywhereIsRefusedBeforeAKeyIsMade() throws DamagedBackupException {
        byte[] file = sealed("content");
        int before = derivation.calls;
        for (int length = 0; length < file.length; length += length <= HEADER + 40 ? 1 : 97) {
            String why = refused(Arrays.copyOf(file, length));
            String expected = length == 0
                    ? "not a backup"
                    : "cut short: it has " + length + " bytes, and "
                            + (length < HEADER ? "its header alone has 75" : "all of it has " + file.length);
            assertTrue(why.contains(expected), length + ": " + why);
        }
        assertEquals(before, derivation.calls);
    }

    @Test
    void bytesAfterTheEndAreRefused() throws DamagedBackupException {
        byte[] file = sealed("content");
        assertTrue(refused(Arrays.copyOf(file, file.length + 3)).contains("it has 3 extra bytes at its end"));
    }

    @Test
    void anotherKindOfFileIsNotABackup() {
        for (String other : new String[] {"P", "plbackup", "{\"personas\":[]}", "PK\003\004", "\0"}) {
            byte[] file = other.getBytes(StandardCharsets.ISO_8859_1);
            String why = file.length == 1 && file[0] == 'P' ? "cut short" : "not a backup";
            assertTrue(refused(file).contains(why));
            if (file.length > 1) {
                assertTrue(refused(Arrays.copyOf(file, 5000)).contains("not a backup"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 9, 127, 128, 255})
    void anotherVersionIsNamed(int version) throws DamagedBackupException {
        byte[] file = sealed("content");
        file[8] = (byte) version;
        assertTrue(refused(file).contains("version " + version + ","));
        assertTrue(refused(Arrays.copyOf(file, 9)).contains("version " + version + ","), "however short");
    }

    /** An attacker must not control how much memory we use, or how cheap a guess is: the limits are checked first. */
    @ParameterizedTest
    @CsvSource({
        "0, 65536, 4, 'time cost must be 1 to 255, not 0'",
        "33, 65536, 4, not 33 times 65536",
        "255, 65536, 4, not 255 times 65536",
        "4, 8192, 1, not 4 times 8192",
        "3, 0, 4, 'memory in KiB must be 8192 to 1048576, not 0'",
        "3, 8191, 4, not 8191",
        "3, 1048577, 4, not 1048577",
        "3, 2147483647, 4, not 2147483647",
        "3, -1, 4, not 4294967295",
        "3, 65536, 0, 'parallelism must be 1 to 255, not 0'"
    })
    void costsOutsideTheLimitsAreRefusedBeforeAKeyIsMade(int time, int memory, int lanes, String named)
            throws DamagedBackupException {
        byte[] file = sealed("content");
        ByteBuffer.wrap(file).put(TIME, (byte) time).putInt(MEMORY, memory).put(LANES, (byte) lanes);
        int before = derivation.calls;
        assertTrue(refused(file).contains(named));
        assertEquals(before, derivation.calls);
    }

    @ParameterizedTest
    @CsvSource({"5, 8192, 1", "2, 1048576, 16"})
    void theLimitsThemselvesAreAllowed(int time, int memory, int lanes) throws DamagedBackupException {
        SealedBackup other = new SealedBackup(random, new KdfParameters(KdfId.ARGON2ID, time, memory, lanes));
        other.derivations = backups.derivations;
        other.suites = backups.suites;
        byte[] file = other.seal(SecretBytes.wrap(new byte[] {7}), passphrase());
        assertArrayEquals(new byte[] {7}, backups.open(file, passphrase()).expose());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 4111, 4113, 5000, 0x7fffffff, 0x80000000, 0xffffffff, (1 << 30) + 16})
    void aLengthThatNoBackupHasIsRefusedBeforeAKeyIsMade(int length) throws DamagedBackupException {
        byte[] file = sealed("content");
        ByteBuffer.wrap(file).putInt(SEALED_LENGTH, length);
        int before = derivation.calls;
        assertTrue(refused(file).contains("damaged: its size would be"));
        assertEquals(before, derivation.calls);
    }

    @Test
    void theLongestBackupThereIsHasTheLengthOfTheMostContent() throws DamagedBackupException {
        byte[] file = Arrays.copyOf(sealed("content"), HEADER);
        int most = Padme.paddedLength(64 << 20);
        ByteBuffer.wrap(file).putInt(SEALED_LENGTH, most + AeadId.TAG_LENGTH);
        assertTrue(refused(file).contains("cut short"));
        int next = Padme.paddedLength(most - Integer.BYTES + 1);
        ByteBuffer.wrap(file).putInt(SEALED_LENGTH, next + AeadId.TAG_LENGTH);
        assertTrue(refused(file).contains("damaged: its size would be"));
    }

    @Test
    void aPaddedLengthFitsIntoThirtyOneBits() {
        assertTrue(Padme.isPaddedLength(1 << 30));
        for (long length : new long[] {1L << 31, 1L << 32, (1L << 32) + 4096, -4096}) {
            assertFalse(Padme.isPaddedLength(length), "length " + length);
        }
    }

    @Test
    void anotherPassphraseIsRefused() throws DamagedBackupException {
        byte[] file = sealed("content");
        for (String wrong :
                new String[] {"", "correct horse batterz", "Correct horse battery", "correct horse battery "}) {
            DamagedBackupException e =
                    assertThrows(DamagedBackupException.class, () -> backups.open(file, wrong.toCharArray()));
            assertTrue(e.getMessage().startsWith(EITHER));
            assertEquals(null, e.getCause());
        }
    }

    @Test
    void aShortPassphraseIsRefusedForANewBackup() {
        for (String weak : new String[] {"", "1234567", "𝄞𝄞𝄞𝄞"}) {
            DamagedBackupException e = assertThrows(
                    DamagedBackupException.class,
                    () -> backups.seal(SecretBytes.wrap(new byte[1]), weak.toCharArray()));
            assertTrue(e.getMessage().contains("8 or more"));
        }
        assertEquals(0, derivation.calls);
        for (String enough : new String[] {"12345678", "𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞"}) {
            assertDoesNotThrow(() -> backups.seal(SecretBytes.wrap(new byte[1]), enough.toCharArray()));
        }
    }

    @Test
    void aPassphraseThatIsNoTextIsRefused() throws DamagedBackupException {
        char[] half = "half \ud834 a pair".toCharArray();
        byte[] file = sealed("content");
        assertThrows(DamagedBackupException.class, () -> backups.seal(SecretBytes.wrap(new byte[1]), half));
        assertThrows(DamagedBackupException.class, () -> backups.open(file, half));
    }

    @Test
    void moreThan64MiBAreRefused() {
        SecretBytes much = SecretBytes.wrap(new byte[(64 << 20) + 1]);
        DamagedBackupException e = assertThrows(DamagedBackupException.class, () -> backups.seal(much, passphrase()));
        assertTrue(e.getMessage().contains("67108864 bytes"));
        assertEquals(0, derivation.calls);
        // This much is not too much: the next missing item is reported.
        backups.derivations = List.of();
        SecretBytes most = SecretBytes.wrap(new byte[64 << 20]);
        DamagedBackupException next =
                assertThrows(DamagedBackupException.class, () -> backups.seal(most, passphrase()));
        assertTrue(next.getMessage().contains("org.partyline.kdf-argon2id"));
    }

    /** The error names the missing service and the bundle that provides it. */
    @Test
    void aMissingServiceIsNamed() throws DamagedBackupException {
        byte[] file = sealed("content");
        backups.derivations = List.of();
        assertTrue(refused(file).contains("org.partyline.kdf-argon2id"));
        assertTrue(notMade().contains("org.partyline.kdf-argon2id"));
        backups.derivations = List.of(Map.entry(Map.of(), new Other(KdfId.SCRYPT)));
        assertTrue(refused(file).contains("org.partyline.kdf-argon2id"));
        servicesAreThere();
        backups.suites = List.of();
        assertTrue(refused(file).contains("org.partyline.aead-xchacha20poly1305"));
        assertTrue(notMade().contains("org.partyline.aead-xchacha20poly1305"));
    }

    @Test
    void ofTwoDerivationsTheOneOfHigherRankingIsUsed() throws DamagedBackupException {
        QuickDerivation better = new QuickDerivation();
        backups.derivations = List.of(
                Map.entry(Map.of(Constants.SERVICE_RANKING, -1), new Other(KdfId.ARGON2ID)),
                Map.entry(Map.of(Constants.SERVICE_RANKING, 10), better),
                Map.entry(Map.of(), derivation));
        sealed("content");
        assertEquals(1, better.calls);
        assertEquals(0, derivation.calls);
    }

    @Test
    void aBackupIsSealedWithNoOtherCipher() throws DamagedBackupException {
        AeadSuite other = new Opener(AeadId.CHACHA20_POLY1305, plain(4096, 10, 0));
        backups.suites = List.of(Map.entry(Map.of(Constants.SERVICE_RANKING, 10), other));
        assertTrue(notMade().contains("org.partyline.aead-xchacha20poly1305"));
        backups.suites = List.of(Map.entry(Map.of(Constants.SERVICE_RANKING, 10), other), Map.entry(Map.of(), suite));
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(content, backups.open(sealed("content"), passphrase()).expose());
    }

    @Test
    void tooLittleMemoryIsSaidInOneLine() throws DamagedBackupException {
        byte[] file = sealed("content");
        backups.derivations = List.of(Map.entry(Map.of(), new Other(KdfId.ARGON2ID)));
        assertTrue(refused(file).contains("this server can spare 3 KiB"));
        assertTrue(notMade().contains("this server can spare 3 KiB"));
    }

    @Test
    void whatIsSealedRightButHoldsNoBackupIsRefused() throws DamagedBackupException {
        byte[] file = sealed("content");
        for (byte[] plaintext : new byte[][] {
            {}, new byte[3], plain(4096, -1, 0), plain(4096, 4093, 0), plain(8192, 10, 0), plain(4096, 10, 1)
        }) {
            backups.suites = List.of(Map.entry(Map.of(), new Opener(AeadId.XCHACHA20_POLY1305, plaintext)));
            assertTrue(refused(file).contains("not made by this program"));
        }
        backups.suites = List.of(Map.entry(Map.of(), new Opener(AeadId.XCHACHA20_POLY1305, plain(4096, 10, 0))));
        assertArrayEquals(new byte[10], backups.open(file, passphrase()).expose());
    }

    private static byte[] plain(int length, int says, int last) {
        return ByteBuffer.allocate(length)
                .putInt(says)
                .put(length - 1, (byte) last)
                .array();
    }

    @Test
    void everythingIsWiped() throws DamagedBackupException {
        byte[] content = "personas and their keys".getBytes(StandardCharsets.US_ASCII);
        byte[] file = backups.seal(SecretBytes.copyOf(content), passphrase());
        wiped(content.length);
        byte[] secret = "correct horse battery".getBytes(StandardCharsets.US_ASCII);
        assertArrayEquals(secret, derivation.lastSecretSeen);
        try (SecretBytes opened = backups.open(file, passphrase())) {
            assertArrayEquals(content, opened.expose());
            wiped(content.length);
        }
        assertThrows(DamagedBackupException.class, () -> backups.open(file, "another one".toCharArray()));
        assertArrayEquals(new byte[derivation.lastSecret.length], derivation.lastSecret);
        assertArrayEquals(new byte[32], suite.lastKey);
    }

    private void wiped(int content) {
        assertArrayEquals(new byte[derivation.lastSecret.length], derivation.lastSecret);
        assertArrayEquals(new byte[32], suite.lastKey);
        assertTrue(suite.lastPlaintext.length > content);
        assertArrayEquals(new byte[suite.lastPlaintext.length], suite.lastPlaintext);
    }

    @Test
    void thePassphraseAndTheContentStayTheCallers() throws DamagedBackupException {
        char[] passphrase = passphrase();
        SecretBytes content = SecretBytes.wrap(new byte[] {1, 2, 3});
        backups.open(backups.seal(content, passphrase), passphrase).close();
        assertArrayEquals(passphrase(), passphrase);
        assertArrayEquals(new byte[] {1, 2, 3}, content.expose());
    }

    private String notMade() {
        DamagedBackupException e = assertThrows(DamagedBackupException.class, () -> sealed("content"));
        assertEquals(1, e.getMessage().lines().count());
        return e.getMessage();
    }

    /** The message is one line, without the passphrase or any part of the file. */
    private String refused(byte[] file) {
        DamagedBackupException e = assertThrows(DamagedBackupException.class, () -> backups.open(file, passphrase()));
        assertEquals(1, e.getMessage().lines().count());
        assertFalse(e.getMessage().contains("horse"));
        assertNotEquals("", e.getMessage());
        assertEquals(null, e.getCause());
        return e.getMessage();
    }

    /** Rejects everything, as Argon2id does without enough memory. */
    private record Other(KdfId id) implements KeyDerivation {
        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            throw new IllegalArgumentException("this server can spare 3 KiB");
        }
    }

    /** Opens everything to the same plaintext. */
    private record Opener(AeadId id, byte[] plaintext) implements AeadSuite {
        @Override
        public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
                throws AuthenticationFailedException {
            return plaintext.clone();
        }
    }

    /** Returns bytes that were prepared. */
    private static final class ScriptedRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] drawn;
        private int next;

        ScriptedRandom(byte[] drawn) {
            this.drawn = drawn;
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(drawn, next, target, 0, target.length);
            next += target.length;
        }
    }
}
