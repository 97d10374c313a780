package org.partyline.secretsunlock;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.panic.Erasable;
import org.partyline.api.secrets.SecretStore.SecretStoreException;
import org.partyline.api.secrets.Unattended.Place;
import org.partyline.api.secrets.Unattended.Source;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.secretsunlock.FakePlace.Killed;
import org.partyline.testkit.Eventually;

class UnattendedStartTest {
    private static final String KEY = "store-key";

    @TempDir
    Path directory;

    private final FakeVault vault = new FakeVault();
    private final FakePlace keyring = new FakePlace("keyring");
    private final FakePlace file = new FakePlace("file");
    private final List<String> events = new ArrayList<>();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private Instant now = Instant.EPOCH;

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private final AuditLog audit = new AuditLog() {
        @Override
        public void record(String event, String detail) {
            events.add(event);
        }

        @Override
        public List<Entry> newest(int most) {
            return List.of();
        }

        @Override
        public AutoCloseable follow(Consumer<Entry> listener) {
            return () -> {};
        }
    };

    @AfterEach
    void endTheScheduler() {
        scheduler.shutdownNow();
    }

    private Path settings() {
        return directory.resolve("org.partyline.unattended.cfg");
    }

    /** A server that is starting, without a vault yet. */
    private UnattendedStart starting(String configured) {
        UnattendedStart start = new UnattendedStart(
                Optional.of(new SourceFile(settings())),
                configured,
                new Credential(Optional.of(directory.toString())),
                clock,
                scheduler);
        start.stores = List.of(keyring, file);
        start.audit = audit;
        return start;
    }

    private UnattendedStart started(String configured) {
        UnattendedStart start = starting(configured);
        start.vault = vault;
        start.tick();
        return start;
    }

    private static char[] passphrase() {
        return FakeVault.PASSPHRASE.toCharArray();
    }

    private void credential(String text) throws Exception {
        Path credential = directory.resolve("partyline.passphrase");
        Files.deleteIfExists(credential);
        Files.writeString(credential, text);
        Files.setPosixFilePermissions(credential, PosixFilePermissions.fromString("r--------"));
    }

    @Test
    void byDefaultTheStoreStaysLocked() {
        keyring.held.put(KEY, vault.key);
        assertEquals(Source.ASK, started("ask").status().source());
        assertEquals(Store.State.LOCKED, vault.state);
        assertEquals(List.of(), events);
    }

    @Test
    void theKeyThatRestsInAPlaceOpensTheStore() {
        for (FakePlace place : List.of(keyring, file)) {
            vault.lock();
            place.held.put(KEY, vault.key.clone());
            UnattendedStart start = started(place.name());
            assertEquals(Store.State.OPEN, vault.state);
            assertEquals(
                    "the store was opened with the key from the " + place.name(),
                    start.status().lastStart());
        }
        assertEquals(List.of("unattended-unlock", "unattended-unlock"), events);
    }

    @Test
    void theCredentialOpensTheStore() throws Exception {
        credential(FakeVault.PASSPHRASE + "\nmore");
        started("credential");
        assertEquals(Store.State.OPEN, vault.state);
    }

    @Test
    void aCredentialThatOthersCanReadOrThatIsNoTextIsRefused() throws Exception {
        credential(FakeVault.PASSPHRASE);
        Path credential = directory.resolve("partyline.passphrase");
        Files.setPosixFilePermissions(credential, PosixFilePermissions.fromString("r-----r--"));
        assertTrue(started("credential").status().lastStart().contains("has the permissions r-----r--"));
        credential("");
        assertTrue(started("credential").status().lastStart().contains("is empty"));
        Files.delete(credential);
        Files.write(credential, new byte[] {(byte) 0xff, 1}, java.nio.file.StandardOpenOption.CREATE);
        Files.setPosixFilePermissions(credential, PosixFilePermissions.fromString("r--------"));
        assertTrue(started("credential").status().lastStart().contains("is not UTF-8 text"));
        Files.delete(credential);
        assertTrue(started("credential").status().lastStart().contains("provides no credential partyline.passphrase"));
        Files.createSymbolicLink(credential, settings());
        assertTrue(started("credential").status().lastStart().contains("is not a regular file"));
        assertEquals(Store.State.LOCKED, vault.state);
    }

