package org.partyline.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.chat.testing.FakeServer;
import org.partyline.chat.testing.Person;
import org.partyline.chat.testing.Said;
import org.partyline.testkit.Eventually;

/** A user copies a conversation to a file. */
class TranscriptTest {
    @TempDir
    Path directory;

    private final FakeServer server = new FakeServer();
    private Person person;

    @BeforeEach
    void open() {
        server.transcripts = Optional.of(directory);
        server.channel("lobby", "bob").channel("cellar", "bob");
        server.said(new Said("lobby", "bob", "Said before"));
        person = new Person(server, 120, 24);
        person.sees("Said before");
    }

    @AfterEach
    void close() throws Exception {
        person.close();
    }

    private String text() {
        try {
            return Files.readString(directory.resolve("notes.txt"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void written(String words) {
        Eventually.that("'" + words + "' in the transcript", () -> text().contains(words));
    }

    @Test
    void newMessagesOfOneConversationAreCopiedAndNoBurnMessageIs() throws Exception {
        person.type("/transcript notes.txt\r").sees("unencrypted");
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(directory.resolve("notes.txt")));
        server.arrives(new Said("lobby", "bob", "The code is 4711").burned());
        server.arrives(new Said("cellar", "bob", "Somewhere else"));
        server.arrives(new Said("lobby", "bob", "Something new\nin two lines"));
        written(" UTC  bob: Something new\n    in two lines\n");
        person.type("/burn on\r").sees("burn is on");
        person.type("Mine to burn\r").sees("queued");
        person.type("/burn off\r").sees("burn is off");
        person.type("Mine\r").sees("queued");
        written(": Mine\n");
        assertFalse(
                text().contains("to burn")
                        || text().contains("4711")
                        || text().contains("else")
                        || text().contains("before"),
                this::text);
        assertEquals(text().indexOf("Mine"), text().lastIndexOf("Mine"));
        person.type("/transcript off\r").sees("the transcript has ended");
        server.arrives(new Said("lobby", "bob", "Too late"));
        person.sees("Too late");
        person.type("/transcript off\r").sees("there is no transcript");
        assertFalse(text().contains("Too late"));
    }

    @Test
    void aBurnMessageIsNotWrittenThoughItsTextIsKnownNorIsANotice() {
        server.burnTexts = true;
        person.type("/transcript notes.txt\r").sees("unencrypted");
        server.arrives(new Said("lobby", "bob", "The code is 4711").burned());
        server.arrives(new Said("lobby", "bob", "A notice of the server").asNotice());
        server.arrives(new Said("lobby", "bob", "Last"));
        written("bob: Last\n");
        assertEquals(1, text().lines().count(), this::text);
    }

    @Test
    void aMessageThatIsReportedTwiceIsWrittenOnce() {
        person.type("/transcript notes.txt\r").sees("unencrypted");
        long id = server.arrives(new Said("lobby", "bob", "Once"));
        server.arrivesAgain(id);
        server.arrives(new Said("lobby", "bob", "Last"));
        written("bob: Last\n");
        assertEquals(2, text().lines().count(), this::text);
    }

    @Test
    void aLockEndsIt() {
        person.type("/transcript notes.txt\r").sees("unencrypted");
        server.lock();
        person.sees("passphrase");
        person.type(FakeServer.PASSPHRASE + "\r").sees("Said before");
        server.arrives(new Said("lobby", "bob", "After the lock"));
        person.sees("After the lock");
        person.type("/transcript off\r").sees("there is no transcript");
        assertEquals("", text());
    }

    @Test
    void nothingIsOverwrittenAndNothingIsWrittenElsewhere() throws Exception {
        Files.writeString(directory.resolve("notes.txt"), "kept");
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("target"));
        person.type("/transcript notes.txt\r").sees("already");
        person.type("/transcript link\r").sees("already");
        person.type("/transcript ../notes\r").sees("a transcript's name has");
        assertEquals("kept", text());
        assertFalse(Files.exists(directory.resolve("target")));
        person.type("/transcript off\r").sees("there is no transcript");
    }

    @Test
    void withoutADirectoryThereAreNone() {
        server.transcripts = Optional.empty();
        person.type("/transcript notes.txt\r").sees("transcripts are off");
        server.transcripts = Optional.of(directory.resolve("none"));
        person.type("/transcript notes.txt\r").sees("create it first");
        assertTrue(Files.notExists(directory.resolve("notes.txt")));
    }
}
