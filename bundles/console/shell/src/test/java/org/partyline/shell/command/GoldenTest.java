package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.Store;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/**
 * Compares the output of each command, for programs and for people, with files. {@code
 * -Dgolden.update=src/test/resources} rewrites the files: check the difference before you keep it.
 */
class GoldenTest {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String SECRET_FILE = "$SECRET";
    /** A file that does not exist yet. */
    private static final String NEW_FILE = "$NEW";

    @TempDir
    static Path directory;

    static final List<List<String>> LINES = List.of(
            List.of("status"),
            List.of("unlock", "--passphrase-file", SECRET_FILE),
            List.of("lock"),
            List.of("channel-create", "club", "--kdf", "SCRYPT", "--passphrase-file", SECRET_FILE),
            List.of("channel-join", Samples.INVITE, "--passphrase-file", SECRET_FILE),
            List.of("channel-set", "lobby", "--carrier", "rolling"),
            List.of("channel-leave", "lobby", "--yes"),
            List.of("channel-list"),
            List.of("channel-who", "lobby"),
            List.of("channel-invite", "lobby"),
            List.of("persona-create", "bob"),
            List.of("persona-list"),
            List.of("persona-use", "me"),
            List.of("persona-card"),
            List.of("persona-rotate", "--yes"),
            List.of("persona-delete", "me", "--yes"),
            List.of("contact-add", Samples.CARD),
            List.of("contact-list"),
            List.of("contact-verify", "carol", "--same"),
            List.of("contact-rename", "bob", "Bob from work"),
            List.of("contact-set", "bob", "--account", "apart"),
            List.of("receipts", "pay", "bob"),
            List.of("contact-remove", "bob", "--yes"),
            List.of("session-open", "carol"),
            List.of("session-list"),
            List.of("session-protect", "bob", "--yes"),
            List.of("session-close", "bob"),
            List.of("send", "Hello", "--wait"),
            List.of("say", "Hello", "--wait"),
            List.of("outbox", "--all"),
            List.of("cancel", "4"),
            List.of("recall", "8"),
            List.of("resend", "carol"),
            List.of("react", "9", "\uD83D\uDC4D", "--wait"),
            List.of("edit", "9", "So will we"),
            List.of("forget", "9", "--yes"),
            List.of("messages"),
            List.of("events", "--after", "3"),
            List.of("search", "will", "I"),
            List.of("read", "2"),
            List.of("conversation-list"),
            List.of("mark-read"),
            List.of("mute", "--contact", "carol"),
            List.of("draft", "--contact", "carol", "I have thought about it"),
            List.of("inspect", "1a2b"),
            List.of("suite-list"),
            List.of("suite-prefer", "AES_256_GCM"),
            List.of("suite-allow", "AES_256_GCM"),
            List.of("suite-deny", "AES_256_GCM"),
            List.of("node-list"),
            List.of("node-add", "core", "--type", "rpc", "--url", "http://127.0.0.1:8332"),
            List.of("node-remove", "embedded"),
            List.of("node-status", "embedded"),
            List.of("node-pause", "embedded"),
            List.of("node-resume", "embedded"),
            List.of("wallet-status", "--coins"),
            List.of("wallet-address"),
            List.of("wallet-create", "--network", "signet", "--words", "24", "--words-file", NEW_FILE),
            List.of("wallet-restore", "--network", "signet", "--words-file", SECRET_FILE, "--birthday", "2026-05-01"),
            List.of("wallet-rescan", "--wait"),
            List.of("wallet-words", "--words-file", NEW_FILE),
            List.of("wallet-label", Samples.ADDRESS, "From the exchange"),
            List.of("fee-status"),
            List.of("fee-limit", "--message", "2000sat", "--accept-mainnet"),
            List.of("decoy-start", "--every", "5m", "--budget", "10000sat"),
            List.of("decoy-stop"),
            List.of("decoy-status"),
            List.of("privacy", "maximum", "--yes"),
            List.of("backup-export", "/backup", "--passphrase-file", SECRET_FILE),
            List.of("backup-import", "/backup", "--yes", "--original", "gone", "--passphrase-file", SECRET_FILE),
            List.of("restore-takeover", "--yes"),
            List.of("audit"),
            List.of("doctor"),
            List.of("config", "default-ttl", "2h"),
            List.of("log", "vault", "debug"),
            List.of("panic", "erase", "--yes"),
            List.of("shred", "conversation", "bob", "--yes"),
            List.of("duress-set", "--passphrase-file", SECRET_FILE, "--duress-passphrase-file", SECRET_FILE),
            List.of("duress-remove", "--passphrase-file", SECRET_FILE),
            List.of("passphrase-change", "--old-passphrase-file", SECRET_FILE, "--new-passphrase-file", SECRET_FILE),
            List.of("secrets-status"),
            List.of("secrets-move", "file", "--passphrase-file", SECRET_FILE),
            List.of("web-start"),
            List.of("web-stop"),
            List.of("web-login", "--qr"),
            List.of("web-devices"),
            List.of("web-logout", "5f3a09c1"),
            List.of(
                    "token-create",
                    "bot",
                    "--scope",
                    "read,send",
                    "--conversation",
                    "lobby",
                    "--spend-limit",
                    "5000sat/day",
                    "--expires",
                    "90d"),
            List.of("token-list"),
            List.of("token-revoke", "alerts"),
            List.of("hook-add", "ntfy", "--run", "/opt/ntfy"),
            List.of("hook-list"),
            List.of("hook-redeliver", "bridge"),
            List.of("hook-remove", "bridge"));

