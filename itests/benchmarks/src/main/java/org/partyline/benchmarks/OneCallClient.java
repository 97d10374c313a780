package org.partyline.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The obvious simple client: a request for each call, over a connection that stays open. */
final class OneCallClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;
    private final String authorization;

    OneCallClient(URI url, Path cookieFile) {
        this.url = url;
        try {
            authorization = "Basic "
                    + Base64.getEncoder()
                            .encodeToString(Files.readString(cookieFile).strip().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes the node answer calls of one method, with this many in a request and this many concurrent requests, without
     * parsing the answers.
     */
    void answer(String method, List<String> parameters, int batch, int atATime) {
        Deque<CompletableFuture<HttpResponse<Void>>> underWay = new ArrayDeque<>();
        for (int from = 0; from < parameters.size(); from += batch) {
            ArrayNode calls = JSON.createArrayNode();
            for (String parameter : parameters.subList(from, Math.min(parameters.size(), from + batch))) {
                calls.add(request(method, parameter));
            }
            if (underWay.size() == atATime) {
                underWay.remove().join();
            }
            underWay.add(http.sendAsync(request(calls), HttpResponse.BodyHandlers.discarding()));
        }
        underWay.forEach(CompletableFuture::join);
    }

    private static ObjectNode request(String method, Object... parameters) {
        ObjectNode body = JSON.createObjectNode();
        body.put("jsonrpc", "1.0").put("id", 1).put("method", method);
        body.set("params", JSON.valueToTree(parameters));
        return body;
    }

    private HttpRequest request(JsonNode body) {
        return HttpRequest.newBuilder(url)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
    }

    /** @throws IllegalStateException if the node returns an error */
    JsonNode call(String method, Object... parameters) {
        try {
            JsonNode answer = JSON.readTree(
                    http.send(request(request(method, parameters)), HttpResponse.BodyHandlers.ofByteArray())
                            .body());
            if (answer.hasNonNull("error")) {
                throw new IllegalStateException(method + ": " + answer.get("error"));
            }
            return answer.path("result");
        } catch (IOException e) {
            throw new UncheckedIOException(method, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
