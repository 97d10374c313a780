package org.partyline.itests.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Firefox, driven by WebDriver BiDi (W3C), which it supports without another program. */
public final class Firefox extends Browser {
    private static final String PROGRAM = "firefox-esr";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENTER = "\uE007";

    private final Path profile;
    private final Process process;
    private final Connection connection;
    private final String page;

    private Firefox(Path profile, Process process, int port) {
        this.profile = profile;
        this.process = process;
        this.connection = Connection.open(URI.create("ws://127.0.0.1:" + port + "/session"));
        ask("session.new", object("capabilities", JSON.createObjectNode()));
        ask("session.subscribe", object("events", JSON.createArrayNode().add("log.entryAdded")));
        this.page = ask("browsingContext.getTree", JSON.createObjectNode())
                .at("/contexts/0/context")
                .asText();
    }

    /** Returns why there is none here; empty if there is one. */
    public static Optional<String> missing() {
        return Programs.exists(PROGRAM)
                ? Optional.empty()
                : Optional.of("there is no " + PROGRAM + ": install Firefox (Debian: firefox-esr)");
    }

    /** Starts one. @param preferences as in about:config; a value is a boolean, a number or a text */
    public static Firefox start(Map<String, Object> preferences) {
        int port = Ports.free();
        try {
            Path profile = Files.createTempDirectory("firefox");
            List<String> lines = new ArrayList<>();
            for (Map.Entry<String, Object> one : preferences.entrySet()) {
                lines.add("user_pref(\"" + one.getKey() + "\", " + JSON.writeValueAsString(one.getValue()) + ");");
            }
            Files.write(profile.resolve("user.js"), lines);
            Process process = new ProcessBuilder(
                            PROGRAM,
                            "--headless",
                            "--no-remote",
                            "--remote-debugging-port=" + port,
                            "--profile",
                            profile.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Programs.endWithTests(process.toHandle());
            return new Firefox(profile, process, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Commands and their answers, by number; a message without one is an event of the browser. */
    private static final class Connection implements WebSocket.Listener {
        private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
        private final BlockingQueue<JsonNode> reported = new LinkedBlockingQueue<>();
        private final AtomicInteger last = new AtomicInteger();
        private final StringBuilder part = new StringBuilder();
        private WebSocket socket;

        static Connection open(URI address) {
            HttpClient client = HttpClient.newHttpClient();
            return Wait.forAnswer("Firefox", () -> {
                Connection connection = new Connection();
                try {
                    connection.socket = client.newWebSocketBuilder()
                            .buildAsync(address, connection)
                            .get(Wait.LIMIT.toSeconds(), TimeUnit.SECONDS);
                    return Optional.of(connection);
                } catch (ExecutionException e) {
                    return Optional.empty();
                }
            });
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
            part.append(data);
            if (isLast) {
                try {
                    JsonNode message = JSON.readTree(part.toString());
                    part.setLength(0);
                    CompletableFuture<JsonNode> answer = message.hasNonNull("id")
                            ? asked.remove(message.get("id").asInt())
                            : null;
                    if (answer == null) {
                        reported.add(message);
                    } else {
                        answer.complete(message);
                    }
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
            }
            from.request(1);
            return null;
        }

        JsonNode ask(String method, JsonNode parameters) {
            int id = last.incrementAndGet();
            CompletableFuture<JsonNode> answer = new CompletableFuture<>();
            asked.put(id, answer);
            ObjectNode command = JSON.createObjectNode().put("id", id).put("method", method);
            command.set("params", parameters);
            try {
                socket.sendText(command.toString(), true).get();
                JsonNode given = answer.get(Wait.LIMIT.toSeconds(), TimeUnit.SECONDS);
                if (given.has("error")) {
                    throw new IllegalStateException(given.get("error").asText() + ": "
                            + given.path("message").asText());
                }
                return given.get("result");
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException(method, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private static ObjectNode object(String name, JsonNode value) {
        ObjectNode object = JSON.createObjectNode();
        object.set(name, value);
        return object;
    }

    private JsonNode ask(String method, JsonNode parameters) {
        return connection.ask(method, parameters);
    }

    private ObjectNode inPage() {
        return JSON.createObjectNode().put("context", page);
    }

    @Override
    public void open(String url) {
        ask("browsingContext.navigate", inPage().put("url", url).put("wait", "complete"));
    }

    @Override
    public String url() {
        return run("return location.href").asText();
    }

    @Override
    public String title() {
        return run("return document.title").asText();
    }

    @Override
    public void reload() {
        ask("browsingContext.reload", inPage().put("wait", "complete"));
    }

    @Override
    public JsonNode cookies() {
        ObjectNode ofPage = inPage().put("type", "context");
        return ask("storage.getCookies", object("partition", ofPage)).get("cookies");
    }

    /** @param function of JavaScript @return its result, as the protocol describes it */
    private JsonNode call(String function) {
        ObjectNode parameters = JSON.createObjectNode()
                .put("functionDeclaration", function)
                .put("awaitPromise", true)
                .put("userActivation", true);
        parameters.set("target", inPage());
        JsonNode answer = ask("script.callFunction", parameters);
        if (!answer.get("type").asText().equals("success")) {
            throw new IllegalStateException(answer.at("/exceptionDetails/text").asText());
        }
        return answer.get("result");
    }

    @Override
    public JsonNode run(String script) {
        try {
            return JSON.readTree(call("async () => JSON.stringify(await (async () => {" + script + "})() ?? null)")
                    .get("value")
                    .asText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void click(String css, String text) {
        Wait.until("to press '" + text + "' in the browser", () -> {
            JsonNode found = call(
                    "() => { const found = [...document.querySelectorAll(" + new TextNode(css)
                            + ")].find(one => one.innerText.includes(" + new TextNode(text)
                            + ")); found?.scrollIntoView({ block: 'center', behavior: 'instant' }); window.pressed = false;"
                            + " found?.addEventListener('click', () => { window.pressed = true; }, { once: true }); return found; }");
            if (!found.hasNonNull("sharedId")) {
                return false;
            }
            ObjectNode move = JSON.createObjectNode()
                    .put("type", "pointerMove")
                    .put("x", 0)
                    .put("y", 0);
            ObjectNode origin = move.putObject("origin").put("type", "element");
            origin.putObject("element").set("sharedId", found.get("sharedId"));
            try {
                perform(
                        "pointer",
                        JSON.createArrayNode()
                                .add(move)
                                .add(JSON.createObjectNode()
                                        .put("type", "pointerDown")
                                        .put("button", 0))
                                .add(JSON.createObjectNode()
                                        .put("type", "pointerUp")
                                        .put("button", 0)));
            } catch (IllegalStateException e) {
                if (e.getMessage().startsWith("move target out of bounds")) {
                    // The page was redrawn, and the element is elsewhere now.
                    return false;
                }
                throw e;
            }
            // Otherwise, something else was at this position by then.
            return run("return window.pressed").asBoolean();
        });
    }

    private void perform(String device, ArrayNode actions) {
        ObjectNode parameters = inPage();
        parameters
                .putArray("actions")
                .addObject()
                .put("type", device)
                .put("id", device)
                .set("actions", actions);
        ask("input.performActions", parameters);
    }

    private void press(String keys) {
        ArrayNode actions = JSON.createArrayNode();
        keys.replace("\n", ENTER)
                .codePoints()
                .mapToObj(Character::toString)
                .forEach(key -> Stream.of("keyDown", "keyUp")
                        .forEach(type -> actions.addObject().put("type", type).put("value", key)));
        perform("key", actions);
    }

    @Override
    public void type(String css, String text) {
        call("() => { const one = document.querySelector(" + new TextNode(css)
                + "); one.focus(); one.setSelectionRange?.(one.value.length, one.value.length); }");
        press(text);
    }

    @Override
    public void choose(String css, Path file) {
        ObjectNode parameters = inPage();
        parameters
                .putObject("element")
                .set(
                        "sharedId",
                        call("() => document.querySelector(" + new TextNode(css) + ")")
                                .get("sharedId"));
        parameters.putArray("files").add(file.toAbsolutePath().toString());
        ask("input.setFiles", parameters);
    }

    @Override
    public void pressEnter() {
        press(ENTER);
    }

    @Override
    public List<String> reports() {
        List<JsonNode> reported = new ArrayList<>();
        connection.reported.drainTo(reported);
        return reported.stream()
                .filter(one -> one.get("method").asText().equals("log.entryAdded"))
                .map(one -> one.at("/params/level").asText() + ": "
                        + one.at("/params/text").asText())
                .toList();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
