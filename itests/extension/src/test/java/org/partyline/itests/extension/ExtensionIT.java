package org.partyline.itests.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Installs a bundle from outside this repository into a running server: it is refused, allowed by its checksum, used,
 * updated while a message waits, and removed.
 */
@ExtendWith(ShowLogs.class)
class ExtensionIT {
    private static final String BUNDLE = "com.example.extension";
    private static final String NODE = "lo";
    private static final String SUITE = "EXAMPLE_GCM_20";
    private static final String ERRAND = "errand";
    private static final String DERIVATION = "EXAMPLE_PBKDF2_SHA512";
    private static final String CHANNEL = "lobby";
    private static final String VAULT = "vault";
    private static final String PLAY = "play";
    private static final String QUIET = "com.example.extension.quiet";
    private static final String PASSPHRASE = "the passphrase of a channel";
    /** The third-party build. */
    private static final Path BUILT = Path.of(System.getProperty("extension.jar"));
    /** Where it is installed from. */
    private static final Path JAR = BUILT.resolveSibling("installed.jar");

    private PartylineServer server;
    private Operator operator;

    @Test
    void aBundleFromOutsideIsRefusedAllowedUsedUpdatedAndTakenAway() throws Exception {
        Files.copy(BUILT, JAR, StandardCopyOption.REPLACE_EXISTING);
        try (PartylineServer started = PartylineServer.create("host").start()) {
            server = started;
            operator = new Operator(server);
            operator.setUp("alice");
            server.json("persona-create", "bob");

            refused();
            allow(JAR);
            console("bundle:start", BUNDLE);
            assertEquals("running", foreign());
            used();
            errands();
            schedule("1");
            updated();
            takenAway();
        }
    }

    private void refused() {
        console("bundle:install", "file:" + JAR);
        assertEquals("refused", foreign());

        String why = server.run("bundle:start", BUNDLE).text();

        String line = OtherBytes.sum(JAR) + "  " + BUNDLE;
        assertTrue(why.startsWith("Error: "), why);
        assertTrue(why.contains("add the line \"" + line + "\" to " + list()), why);
        assertTrue(server.json("status").get("warnings").toString().contains(line));
        assertTrue(server.refusal("example-greet", "alice").startsWith("there is no command"));
        assertTrue(
                server.refusal("node-add", NODE, "--type", "loopback").startsWith("there is no node type 'loopback'"));
        Wait.until("the log names it", () -> server.logTail().contains("Refused: bundle"));
    }

    private void used() throws Exception {
        commands("Hello");
        server.json("node-add", NODE, "--type", "loopback");
        operator.awaitNode(NODE, "is ready", node -> node.get("state").asText().equals("ready"));
        // Only the new one may seal.
        Stream.of("XCHACHA20_POLY1305", "AES_256_GCM", "CHACHA20_POLY1305")
                .forEach(suite -> server.json("suite-deny", suite));
        server.json("suite-prefer", SUITE);
        String invite = operator.createChannel(CHANNEL, PASSPHRASE, "--persona", "alice", "--network", "regtest");
        operator.join(invite, PASSPHRASE, "--persona", "bob", "--network", "regtest");
        long sent = send("sealed by a suite from outside");
        awaitBob("sealed by a suite from outside");
        operator.awaitState(sent, "in a block");
        assertEquals(
                List.of(CHANNEL),
                suites().flatMap(suite -> Operator.elements(suite.get("used_by")))
                        .map(JsonNode::asText)
                        .distinct()
                        .toList());
        derived();
        operator.set("node-check", "1s");
        operator.set("node-quarantine", "10s");
        server.json("node-add", PLAY, "--type", "embedded");
        awaitPlay("it only plays (edition 1)");
    }

