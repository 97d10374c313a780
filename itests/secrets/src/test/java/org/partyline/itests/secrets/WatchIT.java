package org.partyline.itests.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Ports;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * A monitored server reports its state to a client with the token, and nothing about messages and people: neither in
 * its metrics, nor in its logs with every bundle at its most verbose level.
 */
@ExtendWith(ShowLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WatchIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int PORT = Ports.free();
    /** A node that does not respond: its settings contain a password and a host. */
    private static final String PASSWORD = "canary-rpc-password";

    private static final String ONION = "canaryhostabcdefghijklmnopqrstuvwxyz234567abcdefghijklmn.onion";
    private static final String WRONG = "canary wrong passphrase";
    private static final String CONTACT = "canarycontact";

    private static Talk talk;
    private static PartylineServer server;
    private static final List<String> SAID = new ArrayList<>();

    @TempDir
    Path directory;

    @BeforeAll
    static void talk() throws Exception {
        talk = Talk.start("watch");
        server = talk.server();
        edit(
                "org.ops4j.pax.logging.cfg",
                text -> text.replace("log4j2.logger.partyline.level = INFO", "log4j2.logger.partyline.level = TRACE")
                        // Small, so that files are rotated within a minute, and many, so that all of them can be read.
                        .replace("policies.size.size = 8MB", "policies.size.size = 16KB")
                        .replace("strategy.max = 4", "strategy.max = 400"));
        Wait.until("every step is logged", () -> logs(".log").contains(" TRACE "));
    }

    @AfterAll
    static void close() {
        talk.close();
    }

    private interface Edit {
        String of(String text);
    }

    private static void edit(String file, Edit edit) throws IOException {
        Path path = server.home().resolve("etc").resolve(file);
        String before = Files.readString(path);
        String after = edit.of(before);
        assertFalse(before.equals(after), "nothing was changed in " + file);
        Files.writeString(path, after);
    }

    private static String logs(String ending) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(server.home().resolve("log"))) {
            for (Path file : files.filter(each -> each.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    private static void metrics(String... lines) throws IOException {
        Files.writeString(
                server.home().resolve("etc/org.partyline.metrics.cfg"),
                String.join("\n", lines) + "\nport = " + PORT + "\n");
    }

    private static HttpResponse<String> ask(String path, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path))
                .timeout(Duration.ofSeconds(10));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static boolean isShut() throws Exception {
        try {
            ask("/metrics", "");
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            // It is being closed.
            return false;
        }
    }

    /** Returns the metrics; empty at the moment when the server restarts them. */
    private static String told() throws Exception {
        try {
            HttpResponse<String> answer = ask("/metrics", token());
            return answer.statusCode() == 200 ? answer.body() : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static String token() throws IOException {
        return Files.readString(server.home().resolve("metrics.token")).strip();
    }

    private static void say(String from, String text) {
        talk.say(from, text);
        SAID.add(text);
    }

    @Test
    @Order(1)
    void nothingIsToldUntilTheOperatorWantsItAndThenTheSameForAPeriod() throws Exception {
        assertTrue(isShut());
        assertFalse(Files.exists(server.home().resolve("metrics.token")));
        metrics("enabled = true", "address = 0.0.0.0");
        Wait.until("another address is refused", () -> logs(".log").contains("it must be 127.0.0.1 or ::1"));
        assertTrue(isShut());

        metrics("enabled = true", "period = 1h");
        Wait.until("it tells", () -> Files.exists(server.home().resolve("metrics.token")) && !told().isEmpty());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(server.home().resolve("metrics.token"))));
        assertEquals(401, ask("/metrics", "").statusCode());
        assertEquals(401, ask("/health", "0".repeat(64)).statusCode());

        String before = ask("/metrics", token()).body();
        String healthBefore = ask("/health", token()).body();
        assertTrue(before.contains("partyline_store_state{state=\"open\"} 1.0"), before);
        assertTrue(before.contains("partyline_nodes{network=\"embedded\",state=\"ready\"} 1.0"), before);
        say("Alice", "canary words of the first message");
        assertEquals(before, ask("/metrics", token()).body());
        assertEquals(healthBefore, ask("/health", token()).body());
        assertEquals("warning", JSON.readTree(healthBefore).get("health").asText());
    }

    /** Returns everything that a reader must not learn. */
    private static List<String> secrets() {
        List<String> all = new ArrayList<>(SAID);
        all.addAll(List.of(
                "canary",
                "Alice",
                "Bob",
                Talk.CHANNEL,
                Talk.CHANNEL_PASSPHRASE,
                Talk.TO_ALICE,
                Operator.STORE_PASSPHRASE,
                PASSWORD,
                ONION.substring(0, 20),
                WRONG,
                CONTACT));
        Operator.elements(server.json("outbox", "--all").get("outbox"))
                .flatMap(message -> Operator.elements(message.get("parts")))
                .map(part -> part.get("transaction").asText())
                .filter(id -> !id.equals("null"))
                .forEach(all::add);
        all.add(server.json("wallet-address", "--persona", "Alice")
                .get("address")
                .asText());
        return all;
    }

    private static void lacks(String what, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (String secret : secrets()) {
            int at = lower.indexOf(secret.toLowerCase(Locale.ROOT));
            assertTrue(
                    at < 0,
                    () -> what + " tells " + secret + ": "
                            + text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 200)));
        }
    }

    @Test
    @Order(2)
    void neitherWhatIsToldNorAnyLogHasANameAWordAKeyOrAnAddress() throws Exception {
        // Commands that fail with a user's words in them.
        talk.writeToAlice();
        server.refusal("send", "--channel", "canarychannel", "canary words to nobody");
        server.refusal("send", "--to", CONTACT, "canary words to nobody");
        server.refusal("inspect", "canary");
        server.refusal("contact-add", "plcard1canary", "--name", CONTACT);
        try (var wrong = new org.partyline.itests.harness.SecretFile(WRONG)) {
            talk.operator().lock();
            server.refusal("unlock", "--passphrase-file", wrong.toString());
            talk.operator().unlock();
        }
        Path node = server.home().resolve("etc/org.partyline.transport.rpc-away.cfg");
        Files.createFile(node, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                node,
                "network = regtest\nurl = http://" + ONION + ":8332\nuser = canaryuser\npassword = " + PASSWORD + "\n");
        Wait.until(
                "the node is there", () -> server.json("node-list").toString().contains("away"));
        say("Bob", "canary words as text");
        server.json("log", "--format", "json");
        say("Alice", "canary words as JSON");
        server.run("bundle:restart", "org.partyline.packet");
        server.run("bundle:restart", "org.partyline.transport-rpc");
        say("Bob", "canary words after a swap");
        metrics("enabled = true", "period = 59m");
        Wait.until("it looked again", () -> told().contains("partyline_nodes{network=\"regtest\""));

        lacks("/metrics", ask("/metrics", token()).body());
        lacks("/health", ask("/health", token()).body());
        String text = logs(".log");
        assertTrue(text.contains(" TRACE "), "text");
        lacks("the log", text);
        String json = logs(".jsonl");
        lacks("the log as JSON", json);
        assertTrue(json.contains("\"level\":\"TRACE\""), "JSON lines");
        for (String line : json.split("\n")) {
            assertEquals(5, JSON.readTree(line).size(), line);
        }
        filesAreClosedAndRotated();
    }

    private static void filesAreClosedAndRotated() throws IOException {
        int rotated = 0;
        int json = 0;
        try (Stream<Path> files = Files.list(server.home().resolve("log"))) {
            for (Path file : files.toList()) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                        () -> "" + file);
                rotated += file.getFileName().toString().matches("partyline\\.\\d+\\.log") ? 1 : 0;
                json += file.getFileName().toString().endsWith(".jsonl") ? 1 : 0;
            }
        }
        assertTrue(rotated > 0, "no file was rotated");
        assertTrue(json > 1, "no file of JSON lines was rotated");
    }

    @Test
    @Order(3)
    @ExtendWith(NeedsPrometheus.class)
    void theAlertRulesFireOnWhatTheyAreForAndOnNothingElse() throws Exception {
        Path rules = rules();
        Files.copy(Path.of(WatchIT.class.getResource("/watch/rules.test.yml").toURI()), directory.resolve("test.yml"));
        run("promtool", "check", "rules", rules.toString());
        run("promtool", "test", "rules", "test.yml");
    }

    private Path rules() throws IOException {
        Path rules = directory.resolve("partyline.rules.yml");
        Files.copy(PartylineServer.distribution().resolve("watch/partyline.rules.yml"), rules);
        return rules;
    }

    private void run(String... command) throws Exception {
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it hangs");
        assertEquals(0, process.exitValue(), Files.readString(out));
    }

    @Test
    @Order(4)
    @ExtendWith(NeedsPrometheus.class)
    void everyQueryOfTheDashboardGivesDataInARealPrometheus() throws Exception {
        rules();
        Files.writeString(directory.resolve("token"), token());
        String shipped = Files.readString(PartylineServer.distribution().resolve("watch/prometheus.yml"));
        Files.writeString(
                directory.resolve("prometheus.yml"),
                shipped.replace(
                                "/etc/prometheus/partyline.token",
                                directory.resolve("token").toString())
                        .replace("127.0.0.1:9470", "127.0.0.1:" + PORT)
                        .replace("scrape_interval: 1m", "scrape_interval: 1s"));
        run("promtool", "check", "config", "prometheus.yml");
        int port = Ports.free();
        Process prometheus = new ProcessBuilder(
                        "prometheus",
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        try {
            Wait.until(
                    "Prometheus reads the server", () -> data(port, "count_over_time(up{job=\"partyline\"}[1m]) > 1"));
            assertTrue(data(port, "up{job=\"partyline\"} == 1"), "it is refused");
            TreeSet<String> none = new TreeSet<>();
            for (String query : queries()) {
                if (!data(port, query)) {
                    none.add(query);
                }
            }
            assertEquals(List.of(), List.copyOf(none));
            assertTrue(data(port, "count(partyline_health)"), "the rules' numbers are there");
        } finally {
            prometheus.destroy();
            assertTrue(prometheus.waitFor(60, TimeUnit.SECONDS), "it does not end");
        }
    }

    private static List<String> queries() throws IOException {
        JsonNode dashboard = JSON.readTree(PartylineServer.distribution()
                .resolve("watch/partyline.dashboard.json")
                .toFile());
        List<String> all = Operator.elements(dashboard.get("panels"))
                .flatMap(panel -> Operator.elements(panel.get("targets")))
                .map(target -> target.get("expr").asText())
                .toList();
        assertTrue(all.size() > 20, all.size() + " queries");
        return all;
    }

    private static boolean data(int port, String query) throws Exception {
        try {
            HttpResponse<String> answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/query?query="
                                    + URLEncoder.encode(query, StandardCharsets.UTF_8)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200
                    && JSON.readTree(answer.body()).at("/data/result").size() > 0;
        } catch (ConnectException e) {
            return false;
        }
    }

    @Test
    @Order(5)
    void itIsTurnedOffLive() throws Exception {
        metrics("enabled = false");
        Wait.until("it tells nothing any more", WatchIT::isShut);
    }
}