    @TestFactory
    Stream<DynamicTest> everyCommandPrintsExactlyOneJsonDocumentWithTheSameFields() {
        return LINES.stream()
                .map(line -> DynamicTest.dynamicTest(line.get(0), () -> {
                    List<String> words = words(line);
                    words.add("--json");
                    String printed = run(line.get(0), words);
                    assertEquals(1, printed.lines().count(), printed);
                    JsonNode document = MAPPER.readTree(printed);
                    compare("json/" + line.get(0) + ".json", MAPPER.writeValueAsString(document) + "\n");
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyCommandPrintsForPeople() {
        return LINES.stream()
                .map(line -> DynamicTest.dynamicTest(
                        line.get(0), () -> compare("text/" + line.get(0) + ".txt", run(line.get(0), words(line)))));
    }

    private static String run(String name, List<String> words) throws Exception {
        Runner runner = Runner.plain();
        runner.fake.inbox.put(9L, Samples.remarked(Samples.message(9, "bob", Optional.of("So will I, @me"), false)));
        if (name.equals("unlock")) {
            runner.fake.state = Store.State.LOCKED;
        }
        return runner.run(name, words.toArray(String[]::new));
    }

    private static List<String> words(List<String> line) throws IOException {
        Path secret = directory.resolve("secret");
        if (Files.notExists(secret)) {
            Files.createFile(
                    secret,
                    java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                            java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
            Files.writeString(secret, "correct horse");
        }
        List<String> words = new ArrayList<>(line.subList(1, line.size()));
        words.replaceAll(word -> word.equals(SECRET_FILE) ? secret.toString() : word);
        Path fresh = directory.resolve("fresh");
        Files.deleteIfExists(fresh);
        words.replaceAll(word -> word.equals(NEW_FILE) ? fresh.toString() : word);
        return words;
    }

    private static void compare(String resource, String printed) throws IOException {
        String actual = printed.replace(System.lineSeparator(), "\n").replace(directory.toString(), "/home/me");
        String update = System.getProperty("golden.update");
        if (update != null) {
            Files.writeString(Path.of(update, resource), actual);
        }
        try (InputStream in = GoldenTest.class.getClassLoader().getResourceAsStream(resource)) {
            assertEquals(new String(in.readAllBytes(), StandardCharsets.UTF_8), actual);
        }
    }
}