    /** Tests a channel whose keys require the new derivation for each packet. */
    private void derived() {
        String invite = operator.createChannel(
                VAULT,
                PASSPHRASE,
                "--persona",
                "alice",
                "--network",
                "regtest",
                "--mode",
                "open",
                "--kdf",
                DERIVATION,
                "--memory",
                "100000");
        operator.join(invite, PASSPHRASE, "--persona", "bob", "--network", "regtest", "--mode", "open");
        sendTo(VAULT, "derived by a bundle from outside");
        awaitBob(VAULT, "derived by a bundle from outside");
    }

    /** @param why it is quarantined; empty if it is not */
    private void awaitPlay(String why) {
        operator.awaitNode(
                PLAY,
                why.isEmpty() ? "is used" : "is quarantined because " + why,
                node -> node.get("quarantine_reason").asText("").equals(why));
    }

    /** Messages are held back for as long as the schedule exists. */
    private void schedule(String edition) throws IOException {
        Path file = server.home().resolve("etc").resolve(QUIET + ".cfg");
        Files.writeString(file, "quiet = yes\n");
        Wait.until(
                "the quiet hours begin",
                () -> server.run("config:list", "(service.pid=" + QUIET + ")")
                        .text()
                        .contains("quiet = yes"));
        long held = send("held back by edition " + edition);
        awaitReason(held, ": these are quiet hours (edition " + edition + ")");
        Files.delete(file);
        awaitBob("held back by edition " + edition);
    }

    /** Its carrier carries, its fee policy sets the fees, and the doctor runs its check, too. */
    private void errands() throws IOException {
        long sent = send("by an errand", "--carrier", ERRAND);
        awaitBob("by an errand");
        operator.awaitState(sent, "in a block");
        assertEquals(ERRAND, operator.outgoing(sent).get("carrier").asText());
        JsonNode fee = Operator.elements(server.json("fee-status").get("fees"))
                .filter(status -> status.get("node").asText().equals(NODE))
                .findFirst()
                .orElseThrow();
        // A tenth more than the minimum, within the operator's limits.
        double wanted = Math.max(
                fee.get("floor_sat_per_vb").asDouble() * 1.1,
                fee.get("minimum_sat_per_vb").asDouble());
        assertEquals(wanted, fee.get("rate_sat_per_vb").asDouble(), 0.01, fee::toString);
        assertTrue(weather());
    }

    private boolean weather() throws IOException {
        // Its exit status is not 0: there is always a finding about a test's server.
        JsonNode findings = new ObjectMapper()
                .readTree(server.run("partyline:doctor", "--json").out())
                .get("findings");
        return Operator.elements(findings)
                .anyMatch(finding -> finding.get("check").asText().equals("weather"));
    }

    /** They work like ours: listed, explained, completed, and their words are used literally. */
    private void commands(String greeting) throws Exception {
        assertTrue(server.type("help").out().lines().anyMatch(line -> line.startsWith("example-greet")));
        assertTrue(server.type("help example-greet").out().contains("partyline:example-greet alice --tone WARM"));
        assertEquals(
                greeting + ", alice, and welcome",
                server.type("example-greet --tone warm alice").text());
        assertEquals(
                "Error: there is no persona '$(echo)' to greet",
                server.type("example-greet $(echo)").text());
        JsonNode document = new ObjectMapper()
                .readTree(server.type("example-greet bob --json").out());
        assertEquals(greeting + ", bob", document.get("greeting").asText());
        assertEquals("plain", document.get("tone_of_voice").asText());
        assertTrue(server.refusal("example-greet", "alice", "--volume", "9")
                .startsWith("partyline:example-greet has no option '--volume'"));
        try (Keyboard keyboard = new Keyboard(server.home())) {
            keyboard.type("example-gr\t", "example-greet");
            keyboard.type("ali\t", "alice");
            keyboard.type("--to\t", "--tone");
            keyboard.type("war\t\r", greeting + ", alice, and welcome");
        }
    }

