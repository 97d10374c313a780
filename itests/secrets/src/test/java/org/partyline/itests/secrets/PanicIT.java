package org.partyline.itests.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;
import org.partyline.storejdbc.StoreFiles;
import org.partyline.storejdbc.StoreReader;

/**
 * The worst day of a real server: searches for erased data in its files, in its database's files, and in its memory.
 */
@ExtendWith(ShowLogs.class)
class PanicIT {
    private static final String DURESS = "take it, and be content";
    private static final String CANARY = "The heron stands in the reeds at five.";
    private static final List<String> TABLES = List.of(
            "messages",
            "memberships",
            "receive-chains",
            "send-chains",
            "contacts",
            "sessions",
            "identities",
            "personas",
            "fragments",
            "seen-locators",
            "seen-chains");
    /** A rewritten file is compressed, which leaves parts. */
    private static final int PART = 16;

    @TempDir
    Path directory;

    private int copies;

    @Test
    void whatIsShreddedAndWhatIsErasedIsNowhereAnyMore() throws Exception {
        try (Talk talk = Talk.start("panic", "-XX:-DisableAttachMechanism")) {
            talk.say("Alice", Talk.TO_ALL);
            talk.writeToAlice();
            Map<String, byte[]> before = sealed(talk);
            assertTrue(before.size() > 8, before.keySet().toString());
            assertEquals(before.keySet(), held(talk, before), "the search finds what is there");
            talk.server().json("shred", "conversation", "Bob", "--persona", "Alice", "--yes");
            talk.server().json("shred", "channel", Talk.CHANNEL, "--persona", "Alice", "--yes");
            talk.server().json("shred", "persona", "Bob", "--yes");
            // There remain only the persona, its keys, and the record of packets to its inbox that it has read: none of
            // them may open anything twice, whoever sent it.
            TreeSet<String> left = held(talk, before);
            assertTrue(
                    left.stream()
                            .allMatch(name -> name.startsWith("identities")
                                    || name.startsWith("personas")
                                    || name.startsWith("seen-locators")),
                    left.toString());
            assertEquals(List.of(), texts(talk));

            erasedUnderDuress(talk);

            try (SecretFile passphrase = new SecretFile(DURESS)) {
                talk.server().json("lock");
                assertEquals(
                        "open",
                        talk.server()
                                .json("unlock", "--passphrase-file", passphrase.toString())
                                .get("store")
                                .asText());
            }
            assertEquals(
                    "this cannot be undone: confirm with --yes, because the session is not interactive",
                    talk.server().refusal("panic", "erase"));
            assertTrue(talk.server().isRunning());
            assertTrue(talk.server()
                    .json("panic", "erase", "--yes")
                    .get("complete")
                    .asBoolean());
            Wait.until("the server has stopped", () -> !talk.server().isRunning());
            for (String gone : List.of("store", "audit", "secrets")) {
                assertEquals(List.of(), files(talk.server().home().resolve(gone)), gone);
            }
            assertFalse(Files.exists(talk.server().home().resolve("erasing")));
            talk.server().start();
            assertEquals("new", talk.server().json("status").get("store").asText());
            talk.operator().setUp("Carol");
        }
    }

    private void erasedUnderDuress(Talk talk) throws Exception {
        talk.operator()
                .createChannel(
                        "the-reeds",
                        "another passphrase of a channel",
                        "--kdf",
                        "PBKDF2_SHA256",
                        "--network",
                        "embedded");
        talk.server().json("send", "--channel", "the-reeds", CANARY);
        Path backup = directory.resolve("a.backup");
        try (SecretFile own = new SecretFile(Operator.STORE_PASSPHRASE);
                SecretFile duress = new SecretFile(DURESS)) {
            talk.server().json("backup-export", backup.toString(), "--passphrase-file", own.toString());
            assertTrue(talk.server()
                    .refusal(
                            "duress-set",
                            "--passphrase-file",
                            own.toString(),
                            "--duress-passphrase-file",
                            own.toString())
                    .contains("choose another one for duress"));
            talk.server()
                    .json(
                            "duress-set",
                            "--passphrase-file",
                            own.toString(),
                            "--duress-passphrase-file",
                            duress.toString());
            Map<String, byte[]> before = sealed(talk);
            Map<String, byte[]> secrets = secrets(talk);
            talk.server().json("panic", "lock");
            assertEquals(before.keySet(), held(talk, before), "all of it is there yet");

            Reply erasing = talk.server().run("partyline:unlock", "--passphrase-file", duress.toString());
            assertEquals(new TreeSet<>(), held(talk, before));
            Wait.until("the backup is gone", () -> !Files.exists(backup));
            Wait.until(
                    "nothing is left to do",
                    () -> !Files.exists(talk.server().home().resolve("erasing")));
            assertEquals(new TreeSet<>(), inHome(talk, secrets));
            Path heap = directory.resolve("duress.hprof");
            assertEquals(
                    new TreeSet<>(), HeapDump.of(talk.server().process(), heap).holds(secrets));
            Files.delete(heap);
            assertEquals(0, talk.server().json("channel-list").get("channels").size());
            assertEquals(0, talk.server().json("contact-list").get("contacts").size());
            assertEquals(
                    List.of("keys", "partyline.mv.db"),
                    files(talk.server().home().resolve("store")));
            String audited = Files.readString(talk.server().home().resolve("audit/audit.log"));
            for (String use : List.of("backup-made", "shredded", "persona-deleted", "contact-removed")) {
                assertFalse(audited.contains(use), audited);
            }

            // Unlocking an empty server prints the same, ends the same way and leaves the same files.
            Map<String, String> modes = modes(talk.server().home());
            talk.server().json("lock");
            Reply plain = talk.server().run("partyline:unlock", "--passphrase-file", duress.toString());
            assertEquals(plain, erasing);
            assertEquals(modes, modes(talk.server().home()));
            talk.server().json("lock");
            assertEquals(
                    "the passphrase is wrong: try again",
                    talk.server().refusal("unlock", "--passphrase-file", own.toString()));
            talk.server().json("unlock", "--passphrase-file", duress.toString());
        }
    }

