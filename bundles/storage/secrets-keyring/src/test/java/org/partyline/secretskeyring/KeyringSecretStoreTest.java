package org.partyline.secretskeyring;

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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.SecretBytes;
import org.partyline.api.secrets.SecretStore.Availability;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/** Without a keyring; the tests with real ones are in itests. */
class KeyringSecretStoreTest {
    @TempDir
    Path directory;

    private KeyringSecretStore store(Map<String, String> environment) {
        return new KeyringSecretStore(directory, environment::get, new SecureRandom(), Duration.ofSeconds(1));
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
        // A directory that the session bus is not in.
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
                        // As a native call that nothing ends.
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
}