    private void updated() throws Exception {
        OtherBytes.with(
                BUILT,
                JAR,
                Map.of(
                        "com/example/extension/greeting/greeting.txt",
                        "Good day",
                        "com/example/extension/edition.txt",
                        "2"));

        String why = server.run("bundle:update", BUNDLE).text();

        assertTrue(why.contains(OtherBytes.sum(JAR)), why);
        assertEquals("refused", foreign());
        long waits = send("waits for the update");
        awaitReason(waits);
        allow(JAR);
        console("bundle:start", BUNDLE);
        assertEquals("running", foreign());
        awaitBob("waits for the update");
        awaitPlay("it only plays (edition 2)");
        sendTo(VAULT, "derived by the second edition");
        awaitBob(VAULT, "derived by the second edition");
        schedule("2");
        commands("Good day");
    }

    private void takenAway() throws IOException {
        console("bundle:uninstall", BUNDLE);
        assertEquals("", foreign());
        long waits = send("waits for its return");
        awaitReason(waits);
        assertFalse(weather());
        assertTrue(server.refusal("example-greet", "alice").startsWith("there is no command"));
        assertTrue(suites().noneMatch(suite -> suite.get("available").asBoolean()));
        String unknown = server.refusal("channel-create", "cellar", "--persona", "alice", "--kdf", DERIVATION);
        assertTrue(unknown.startsWith("there is no key derivation '" + DERIVATION + "'"), unknown);
        // Everything else continues: another node, which no policy judges any more, and messages read before.
        awaitPlay("");
        assertTrue(bobs(CHANNEL).containsKey("waits for the update"));

        console("bundle:install", "-s", "file:" + JAR);

        awaitBob("waits for its return");
    }

    private Stream<JsonNode> suites() {
        return Operator.elements(server.json("suite-list").get("suites"))
                .filter(suite -> suite.get("name").asText().equals(SUITE));
    }

    private long send(String text, String... options) {
        return sendTo(CHANNEL, text, options);
    }

    private long sendTo(String channel, String text, String... options) {
        List<String> words = new ArrayList<>(List.of("send", "--persona", "alice", "--channel", channel));
        words.addAll(List.of(options));
        words.add(text);
        return server.json(words.toArray(new String[0])).get("id").asLong();
    }

    /** It reports the reason for waiting once it was checked. */
    private void awaitReason(long id) {
        awaitReason(id, "it waits for ");
    }

    private void awaitReason(long id, String reason) {
        Wait.until(
                "message " + id + " says '" + reason + "'",
                () -> operator.outgoing(id).get("reason").asText("").contains(reason));
    }

    /** Returns Bob's messages in a channel, by text. */
    private Map<String, JsonNode> bobs(String channel) {
        return Operator.elements(server.json("messages", "--persona", "bob", "--channel", channel)
                        .get("messages"))
                .collect(Collectors.toMap(message -> message.get("text").asText(), message -> message));
    }

    private void awaitBob(String text) {
        awaitBob(CHANNEL, text);
    }

    private void awaitBob(String channel, String text) {
        Wait.until(
                "bob reads '" + text + "'",
                Duration.ofMinutes(1),
                () -> bobs(channel).containsKey(text));
    }

    /** Returns its state in the status, in one word; empty if it is not installed. */
    private String foreign() {
        return Operator.elements(server.json("status").get("foreign_bundles"))
                .map(bundle -> {
                    assertEquals(BUNDLE, bundle.get("name").asText());
                    boolean allowed = bundle.get("allowed").asBoolean();
                    boolean running = bundle.get("running").asBoolean();
                    return allowed && running ? "running" : !allowed && !running ? "refused" : bundle.toString();
                })
                .findFirst()
                .orElse("");
    }

    private Path list() {
        return server.home().resolve("etc/allowed-bundles");
    }

    private void allow(Path jar) throws IOException {
        Files.writeString(list(), OtherBytes.sum(jar) + "  " + BUNDLE + "\n", StandardOpenOption.APPEND);
    }

    private void console(String... words) {
        Reply reply = server.run(words);
        assertEquals(0, reply.status(), reply::text);
    }
}
