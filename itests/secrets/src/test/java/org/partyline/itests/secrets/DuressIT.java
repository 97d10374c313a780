package org.partyline.itests.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * A game with two homes that were set up, started, opened and stopped alike. One is honest: its store was always empty.
 * The other was used, and then opened by its duress passphrase. Someone who has both homes must not be able to
 * distinguish them, at any moment from then on. Times do not count, nor does memory: a heap, threads and open files of
 * the process reveal more.
 */
@ExtendWith(ShowLogs.class)
class DuressIT {
    private static final String DURESS = "take it, and be content";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Differences between any two servers, and between two starts of one. */
    private static final Map<Pattern, String> OF_ONE_RUN = Map.of(
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d[.,0-9]*Z?"),
            "TIME",
            Pattern.compile("[A-Z][a-z]{2} \\d+, \\d{4} \\d+:\\d\\d:\\d\\d [AP]M"),
            "TIME",
            Pattern.compile("(?<![0-9a-f])([0-9a-f]{16}|[0-9a-f]{32})(?![0-9a-f])"),
            "ID");

    /** It is random which bundles start late, and what Java's own libraries print about it. */
    private static final List<String> CHANCE = List.of("bundle-started", "WARNING: EventAdmin");

    /** Commands, with the answers of an empty server. */
    private static final List<List<String>> COMMANDS = List.of(
            List.of("persona-list"),
            List.of("contact-list"),
            List.of("channel-list"),
            List.of("outbox", "--all"),
            List.of("node-status"));

    @TempDir
    Path elsewhere;

    @Test
    void whoeverHasBothHomesCannotTellThemApart() throws Exception {
        try (PartylineServer honest = PartylineServer.create("honest");
                PartylineServer used = PartylineServer.create("used");
                SecretFile own = new SecretFile(Operator.STORE_PASSPHRASE);
                SecretFile duress = new SecretFile(DURESS)) {
            List<PartylineServer> both = List.of(honest, used);
            for (PartylineServer server : both) {
                server.start();
                new Operator(server).setUp("me");
            }
            use(used, own, duress);
            for (PartylineServer server : both) {
                server.stop();
                server.start();
                server.refusal("unlock", "--passphrase-file", wrong());
                new Operator(server).unlock();
            }
            used.json("send", "--channel", "the-reeds", "The heron has left.");
            for (PartylineServer server : both) {
                server.json("lock");
                server.stop();
                server.start();
            }

            unlock(honest, own);
            unlock(used, duress);
            Wait.until(
                    "nothing is left to do",
                    () -> !Files.exists(used.home().resolve("erasing"))
                            && !Files.exists(used.home().resolve("store/partyline.remains.partyline.mv.db")));
            assertAlike("after the unlock", honest, used);
            for (PartylineServer server : both) {
                server.json("lock");
                unlock(server, server == honest ? own : duress);
            }
            assertAlike("after a lock and an unlock", honest, used);
            both.forEach(PartylineServer::stop);
            assertAlike("after a stop", honest, used);
            both.forEach(PartylineServer::start);
            assertAlike("after a start", honest, used);
            unlock(honest, own);
            unlock(used, duress);
            assertAlike("after an unlock in that start", honest, used);
            for (PartylineServer server : both) {
                awaitRewriting(server);
            }
            assertAlike("after the hourly rewriting of the store", honest, used);
            assertEquals(answers(honest), answers(used));
        }
    }

    private String wrong() throws IOException {
        Path file = elsewhere.resolve("wrong");
        if (Files.notExists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, "not this one");
        }
        return file.toString();
    }

    private static void unlock(PartylineServer server, SecretFile passphrase) {
        server.json("unlock", "--passphrase-file", passphrase.toString());
    }

    /** Uses it: a channel, a message, a backup, a changed passphrase, and a duress passphrase. */
    private void use(PartylineServer server, SecretFile own, SecretFile duress) {
        new Operator(server)
                .createChannel(
                        "the-reeds",
                        "another passphrase of a channel",
                        "--kdf",
                        "PBKDF2_SHA256",
                        "--network",
                        "embedded");
        server.json("send", "--channel", "the-reeds", "The heron stands in the reeds at five.");
        server.json("backup-export", elsewhere.resolve("a.backup").toString(), "--passphrase-file", own.toString());
        server.json("duress-set", "--passphrase-file", own.toString(), "--duress-passphrase-file", duress.toString());
    }

    /** Waits for the rewriting that a server does within an hour, made to happen within a minute. */
    private static void awaitRewriting(PartylineServer server) throws IOException {
        Path file = server.home().resolve("store/partyline.mv.db");
        Object before = Files.getAttribute(file, "unix:ino");
        server.run("config:property-set", "-p", "org.partyline.store.jdbc", "erase-after", "1m");
        Wait.until(
                "the store of " + server + " is rewritten",
                () -> !Files.getAttribute(file, "unix:ino").equals(before));
    }

    private static void assertAlike(String moment, PartylineServer honest, PartylineServer used) throws IOException {
        Map<String, String> expected = described(honest);
        Map<String, String> found = described(used);
        TreeSet<String> names = new TreeSet<>(expected.keySet());
        names.addAll(found.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            if (!Objects.equals(expected.get(name), found.get(name))) {
                differences.add(
                        moment + ": " + name + "\nhonest: " + expected.get(name) + "\nused: " + found.get(name));
            }
        }
        assertEquals("", String.join("\n", differences));
    }

    /** Describes each file by its name: its permissions, and its content or, if that is noise, its length. */
    private static Map<String, String> described(PartylineServer server) throws IOException {
        Map<String, String> files = new TreeMap<>();
        Path home = server.home();
        for (Path root : List.of(home, home.resolveSibling(home.getFileName() + "-state"))) {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path file : all.toList()) {
                    String name = withoutRun((root.equals(home) ? "home/" : "state/") + root.relativize(file));
                    // Karaf's copies of bundles and its records of them are renewed at each start, in no fixed order.
                    if (!name.startsWith("home/data/")) {
                        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                        files.put(name, mode + (Files.isRegularFile(file) ? " " + content(home, name, file) : ""));
                    }
                }
            }
        }
        return files;
    }

    private static String content(Path home, String name, Path file) throws IOException {
        if (name.equals("home/partyline.pid")) {
            return "PID";
        }
        if (name.startsWith("home/store/") || name.startsWith("state/")) {
            return Long.toString(Files.size(file));
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        if (name.startsWith("home/audit/")) {
            List<String> entries = new ArrayList<>();
            for (String line : lines) {
                JsonNode entry = JSON.readTree(line);
                entries.add(
                        entry.get("event").asText() + ": " + entry.get("detail").asText());
            }
            lines = entries;
        }
        return lines.stream()
                .filter(line -> CHANCE.stream().noneMatch(line::contains))
                .map(line -> withoutRun(line.replace(home.toString(), "HOME")))
                .collect(Collectors.joining("\n"));
    }

    private static Map<String, String> answers(PartylineServer server) {
        Map<String, String> answers = new TreeMap<>();
        for (List<String> command : COMMANDS) {
            answers.put(
                    command.toString(),
                    withoutRun(server.json(command.toArray(String[]::new)).toString()));
        }
        return answers;
    }

    private static String withoutRun(String line) {
        String same = line;
        for (Map.Entry<Pattern, String> part : OF_ONE_RUN.entrySet()) {
            same = part.getKey().matcher(same).replaceAll(part.getValue());
        }
        return same;
    }
}
