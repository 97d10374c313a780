package org.partyline.secretsfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.partyline.aeadxchacha20poly1305.XChaCha20Poly1305;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfMemory;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.panic.Erasable;
import org.partyline.api.secrets.SecretStore;
import org.partyline.api.secrets.SecretStore.SecretStoreException;
import org.partyline.kdfargon2id.Argon2id;

class FileSecretStoreTest {
    private static final KdfParameters CHEAP = new KdfParameters(KdfId.ARGON2ID, 5, 8192, 2);
    private static final String PASSPHRASE = "the file's own passphrase";

    @TempDir
    Path directory;

    private Path home;
    private Path passphraseFile;
    private Path sealed;
    private FileSecretStore store;

    @BeforeEach
    void aStoreWithAPassphraseFile() throws Exception {
        home = directory.resolve("home");
        sealed = home.resolve("secrets/secrets.plsec");
        passphraseFile = directory.resolve("passphrase");
        write(passphraseFile, PASSPHRASE + "\n", "rw-------");
        store = store(passphraseFile.toString(), null);
    }

    private static void write(Path file, String text, String mode) throws Exception {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private FileSecretStore store(String configured, Path credentials) {
        FileSecretStore made = new FileSecretStore(
                home,
                new PassphraseSource(
                        configured, Optional.ofNullable(credentials).map(Path::toString)),
                new SecureRandom(),
                CHEAP);
        made.derivations = List.of(Map.entry(Map.of(), new Quick()));
        made.suites = List.of(Map.entry(Map.of(), new XChaCha20Poly1305()));
        return made;
    }

    private static SecretBytes secret(String text) {
        return SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void put(SecretStore store, String key, String value) throws Exception {
        try (SecretBytes secret = secret(value)) {
            store.put(key, secret);
        }
    }

    private static Optional<String> get(SecretStore store, String key) throws Exception {
        return store.get(key).map(secret -> new String(secret.expose(), StandardCharsets.UTF_8));
    }

    private static String refusal(SecretStore store) {
        String reason =
                assertThrows(SecretStoreException.class, () -> store.get("k")).getMessage();
        SecretStore.Availability availability = store.availability();
        assertFalse(availability.usable());
        assertEquals(reason, availability.reason());
        assertFalse(reason.contains("\n"), reason);
        assertFalse(reason.contains(PASSPHRASE), reason);
        return reason;
    }

    private static void assertSays(String expected, String reason) {
        assertTrue(reason.contains(expected), reason);
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(home.resolve("secrets"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatWasPutIsReadByAnotherServerWithTheSamePassphrase() throws Exception {
        assertEquals(new SecretStore.Availability(true, ""), store.availability());
        assertEquals(Optional.empty(), store.get("store-key"));
        put(store, "store-key", "a key");
        put(store, "other.key", "");
        put(store, "store-key", "another key");
        FileSecretStore later = store(passphraseFile.toString(), null);
        assertEquals(Optional.of("another key"), get(later, "store-key"));
        assertEquals(Optional.of(""), get(later, "other.key"));
        assertEquals(Optional.empty(), get(later, "nothing"));
        assertEquals("file", store.name());
    }

    @Test
    void whatIsSealedAndOpenedIsWipedAfterwards() throws Exception {
        AeadSuite cipher = new XChaCha20Poly1305();
        List<byte[]> plain = new ArrayList<>();
        store.suites = List.of(Map.entry(Map.of(), (AeadSuite) Proxy.newProxyInstance(
                AeadSuite.class.getClassLoader(), new Class<?>[] {AeadSuite.class}, (self, method, all) -> {
                    Object result = method.invoke(cipher, all);
                    if (method.getName().equals("seal")) {
                        plain.add((byte[]) all[3]);
                    } else if (method.getName().equals("open")) {
                        plain.add((byte[]) result);
                    }
                    return result;
                })));
        put(store, "store-key", "a key");
        assertEquals(Optional.of("a key"), get(store, "store-key"));
        assertEquals(2, plain.size());
        for (byte[] each : plain) {
            assertTrue(each.length > 5);
            assertArrayEquals(new byte[each.length], each);
        }
    }

    @Test
    void aFileThatIsReplacedWhileItIsReadIsRefused() throws Exception {
        Path file = directory.resolve("ours");
        write(file, "ours", "rw-------");
        Path other = directory.resolve("other");
        write(other, "not ours", "rw-------");
        Object owner = Files.getOwner(file);
        assertArrayEquals(
                "ours".getBytes(StandardCharsets.UTF_8),
                PrivateFileReader.read("the file", file, owner, 100, PrivateFileReader::open));
        SecretStoreException refused = assertThrows(
                SecretStoreException.class,
                () -> PrivateFileReader.read("the file", file, owner, 100, path -> {
                    // After the check.
                    Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
                    return PrivateFileReader.open(path);
                }));
        assertEquals("the file " + file + " was replaced while it was read: try again", refused.getMessage());
    }

    @Test
    void aLargeValueFitsAndALargerOneDoesNot() throws Exception {
        byte[] value = new byte[4096];
        new Random(5).nextBytes(value);
        store.put("large", SecretBytes.copyOf(value));
        assertArrayEquals(value, store.get("large").orElseThrow().expose());
        assertThrows(IllegalArgumentException.class, () -> store.put("larger", SecretBytes.wrap(new byte[4097])));
        for (String key : List.of("", "a b", "a/b", "ü", "x".repeat(101), "a\nb")) {
            assertThrows(IllegalArgumentException.class, () -> store.get(key), key);
            assertThrows(IllegalArgumentException.class, () -> put(store, key, "v"), key);
            assertThrows(IllegalArgumentException.class, () -> store.delete(key), key);
        }
    }

    @Test
    void theFileIsTheOwnersAloneAndTheOnlyOne() throws Exception {
        put(store, "k", "v");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(sealed)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(sealed.getParent())));
        assertEquals(List.of("secrets.plsec"), files());
    }

    @Test
    void theFileHoldsNothingInClearAndIsAnotherOneEachTime() throws Exception {
        put(store, "k", "a value in clear");
        byte[] first = Files.readAllBytes(sealed);
        put(store, "k", "a value in clear");
        byte[] second = Files.readAllBytes(sealed);
        String text = new String(first, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("a value in clear"));
        // Salt, nonce and ciphertext are new.
        for (int at : new int[] {14, 46, 70}) {
            assertFalse(Arrays.equals(first, at, at + 24, second, at, at + 24), "at " + at);
        }
        // The length reveals neither the number of secrets nor their lengths, if these are small.
        put(store, "k2", "v");
        assertEquals(first.length, Files.size(sealed));
    }

    @Test
    void whatWasDeletedIsGoneAndTheFileWithTheLastOne() throws Exception {
        store.delete("k");
        put(store, "k", "v");
        put(store, "l", "w");
        byte[] before = Files.readAllBytes(sealed);
        store.delete("nothing");
        assertArrayEquals(before, Files.readAllBytes(sealed), "it was not written again");
        store.delete("k");
        assertEquals(Optional.empty(), get(store, "k"));
        assertEquals(Optional.of("w"), get(store, "l"));
        store.delete("l");
        assertEquals(List.of(), files());
        assertEquals(Optional.empty(), get(store, "l"));
    }

    @Test
    void whereNothingRestsNoPassphraseIsNeededToForgetIt() throws Exception {
        store("", null).delete("k");
        put(store, "k", "v");
        assertThrows(SecretStoreException.class, () -> store("", null).delete("k"));
    }

    @Test
    void aHundredSecretsFitAndNoMore() throws Exception {
        try (Secrets hundred = new Secrets();
                SecretBytes value = secret("v");
                SecretBytes passphrase = secret(PASSPHRASE)) {
            for (int i = 0; i < 100; i++) {
                hundred.put("k" + i, value);
            }
            store.get("k");
            Files.write(
                    sealed,
                    SecretsEnvelope.seal(
                                    hundred.encode(),
                                    passphrase,
                                    CHEAP,
                                    new Quick(),
                                    new XChaCha20Poly1305(),
                                    new SecureRandom())
                            .encode());
            Files.setPosixFilePermissions(sealed, PosixFilePermissions.fromString("rw-------"));
        }
        put(store, "k7", "another value");
        SecretStoreException refused = assertThrows(SecretStoreException.class, () -> put(store, "k100", "v"));
        assertEquals("the secrets file already holds 100 secrets: delete one first", refused.getMessage());
        assertEquals(Optional.of("another value"), get(store, "k7"));
        assertEquals(Optional.empty(), get(store, "k100"));
    }

    @Test
    void anotherPassphraseOpensNothing() throws Exception {
        put(store, "k", "v");
        write(passphraseFile, PASSPHRASE + "!\n", "rw-------");
        assertSays(
                "does not open: its passphrase is different",
                assertThrows(SecretStoreException.class, () -> store.get("k")).getMessage());
        assertThrows(SecretStoreException.class, () -> put(store, "k", "w"));
        assertThrows(SecretStoreException.class, () -> store.delete("k"));
        write(passphraseFile, PASSPHRASE, "r--------");
        assertEquals(Optional.of("v"), get(store, "k"));
    }

    @Test
    void everyByteOfTheFileIsAuthenticated() throws Exception {
        put(store, "k", "v");
        byte[] good = Files.readAllBytes(sealed);
        for (int i = 0; i < good.length; i++) {
            // A changed cost may exceed what a machine can bear, so only the lowest bits are changed.
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(sealed, bad);
            assertThrows(SecretStoreException.class, () -> store.get("k"), "byte " + i);
        }
        for (int length = 0; length < good.length; length += 7) {
            Files.write(sealed, Arrays.copyOf(good, length));
            assertThrows(SecretStoreException.class, () -> store.get("k"), "length " + length);
        }
        Files.write(sealed, Arrays.copyOf(good, good.length + 1));
        assertThrows(SecretStoreException.class, () -> store.get("k"));
        Files.write(sealed, good);
        assertEquals(Optional.of("v"), get(store, "k"));
    }

    @Test
    void aKillWhileWritingLeavesTheOldSecrets() throws Exception {
        put(store, "k", "v");
        // As left by a write that was interrupted before the new file replaced the old one.
        Files.write(sealed.resolveSibling(".secrets.plsec.new"), new byte[10]);
        assertEquals(Optional.of("v"), get(store, "k"));
        put(store, "k", "w");
        assertEquals(Optional.of("w"), get(store, "k"));
        assertEquals(List.of("secrets.plsec"), files());
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws Exception {
        put(store, "k", "v");
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rwx------")) {
            Files.setPosixFilePermissions(sealed, PosixFilePermissions.fromString(mode));
            assertSays("has the permissions " + mode + ": run chmod 600 on it", refusal(store));
        }
    }

    @Test
    void aPassphraseFileThatOthersCanReadIsRefused() throws Exception {
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----")) {
            write(passphraseFile, PASSPHRASE, mode);
            assertSays("has the permissions " + mode + ": run chmod 600 on it", refusal(store));
        }
    }

    @Test
    void aPassphraseFileInADirectoryWhereOthersWriteIsRefused() throws Exception {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwx---"));
        write(open.resolve("p"), PASSPHRASE, "rw-------");
        assertSays(
                "others can write to the directory",
                refusal(store(open.resolve("p").toString(), null)));
    }

    @Test
    void symbolicLinksAreRefused() throws Exception {
        put(store, "k", "v");
        Path link = Files.createSymbolicLink(directory.resolve("link"), passphraseFile);
        assertSays("is a symbolic link", refusal(store(link.toString(), null)));
        Path elsewhere = Files.move(sealed, directory.resolve("elsewhere"));
        Files.createSymbolicLink(sealed, elsewhere);
        assertSays("is a symbolic link", refusal(store));
    }

    @Test
    void aSymbolicLinkInThePlaceOfTheDirectoryIsRefused() throws Exception {
        Files.createDirectories(home);
        Files.createSymbolicLink(home.resolve("secrets"), Files.createDirectory(directory.resolve("trap")));
        assertSays("is not a directory", refusal(store));
    }

    @Test
    void anotherUsersFilesAreRefused() throws Exception {
        put(store, "k", "v");
        for (Path file : List.of(passphraseFile, sealed, sealed.getParent())) {
            Object before = Files.getAttribute(file, "unix:uid");
            try {
                Files.setAttribute(file, "unix:uid", 12345);
            } catch (java.nio.file.FileSystemException e) {
                assumeTrue(false, "only root can give a file away");
            }
            assertSays("belongs to ", refusal(store));
            Files.setAttribute(file, "unix:uid", before);
        }
        assertEquals(Optional.of("v"), get(store, "k"));
    }

    @Test
    void whatIsMissingIsSaid() throws Exception {
        assertSays(
                "set passphrase-file in etc/org.partyline.secrets.file.cfg, or start the server with the systemd"
                        + " credential partyline-secrets-passphrase",
                refusal(store("", null)));
        assertSays(
                "provides no credential partyline-secrets-passphrase or partyline.passphrase",
                refusal(store("", Files.createDirectory(directory.resolve("credentials")))));
        assertSays(
                "there is no passphrase file /nowhere/passphrase: create it",
                refusal(store("/nowhere/passphrase", null)));
        assertSays("must be an absolute path, not 'passphrase'", refusal(store("passphrase", null)));
        write(passphraseFile, "seven77\nand more\n", "rw-------");
        assertSays("has 7 bytes: a passphrase must have 8 or more", refusal(store));
        write(passphraseFile, "x".repeat(4097), "rw-------");
        assertSays("has more than 4096 bytes", refusal(store));
        assertSays("is not a regular file", refusal(store(directory.toString(), null)));
        assertSays("cannot be read: check the file's owner", refusal(store(passphraseFile + "/file", null)));
        write(passphraseFile, "eight888", "rw-------");
        assertTrue(store.availability().usable());
        home = passphraseFile;
        assertSays("cannot be used: give this user write permission", refusal(store(passphraseFile.toString(), null)));
    }

    @Test
    void aCredentialOfTheServiceManagersIsThePassphrase() throws Exception {
        put(store, "k", "v");
        Path credentials = Files.createDirectory(directory.resolve("credentials"));
        FileSecretStore byCredential = store("", credentials);
        // As set up by systemd for a service with its own user.
        write(credentials.resolve("partyline.passphrase"), PASSPHRASE, "r--r-----");
        assertEquals(Optional.of("v"), get(byCredential, "k"));
        write(credentials.resolve("partyline-secrets-passphrase"), "something else", "r--------");
        assertSays(
                "its passphrase is different",
                assertThrows(SecretStoreException.class, () -> byCredential.get("k"))
                        .getMessage());
        // The settings have priority.
        assertEquals(Optional.of("v"), get(store(passphraseFile.toString(), credentials), "k"));
        write(credentials.resolve("partyline-secrets-passphrase"), PASSPHRASE, "r-----r--");
        assertSays("has the permissions r-----r--", refusal(byCredential));
    }

    @Test
    void withoutItsCipherOrDerivationItSaysSo() {
        store.suites = List.of();
        assertEquals(
                "the cipher XCHACHA20_POLY1305 is not running: start its bundle",
                store.availability().reason());
        store.derivations = List.of();
        assertEquals(
                "the key derivation ARGON2ID is not running: start its bundle",
                store.availability().reason());
    }

    @Test
    void anotherCipherOrDerivationIsNotUsedInItsPlace() throws Exception {
        Map<String, Object> first = Map.of(Constants.SERVICE_RANKING, 10);
        KeyDerivation scrypt = new Refusing(KdfId.SCRYPT);
        store.derivations = List.of(Map.entry(first, scrypt));
        assertEquals(
                "the key derivation ARGON2ID is not running: start its bundle",
                store.availability().reason());
        store.derivations = List.of(Map.entry(first, scrypt), Map.entry(Map.of(), new Quick()));
        AeadSuite cipher = new XChaCha20Poly1305();
        AeadSuite other = (AeadSuite) Proxy.newProxyInstance(
                AeadSuite.class.getClassLoader(),
                new Class<?>[] {AeadSuite.class},
                (self, method, all) ->
                        method.getName().equals("id") ? AeadId.CHACHA20_POLY1305 : method.invoke(cipher, all));
        store.suites = List.of(Map.entry(first, other));
        assertEquals(
                "the cipher XCHACHA20_POLY1305 is not running: start its bundle",
                store.availability().reason());
        store.suites = List.of(Map.entry(first, other), Map.entry(Map.of(), cipher));
        put(store, "k", "v");
        assertEquals(Optional.of("v"), get(store, "k"));
    }

    @Test
    void ofTwoDerivationsTheOneOfHigherRankingIsUsed() throws Exception {
        KeyDerivation refusing = new Refusing(KdfId.ARGON2ID);
        for (List<Map.Entry<Map<String, Object>, KeyDerivation>> order :
                List.<List<Map.Entry<Map<String, Object>, KeyDerivation>>>of(
                        List.of(
                                Map.entry(Map.of(Constants.SERVICE_RANKING, 10), new Quick()),
                                Map.entry(Map.of(), refusing)),
                        List.of(
                                Map.entry(Map.of(Constants.SERVICE_RANKING, -1), refusing),
                                Map.entry(Map.of(), new Quick())))) {
            store.derivations = order;
            put(store, "k", "v");
        }
    }

    @Test
    void theFilesAreInTheServersHome() throws Exception {
        assertEquals(home.resolve("secrets"), FileSecretStore.directory(context("partyline.home", home.toString())));
        assertEquals(
                directory.resolve("partyline/secrets"),
                FileSecretStore.directory(context("karaf.data", directory.toString())));
        assertEquals(
                Path.of("data/partyline/secrets").toAbsolutePath(),
                FileSecretStore.directory(context("partyline.home", " ")));
        BundleContext context = context("partyline.home", home.toString());
        put(store, "k", "v");
        FileSecretStore framework = new FileSecretStore(context, Map.of("passphrase-file", passphraseFile.toString()));
        framework.derivations = store.derivations;
        framework.suites = store.suites;
        assertEquals(Optional.of("v"), get(framework, "k"));
        ErasableSecrets erasable = new ErasableSecrets(context);
        assertEquals("secrets-file", erasable.name());
        assertEquals(Erasable.RESTING_KEY, erasable.rank());
        erasable.erase();
        assertFalse(Files.exists(sealed));
    }

    /** A framework with one property. */
    private static BundleContext context(String property, String value) {
        return (BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (self, method, arguments) -> property.equals(arguments[0]) ? value : null);
    }

    /** A derivation that must not be used. */
    private record Refusing(KdfId id) implements KeyDerivation {
        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            throw new AssertionError("this derivation is not the one to use");
        }
    }

    @Test
    void theDefaultCostIsTheProtocols() throws Exception {
        FileSecretStore real = new FileSecretStore(
                home,
                new PassphraseSource(passphraseFile.toString(), Optional.empty()),
                new SecureRandom(),
                KdfParameters.ARGON2ID_DEFAULT);
        real.derivations = List.of(Map.entry(Map.of(), new Argon2id()));
        real.suites = store.suites;
        put(real, "k", "v");
        byte[] head = Arrays.copyOf(Files.readAllBytes(sealed), 14);
        // Magic, format 1, Argon2id, 3 passes, 64 MiB, 4 lanes, XChaCha20-Poly1305.
        assertEquals(
                "504c534543" + "01" + "01" + "03" + "00010000" + "04" + "01",
                java.util.HexFormat.of().formatHex(head));
        assertEquals(Optional.of("v"), get(real, "k"));
        assertNotEquals(CHEAP, KdfParameters.ARGON2ID_DEFAULT);
    }

    /** A modified file must neither use up this process nor be accepted. */
    @Test
    void aDerivationOutsideTheLimitsIsRefusedBeforeAKeyIsMade() throws Exception {
        put(store, "k", "v");
        byte[] good = Files.readAllBytes(sealed);
        for (int[] bad : new int[][] {{1, 8, 1}, {255, 1 << 20, 4}, {3, -1, 4}}) {
            byte[] changed = good.clone();
            java.nio.ByteBuffer.wrap(changed)
                    .position(7)
                    .put((byte) bad[0])
                    .putInt(bad[1])
                    .put((byte) bad[2]);
            Files.write(sealed, changed);
            store.derivations = List.of(Map.entry(Map.of(), new Quick(true)));
            SecretStoreException refusal = assertThrows(SecretStoreException.class, () -> store.get("k"));
            assertTrue(refusal.getMessage().contains("was changed: key derivation"), refusal.getMessage());
        }
    }

    @Test
    void tooLittleMemoryForTheDerivationIsNamed() throws Exception {
        put(store, "k", "v");
        store.derivations = List.of(Map.entry(Map.of(), new Quick(true)));
        for (org.junit.jupiter.api.function.Executable use :
                List.<org.junit.jupiter.api.function.Executable>of(() -> store.get("k"), () -> put(store, "l", "w"))) {
            SecretStoreException refusal = assertThrows(SecretStoreException.class, use);
            assertTrue(refusal.getMessage().contains("needs more memory: key derivation"), refusal.getMessage());
            assertTrue(refusal.getMessage().endsWith("PARTYLINE_HEAP"), refusal.getMessage());
        }
        Files.delete(sealed);
        SecretStoreException refusal = assertThrows(SecretStoreException.class, () -> put(store, "k", "v"));
        assertTrue(refusal.getMessage().endsWith("PARTYLINE_HEAP"), refusal.getMessage());
    }

    /** A replacement for Argon2id, at the cost of a hash. */
    private record Quick(boolean memoryGone) implements KeyDerivation {
        Quick() {
            this(false);
        }

        @Override
        public KdfId id() {
            return KdfId.ARGON2ID;
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            if (memoryGone) {
                new KdfMemory(new Full()).require(parameters);
            }
            return SecretBytes.wrap(Hkdf.derive(secret, salt, new byte[0], length));
        }
    }

    /** A heap with no free memory. */
    private static final class Full implements KdfMemory.Heap {
        @Override
        public long most() {
            return 1 << 20;
        }

        @Override
        public long used() {
            return 1 << 20;
        }

        @Override
        public void collect() {
            // All of it is in use.
        }
    }

    @Test
    void erasedTheFileIsGoneWithoutItsPassphrase() throws Exception {
        Path secretsOf = Files.createDirectory(directory.resolve("erasable"));
        Files.writeString(secretsOf.resolve("secrets.plsec"), "sealed");
        Files.writeString(secretsOf.resolve(".secrets.plsec.new"), "half of one");
        ErasableSecrets secrets = new ErasableSecrets(secretsOf);
        secrets.erase();
        try (var files = Files.list(secretsOf)) {
            assertEquals(0, files.count());
        }
        secrets.erase();
        new ErasableSecrets(directory.resolve("none")).erase();
    }
}
