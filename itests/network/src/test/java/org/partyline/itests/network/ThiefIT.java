package org.partyline.itests.network;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.Person;
import org.partyline.itests.harness.ShowLogs;

/** A thief of a server's files learns neither names nor texts, nor which transactions were its own. */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThiefIT {
    private static final String CHANNEL = "the-den-of-thieves";
    private static final String CHANNEL_PASSPHRASE = "forty thieves are not enough";
    private static final String QUESTION = "Did you bury the golden candlestick?";
    private static final String ANSWER = "Under the crooked old chestnut tree.";
    private static final String LONG = "Three paces to the north of it, and mind the roots. ".repeat(4);
    private static final String BURNT = "Tear this up: the gate stays unlocked on Sunday.";

    /** Names long enough to be searched for: "Bob" occurs in megabytes of random bytes by chance. */
    private static final String PERSONA = "Morgiana of Isfahan";

    private static final String CONTACT = "Cassim the Elder";

    /** In bytes; shorter values may occur in a store by chance. */
    private static final int SHORTEST = 8;

    private final Operator alice;
    private final Operator bob;
    private final Map<String, byte[]> secrets = new LinkedHashMap<>();

    ThiefIT(Stage stage) {
        alice = stage.alice();
        bob = stage.bob();
    }

    @BeforeAll
    void talkThenLockAndStop() {
        bob.join(alice.createChannel(CHANNEL, CHANNEL_PASSPHRASE, "--kdf", "PBKDF2_SHA256"), CHANNEL_PASSPHRASE);
        List<Long> sent = new ArrayList<>();
        sent.add(alice.send(CHANNEL, QUESTION));
        bob.awaitText(CHANNEL, QUESTION);
        long answer = bob.send(CHANNEL, ANSWER);
        alice.awaitText(CHANNEL, ANSWER);
        sent.add(alice.send(CHANNEL, LONG));
        bob.awaitText(CHANNEL, LONG);
        sent.add(alice.send(CHANNEL, BURNT, "--burn"));
        bob.awaitMessage(
                CHANNEL, "the burn message", message -> message.get("burn").asBoolean());

        Person persona = Person.create(alice, PERSONA);
        Person contact = Person.create(bob, CONTACT);
        persona.know(contact);
        contact.know(persona);

        for (String words : List.of(
                PERSONA, CONTACT, CHANNEL, CHANNEL_PASSPHRASE, Operator.STORE_PASSPHRASE, QUESTION, ANSWER, BURNT)) {
            lookFor("'" + words + "' in UTF-8", words.getBytes(UTF_8));
            lookFor("'" + words + "' in UTF-16BE", words.getBytes(UTF_16BE));
            lookFor("'" + words + "' in UTF-16LE", words.getBytes(UTF_16LE));
        }
        lookFor("a piece of the long message", LONG.substring(0, 20).getBytes(UTF_8));
        List<String> transactions = new ArrayList<>(bob.transactions(answer));
        sent.forEach(id -> transactions.addAll(alice.transactions(id)));
        assertTrue(transactions.size() > 5, transactions::toString);
        for (String id : transactions) {
            byte[] bytes = HexFormat.of().parseHex(id);
            lookFor("transaction " + id + " in hex", id.getBytes(UTF_8));
            lookFor("transaction " + id + " in bytes", bytes);
            lookFor(
                    "transaction " + id + " in reversed hex",
                    HexFormat.of().formatHex(reversed(bytes)).getBytes(UTF_8));
            lookFor("transaction " + id + " in reversed bytes", reversed(bytes));
        }
        alice.lock();
        // Not stopped: that would compress its store, and a search does not find compressed data.
        bob.server().kill();
    }

    private void lookFor(String what, byte[] bytes) {
        assertTrue(bytes.length >= SHORTEST, what);
        secrets.put(what, bytes);
    }

    @AfterAll
    void openThemAgain() {
        alice.unlock();
        bob.server().start();
        bob.unlock();
    }

    @Test
    void theStoresFilesHoldNoNameNoWordAndNoTransactionOfOurs() throws IOException {
        for (Operator each : List.of(alice, bob)) {
            List<Path> files = files(each.server().home().resolve("store"));
            assertFalse(files.isEmpty());
            for (Path file : files) {
                assertEquals(List.of(), found(file, secrets));
            }
        }
    }

    @Test
    void theSearchFindsWhatIsThere(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("plain");
        Files.writeString(file, "x".repeat(100_000) + QUESTION + "x".repeat(10));
        assertEquals(List.of("'" + QUESTION + "' in UTF-8 in " + file), found(file, secrets));
    }

    @Test
    void theLogsHoldNoNameNoWordAndNoPassphrase() throws IOException {
        for (Operator each : List.of(alice, bob)) {
            List<Path> logs = files(each.server().home().resolve("log"));
            assertFalse(logs.isEmpty());
            for (Path log : logs) {
                assertEquals(List.of(), found(log, secrets));
            }
        }
    }

    @Test
    void noFileInTheHomeHoldsWordsOrPassphrases() throws IOException {
        Map<String, byte[]> words = new LinkedHashMap<>();
        for (String each : List.of(CHANNEL_PASSPHRASE, Operator.STORE_PASSPHRASE, QUESTION, ANSWER, BURNT)) {
            words.put("'" + each + "' in UTF-8", each.getBytes(UTF_8));
        }
        for (Operator each : List.of(alice, bob)) {
            for (Path file : files(each.server().home())) {
                assertEquals(List.of(), found(file, words));
            }
        }
    }

    @Test
    void everyFileIsTheOwnersAlone() throws IOException {
        for (Operator each : List.of(alice, bob)) {
            Path home = each.server().home();
            List<String> open = new ArrayList<>();
            try (Stream<Path> all = Files.walk(home)) {
                for (Path path : (Iterable<Path>) all::iterator) {
                    if (Files.isSymbolicLink(path)) {
                        continue;
                    }
                    try {
                        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                        if (!mode.endsWith("------")) {
                            open.add(mode + " " + home.relativize(path));
                        }
                    } catch (NoSuchFileException e) {
                        // One of the servers is running, and has short-lived files.
                        continue;
                    }
                }
            }
            assertEquals(List.of(), open);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** Returns which of the values a file contains. */
    private static List<String> found(Path file, Map<String, byte[]> wanted) throws IOException {
        // One char per byte, so that the library's fast search can be used.
        String content = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        List<String> found = new ArrayList<>();
        wanted.forEach((what, bytes) -> {
            if (content.contains(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))) {
                found.add(what + " in " + file);
            }
        });
        return found;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
