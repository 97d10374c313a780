package org.partyline.itests.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.FakeCore;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShiftedClock;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * A server that is unsafe in as many ways as possible: the doctor names each, the console accepts the suggested
 * command, and running it fixes the problem.
 */
@ExtendWith(ShowLogs.class)
class UnsafeServerIT {
    private static final String STALE = "org.partyline.stale";
    private static final String WEAK_PASSPHRASE = "passw0rd1234";
    private static final Pattern COMMAND = Pattern.compile("(partyline|bundle):[a-z-]+( [^,]+)?");
    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

    @TempDir
    Path directory;

    private PartylineServer server;
    private Operator operator;

    @Test
    void eachPointIsNamedAndItsRemedyIsOneThatTheConsoleTakes() throws Exception {
        try (FakeCore core = new FakeCore(Instant.now().plus(Duration.ofHours(5)), "0.05");
                PartylineServer made = PartylineServer.create("unsafe")) {
            server = made;
            // With this option, the start script does not disable heap dumps; the second option keeps the log of all
            // this small.
            server.environment(Map.of("PARTYLINE_DEBUG", "1", "PARTYLINE_HEAP", "150m"));
            // With a source other than the system's, Java generates its own random numbers.
            server.javaOptions("-Djava.security.egd=file:/dev/./urandom");
            server.start();
            operator = new Operator(server);
            operator.setUp("Alice");
            makeUnsafe(core);
            server.stop();
            tamperWithTheAuditLog();
            server.start();
            // The start script fixes open permissions.
            Path open = Files.writeString(server.home().resolve("etc/org.partyline.open.cfg"), "");
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
            // The content of a private directory is inaccessible to others, too.
            Files.setPosixFilePermissions(open.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
            Wait.until(
                    "the store is open",
                    () -> server.json("status").get("store").asText().equals("open"));
            operator.awaitNode(
                    "core", "is ready", node -> node.get("state").asText().equals("ready"));
            Map<String, List<JsonNode>> found = found();
            assertUnsafe(found);
            found.values().stream().flatMap(List::stream).forEach(this::assertTaken);
            assertEquals(0, server.run("bundle:uninstall", STALE).status());
            putRight(found());
        }
    }

    /** Keys that are due, and one wallet with the coins of two people. */
    @Test
    void whatComesWithTimeAndWithPeopleIsNamedAndItsRemedyPutsItRight() throws Exception {
        try (PartylineServer made = PartylineServer.create("old")) {
            server = made;
            // More than a year ago.
            Path offset = Files.writeString(
                    Files.createDirectories(server.home().resolve("etc")).resolve("offset"), "-370d");
            server.environment(ShiftedClock.environment(offset));
            server.start();
            operator = new Operator(server);
            operator.setUp("Alice");
            server.stop();
            Files.writeString(offset, "+0");
            server.start();
            operator.unlock();
            server.json("persona-create", "Bob");
            server.json("node-add", "play", "--type", "embedded", "--set", "block-interval=2s");
            operator.awaitNode(
                    "play", "is ready", node -> node.get("state").asText().equals("ready"));
            for (String persona : List.of("Alice", "Bob")) {
                server.json("wallet-address", "--persona", persona);
            }
            Map<String, List<JsonNode>> found = found(5);
            assertFound(found, "keys", "warning", "the keys of persona Alice are 370 days old");
            assertFound(found, "coins", "warning", "holds the coins of 2 personas");
            type(found.get("keys").get(0).get("remedy").asText());
            assertEquals(null, found(5).get("keys"));
        }
    }

    private Map<String, List<JsonNode>> found() {
        return found(6);
    }

    /** @param worst the expected exit status */
    private Map<String, List<JsonNode>> found(int worst) {
        Map<String, List<JsonNode>> found = new TreeMap<>();
        // Its exit status is that of the worst finding.
        Reply reply = server.run("partyline:doctor", "--json");
        assertEquals(worst, reply.status(), reply::text);
        Operator.elements(parse(reply.out()).get("findings"))
                .filter(finding -> !finding.get("verdict").asText().equals("ok"))
                .forEach(finding -> found.computeIfAbsent(finding.get("check").asText(), none -> new ArrayList<>())
                        .add(finding));
        return found;
    }

    private static JsonNode parse(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void makeUnsafe(FakeCore core) throws Exception {
        Path cookie = Files.writeString(directory.resolve("cookie"), "__cookie__:none");
        // For everyone but the group: that is another finding, with its own remedy.
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("rw----r--"));
        addNode("core", core.url().toString(), cookie);
        addNode("again", core.url().toString(), cookie);
        addNode("far", "http://node.invalid:8332", cookie, "--set", "allow-remote-plaintext=true");
        addNode("beside", "http://node.invalid:8333", cookie);
        // A contact whom nobody verified, and two personas without coins.
        server.json("persona-create", "Bob");
        String card = server.json("persona-card", "Bob").get("card").asText();
        server.json("contact-add", card, "--persona", "Alice", "--name", "bob");
        // A setting that differs from the profile.
        server.json("privacy", "balanced", "--yes");
        server.json("config", "jitter", "0s");
        try (SecretFile strong = new SecretFile(Operator.STORE_PASSPHRASE);
                SecretFile passphrase = new SecretFile(WEAK_PASSPHRASE)) {
            server.json(
                    "passphrase-change",
                    "--old-passphrase-file",
                    strong.toString(),
                    "--new-passphrase-file",
                    passphrase.toString());
            Path beside = Files.writeString(directory.resolve("secrets-passphrase"), "a passphrase of its own\n");
            Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-------"));
            server.json("config", "secrets.file.passphrase-file", beside.toString());
            server.json("secrets-move", "file", "--passphrase-file", passphrase.toString());
        }
        server.json("config", "hardening.core-dumps", "on");
        assertEquals(
                0,
                server.run("bundle:install", bundle("com.example.stranger", "1.0.0"))
                        .status());
        assertEquals(0, server.run("bundle:install", bundle(STALE, "0.0.9")).status());
        assertEquals(0, server.run("bundle:stop", "org.partyline.backup").status());
    }

    private void addNode(String name, String url, Path cookie, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "node-add",
                name,
                "--type",
                "rpc",
                "--network",
                "mainnet",
                "--url",
                url,
                "--cookie-file",
                cookie.toString()));
        words.addAll(List.of(more));
        server.json(words.toArray(String[]::new));
    }

    /** Creates a minimal bundle. */
    private String bundle(String name, String version) throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Bundle-ManifestVersion"), "2");
        manifest.getMainAttributes().put(new Attributes.Name("Bundle-SymbolicName"), name);
        manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), version);
        Path jar = directory.resolve(name + ".jar");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return "file:" + jar;
    }

    private void tamperWithTheAuditLog() throws Exception {
        Path log = server.home().resolve("audit/audit.log");
        List<String> lines = new ArrayList<>(Files.readAllLines(log));
        lines.remove(1);
        Files.write(log, lines);
    }

    private static void assertUnsafe(Map<String, List<JsonNode>> found) {
        assertFound(found, "java", "warning", "the heap is 1");
        assertFound(found, "versions", "warning", "bundle " + STALE + " is 0.0.9, but the others are ");
        assertFound(found, "randomness", "unsafe", "random numbers come from Java (DRBG)");
        assertFound(found, "passphrase", "unsafe", "the store's passphrase was weak when it was set");
        assertFound(found, "process", "unsafe", "core-dumps: ");
        assertFound(found, "process", "unsafe", "attach: ");
        assertFound(found, "files", "unsafe", "org.partyline.open.cfg can be read or written by others");
        assertFound(found, "foreign", "warning", "bundle com.example.stranger is not part of this distribution");
        assertFound(found, "bundles", "warning", "bundle org.partyline.backup is ");
        assertFound(found, "store", "warning", "its key is stored in a file");
        assertFound(found, "rpc", "unsafe", "every user of this machine can read its cookie");
        assertFound(found, "rpc", "unsafe", "node far is reached by unencrypted http at node.invalid");
        assertFound(found, "node-owners", "warning", "nodes again and core are the same node");
        assertFound(found, "node-owners", "warning", "nodes beside and far have the same address, node.invalid");
        assertFound(found, "nodes", "unsafe", "node beside cannot be used: ");
        assertFound(found, "nodes", "warning", "node far does not answer");
        assertFound(found, "fees", "warning", "messages on mainnet wait until you accept");
        assertFound(found, "fees", "warning", "relays nothing below ");
        assertFound(found, "clock", "unsafe", "this machine's clock is slow");
        assertFound(found, "coins", "warning", "persona Bob has no coins");
        assertFound(found, "privacy", "warning", "jitter is 0s, but auto in the chosen profile balanced");
        assertFound(found, "backup", "warning", "the audit log shows no backup");
        assertFound(found, "contacts", "warning", "bob: not verified");
        assertFound(found, "audit", "unsafe", "lines of the audit log were removed");
    }

    private static void assertFound(Map<String, List<JsonNode>> found, String check, String verdict, String part) {
        assertTrue(
                found.getOrDefault(check, List.of()).stream()
                        .anyMatch(finding -> finding.get("verdict").asText().equals(verdict)
                                && finding.get("what").asText().contains(part)),
                () -> check + " is not " + verdict + " with '" + part + "': " + found);
    }

    /** Checks that the console has the command and each option that a remedy names. */
    private void assertTaken(JsonNode finding) {
        String remedy = finding.path("remedy").asText("");
        assertFalse(finding.get("remedy").isNull(), finding::toString);
        Matcher command = COMMAND.matcher(remedy);
        while (command.find()) {
            String[] words = command.group().split(" ");
            Reply help = server.run(words[0], "--help");
            assertEquals(0, help.status(), finding + ": " + help.text());
            Matcher option = OPTION.matcher(command.group());
            while (option.find()) {
                assertTrue(help.text().contains(option.group()), finding + ": " + help.text());
            }
        }
    }

    /** Runs the remedies that need nothing else. */
    private void putRight(Map<String, List<JsonNode>> before) throws Exception {
        for (String check : List.of("bundles", "privacy", "foreign", "node-owners", "rpc", "files")) {
            for (JsonNode finding : before.get(check)) {
                type(finding.get("remedy").asText());
            }
        }
        Wait.until("the bundle is back", () -> !found().containsKey("bundles"));
        Map<String, List<JsonNode>> after = found();
        // Of the address that two nodes share, one remains.
        for (String check : List.of("bundles", "privacy", "foreign", "node-owners", "rpc", "files")) {
            assertEquals(null, after.get(check), check);
        }
        type("partyline:fee-limit --accept-mainnet");
        assertTrue(found().get("fees").stream()
                .noneMatch(finding -> finding.get("what").asText().startsWith("messages on mainnet wait")));
    }

    private void type(String remedy) throws Exception {
        String first = remedy.contains(", ") ? remedy.substring(0, remedy.indexOf(", ")) : remedy;
        if (first.contains(":")) {
            if (first.equals("partyline:node-add")) {
                return;
            }
            Reply reply = server.type(first);
            if (reply.text().contains("confirm with --yes")) {
                reply = server.type(first + " --yes");
            }
            assertEquals(0, reply.status(), first + ": " + reply.text());
            return;
        }
        Process shell =
                new ProcessBuilder("sh", "-c", first).redirectErrorStream(true).start();
        assertEquals("", new String(shell.getInputStream().readAllBytes()));
        assertEquals(0, shell.waitFor(), first);
    }
}
