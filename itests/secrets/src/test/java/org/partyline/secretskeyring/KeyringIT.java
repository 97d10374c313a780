package org.partyline.secretskeyring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.secrets.SecretStore.Availability;
import org.partyline.api.secrets.SecretStore.SecretStoreException;
import org.partyline.itests.secrets.Desktop;
import org.partyline.itests.secrets.NeedsDesktop;

/** Tests the store of secrets on a real bus with a real gnome-keyring. */
@ExtendWith(NeedsDesktop.class)
class KeyringIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final List<KeyringSecretStore> opened = new ArrayList<>();
    private Desktop desktop;

    @BeforeEach
    void aDesktop() {
        desktop = Desktop.start(directory);
    }

    @AfterEach
    void endsIt() {
        opened.forEach(KeyringSecretStore::stop);
        desktop.close();
    }

    private KeyringSecretStore store(String home) {
        Map<String, String> environment = desktop.busAddress();
        KeyringSecretStore store = new KeyringSecretStore(
                Path.of(home), environment::get, new SecureRandom(), TIMEOUT, SessionBusCalls::connect);
        opened.add(store);
        return store;
    }

    private static void put(KeyringSecretStore store, String key, String value) throws Exception {
        try (SecretBytes secret = SecretBytes.wrap(value.getBytes(StandardCharsets.UTF_8))) {
            store.put(key, secret);
        }
    }

    private static Optional<String> get(KeyringSecretStore store, String key) throws Exception {
        return store.get(key).map(secret -> new String(secret.expose(), StandardCharsets.UTF_8));
    }

    @Test
    void whatWasPutIsReadReplacedAndDeleted() throws Exception {
        desktop.logIn();
        KeyringSecretStore store = store("/srv/alice");
        assertEquals(new Availability(true, ""), store.availability());
        assertEquals(Optional.empty(), get(store, "store-key"));
        put(store, "store-key", "one");
        put(store, "other", "two");
        put(store, "store-key", "three");
        assertEquals(Optional.of("three"), get(store("/srv/alice"), "store-key"));
        store.delete("store-key");
        store.delete("store-key");
        assertEquals(Optional.empty(), get(store, "store-key"));
        assertEquals(Optional.of("two"), get(store, "other"));
    }

    @Test
    void everyByteComesBack() throws Exception {
        desktop.logIn();
        KeyringSecretStore store = store("/srv/alice");
        for (int length : new int[] {0, 1, 32, 256, 4096}) {
            byte[] value = new byte[length];
            for (int i = 0; i < length; i++) {
                value[i] = (byte) i;
            }
            store.put("k", SecretBytes.copyOf(value));
            assertArrayEquals(value, store.get("k").orElseThrow().expose());
        }
    }

    @Test
    void twoServersDoNotTakeEachOthersKeys() throws Exception {
        desktop.logIn();
        put(store("/srv/alice"), "store-key", "hers");
        put(store("/srv/bob"), "store-key", "his");
        store("/srv/bob").delete("store-key");
        assertEquals(Optional.of("hers"), get(store("/srv/alice"), "store-key"));
        assertEquals(Optional.empty(), get(store("/srv/bob"), "store-key"));
    }

    @Test
    void otherProgramsFindItByWhatTheSpecificationSays() throws Exception {
        desktop.logIn();
        put(store("/srv/alice"), "store-key", "read by libsecret");
        assertEquals(
                "read by libsecret",
                desktop.lookUp("xdg:schema", "org.partyline.Secret", "home", "/srv/alice", "key", "store-key"));
    }

    @Test
    void itOutlivesTheDesktopAndIsNotInClearInItsFiles() throws Exception {
        desktop.logIn();
        String value = "a value that is not expected in the files";
        put(store("/srv/alice"), "store-key", value);
        desktop.logOut();
        try (Stream<Path> files = Files.walk(desktop.files())) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertFalse(all.isEmpty());
            for (Path file : all) {
                assertFalse(Files.readString(file, StandardCharsets.ISO_8859_1).contains(value), file::toString);
            }
        }
        desktop.logIn();
        assertEquals(Optional.of(value), get(store("/srv/alice"), "store-key"));
    }

    @Test
    void aLockedKeyringRefusesAndNobodyIsAsked() throws Exception {
        desktop.logIn();
        KeyringSecretStore store = store("/srv/alice");
        put(store, "store-key", "v");
        desktop.lock();
        Availability availability = store.availability();
        assertFalse(availability.usable());
        assertTrue(availability.reason().startsWith("the keyring is locked: "), availability.reason());
        for (Operation operation : List.<Operation>of(
                () -> store.get("store-key"), () -> put(store, "store-key", "w"), () -> store.delete("store-key"))) {
            SecretStoreException refused = assertThrows(SecretStoreException.class, operation::run);
            assertEquals(availability.reason(), refused.getMessage());
        }
        desktop.logOut();
        desktop.logIn();
        assertEquals(Optional.of("v"), get(store, "store-key"));
    }

    private interface Operation {
        void run() throws Exception;
    }

    @Test
    void aSessionWithoutAKeyringIsSaidAndOneThatComesLaterIsUsed() throws Exception {
        KeyringSecretStore store = store("/srv/alice");
        Availability availability = store.availability();
        assertFalse(availability.usable());
        assertTrue(
                availability.reason().startsWith("no keyring runs in this desktop session: "), availability.reason());
        desktop.logIn();
        put(store, "store-key", "v");
        desktop.logOut();
        assertThrows(SecretStoreException.class, () -> store.get("store-key"));
    }
}