    @Test
    void itWaitsForTheEngineAndForThePlace() {
        keyring.held.put(KEY, vault.key.clone());
        UnattendedStart start = starting("keyring");
        start.tick();
        start.vault = vault;
        keyring.away = true;
        for (int second = 0; second < 200; second++) {
            now = now.plus(Duration.ofSeconds(1));
            start.tick();
        }
        assertEquals(Store.State.LOCKED, vault.state);
        // One event, however many attempts there were.
        assertEquals(List.of("unattended-unlock-failed"), events);
        assertTrue(start.status().lastStart().contains("the keyring is stopped"));
        keyring.away = false;
        now = now.plus(Duration.ofSeconds(60));
        start.tick();
        assertEquals(Store.State.OPEN, vault.state);
        assertEquals(List.of("unattended-unlock-failed", "unattended-unlock"), events);
    }

    @Test
    void aPlaceThatIsAwayIsTriedLessAndLessOften() {
        AtomicInteger asked = new AtomicInteger();
        keyring.away = true;
        keyring.before = asked::incrementAndGet;
        UnattendedStart start = started("keyring");
        for (int second = 0; second < 600; second++) {
            now = now.plus(Duration.ofSeconds(1));
            start.tick();
        }
        // At 0, 1, 3, 7, 15, 31 and 63 s, and then every 60 s.
        assertEquals(7 + (600 - 63) / 60, asked.get());
    }

    @Test
    void aWrongKeyIsTriedOnce() {
        file.held.put(KEY, new byte[32]);
        UnattendedStart start = started("file");
        now = now.plus(Duration.ofHours(1));
        start.tick();
        assertEquals(1, vault.tries);
        assertEquals(
                "the key in the file is not this store's: open the store with partyline:unlock",
                start.status().lastStart());
        assertEquals(List.of("unattended-unlock-failed"), events);
    }

    @Test
    void aStoreThatWasOpenOnceIsNotOpenedAgain() {
        keyring.away = true;
        keyring.held.put(KEY, vault.key.clone());
        UnattendedStart start = started("keyring");
        // The operator opens it, and later locks it.
        vault.state = Store.State.OPEN;
        start.tick();
        vault.lock();
        keyring.away = false;
        now = now.plus(Duration.ofHours(1));
        start.tick();
        assertEquals(Store.State.LOCKED, vault.state);
    }

    @Test
    void aNewStoreIsLeftAlone() {
        vault.state = Store.State.NEW;
        started("keyring");
        assertEquals(0, vault.tries);
    }

    @Test
    void whatIsBrokenEndsNothing() {
        keyring.held.put(KEY, vault.key.clone());
        vault.broken = new IllegalStateException("broken");
        UnattendedStart start = started("keyring");
        assertTrue(start.status().lastStart().contains("IllegalStateException"));
        vault.broken = null;
        now = now.plus(Duration.ofMinutes(1));
        start.tick();
        assertEquals(Store.State.OPEN, vault.state);
    }

    @Test
    void anErrorEndsTheTryingNoMoreThanAnythingElse() {
        keyring.held.put(KEY, vault.key.clone());
        vault.error = new OutOfMemoryError("secret words");
        UnattendedStart start = started("keyring");
        assertTrue(start.status().lastStart().contains("OutOfMemoryError"));
        assertFalse(start.status().lastStart().contains("secret"));
        vault.error = null;
        now = now.plus(Duration.ofMinutes(1));
        start.tick();
        assertEquals(Store.State.OPEN, vault.state);
    }

    @Test
    void aBadSettingIsRefusedAndTheLastGoodOneStays() {
        assertEquals(Source.ASK, started("anything").status().source());
        assertEquals(Source.FILE, started(" file ").status().source());
    }

