package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.Ports;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * A program sends and reads over the API of the packed distribution, through a crash, and Bob's server receives its
 * messages.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WebIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PAGE = Path.of("..", "..", "docs", "api.md");
    private static final Path CLIENTS = Path.of("..", "..", "docs", "clients");
    private static final String CHANNEL = "lobby";
    private static final String OTHER = "attic";
    private static final int PORT = Ports.free(1).get(0);
    private static final URI ADDRESS = URI.create("http://127.0.0.1:" + PORT);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static String token;
    private static JsonNode first;

    @TempDir
    Path directory;

    private final Operator alice;
    private final Operator bob;

    WebIT(Stage stage) {
        alice = stage.alice();
        bob = stage.bob();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(ADDRESS.resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String conversation, String text, String key)
            throws IOException, InterruptedException {
        String body = JSON.writeValueAsString(JSON.createObjectNode().put("text", text));
        return CLIENT.send(
                HttpRequest.newBuilder(ADDRESS.resolve("/v1/conversations/" + conversation + "/messages"))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Edits or recalls a message, with an idempotency key. */
    private static HttpResponse<String> change(String token, String path, String body)
            throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(ADDRESS.resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", path.substring(path.lastIndexOf('/')))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Returns the messages sent to a channel, by number and price. */
    private List<JsonNode> outbox(String channel) {
        return Operator.elements(alice.server().json("outbox", "--all").get("outbox"))
                .filter(message -> message.get("channel").asText().equals(channel))
                .<JsonNode>map(message -> JSON.createObjectNode()
                        .put("id", message.get("id").asLong())
                        .put("fee_sat", message.get("fee_sat").asLong()))
                .toList();
    }

    private String webBundles() {
        return alice.server()
                .run("bundle:list", "-t", "0", "-s")
                .text()
                .lines()
                .filter(line -> line.contains("org.partyline.web-"))
                .reduce("", (one, other) -> one + other + "\n");
    }

    @Test
    @Order(1)
    void nothingOfItRunsUntilTheOperatorStartsIt() {
        assertEquals("", webBundles());
        assertThrows(ConnectException.class, () -> get("/livez"));
        String refusal = alice.server().refusal("token-list");
        assertTrue(refusal.contains("partyline:web-start"), refusal);
        Reply reply = alice.server().run("config:property-set", "-p", "org.partyline.web", "port", "" + PORT);
        assertEquals(0, reply.status(), reply::text);
        assertEquals(
                ADDRESS.toString(),
                alice.server().json("web-start").get("address").asText());
        assertEquals(
                3, webBundles().lines().filter(line -> line.contains("Active")).count(), this::webBundles);
    }

    @Test
    @Order(2)
    void aMessageOfAProgramArrivesAtAnotherServer() throws Exception {
        bob.join(alice.createChannel(CHANNEL, Stage.PASSPHRASE), Stage.PASSPHRASE);
        alice.createChannel(OTHER, Stage.PASSPHRASE);
        token = alice.server()
                .json(
                        "token-create",
                        "bot",
                        "--scope",
                        "read,send",
                        "--conversation",
                        CHANNEL,
                        "--spend-limit",
                        "50000sat/day",
                        "--expires",
                        "90d")
                .get("token")
                .asText();
        HttpResponse<String> answer = send(CHANNEL, "sent by a program", "key-1");
        assertEquals(202, answer.statusCode(), answer::body);
        first = JSON.readTree(answer.body());
        assertTrue(first.get("estimated_fee_sat").asLong() > 0, answer::body);
        bob.awaitText(CHANNEL, "sent by a program");
        assertEquals(404, send(OTHER, "not for this token", "key-2").statusCode());
        assertEquals(
                200,
                CLIENT.send(HttpRequest.newBuilder(ADDRESS.resolve("/readyz")).build(), BodyHandlers.ofString())
                        .statusCode());
    }

    @Test
    @Order(3)
    void theDocumentsAreThoseOfTheCommands() throws Exception {
        JsonNode read = JSON.readTree(get("/v1/conversations").body()).get("conversations");
        assertEquals(1, read.size(), read::toString);
        JsonNode command = alice.server().json("conversation-list");
        assertTrue(Operator.elements(command.get("conversations")).anyMatch(read.get(0)::equals), command::toString);
        JsonNode messages =
                JSON.readTree(get("/v1/conversations/" + CHANNEL + "/messages").body());
        assertEquals(
                "sent by a program", messages.get("messages").get(0).get("text").asText());
        assertEquals(403, get("/v1/status").statusCode());
    }

    @Test
    @Order(4)
    void afterACrashTheWebServerRunsAndARepeatedCallIsNotPaidTwice() throws Exception {
        HttpResponse<String> stored = send(CHANNEL, "sent before a crash", "key-3");
        assertEquals(202, stored.statusCode(), stored::body);
        String editor = alice.server()
                .json("token-create", "editor", "--scope", "read,send")
                .get("token")
                .asText();
        long wrong = alice.send(OTHER, "At nime.");
        alice.awaitState(wrong, "sent", "relayed");
        String edit = "/v1/messages/" + wrong + "/edit";
        HttpResponse<String> edited = change(editor, edit, "{\"text\":\"At nine.\"}");
        assertEquals(202, edited.statusCode(), edited::body);
        alice.awaitState(JSON.readTree(edited.body()).get("id").asLong(), "sent", "relayed");
        long regretted = alice.send(OTHER, "Not for you.");
        alice.awaitState(regretted, "sent", "relayed");
        String recall = "/v1/messages/" + regretted + "/recall";
        HttpResponse<String> recalled = change(editor, recall, "{}");
        assertEquals(200, recalled.statusCode(), recalled::body);
        List<JsonNode> paid = outbox(OTHER);
        alice.server().kill();
        alice.server().start();
        Wait.until("the web server after a crash", () -> {
            try {
                return get("/livez").statusCode() == 200;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(503, send(CHANNEL, "sent before a crash", "key-3").statusCode());
        alice.unlock();
        alice.awaitNode("ready");
        HttpResponse<String> again = send(CHANNEL, "sent before a crash", "key-3");
        assertEquals(202, again.statusCode(), again::body);
        assertEquals(stored.body(), again.body());
        assertEquals(
                first, JSON.readTree(send(CHANNEL, "sent by a program", "key-1").body()));
        assertEquals(409, send(CHANNEL, "other words", "key-1").statusCode());
        assertEquals(
                edited.body(), change(editor, edit, "{\"text\":\"At nine.\"}").body());
        assertEquals(409, change(editor, edit, "{\"text\":\"At ten.\"}").statusCode());
        assertEquals(recalled.body(), change(editor, recall, "{}").body());
        assertEquals(
                409, change(editor, "/v1/messages/" + wrong + "/recall", "{}").statusCode());
        assertEquals(paid, outbox(OTHER));
        // All later messages have arrived: there was no second one.
        send(CHANNEL, "sent last", "key-4");
        bob.awaitText(CHANNEL, "sent last");
        bob.awaitText(CHANNEL, "sent before a crash");
        assertEquals(
                List.of("sent before a crash", "sent by a program", "sent last"),
                bob.texts(CHANNEL).stream().sorted().toList());
        assertEquals(3, alice.messages(CHANNEL).size());
    }

    /**
     * Reads a stream of events until one has a text. @return the cursors of messages, with their texts, in order of
     * arrival
     *
     * @return the cursors of messages, with their texts, in the order in which they come
     */
    private static Map<Long, String> stream(long after, String until) throws IOException, InterruptedException {
        Map<Long, String> read = new LinkedHashMap<>();
        HttpResponse<Stream<String>> answer = CLIENT.send(
                HttpRequest.newBuilder(ADDRESS.resolve("/v1/events"))
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "text/event-stream")
                        .header("Last-Event-ID", "" + after)
                        .build(),
                BodyHandlers.ofLines());
        assertEquals(200, answer.statusCode());
        try (Stream<String> lines = answer.body()) {
            Iterator<String> each =
                    lines.filter(line -> line.startsWith("data: ")).iterator();
            while (!read.containsValue(until)) {
                JsonNode event = JSON.readTree(each.next().substring("data: ".length()));
                assertEquals(
                        "Alice/channel:" + CHANNEL, event.path("conversation").asText("Alice/channel:" + CHANNEL));
                if (event.get("type").asText().equals("message")) {
                    assertEquals(
                            null,
                            read.put(
                                    event.get("cursor").asLong(),
                                    event.get("message").get("text").asText()));
                }
            }
        }
        return read;
    }

    @Test
    @Order(5)
    void aStreamOfEventsGoesOnAfterACrash() throws Exception {
        bob.send(CHANNEL, "before the crash");
        Map<Long, String> before = stream(0, "before the crash");
        long last = Collections.max(before.keySet());
        CompletableFuture<Map<Long, String>> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return stream(last, "never sent");
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        alice.server().kill();
        assertThrows(ExecutionException.class, () -> waiting.get(Wait.LIMIT.toSeconds(), TimeUnit.SECONDS));
        bob.send(CHANNEL, "while it was down");
        alice.server().start();
        alice.unlock();
        alice.awaitNode("ready");
        bob.send(CHANNEL, "after the crash");
        Map<Long, String> after = stream(last, "after the crash");
        List<String> all = new ArrayList<>(before.values());
        all.addAll(after.values());
        assertEquals(
                List.of("after the crash", "before the crash", "while it was down"),
                all.stream().sorted().toList());
        assertTrue(Collections.min(after.keySet()) > last);
    }

    private static List<JsonNode> events(Path file) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            events.add(JSON.readTree(line));
        }
        return events;
    }

    private static void awaitHooked(Path file, String text) {
        Wait.until("the hook gets " + text, () -> {
            try {
                return events(file).stream()
                        .anyMatch(event ->
                                event.path("message").path("text").asText().equals(text));
            } catch (IOException e) {
                // A line that is still being written.
                return false;
            }
        });
    }

    @Test
    @Order(6)
    void aProgramIsStartedForEachEventThroughACrash() throws Exception {
        Path seen = directory.resolve("seen");
        Path hook = Files.createFile(
                directory.resolve("hook"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(hook, "#!/bin/sh\ncat >> " + seen + "\n");
        String refusal = alice.server().refusal("hook-add", "log", "--run", "/etc/passwd");
        assertTrue(refusal.contains("is not an executable file"), refusal);
        alice.server().json("hook-add", "log", "--run", hook.toString());
        bob.send(CHANNEL, "for the hook");
        awaitHooked(seen, "for the hook");
        alice.server().kill();
        bob.send(CHANNEL, "for the hook, later");
        alice.server().start();
        alice.unlock();
        alice.awaitNode("ready");
        awaitHooked(seen, "for the hook, later");
        long last = events(seen).get(0).get("cursor").asLong();
        for (JsonNode event : events(seen)) {
            long cursor = event.get("cursor").asLong();
            // Twice, if the server was killed before it knew that the program had accepted it.
            assertTrue(cursor == last || cursor == last + 1, "event " + cursor + " after " + last);
            last = cursor;
        }
        JsonNode listed = alice.server().json("hook-list").get("hooks").get(0);
        assertEquals("active", listed.get("state").asText(), listed::toString);
        alice.server().json("hook-remove", "log");
        String audit = alice.server().json("audit").toString();
        assertTrue(audit.contains("hook-added") && audit.contains("hook-removed"), audit);
    }

    /** A request to a web hook, by its number: it is repeated if it was not accepted. */
    private record Posted(String id, String timestamp, String signature, String body) {
        void verify(String secret) throws GeneralSecurityException {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
            byte[] signed = (id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
            assertEquals("v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed)), signature);
        }
    }

    @Test
    @Order(7)
    void anEventIsPostedToAnAddressAndSigned() throws Exception {
        List<Posted> posted = new CopyOnWriteArrayList<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            posted.add(new Posted(
                    exchange.getRequestHeaders().getFirst("webhook-id"),
                    exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                    exchange.getRequestHeaders().getFirst("webhook-signature"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(posted.size() == 1 ? 503 : 204, -1);
            exchange.close();
        });
        receiver.start();
        try {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
            String refusal = alice.server().refusal("hook-add", "web", "--url", url);
            assertTrue(refusal.contains("--allow-private"), refusal);
            String secret = alice.server()
                    .json("hook-add", "web", "--url", url, "--allow-private")
                    .get("secret")
                    .asText();
            bob.send(CHANNEL, "for the web hook");
            Wait.until("the event is posted again", () -> posted.size() >= 2);
            assertEquals(posted.get(0).id(), posted.get(1).id());
            for (Posted one : posted) {
                one.verify(secret);
                assertFalse(one.body().contains("web hook") || one.body().contains(CHANNEL), one::body);
            }
            alice.server().json("hook-remove", "web");
            assertTrue(alice.server().json("audit").toString().contains("hook-failed"));
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    @Order(8)
    void theExamplesOfThePageWork() throws Exception {
        String whole = alice.server()
                .json("token-create", "examples", "--scope", "read,send")
                .get("token")
                .asText();
        List<String> examples = new ArrayList<>();
        Matcher blocks = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        while (blocks.find()) {
            examples.add(blocks.group(1).replace("127.0.0.1:9480", "127.0.0.1:" + PORT));
        }
        assertTrue(examples.size() >= 5, examples::toString);
        ProcessBuilder shell =
                new ProcessBuilder("bash", "-eu", "-c", String.join("\n", examples)).directory(directory.toFile());
        shell.environment().put("TOKEN", whole);
        Path output = directory.resolve("output");
        Process process =
                shell.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        assertTrue(process.waitFor(Wait.LIMIT.toSeconds(), TimeUnit.SECONDS));
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), printed);
        assertTrue(printed.contains("\"status\":\"ready\""), printed);
        bob.awaitText(CHANNEL, "The backup is done");
    }

    private Process client(Path output, String name, String... words) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(CLIENTS.resolve(name).toAbsolutePath().normalize().toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("PARTYLINE_API", ADDRESS.toString());
        builder.environment()
                .put("PARTYLINE_TOKEN_FILE", directory.resolve("token").toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
    }

    private static void kill(Process client) throws InterruptedException {
        client.descendants().forEach(ProcessHandle::destroyForcibly);
        client.destroyForcibly().waitFor();
    }

    private long received(String text) {
        return bob.texts(CHANNEL).stream().filter(text::equals).count();
    }

    private void giveToken(String name) throws IOException {
        String whole = alice.server()
                .json("token-create", name, "--scope", "read,send")
                .get("token")
                .asText();
        Files.writeString(directory.resolve("token"), whole);
        Files.writeString(directory.resolve("token.curl"), "header = \"Authorization: Bearer " + whole + "\"\n");
    }

    @Test
    @Order(9)
    void theBotOfThePageAnswersOnceWhateverStops() throws Exception {
        giveToken("bot-client");
        Path output = directory.resolve("output");
        Process bot = client(output, "bot.py");
        try {
            bob.send(CHANNEL, "ping");
            Wait.until("the bot answers", () -> received("pong") == 1);
            kill(bot);
            bob.send(CHANNEL, "ping");
            alice.awaitText(CHANNEL, "ping");
            bot = client(output, "bot.py");
            Wait.until("the bot answers what it missed", () -> received("pong") == 2);
        } finally {
            kill(bot);
        }
    }

    @Test
    @Order(10)
    void theAlertsOfThePageArriveOnceAndTheirAnswersAreSeen() throws Exception {
        giveToken("alert-client");
        Path output = directory.resolve("output");
        int port = Ports.free();
        Process manager = client(output, "alertmanager.py", CHANNEL, "" + port);
        String report = "{\"version\":\"4\",\"status\":\"firing\",\"alerts\":[{\"status\":\"firing\","
                + "\"labels\":{\"alertname\":\"DiskFull\"},\"annotations\":{\"summary\":\"3 % left\"},"
                + "\"startsAt\":\"2026-11-30T12:00:00.123Z\",\"endsAt\":\"0001-01-01T00:00:00Z\","
                + "\"fingerprint\":\"c0ffee0123456789\"}]}";
        HttpRequest posted = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                .POST(BodyPublishers.ofString(report))
                .build();
        try {
            // Each report has a client of its own: HttpClient keeps the connection of an HTTP/1.0 server, which closes
            // it.
            Wait.until("the receiver of alerts", () -> {
                try {
                    return HttpClient.newHttpClient()
                                    .send(posted, BodyHandlers.discarding())
                                    .statusCode()
                            == 204;
                } catch (IOException e) {
                    return false;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertEquals(
                    204,
                    HttpClient.newHttpClient()
                            .send(posted, BodyHandlers.discarding())
                            .statusCode());
        } finally {
            kill(manager);
        }
        assertTrue(Files.readAllLines(CLIENTS.resolve("alert.sh")).size() <= 10);
        Process alert = client(output, "alert.sh", CHANNEL, "The backup failed");
        try {
            bob.awaitText(CHANNEL, "The backup failed");
            bob.send(CHANNEL, "I take care of it");
            Wait.until("the answer is printed", () -> {
                try {
                    return Files.readString(output).contains("I take care of it");
                } catch (IOException e) {
                    return false;
                }
            });
        } finally {
            kill(alert);
        }
        assertEquals(1, received("FIRING: DiskFull 3 % left"));
        assertEquals(1, received("The backup failed"));
    }

    /**
     * Copies a hook from the documentation into a directory. @param found the text to replace in it @return its path
     */
    private Path hook(String name, String found, String replacement) throws IOException {
        Path hook = Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(hook, Files.readString(CLIENTS.resolve(name)).replace(found, replacement));
    }

    @Test
    @Order(11)
    void theHooksOfThePageNotifyWithoutWords() throws Exception {
        List<String> pushed = new CopyOnWriteArrayList<>();
        HttpServer ntfy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ntfy.createContext("/topic", exchange -> {
            pushed.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        ntfy.start();
        try {
            Files.writeString(
                    directory.resolve("ntfy.url"),
                    "http://127.0.0.1:" + ntfy.getAddress().getPort() + "/topic\n");
            Files.writeString(directory.resolve("mail.to"), "operator@example.org\n");
            Path sendmail = Files.createFile(
                    directory.resolve("sendmail"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path mails = directory.resolve("mails");
            Files.writeString(sendmail, "#!/bin/sh\n{ echo \"$@\"; cat; } >> " + mails + "\n");
            alice.server()
                    .json("hook-add", "ntfy", "--run", hook("ntfy.sh", "", "").toString());
            alice.server()
                    .json(
                            "hook-add",
                            "mail",
                            "--run",
                            hook("mail.sh", "/usr/sbin/sendmail", sendmail.toString())
                                    .toString());
            bob.send(CHANNEL, "words that stay here");
            alice.awaitText(CHANNEL, "words that stay here");
            Wait.until("both notify", () -> !pushed.isEmpty() && Files.exists(mails));
            assertEquals(List.of("A message arrived"), pushed);
            assertEquals(
                    "-i -- operator@example.org\nTo: operator@example.org\nSubject: A message arrived\n\n",
                    Files.readString(mails));
            alice.server().json("hook-remove", "ntfy");
            alice.server().json("hook-remove", "mail");
        } finally {
            ntfy.stop(0);
        }
    }

    @Test
    @Order(12)
    void aRevokedTokenIsRefusedAndNothingRunsAfterTheStop() throws Exception {
        alice.server().json("token-revoke", "bot");
        assertEquals(401, get("/v1/conversations").statusCode());
        String audit = alice.server().json("audit").toString();
        assertTrue(audit.contains("token-created") && audit.contains("token-revoked"), audit);
        assertEquals(
                Optional.of(true),
                Optional.of(alice.server().json("web-stop").get("stopped").asBoolean()));
        assertThrows(ConnectException.class, () -> get("/livez"));
        assertEquals("", webBundles());
        assertEquals(false, alice.server().json("web-stop").get("stopped").asBoolean());
    }

    /** The store of a duress passphrase is empty: it contains no token, no link and no browser. */
    @Test
    @Order(13)
    void afterADuressUnlockNoTokenAndNoLinkIsKnown() throws Exception {
        assertEquals(0, alice.server().run("config", "web.port", "" + PORT).status());
        alice.server().json("web-start");
        token = alice.server()
                .json("token-create", "before", "--scope", "read")
                .get("token")
                .asText();
        String link = alice.server().json("web-login").get("link").asText();
        assertEquals(200, get("/v1/conversations").statusCode());
        try (SecretFile own = new SecretFile(Operator.STORE_PASSPHRASE);
                SecretFile duress = new SecretFile("take it, and be content")) {
            alice.server()
                    .json(
                            "duress-set",
                            "--passphrase-file",
                            own.toString(),
                            "--duress-passphrase-file",
                            duress.toString());
            alice.lock();
            alice.server().json("unlock", "--passphrase-file", duress.toString());
        }
        assertEquals(401, get("/v1/conversations").statusCode());
        HttpRequest login = HttpRequest.newBuilder(ADDRESS.resolve("/session"))
                .POST(BodyPublishers.ofString(link.substring(link.indexOf('#') + 1)))
                .build();
        assertEquals(401, CLIENT.send(login, BodyHandlers.discarding()).statusCode());
        token = alice.server()
                .json("token-create", "after", "--scope", "read")
                .get("token")
                .asText();
        assertEquals("{\"conversations\":[]}", get("/v1/conversations").body());
    }
}
