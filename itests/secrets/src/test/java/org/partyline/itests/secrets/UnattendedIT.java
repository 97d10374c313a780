package org.partyline.itests.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/** A server that starts unattended: real processes, a real keyring. */
@ExtendWith(ShowLogs.class)
class UnattendedIT {
    private static final String FILE_PASSPHRASE = "what seals the secrets file";
    private static final String CHANNEL = "the-night-shift";

    /** A non-existent bus, so that no test finds the desktop of the user who runs it. */
    private static final Map<String, String> NO_DESKTOP =
            Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus", "XDG_RUNTIME_DIR", "/nowhere");

    @TempDir
    Path directory;

    private PartylineServer server;
    private Operator operator;

    @BeforeEach
    void aServerWithAStore() {
        server = PartylineServer.create("unattended").environment(NO_DESKTOP);
        operator = new Operator(server.start());
        operator.setUp("Alice");
        operator.createChannel(CHANNEL, "a passphrase of a channel", "--kdf", "PBKDF2_SHA256", "--network", "regtest");
    }

    @AfterEach
    void endIt() {
        server.close();
    }

    private String state() {
        return server.json("status").get("store").asText();
    }

    private void restart() {
        server.stop();
        server.start();
    }

    private void assertOpens(String place) {
        Wait.until("the store is open", () -> state().equals("open"));
        awaitLastStart(
                "the store was opened with the key from the " + place,
                text -> text.equals("the store was opened with the key from the " + place));
        // It is the same store, and everything can be read.
        assertTrue(server.json("channel-list").toString().contains(CHANNEL));
    }

    private String awaitRefusal(String reason) {
        return awaitLastStart("a refusal with " + reason, text -> text.contains(reason));
    }

    private String awaitLastStart(String what, Predicate<String> wanted) {
        return Wait.forAnswer(
                what,
                () -> Optional.of(
                                server.json("secrets-status").get("last_start").asText())
                        .filter(wanted));
    }

    private void move(String place) {
        try (SecretFile passphrase = new SecretFile(Operator.STORE_PASSPHRASE)) {
            server.json("secrets-move", place, "--passphrase-file", passphrase.toString());
        }
    }

    private String refusedMove(String place) {
        try (SecretFile passphrase = new SecretFile(Operator.STORE_PASSPHRASE)) {
            return server.refusal("secrets-move", place, "--passphrase-file", passphrase.toString());
        }
    }