    @Test
    void theKeyMovesFromPlaceToPlaceAndRestsInOneOnly() throws Exception {
        UnattendedStart start = started("ask");
        start.moveTo(Source.FILE, passphrase());
        assertArrayEquals(vault.key, file.held.get(KEY));
        start.moveTo(Source.KEYRING, passphrase());
        assertArrayEquals(vault.key, keyring.held.get(KEY));
        assertEquals(Map.of(), file.held);
        assertEquals("source = keyring\n", Files.readString(settings()));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(settings())));
        assertEquals(
                List.of(new Place(Source.KEYRING, true, true, ""), new Place(Source.FILE, true, false, "")),
                start.status().places().subList(0, 2));
        // The next start reads the file, whatever the configuration says.
        started("ask");
        assertEquals(Store.State.OPEN, vault.state);
        start.moveTo(Source.FILE, passphrase());
        assertEquals(Map.of(), keyring.held);
        start.ask(passphrase());
        assertEquals(Map.of(), file.held);
        assertEquals(Source.ASK, started("file").status().source());
    }

    @Test
    void theSettingKeepsTheOtherLinesOfItsFile() throws Exception {
        Files.writeString(settings(), "# what it is\nsource=ask\nother = 1\n  source : file\n");
        UnattendedStart start = started("ask");
        assertEquals(Source.FILE, start.status().source());
        start.moveTo(Source.KEYRING, passphrase());
        assertEquals("# what it is\nother = 1\nsource = keyring\n", Files.readString(settings()));
    }

    @Test
    void movingNeedsThePassphrase() {
        UnattendedStart start = started("ask");
        char[] wrong = "another one".toCharArray();
        assertThrows(WrongPassphraseException.class, () -> start.moveTo(Source.FILE, wrong));
        assertThrows(WrongPassphraseException.class, () -> start.ask(wrong));
        assertThrows(IllegalArgumentException.class, () -> start.moveTo(Source.ASK, passphrase()));
        assertEquals(Map.of(), file.held);
        assertFalse(Files.exists(settings()));
    }

    @Test
    void aPlaceThatLosesTheKeyIsNotSwitchedTo() throws Exception {
        UnattendedStart start = started("ask");
        start.moveTo(Source.FILE, passphrase());
        keyring.forgetful = true;
        PartylineException refused =
                assertThrows(SecretStoreException.class, () -> start.moveTo(Source.KEYRING, passphrase()));
        assertTrue(refused.getMessage().contains("does not return"), refused.getMessage());
        keyring.away = true;
        assertThrows(SecretStoreException.class, () -> start.moveTo(Source.KEYRING, passphrase()));
        start.stores = List.of(file);
        refused = assertThrows(SecretStoreException.class, () -> start.moveTo(Source.KEYRING, passphrase()));
        assertEquals("the keyring is not running: start the bundle secrets-keyring", refused.getMessage());
        assertEquals(Source.FILE, start.status().source());
        assertArrayEquals(vault.key, file.held.get(KEY));
    }

    @Test
    void anOldPlaceThatKeepsTheKeyIsSaid() throws Exception {
        UnattendedStart start = started("ask");
        start.moveTo(Source.KEYRING, passphrase());
        keyring.away = true;
        PartylineException refused =
                assertThrows(SecretStoreException.class, () -> start.moveTo(Source.FILE, passphrase()));
        assertTrue(
                refused.getMessage()
                        .startsWith(
                                "from the next start, the store opens from the file, but the store key remains in the keyring"),
                refused.getMessage());
        assertEquals(Source.FILE, start.status().source());
        // The next start that finds it there deletes it.
        keyring.away = false;
        started("ask");
        assertEquals(Map.of(), keyring.held);
        assertArrayEquals(vault.key, file.held.get(KEY));
    }

    @Test
    void theCredentialIsCheckedBeforeItIsReliedUpon() throws Exception {
        UnattendedStart start = started("ask");
        start.moveTo(Source.FILE, passphrase());
        assertThrows(SecretStoreException.class, () -> start.moveTo(Source.CREDENTIAL, passphrase()));
        credential("not the passphrase");
        PartylineException refused =
                assertThrows(SecretStoreException.class, () -> start.moveTo(Source.CREDENTIAL, passphrase()));
        assertEquals(
                "the credential partyline.passphrase is not this store's passphrase: write it again",
                refused.getMessage());
        assertArrayEquals(vault.key, file.held.get(KEY));
        credential(FakeVault.PASSPHRASE);
        start.moveTo(Source.CREDENTIAL, passphrase());
        assertEquals(Map.of(), file.held);
        assertEquals(
                new Place(Source.CREDENTIAL, true, true, ""),
                start.status().places().get(2));
    }

    @Test
    void aKillAtAnyPointLosesNothingAndLeavesNothingBehindInTheEnd() throws Exception {
        int points = 0;
        boolean finished = false;
        while (!finished) {
            keyring.held.clear();
            file.held.clear();
            UnattendedStart start = started("ask");
            start.moveTo(Source.KEYRING, passphrase());
            AtomicInteger left = new AtomicInteger(points++);
            Runnable killer = () -> {
                if (left.getAndDecrement() == 0) {
                    throw new Killed();
                }
            };
            keyring.before = killer;
            file.before = killer;
            try {
                start.moveTo(Source.FILE, passphrase());
                finished = true;
            } catch (Killed e) {
                finished = false;
            }
            keyring.before = () -> {};
            file.before = () -> {};
            vault.lock();
            Source after = started("ask").status().source();
            assertEquals(Store.State.OPEN, vault.state, "killed at point " + points);
            assertEquals(after == Source.FILE, file.held.containsKey(KEY), "killed at point " + points);
            assertEquals(after == Source.KEYRING, keyring.held.containsKey(KEY), "killed at point " + points);
        }
        assertTrue(points > 4, points + " points");
    }

    @Test
    void erasedTheKeyIsInNoKeyringAndTheNextStartAsks() throws Exception {
        UnattendedStart start = started("ask");
        start.moveTo(Source.KEYRING, passphrase());
        start.erase();
        assertEquals(Map.of(), keyring.held);
        assertEquals(Source.ASK, started("keyring").status().source());
        // Even one that was left behind in an unused place.
        keyring.held.put(KEY, vault.key);
        start.erase();
        assertEquals(Map.of(), keyring.held);
    }

    @Test
    void erasedQuietlyAKeyringIsAskedOnlyWhereTheKeyRestsInIt() throws Exception {
        UnattendedStart start = started("ask");
        keyring.before = () -> {
            throw new IllegalStateException("it would take long");
        };
        start.eraseQuietly();
        assertFalse(Files.exists(settings()));
        keyring.before = () -> {};
        start.moveTo(Source.KEYRING, passphrase());
        start.eraseQuietly();
        assertEquals(Map.of(), keyring.held);
        assertEquals(Source.ASK, start.status().source());
    }

    /** Each of them, and at least one. */
    private static void assertWiped(List<SecretBytes> secrets) {
        assertFalse(secrets.isEmpty());
        for (SecretBytes secret : secrets) {
            assertThrows(IllegalStateException.class, secret::expose);
        }
    }

    @Test
    void noKeyThatWasReadOnTheWayIsLeft() throws Exception {
        UnattendedStart start = started("ask");
        start.moveTo(Source.FILE, passphrase());
        start.status();
        started("file");
        start.ask(passphrase());
        assertWiped(file.given);
        assertWiped(vault.given);
    }

    @Test
    void theCredentialThatWasReadIsWiped() throws Exception {
        credential(FakeVault.PASSPHRASE);
        started("credential");
        assertEquals(Store.State.OPEN, vault.state);
        assertArrayEquals(new char[FakeVault.PASSPHRASE.length()], vault.handed);
        vault.handed = null;
        started("ask").moveTo(Source.CREDENTIAL, passphrase());
        assertArrayEquals(new char[FakeVault.PASSPHRASE.length()], vault.handed);
    }

    @Test
    void aCredentialOfAnotherStoreIsNotSwitchedTo() throws Exception {
        credential(FakeVault.OTHER_PASSPHRASE);
        UnattendedStart start = started("ask");
        PartylineException refused =
                assertThrows(StoreException.class, () -> start.moveTo(Source.CREDENTIAL, passphrase()));
        assertEquals("the credential belongs to another store: check both", refused.getMessage());
        assertEquals(Source.ASK, start.status().source());
    }

    @Test
    void aCredentialHasAtMost4096Bytes() throws Exception {
        credential("x".repeat(4096));
        assertTrue(started("credential").status().lastStart().contains("is not this store's"));
        credential("x".repeat(4097));
        assertTrue(started("credential").status().lastStart().contains("has more than 4096 bytes"));
    }

    @Test
    void withoutAServiceManagerThereIsNoCredential() {
        SecretStoreException refused = assertThrows(SecretStoreException.class, new Credential(Optional.empty())::read);
        assertTrue(refused.getMessage().contains("provides no credential partyline.passphrase"), refused.getMessage());
    }

    /** The setting is for the next start: a store that is locked now stays locked. */
    @Test
    void aMoveOpensNothingBeforeTheNextStart() throws Exception {
        UnattendedStart start = started("ask");
        start.moveTo(Source.FILE, passphrase());
        start.tick();
        assertEquals(Store.State.LOCKED, vault.state);
        start.ask(passphrase());
        assertEquals(List.of("unattended-moved", "unattended-ask"), events);
    }

    @Test
    void aPlaceThatWasNeverInUseAndIsAwayIsNotMissed() throws Exception {
        keyring.away = true;
        UnattendedStart start = started("ask");
        start.moveTo(Source.FILE, passphrase());
        assertEquals(Source.FILE, start.status().source());
        start.erase();
        assertEquals(Source.ASK, start.status().source());
    }

    @Test
    void aPlaceThatIsAwayIsNeitherAskedForAKeyNorHandedOne() {
        AtomicInteger asked = new AtomicInteger();
        keyring.away = true;
        keyring.before = asked::incrementAndGet;
        UnattendedStart start = started("ask");
        assertEquals(
                new Place(Source.KEYRING, false, false, "the keyring is stopped"),
                start.status().places().get(0));
        assertThrows(SecretStoreException.class, () -> start.moveTo(Source.KEYRING, passphrase()));
        assertEquals(0, asked.get());
    }

    @Test
    void aPlaceWithoutAKeySaysSo() {
        assertTrue(started("file").status().lastStart().contains("no store key is stored in the file"));
    }

    @Test
    void aClockThatWasSetBackIsNotWaitedFor() {
        keyring.held.put(KEY, vault.key.clone());
        keyring.away = true;
        UnattendedStart start = started("keyring");
        keyring.away = false;
        now = now.minus(Duration.ofHours(1));
        start.tick();
        assertEquals(Store.State.OPEN, vault.state);
    }

    @Test
    void withoutTheKernelNothingIsMoved() {
        UnattendedStart start = starting("ask");
        assertThrows(StoreException.class, () -> start.moveTo(Source.FILE, passphrase()));
        assertThrows(StoreException.class, () -> start.ask(passphrase()));
        assertEquals(Map.of(), file.held);
    }

    @Test
    void aSettingThatIsChangedWhileItRunsIsInForce() {
        UnattendedStart start = started("ask");
        start.modified(Map.of("source", "keyring"));
        assertEquals(Source.KEYRING, start.status().source());
    }

    @Test
    void itStopsLookingOnceItIsFinished() {
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1);
        one.setRemoveOnCancelPolicy(true);
        UnattendedStart start =
                new UnattendedStart(Optional.empty(), "ask", new Credential(Optional.empty()), clock, one);
        start.start();
        try {
            Eventually.that(
                    "nothing is scheduled any more",
                    () -> one.getCompletedTaskCount() > 0 && one.getQueue().isEmpty() && one.getActiveCount() == 0);
        } finally {
            start.stop();
        }
    }

    @Test
    void theFrameworkSaysWhereItsSettingIsAndWhenItIsErased() throws Exception {
        Files.writeString(settings(), "source = file\n");
        BundleContext context = (BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (self, method, arguments) -> "karaf.etc".equals(arguments[0]) ? directory.toString() : null);
        UnattendedStart start = new UnattendedStart(context, Map.of("source", "ask"));
        start.start();
        try {
            assertEquals(Source.FILE, start.status().source());
            assertEquals("resting-key", start.name());
            assertEquals(Erasable.SLOW, start.rank());
            Eventually.that(
                    "its thread runs, and keeps no process from its end",
                    () -> Thread.getAllStackTraces().keySet().stream()
                            .anyMatch(each -> each.getName().equals("partyline-unattended") && each.isDaemon()));
        } finally {
            start.stop();
        }
    }
}
