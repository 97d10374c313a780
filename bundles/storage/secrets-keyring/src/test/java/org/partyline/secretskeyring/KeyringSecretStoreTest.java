package org.partyline.secretskeyring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.SecretBytes;
import org.partyline.api.config.Setting;
import org.partyline.api.secrets.SecretStore.Availability;
import org.partyline.api.secrets.SecretStore.SecretStoreException;
import org.partyline.testkit.Eventually;

/** Without a keyring; the tests with real keyrings are in itests. */
class KeyringSecretStoreTest {
    @TempDir
    Path directory;

    private KeyringSecretStore store(Map<String, String> environment) {
        return new KeyringSecretStore(
                directory, environment::get, new SecureRandom(), Duration.ofSeconds(1), SessionBusCalls::connect);
    }

    private static void assertRefuses(KeyringSecretStore store, String reason) {
        Availability availability = store.availability();
        assertFalse(availability.usable());
        assertTrue(availability.reason().contains(reason), availability.reason());
        assertFalse(availability.reason().contains("\n"));
        assertThrows(SecretStoreException.class, () -> store.get("k"));
        assertThrows(SecretStoreException.class, () -> store.put("k", SecretBytes.wrap(new byte[1])));
        assertThrows(SecretStoreException.class, () -> store.delete("k"));
        store.stop();
    }

    @Test
    void withoutASessionBusItSaysSo() {
        assertRefuses(store(Map.of()), "there is no D-Bus session bus");
        // A directory without a session bus.
        assertRefuses(store(Map.of("XDG_RUNTIME_DIR", directory.toString())), "there is no D-Bus session bus");
    }

    @Test
    void aBusThatIsGoneIsSaid() {
        String address = "unix:path=" + directory.resolve("gone");
        assertRefuses(store(Map.of("DBUS_SESSION_BUS_ADDRESS", address)), "bus at " + address + " cannot be reached");
        assertRefuses(store(Map.of("DBUS_SESSION_BUS_ADDRESS", "rubbish")), "cannot be reached");
    }