    private JsonNode place(String name) {
        return Operator.elements(server.json("secrets-status").get("places"))
                .filter(place -> place.get("place").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    /** Writes the passphrase into the secrets' file, and waits until the server has seen it. */
    private Path passphraseFile() throws IOException {
        Path file = directory.resolve("passphrase");
        write(file, FILE_PASSPHRASE + "\n");
        write(server.home().resolve("etc/org.partyline.secrets.file.cfg"), "passphrase-file = " + file + "\n");
        Wait.until("the file can be used", () -> place("file").get("usable").asBoolean());
        return file;
    }

    @Test
    void byDefaultItAsks() {
        restart();
        assertEquals("locked", state());
        assertFalse(place("file").get("usable").asBoolean());
        assertTrue(place("file").get("reason").asText().contains("set passphrase-file"));
        assertTrue(place("keyring").get("reason").asText().contains("cannot be reached"));
    }

    @Test
    void theFileOpensItAndAWrongPassphraseOfTheFileDoesNot() throws IOException {
        Path passphrase = passphraseFile();
        move("file");
        restart();
        assertOpens("file");
        // Also after a kill, but not after someone has locked it.
        server.kill();
        server.start();
        assertOpens("file");
        operator.lock();
        assertEquals("locked", state());

        server.stop();
        write(passphrase, "something else\n");
        server.start();
        awaitRefusal("its passphrase is different");
        assertEquals("locked", state());
        operator.unlock();
        assertEquals("open", state());
        server.stop();
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r--r--"));
        server.start();
        awaitRefusal("run chmod 600 on it");
        assertEquals("locked", state());
    }

    @Test
    void theCredentialOpensItAndAWrongOneDoesNot() throws IOException {
        Path credentials = Files.createDirectory(directory.resolve("credentials"));
        Map<String, String> environment = new HashMap<>(NO_DESKTOP);
        environment.put("CREDENTIALS_DIRECTORY", credentials.toString());
        server.stop();
        server.environment(environment).start();
        operator.unlock();
        assertTrue(refusedMove("credential").contains("provides no credential partyline.passphrase"));
        write(credentials.resolve("partyline.passphrase"), "not the passphrase\n");
        assertTrue(refusedMove("credential").contains("is not this store's passphrase"));
        write(credentials.resolve("partyline.passphrase"), Operator.STORE_PASSPHRASE + "\n");
        move("credential");
        restart();
        assertOpens("credential");

        server.stop();
        write(credentials.resolve("partyline.passphrase"), "not the passphrase\n");
        server.start();
        awaitRefusal("the key in the credential is not this store's: open the store with partyline:unlock");
        assertEquals("locked", state());
        operator.unlock();
        assertEquals("open", state());
    }

    @Test
    @ExtendWith(NeedsDesktop.class)
    void theKeyMovesFromTheFileToTheKeyringAndBack() throws IOException {
        try (Desktop desktop = Desktop.start(directory).logIn()) {
            server.stop();
            server.environment(desktop.busAddress()).start();
            operator.unlock();
            passphraseFile();
            move("file");
            assertTrue(place("file").get("holds_key").asBoolean());
            move("keyring");
            assertFalse(place("file").get("holds_key").asBoolean());
            assertFalse(Files.exists(server.home().resolve("secrets/secrets.plsec")));
            assertTrue(place("keyring").get("holds_key").asBoolean());
            restart();
            assertOpens("keyring");
            move("file");
            assertFalse(place("keyring").get("holds_key").asBoolean());
            restart();
            assertOpens("file");
            move("ask");
            assertFalse(place("file").get("holds_key").asBoolean());
            restart();
            assertEquals("locked", state());
        }
    }

    @Test
    @ExtendWith(NeedsDesktop.class)
    void aKeyringThatComesLaterOpensItThenAndALockedOneDoesNot() {
        try (Desktop desktop = Desktop.start(directory).logIn()) {
            server.stop();
            server.environment(desktop.busAddress()).start();
            operator.unlock();
            move("keyring");
            server.stop();
            desktop.logOut();
            server.start();
            awaitRefusal("no keyring runs in this desktop session");
            assertEquals("locked", state());
            desktop.logIn();
            assertOpens("keyring");

            server.stop();
            desktop.lock();
            server.start();
            awaitRefusal("the keyring is locked");
            assertEquals("locked", state());
        }
    }

    @Test
    @ExtendWith(NeedsDesktop.class)
    void anotherStoresKeyInTheKeyringOpensNothing() throws IOException {
        try (Desktop desktop = Desktop.start(directory).logIn()) {
            server.stop();
            server.environment(desktop.busAddress()).start();
            operator.unlock();
            move("keyring");
            server.stop();
            // Its store is created again, and the key of the old one is still there.
            delete(server.home().resolve("store"));
            write(server.home().resolve("etc/org.partyline.unattended.cfg"), "source = ask\n");
            server.start();
            operator.setUp("Mallory");
            server.stop();
            write(server.home().resolve("etc/org.partyline.unattended.cfg"), "source = keyring\n");
            server.start();
            awaitRefusal("the key in the keyring is not this store's");
            assertEquals("locked", state());
        }
    }

    @Test
    void nothingOfItIsInTheLogOrInAFileInClear() throws IOException {
        passphraseFile();
        move("file");
        restart();
        assertOpens("file");
        // Short-lived files are gone then.
        server.stop();
        try (Stream<Path> files = Files.walk(server.home())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(content.contains(FILE_PASSPHRASE), file::toString);
                assertFalse(content.contains(Operator.STORE_PASSPHRASE), file::toString);
            }
        }
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(server.home().resolve("secrets/secrets.plsec"))));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
