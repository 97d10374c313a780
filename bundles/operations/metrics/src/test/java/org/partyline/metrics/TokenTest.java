package org.partyline.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.PartylineException;

/** The token is random, private to its owner, and permanent. */
class TokenTest {
    @TempDir
    Path home;

    @Test
    void itIsMadeOnceAndIsItsOwnersAlone() throws Exception {
        Token first = Token.in(home, new SecureRandom());
        Path file = home.resolve(Token.FILE);
        String text = Files.readString(file).strip();
        assertTrue(text.matches("[0-9a-f]{64}"), text);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(first.isIn("Bearer " + text));
        assertTrue(Token.in(home, new SecureRandom()).isIn("Bearer " + text));
        assertFalse(first.toString().contains(text));
    }

    @Test
    void nothingElseIsTaken() throws Exception {
        Token token = Token.in(home, new SecureRandom());
        String text = Files.readString(home.resolve(Token.FILE)).strip();
        assertFalse(token.isIn(null));
        assertFalse(token.isIn(text));
        assertFalse(token.isIn("Bearer "));
        assertFalse(token.isIn("Bearer " + text.substring(1)));
        assertFalse(token.isIn("Bearer " + "0".repeat(64)));
    }

    @Test
    void aFileThatOthersCanReadAndALinkAndAShortTokenAreRefused() throws Exception {
        Path file = home.resolve(Token.FILE);
        Token.in(home, new SecureRandom());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThrows(PartylineException.class, () -> Token.in(home, new SecureRandom()));
        Files.move(file, home.resolve("other"));
        Files.setPosixFilePermissions(home.resolve("other"), PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(file, home.resolve("other"));
        assertThrows(PartylineException.class, () -> Token.in(home, new SecureRandom()));
        Files.delete(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "short");
        assertThrows(PartylineException.class, () -> Token.in(home, new SecureRandom()));
    }
}
