package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.Seat;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.SshKey;
import org.partyline.itests.harness.Wait;

/**
 * Events of nodes, fee rates and the doctor's findings are in the event log of the packed distribution, and are printed
 * one per line in a pipe and over SSH.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
class ServerEventsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    /** The server checks fees and findings every five minutes. */
    private static final Duration LIMIT = Duration.ofMinutes(8);

    private static final int DATA_CARRIER = 100_000;

    @TempDir
    private Path directory;

    private final Operator alice;
    private final RegtestNode node;

    ServerEventsIT(Stage stage) {
        alice = stage.alice();
        node = stage.node();
    }

    private static String word(JsonNode event) {
        return event.get("type").asText() + " " + event.path("subject").asText() + " "
                + event.path("state").asText();
    }

    @Test
    void aLostNodeAFeeRateAndAFindingAreEvents() throws Exception {
        SshKey key = SshKey.make();
        alice.server().stop();
        key.letIn(alice.server().home());
        alice.server().start();
        alice.unlock();
        alice.awaitNode("ready");
        Path piped = directory.resolve("piped");
        Path remote = directory.resolve("remote");
        Process pipe = alice.server().begin("events --json --follow --ack watcher", piped);
        try (OutputStream out = Files.newOutputStream(remote);
                AutoCloseable ssh =
                        Seat.begin(alice.server().home(), key, "partyline:events --json --follow --after 0", out)) {
            List<JsonNode> streamed = new CopyOnWriteArrayList<>();
            seeEvents(streamed);
            List<JsonNode> expected = ofServer(streamed);
            for (Path printed : List.of(piped, remote)) {
                Wait.until("the same events in " + printed, () -> {
                    List<JsonNode> lines = ofServer(lines(printed));
                    return lines.size() >= expected.size()
                            && lines.subList(0, expected.size()).equals(expected);
                });
            }
        } finally {
            pipe.destroy();
            pipe.waitFor();
        }
        // Lines that were printed to a pipe are not printed again.
        long printed = lines(piped).stream()
                .filter(event -> event.hasNonNull("cursor"))
                .mapToLong(event -> event.get("cursor").asLong())
                .max()
                .orElseThrow();
        JsonNode rest = alice.server().json("events", "--ack", "watcher").get("events");
        assertTrue(
                Operator.elements(rest)
                        .allMatch(event -> event.get("type").asText().equals("caught-up")
                                || event.get("cursor").asLong() > printed),
                rest::toString);
    }

    /** Each line is a separate document; the last one may be incomplete. */
    private static List<JsonNode> lines(Path printed) throws IOException {
        String text = Files.readString(printed);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(ServerEventsIT::read)
                .toList();
    }

    private void seeEvents(List<JsonNode> streamed) throws Exception {
        PageIT.start(alice);
        String token = alice.server()
                .json("token-create", "reader", "--scope", "read")
                .get("token")
                .asText();
        String address = alice.server().json("web-start").get("address").asText();
        Stream<String> lines = CLIENT.send(
                        HttpRequest.newBuilder(URI.create(address + "/v1/events?after=0"))
                                .header("Authorization", "Bearer " + token)
                                .header("Accept", "text/event-stream")
                                .build(),
                        BodyHandlers.ofLines())
                .body();
        Thread reader = new Thread(() -> lines.filter(line -> line.startsWith("data: "))
                .forEach(line -> streamed.add(read(line.substring("data: ".length())))));
        reader.setDaemon(true);
        reader.start();
        RegtestNode spare = RegtestNode.startBeside(false, DATA_CARRIER, node);
        try (spare) {
            alice.addNodeNamed("spare", spare.cookieFile(), spare.url(), "");
            spare.kill();
            await(streamed, "node spare lost");
            spare.restart();
            await(streamed, "node spare returned");
        }
        await(streamed, "doctor backup warning");
        Wait.until(
                "the fee rate",
                LIMIT,
                () -> streamed.stream().anyMatch(event -> word(event).matches("fee regtest [0-9.]+ sat/vB")));
        List<JsonNode> ofServer = ofServer(streamed);
        assertEquals(
                ofServer,
                ofServer(Operator.elements(alice.server().json("events").get("events"))
                                .toList())
                        .subList(0, ofServer.size()));
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(List<JsonNode> streamed, String event) {
        Wait.until(
                "the event '" + event + "'",
                LIMIT,
                () -> streamed.stream().anyMatch(one -> word(one).equals(event)));
    }

    private static List<JsonNode> ofServer(List<JsonNode> events) {
        return events.stream()
                .filter(event -> List.of("node", "fee", "doctor")
                        .contains(event.get("type").asText()))
                .toList();
    }
}