    @Test
    void aBusThatNeverAnswersIsNotWaitedFor() throws Exception {
        Path socket = directory.resolve("bus");
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket));
            assertRefuses(store(Map.of("XDG_RUNTIME_DIR", directory.toString())), "the keyring does not answer");
        }
    }

    @Test
    void theBusIsFoundWhereTheEnvironmentOrSystemdHasIt() throws Exception {
        Files.createFile(directory.resolve("bus"));
        Map<String, String> both =
                Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/here", "XDG_RUNTIME_DIR", directory.toString());
        assertEquals(Optional.of("unix:path=/here"), SessionBus.address(both::get));
        assertEquals(
                Optional.of("unix:path=" + directory.resolve("bus")),
                SessionBus.address(Map.of("XDG_RUNTIME_DIR", directory.toString())::get));
        assertEquals(Optional.empty(), SessionBus.address(Map.of("XDG_RUNTIME_DIR", "/nowhere")::get));
        Map<String, String> blank = Map.of("DBUS_SESSION_BUS_ADDRESS", " ", "XDG_RUNTIME_DIR", directory.toString());
        assertEquals(Optional.of("unix:path=" + directory.resolve("bus")), SessionBus.address(blank::get));
    }

    @Test
    void callsThatHangDoNotPileUp() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        try (KeyringTimeout deadline = new KeyringTimeout()) {
            Runnable hang = () -> {
                begun.incrementAndGet();
                boolean released = false;
                while (!released) {
                    try {
                        never.await();
                        released = true;
                    } catch (InterruptedException e) {
                        // Like a native call that never returns.
                        released = false;
                    }
                }
            };
            for (int i = 0; i < 6; i++) {
                assertThrows(
                        SecretStoreException.class,
                        () -> deadline.run(Duration.ofMillis(50), () -> {
                            hang.run();
                            return null;
                        }));
            }
            assertTrue(begun.get() <= 4, begun + " calls hang");
            never.countDown();
        }
    }

    @Test
    void aCallThatHangsKeepsNoProcessFromItsEnd() throws Exception {
        try (KeyringTimeout deadline = new KeyringTimeout()) {
            assertTrue(deadline.run(
                    Duration.ofSeconds(60), () -> Thread.currentThread().isDaemon()));
        }
    }

    @Test
    void aStoreThatWasStoppedAsksNothingMore() {
        KeyringSecretStore store = store(Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere"));
        store.stop();
        assertEquals(
                "the keyring does not answer: check its desktop session",
                assertThrows(SecretStoreException.class, () -> store.get("k")).getMessage());
    }

    @Test
    void aThreadThatIsInterruptedWhileItWaitsStaysInterrupted() {
        try (KeyringTimeout deadline = new KeyringTimeout()) {
            Thread.currentThread().interrupt();
            SecretStoreException refused = assertThrows(
                    SecretStoreException.class,
                    () -> deadline.run(Duration.ofSeconds(60), () -> {
                        new CountDownLatch(1).await();
                        return null;
                    }));
            assertEquals("interrupted while asking the keyring: try again", refused.getMessage());
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aKeyOrAValueThatCannotBeIsRefused() {
        KeyringSecretStore store = store(Map.of());
        assertThrows(IllegalArgumentException.class, () -> store.get("a b"));
        assertThrows(IllegalArgumentException.class, () -> store.put("k", SecretBytes.wrap(new byte[4097])));
    }

    // ---- with a keyring

    private final FakeKeyring keyring = new FakeKeyring();

    private KeyringSecretStore with(Path home) {
        return new KeyringSecretStore(
                home,
                Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/here")::get,
                new SecureRandom(),
                Duration.ofSeconds(60),
                (address, patience) -> {
                    assertEquals("unix:path=/here", address);
                    assertEquals(Duration.ofSeconds(60), patience);
                    keyring.closed = false;
                    return keyring;
                });
    }

    private static byte[] secret(int with) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) with);
        return secret;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSecretIsKeptUntilItIsDeletedAndOthersAreNotTouched(boolean asLists) throws Exception {
        keyring.asLists = asLists;
        KeyringSecretStore store = with(directory);
        KeyringSecretStore other = with(directory.resolve("another"));
        assertEquals("keyring", store.name());
        assertTrue(store.availability().usable());
        assertEquals("", store.availability().reason());
        assertEquals(Optional.empty(), store.get("token"));
        store.put("token", SecretBytes.wrap(secret(1)));
        store.put("key", SecretBytes.wrap(secret(2)));
        other.put("token", SecretBytes.wrap(secret(3)));
        store.put("token", SecretBytes.wrap(secret(4)));
        assertEquals(3, keyring.items.size());
        assertArrayEquals(secret(4), store.get("token").orElseThrow().expose());
        assertArrayEquals(secret(3), other.get("token").orElseThrow().expose());
        store.delete("token");
        store.delete("token");
        assertEquals(Optional.empty(), store.get("token"));
        assertArrayEquals(secret(2), store.get("key").orElseThrow().expose());
        assertArrayEquals(secret(3), other.get("token").orElseThrow().expose());
        assertTrue(keyring.closed, "each operation ends its connection");
    }

    @Test
    void aSecretIsLabelledForPeopleAndForOurs() throws Exception {
        with(directory).put("token", SecretBytes.wrap(secret(1)));
        FakeKeyring.Item item = keyring.items.values().iterator().next();
        assertEquals("Mempool Partyline: token of " + directory, item.label());
        assertEquals("application/octet-stream", item.type());
        assertEquals(
                Map.of("xdg:schema", "org.partyline.Secret", "home", directory.toString(), "key", "token"),
                item.attributes());
    }

    @Test
    void theLongestSecretIsKept() throws Exception {
        with(directory).put("k", SecretBytes.wrap(new byte[4096]));
        assertEquals(4096, with(directory).get("k").orElseThrow().length());
    }

    private void assertRefused(String reason, Executable task) {
        SecretStoreException refused = assertThrows(SecretStoreException.class, task);
        assertEquals(reason, refused.getMessage());
        assertTrue(keyring.closed);
    }

    private static final String LOCKED = "the keyring is locked: log in to its desktop session, or unlock it there";

    @ParameterizedTest
    @ValueSource(strings = {"locked", "odd"})
    void aKeyringThatDoesNotSayThatItIsOpenIsLocked(String how) {
        keyring.locked = how.equals("locked") ? true : "open, I think";
        KeyringSecretStore store = with(directory);
        assertEquals(LOCKED, store.availability().reason());
        assertRefused(LOCKED, () -> store.put("k", SecretBytes.wrap(secret(1))));
        assertEquals(Map.of(), keyring.items);
        keyring.locked = false;
        assertTrue(store.availability().usable());
    }

    @Test
    void withoutACollectionOfItsOwnNothingIsKept() {
        keyring.withoutCollection = true;
        assertRefused(
                "the keyring has no default collection: create one in the desktop's keyring program",
                () -> with(directory).put("k", SecretBytes.wrap(secret(1))));
        assertFalse(with(directory).availability().usable());
    }

    @Test
    void anItemThatIsLockedIsNotTakenForNone() throws Exception {
        KeyringSecretStore store = with(directory);
        store.put("k", SecretBytes.wrap(secret(1)));
        keyring.lockedItem = "/org/freedesktop/secrets/collection/login/9";
        assertRefused(LOCKED, () -> store.get("k"));
        assertRefused(LOCKED, () -> store.delete("k"));
        assertEquals(1, keyring.items.size());
    }

    /** Possibly nobody is at the screen. */
    @Test
    void aKeyringThatAsksSomebodyIsLocked() throws Exception {
        KeyringSecretStore store = with(directory);
        store.put("k", SecretBytes.wrap(secret(1)));
        keyring.prompt = "/org/freedesktop/secrets/prompt/p1";
        assertRefused(LOCKED, () -> store.put("k", SecretBytes.wrap(secret(2))));
        assertRefused(LOCKED, () -> store.delete("k"));
    }

    @Test
    void aKeyringWhosePublicValueMakesNoSecretGetsNone() throws Exception {
        KeyringSecretStore store = with(directory);
        store.put("k", SecretBytes.wrap(secret(1)));
        keyring.liar = true;
        String reason = "the keyring does not encrypt as specified";
        assertRefused(reason, () -> store.put("k", SecretBytes.wrap(secret(2))));
        assertRefused(reason, () -> store.get("k"));
        assertArrayEquals(secret(1), keyring.items.values().iterator().next().value());
    }

    @Test
    void whatIsPutStaysItsCallers() throws Exception {
        SecretBytes value = SecretBytes.wrap(secret(1));
        with(directory).put("k", value);
        assertArrayEquals(secret(1), value.expose());
    }

    /** Its caller has given up, and may have stored another one since. */
    @Test
    void aSecretThatTheKeyringIsAskedForTooLateIsNotKept() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        KeyringSecretStore store = new KeyringSecretStore(
                directory,
                Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/here")::get,
                new SecureRandom(),
                Duration.ofMillis(50),
                (address, patience) -> {
                    boolean waits = true;
                    while (waits) {
                        try {
                            reached.await();
                            waits = false;
                        } catch (InterruptedException e) {
                            // Like a native call that never returns.
                            waits = true;
                        }
                    }
                    return keyring;
                });
        assertEquals(
                "the keyring does not answer: check its desktop session",
                assertThrows(SecretStoreException.class, () -> store.put("k", SecretBytes.wrap(secret(1))))
                        .getMessage());
        reached.countDown();
        Eventually.that("its connection is ended", () -> keyring.closed);
        assertEquals(Map.of(), keyring.items);
        assertEquals(List.of(), keyring.called);
        store.stop();
    }

    @Test
    void itsSettingHasADefault() {
        KeyringSettings settings = new KeyringSettings();
        assertEquals("org.partyline.secrets.keyring", settings.pid());
        assertEquals("How to reach the desktop's keyring (gnome-keyring, KWallet) over D-Bus.", settings.title());
        assertEquals(
                List.of("timeout"),
                settings.settings().stream().map(Setting::key).toList());
        assertEquals(Duration.ofSeconds(5), KeyringSettings.TIMEOUT.in(Map.of()));
    }

    @Test
    void whatTheKeyringSaysOfItselfIsSaidForPeople() {
        String none = "no keyring runs in this desktop session: start gnome-keyring, KWallet or another Secret Service";
        for (String name : List.of(
                "org.freedesktop.DBus.Error.ServiceUnknown",
                "org.freedesktop.DBus.Error.NameHasNoOwner",
                "org.freedesktop.DBus.Error.Spawn.ExecFailed")) {
            assertEquals(none, SessionBusCalls.refusal(name));
        }
        assertEquals(LOCKED, SessionBusCalls.refusal("org.freedesktop.Secret.Error.IsLocked"));
        assertEquals("the keyring refuses with a.b: see the log", SessionBusCalls.refusal("a.b"));
    }

    @Test
    void anErrorOfTheLibraryIsSaidInOneLine() {
        try (KeyringTimeout deadline = new KeyringTimeout()) {
            assertEquals(
                    "the keyring cannot be used: IllegalStateException; see the log",
                    assertThrows(
                                    SecretStoreException.class,
                                    () -> deadline.run(Duration.ofSeconds(60), () -> {
                                        throw new IllegalStateException("inside");
                                    }))
                            .getMessage());
        }
    }
}