    /** Returns records in their form in the file, by their origin. */
    private Map<String, byte[]> sealed(Talk talk) throws Exception {
        Map<String, byte[]> all = new TreeMap<>();
        try (StoreReader reader = reader(talk)) {
            reader.sealed(TABLES).forEach((table, records) -> {
                for (int i = 0; i < records.size(); i++) {
                    all.put(table + " " + i, records.get(i));
                }
            });
        }
        return all;
    }

    private Map<String, byte[]> secrets(Talk talk) throws Exception {
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        try (StoreReader reader = reader(talk)) {
            List<byte[]> keys = reader.storeKeys();
            secrets.put("store key", keys.get(0));
            secrets.put("seal key", keys.get(1));
            secrets.put("index key", keys.get(2));
        }
        for (String text : List.of(CANARY, Operator.STORE_PASSPHRASE, "another passphrase of a channel", "the-reeds")) {
            secrets.put("'" + text + "' in UTF-8 or Latin-1", text.getBytes(StandardCharsets.UTF_8));
            secrets.put("'" + text + "' in UTF-16LE", text.getBytes(StandardCharsets.UTF_16LE));
        }
        return secrets;
    }

    private List<String> texts(Talk talk) throws Exception {
        List<String> found = new ArrayList<>();
        try (StoreReader reader = reader(talk)) {
            for (String table : TABLES) {
                for (byte[] value : reader.values(table)) {
                    String content = new String(value, StandardCharsets.ISO_8859_1);
                    Stream.of("Bob", Talk.CHANNEL, Talk.TO_ALL, Talk.TO_ALICE)
                            .filter(content::contains)
                            .forEach(word -> found.add(table + ": " + word));
                }
            }
        }
        return found;
    }

    private StoreReader reader(Talk talk) throws Exception {
        copies++;
        return new StoreReader(talk.server().home(), directory.resolve("copy-" + copies), Operator.STORE_PASSPHRASE);
    }

    /** Returns which of these the store's files contain a part of. */
    private static TreeSet<String> held(Talk talk, Map<String, byte[]> wanted) throws IOException {
        List<String> contents = StoreFiles.contents(talk.server().home().resolve("store"));
        TreeSet<String> found = new TreeSet<>();
        wanted.forEach((name, value) -> {
            String sealed = new String(value, StandardCharsets.ISO_8859_1);
            for (int i = 0; i + PART <= sealed.length(); i++) {
                String part = sealed.substring(i, i + PART);
                if (contents.stream().anyMatch(content -> content.contains(part))) {
                    found.add(name);
                    return;
                }
            }
        });
        return found;
    }

    /** Returns which of these are in any file of the home that the server wrote. */
    private static TreeSet<String> inHome(Talk talk, Map<String, byte[]> wanted) throws IOException {
        List<String> contents = contents(talk.server().home());
        TreeSet<String> found = new TreeSet<>();
        wanted.forEach((name, value) -> {
            String text = new String(value, StandardCharsets.ISO_8859_1);
            if (contents.stream().anyMatch(content -> content.contains(text))) {
                found.add(name);
            }
        });
        return found;
    }

    private static List<String> contents(Path root) throws IOException {
        List<String> contents = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try {
                    contents.add(Files.readString(file, StandardCharsets.ISO_8859_1));
                } catch (NoSuchFileException e) {
                    // Deleted since it was listed.
                    continue;
                }
            }
        }
        return contents;
    }

    private static List<String> files(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Returns all files with their permissions, except for Karaf's. */
    private static Map<String, String> modes(Path home) throws IOException {
        Map<String, String> modes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file :
                    files.filter(path -> !path.startsWith(home.resolve("data"))).toList()) {
                modes.put(
                        home.relativize(file).toString(),
                        Files.getPosixFilePermissions(file).toString());
            }
        }
        return modes;
    }
}
