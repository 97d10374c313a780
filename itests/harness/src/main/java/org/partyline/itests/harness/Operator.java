package org.partyline.itests.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Operates a server: sets it up, joins channels, sends and reads. */
public final class Operator {
    /** The passphrase of every store. */
    public static final String STORE_PASSPHRASE = "the store of a test, kept in no file";

    /** The name of the node in every server. */
    public static final String NODE = "core";

    private final PartylineServer server;

    /** @param server running */
    public Operator(PartylineServer server) {
        this.server = server;
    }

    /** Returns the server. */
    public PartylineServer server() {
        return server;
    }

    /** Creates the store and the persona, with no node. */
    public void setUp(String nickname) {
        try (SecretFile passphrase = new SecretFile(STORE_PASSPHRASE)) {
            server.json(
                    "setup",
                    "--yes",
                    "--node-type",
                    "none",
                    "--passphrase-file",
                    passphrase.toString(),
                    "--persona",
                    nickname);
        }
    }

    /**
     * Adds a node and waits until it can be used.
     *
     * @param wallet the node's wallet that pays; empty if none
     * @param settings further ones, as KEY=VALUE
     */
    public void addNode(RegtestNode node, String wallet, String... settings) {
        addNode(node.cookieFile(), node.url(), wallet, settings);
    }

    /** The same for any server that answers like a node. */
    public void addNode(Path cookieFile, URI url, String wallet, String... settings) {
        addNodeNamed(NODE, cookieFile, url, wallet, settings);
    }

    /** The same with another name. */
    public void addNodeNamed(String name, Path cookieFile, URI url, String wallet, String... settings) {
        List<String> words = new ArrayList<>(List.of(
                "node-add",
                name,
                "--type",
                "rpc",
                "--network",
                "regtest",
                "--url",
                url.toString(),
                "--cookie-file",
                cookieFile.toString()));
        if (!wallet.isEmpty()) {
            words.addAll(List.of("--wallet", wallet));
        }
        for (String setting : settings) {
            words.addAll(List.of("--set", setting));
        }
        server.json(words.toArray(String[]::new));
        awaitNode(name, "is ready", status -> status.get("state").asText().equals("ready"));
    }

    /** Waits until the node is in a state. @return the output of {@code node-status} */
    public JsonNode awaitNode(String state) {
        return Wait.forAnswer(
                "node of " + server + " in state " + state,
                () -> Optional.of(nodeStatus())
                        .filter(status -> status.get("state").asText().equals(state)));
    }

    /** Returns the output of {@code node-status} for the node. */
    public JsonNode nodeStatus() {
        JsonNode document = server.json("node-status", NODE);
        return document.has("state") ? document : document.get("nodes").get(0);
    }

    /** Returns the output of {@code node-status} for a node. */
    public JsonNode nodeStatus(String name) {
        return server.json("node-status", name).get("nodes").get(0);
    }

    /**
     * Waits until a node meets a condition. @param what the condition, for the failure message @return the output of
     * {@code node-status}
     */
    public JsonNode awaitNode(String name, String what, Predicate<JsonNode> wanted) {
        return Wait.forAnswer(
                "node " + name + " of " + server + " " + what,
                () -> Optional.of(nodeStatus(name)).filter(wanted));
    }

    /** Changes a setting of messaging in its file, as an operator may. */
    public void set(String key, String value) {
        Reply reply = server.run("config:property-set", "-p", "org.partyline.engine", key, value);
        if (reply.status() != 0) {
            throw new AssertionError(server + ": " + key + " = " + value + " was not set: " + reply.text());
        }
    }

    /** Closes the store. */
    public void lock() {
        server.json("lock");
    }

    /** Opens the store. */
    public void unlock() {
        try (SecretFile passphrase = new SecretFile(STORE_PASSPHRASE)) {
            server.json("unlock", "--passphrase-file", passphrase.toString());
        }
    }

    /** Creates a channel. @param options of {@code channel-create} @return its invite */
    public String createChannel(String name, String passphrase, String... options) {
        return withPassphrase(passphrase, options, "channel-create", name)
                .get("invite")
                .asText();
    }

    /**
     * Joins a channel, however weak its key derivation is: tests must be fast.
     *
     * @param options of {@code channel-join}
     * @return the command's output
     */
    public JsonNode join(String nameOrInvite, String passphrase, String... options) {
        return withPassphrase(passphrase, options, "channel-join", nameOrInvite, "--accept-weak-kdf")
                .get("channel");
    }

    private JsonNode withPassphrase(String passphrase, String[] options, String... words) {
        try (SecretFile file = new SecretFile(passphrase)) {
            return server.json(Stream.of(words, new String[] {"--passphrase-file", file.toString()}, options)
                    .flatMap(Arrays::stream)
                    .toArray(String[]::new));
        }
    }

    /** Sends a message. @param options of {@code send} @return its number */
    public long send(String channel, String text, String... options) {
        return sent(channel, text, options).get("id").asLong();
    }

    /** Sends a message. @param options of {@code send} @return the command's output */
    public JsonNode sent(String channel, String text, String... options) {
        return server.json(Stream.concat(Stream.of("send", "--channel", channel, text), Arrays.stream(options))
                .toArray(String[]::new));
    }

    /** Returns an outgoing message, as {@code outbox} lists it. */
    public JsonNode outgoing(long id) {
        return elements(server.json("outbox", "--all").get("outbox"))
                .filter(message -> message.get("id").asLong() == id)
                .findFirst()
                .orElseThrow(() -> new AssertionError(server + " has no outgoing message " + id));
    }

    /** Waits until an outgoing message is in one of some states. @return it */
    public JsonNode awaitState(long id, String... states) {
        return awaitState(id, Wait.LIMIT, states);
    }

    /** The same with another limit. */
    public JsonNode awaitState(long id, Duration limit, String... states) {
        return Wait.forAnswer(
                "message " + id + " of " + server + " in state " + String.join(" or ", states),
                limit,
                () -> Optional.of(outgoing(id))
                        .filter(message ->
                                List.of(states).contains(message.get("state").asText())));
    }

    /** Returns the transactions of an outgoing message. */
    public List<String> transactions(long id) {
        return elements(outgoing(id).get("parts"))
                .map(part -> part.get("transaction").asText())
                .toList();
    }

    /** Returns the messages of a channel, newest last. */
    public List<JsonNode> messages(String channel) {
        return elements(server.json("messages", "--channel", channel).get("messages"))
                .toList();
    }

    /** Returns the incoming messages of a channel, newest last. */
    public List<JsonNode> received(String channel) {
        return messages(channel).stream()
                .filter(message -> message.get("direction").asText().equals("in"))
                .toList();
    }

    /** Returns the texts of incoming messages, newest last. */
    public List<String> texts(String channel) {
        return received(channel).stream()
                .map(message -> message.get("text").asText())
                .toList();
    }

    /** Waits until a message with a text has arrived. @return it */
    public JsonNode awaitText(String channel, String text) {
        return awaitMessage(
                channel,
                "the message '" + text + "'",
                message -> message.get("text").asText().equals(text));
    }

    /** Waits until a message has arrived. @param what its description, for the failure message @return it */
    public JsonNode awaitMessage(String channel, String what, Predicate<JsonNode> wanted) {
        return Wait.forAnswer(
                what + " at " + server,
                () -> received(channel).stream().filter(wanted).findFirst());
    }

    /** Returns the elements of a JSON array. */
    public static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
