package org.partyline.itests.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A headless Chromium with a separate profile, driven by WebDriver (W3C). */
public final class Chromium extends Browser {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** WebDriver's key for the id of an element. */
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final URI address;
    private final String session;

    private Chromium(Process driver, URI address, String... arguments) {
        this.driver = driver;
        this.address = address;
        Wait.until("chromedriver", () -> {
            try {
                return call("GET", "/status", null).get("ready").asBoolean();
            } catch (UncheckedIOException e) {
                return false;
            }
        });
        this.session = call("POST", "/session", capabilities(arguments))
                .get("sessionId")
                .asText();
    }

    /** Returns why there is no browser here; empty if there is one. */
    public static Optional<String> missing() {
        return Stream.of("chromium", "chromedriver")
                .filter(program -> !Programs.exists(program))
                .findFirst()
                .map(program ->
                        "there is no " + program + ": install Chromium and its driver (Debian: chromium-driver)");
    }

    /** Starts one. @param arguments further command-line arguments */
    public static Chromium start(String... arguments) {
        int port = Ports.free();
        try {
            Process driver = new ProcessBuilder("chromedriver", "--port=" + port)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Programs.endWithTests(driver.toHandle());
            return new Chromium(driver, URI.create("http://127.0.0.1:" + port), arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode capabilities(String... arguments) {
        ObjectNode wanted = JSON.createObjectNode();
        ObjectNode always = wanted.putObject("capabilities").putObject("alwaysMatch");
        always.putObject("goog:loggingPrefs").put("browser", "ALL");
        ArrayNode all = always.putObject("goog:chromeOptions").putArray("args");
        all.add("--headless=new")
                // A container has no user namespaces, and the only page loaded here is ours.
                .add("--no-sandbox")
                .add("--disable-dev-shm-usage")
                .add("--window-size=1200,800");
        Arrays.asList(arguments).forEach(all::add);
        return wanted;
    }

    private JsonNode call(String method, String path, JsonNode body) {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        try {
            JsonNode value = JSON.readTree(
                            client.send(request, BodyHandlers.ofString()).body())
                    .get("value");
            if (value.has("error")) {
                throw new IllegalStateException(value.get("error").asText() + ": "
                        + value.get("message").asText());
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private JsonNode ask(String method, String path, JsonNode body) {
        return call(method, "/session/" + session + path, body);
    }

    @Override
    public void open(String url) {
        ask("POST", "/url", JSON.createObjectNode().put("url", url));
    }

    @Override
    public String url() {
        return ask("GET", "/url", null).asText();
    }

    @Override
    public String title() {
        return ask("GET", "/title", null).asText();
    }

    @Override
    public void reload() {
        ask("POST", "/refresh", JSON.createObjectNode());
    }

    @Override
    public JsonNode cookies() {
        return ask("GET", "/cookie", null);
    }

    @Override
    public JsonNode run(String script) {
        ObjectNode body = JSON.createObjectNode().put("script", script);
        body.putArray("args");
        return ask("POST", "/execute/sync", body);
    }

    private List<String> elements(String css) {
        JsonNode found = ask(
                "POST",
                "/elements",
                JSON.createObjectNode().put("using", "css selector").put("value", css));
        return Operator.elements(found)
                .map(element -> element.get(ELEMENT).asText())
                .toList();
    }

    @Override
    public void click(String css, String text) {
        Wait.until("to press '" + text + "' in the browser", () -> {
            for (String element : elements(css)) {
                if (ask("GET", "/element/" + element + "/text", null).asText().contains(text)) {
                    ask("POST", "/element/" + element + "/click", JSON.createObjectNode());
                    return true;
                }
            }
            return false;
        });
    }

    @Override
    public void type(String css, String text) {
        ask(
                "POST",
                "/element/" + elements(css).get(0) + "/value",
                JSON.createObjectNode().put("text", text.replace('\n', '\uE007')));
    }

    @Override
    public void choose(String css, Path file) {
        type(css, file.toAbsolutePath().toString());
    }

    @Override
    public void pressEnter() {
        String focused = ask("GET", "/element/active", null).get(ELEMENT).asText();
        ask("POST", "/element/" + focused + "/value", JSON.createObjectNode().put("text", "\uE007"));
    }

    @Override
    public List<String> reports() {
        return Operator.elements(ask("POST", "/se/log", JSON.createObjectNode().put("type", "browser")))
                .map(report -> report.get("message").asText())
                .toList();
    }

    /** Emulates a screen of this size, in dark or light colours. */
    public void screen(int width, int height, boolean dark) {
        ObjectNode size = JSON.createObjectNode();
        size.put("cmd", "Emulation.setDeviceMetricsOverride")
                .putObject("params")
                .put("width", width)
                .put("height", height)
                .put("deviceScaleFactor", 1)
                .put("mobile", false);
        ask("POST", "/goog/cdp/execute", size);
        ObjectNode colours = JSON.createObjectNode();
        colours.put("cmd", "Emulation.setEmulatedMedia")
                .putObject("params")
                .putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", dark ? "dark" : "light");
        ask("POST", "/goog/cdp/execute", colours);
    }

    /** Writes the screen's content to a file. */
    public void screenshot(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(
                    file,
                    Base64.getDecoder().decode(ask("GET", "/screenshot", null).asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            ask("DELETE", "", null);
        } catch (UncheckedIOException | IllegalStateException e) {
            // It has ended already.
        } finally {
            driver.destroyForcibly();
        }
    }
}
