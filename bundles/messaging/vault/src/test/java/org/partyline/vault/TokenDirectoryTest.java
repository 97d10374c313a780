package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.partyline.api.panic.Erasable;
import org.partyline.testkit.MemoryStore;

/** Where tokens are stored outside the home. */
class TokenDirectoryTest {
    private static final byte[] TOKEN = {1, 2, 3};

    @TempDir
    Path machine;

    private TokenDirectory directory(String xdg, String userHome, Map<String, Object> settings) {
        return new TokenDirectory(
                machine.resolve("home"), name -> name.equals("XDG_STATE_HOME") ? xdg : null, userHome, settings);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void byItselfItIsTheUsersStateDirectory() throws Exception {
        Path state = machine.resolve("state");
        Path user = machine.resolve("user");
        directory(state.toString(), user.toString(), Map.of()).write("a", TOKEN);
        assertTrue(Files.exists(state.resolve("partyline/a")));
        directory(null, user.toString(), Map.of("directory", "auto")).write("b", TOKEN);
        assertTrue(Files.exists(user.resolve(".local/state/partyline/b")));
        // The specification says that relative paths are ignored.
        directory("state", user.toString(), Map.of()).write("c", TOKEN);
        assertTrue(Files.exists(user.resolve(".local/state/partyline/c")));
    }

    @Test
    void aTokenIsReadAgainAndReplaced() throws Exception {
        TokenDirectory tokens = directory(machine.toString(), "", Map.of());
        assertEquals(Optional.empty(), tokens.read("a"));
        tokens.write("a", TOKEN);
        assertArrayEquals(TOKEN, tokens.read("a").orElseThrow());
        tokens.write("a", new byte[] {4, 5});
        assertArrayEquals(new byte[] {4, 5}, tokens.read("a").orElseThrow());
        assertEquals(Optional.empty(), tokens.read("b"));
        try (Stream<Path> files = Files.list(machine.resolve("partyline"))) {
            assertEquals(List.of(machine.resolve("partyline/a")), files.toList());
        }
    }

    @Test
    void whatWasDamagedIsNoToken() throws Exception {
        TokenDirectory tokens = directory(machine.toString(), "", Map.of());
        tokens.write("a", TOKEN);
        for (String damaged : List.of("", "xyz", "012", "00".repeat(1000))) {
            Files.writeString(machine.resolve("partyline/a"), damaged);
            assertEquals(0, tokens.read("a").orElseThrow().length, damaged);
        }
    }

    @Test
    void aFileOfTheLongestLengthIsRead() throws Exception {
        TokenDirectory tokens = directory(machine.toString(), "", Map.of());
        tokens.write("a", new byte[127]);
        Files.writeString(machine.resolve("partyline/a"), "00".repeat(127) + "  ");
        assertEquals(127, tokens.read("a").orElseThrow().length);
    }

    @Test
    void theHomeIsThatOfTheServer() {
        Path here = Path.of("tokens").toAbsolutePath();
        Map<String, Object> wanted = Map.of("directory", here.toString());
        assertEquals("in " + here, new TokenDirectory(server(null), wanted).where());
        String home = here.getParent().toString();
        assertNotEquals("in " + here, new TokenDirectory(server(home), wanted).where());
    }

    private static BundleContext server(String home) {
        return (BundleContext) Proxy.newProxyInstance(
                TokenDirectoryTest.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (self, method, arguments) -> arguments[0].equals("partyline.home") ? home : null);
    }

    @Test
    void directoriesAndFilesAreTheUsersAlone() throws Exception {
        directory(null, machine.resolve("user").toString(), Map.of()).write("a", TOKEN);
        assertEquals("rwx------", mode(machine.resolve("user/.local/state/partyline")));
        assertEquals("rwx------", mode(machine.resolve("user/.local")));
        assertEquals("rw-------", mode(machine.resolve("user/.local/state/partyline/a")));
    }

    @Test
    void aDirectoryThatOthersMayEnterIsRefusedAndLeftAsItIs() throws Exception {
        Path open = Files.createDirectory(machine.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-x---"));
        TokenDirectory tokens = directory(null, "", Map.of("directory", open.toString()));
        IOException refused = assertThrows(IOException.class, () -> tokens.write("a", TOKEN));
        assertEquals(
                "other users can enter it (rwxr-x---): set its mode to 0700, or name one that belongs to this user only",
                refused.getMessage());
        assertEquals("rwxr-x---", mode(open));
        assertEquals(Optional.empty(), tokens.read("a"));
    }

    @Test
    void aDirectoryThatCannotBeMadeIsSaid() throws Exception {
        Files.createFile(machine.resolve("file"));
        TokenDirectory tokens = directory(null, machine.resolve("file").toString(), Map.of());
        IOException refused = assertThrows(IOException.class, () -> tokens.write("a", TOKEN));
        assertEquals("Not a directory", refused.getMessage());
        TokenDirectory file =
                directory(null, "", Map.of("directory", machine.resolve("file").toString()));
        assertEquals(
                "FileAlreadyExistsException",
                assertThrows(IOException.class, () -> file.write("a", TOKEN)).getMessage());
        assertTrue(tokens.where().startsWith("in "), tokens.where());
    }

    @Test
    void aUserWithoutAHomeHasNoPlace() throws Exception {
        for (String none : List.of("", "?")) {
            TokenDirectory tokens = directory(null, none, Map.of());
            assertEquals(Optional.empty(), tokens.read("a"));
            assertThrows(IOException.class, () -> tokens.write("a", TOKEN));
            assertTrue(tokens.where().contains("XDG_STATE_HOME"), tokens.where());
        }
    }

    @Test
    void aPlaceOfTheOperatorsChoiceIsUsedAtOnceAndABadOneLeavesTheLastGoodOne() throws Exception {
        Files.createDirectory(machine.resolve("home"));
        TokenDirectory tokens = directory(machine.toString(), "", Map.of());
        Path chosen = machine.resolve("elsewhere/tokens");
        tokens.modified(Map.of("directory", " " + chosen + " "));
        assertEquals("in " + chosen, tokens.where());
        String longest = "/" + "x".repeat(4095);
        tokens.modified(Map.of("directory", longest));
        assertEquals("in " + longest, tokens.where());
        tokens.modified(Map.of("directory", chosen.toString()));
        List<String> bad = List.of(
                "tokens",
                "",
                "/to\nkens",
                "/" + "x".repeat(4096),
                machine.resolve("home").toString(),
                machine.resolve("home/state").toString(),
                machine.resolve("elsewhere/../home/state").toString());
        for (String path : bad) {
            tokens.modified(Map.of("directory", path));
            assertEquals("in " + chosen, tokens.where(), path);
        }
        tokens.write("a", TOKEN);
        assertTrue(Files.exists(chosen.resolve("a")));
        tokens.modified(Map.of());
        assertEquals("in " + machine.resolve("partyline"), tokens.where());
    }

    @Test
    void aLinkIntoTheHomeDoesNotHideThatItIsThere() throws Exception {
        Files.createDirectory(machine.resolve("home"));
        Files.createSymbolicLink(machine.resolve("link"), machine.resolve("home"));
        TokenDirectory tokens = directory(machine.toString(), "", Map.of("directory", machine + "/link/state"));
        assertEquals("in " + machine.resolve("partyline"), tokens.where());
    }

    @Test
    void aStateDirectoryInTheHomeIsUsedAndSaid() throws Exception {
        TokenDirectory tokens = directory(null, machine.resolve("home").toString(), Map.of());
        assertTrue(tokens.weakness().orElseThrow().contains("would be restored with one"));
        tokens.write("a", TOKEN);
        assertArrayEquals(TOKEN, tokens.read("a").orElseThrow());
        assertEquals(
                Optional.empty(), directory(machine.toString(), "", Map.of()).weakness());
    }

    @Test
    void anErasedTokenIsGoneAndNoOther() throws Exception {
        TokenDirectory tokens = directory(machine.toString(), "", Map.of());
        tokens.write("a", TOKEN);
        tokens.write("another-server", TOKEN);
        MemoryStore store = MemoryStore.open();
        ErasableToken token = new ErasableToken(store, tokens);
        assertEquals("copy-token", token.name());
        assertEquals(Erasable.RECORDS, token.rank());
        token.prepare();
        token.erase();
        assertTrue(tokens.read("a").isPresent());
        store.note(ErasableToken.NOTE, "a");
        store.lock();
        token.prepare();
        token.erase();
        assertTrue(tokens.read("a").isEmpty());
        assertTrue(tokens.read("another-server").isPresent());
        token.erase();
    }
}
