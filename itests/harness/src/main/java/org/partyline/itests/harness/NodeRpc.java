package org.partyline.itests.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

/** Calls a node, authenticated by its cookie; one call per request. */
final class NodeRpc {
    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        // A node closes connections that are idle for 30 s; the client does not retry such a request.
        System.setProperty("jdk.httpclient.keepalive.timeout", "10");
    }

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI url;
    private final Path cookie;

    NodeRpc(URI url, Path cookie) {
        this.url = url;
        this.cookie = cookie;
    }

    /**
     * @param wallet empty for the node itself
     * @param params of any types that JSON can represent
     * @throws RefusedException if the node answers with an error
     */
    JsonNode call(String wallet, String method, Object... params) {
        ObjectNode body = JSON.createObjectNode();
        body.put("jsonrpc", "1.0").put("id", method).put("method", method);
        body.set("params", JSON.valueToTree(params));
        try {
            String user = Base64.getEncoder()
                    .encodeToString(Files.readString(cookie).strip().getBytes(StandardCharsets.UTF_8));
            HttpRequest request = HttpRequest.newBuilder(wallet.isEmpty() ? url : url.resolve("/wallet/" + wallet))
                    .header("Authorization", "Basic " + user)
                    .timeout(Duration.ofMinutes(2))
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                    .build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode document = JSON.readTree(answer.body());
            if (document.hasNonNull("error")) {
                throw new RefusedException(method, document.get("error"));
            }
            return document.path("result");
        } catch (IOException e) {
            throw new UncheckedIOException(method + " at " + url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The node's answer was an error. */
    static final class RefusedException extends IllegalStateException {
        RefusedException(String method, JsonNode error) {
            super(method + ": " + error);
        }
    }
}
