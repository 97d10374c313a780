package org.partyline.itests.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.Wait;

/** One server on the embedded network, where Alice and Bob talk in a channel and, as contacts, with each other. */
final class Talk implements AutoCloseable {
    static final String CHANNEL = "the-heap";
    static final String CHANNEL_PASSPHRASE = "what only members of the heap know";
    static final String TO_ALL = "Somebody left the oven on in the old bakery.";
    static final String ANSWER = "The cat sleeps on the seventh floor.";
    static final String TO_ALICE = "Meet me where the river bends, at dusk.";

    private static final List<String> PEOPLE = List.of("Alice", "Bob");

    private final PartylineServer server;
    private final Operator operator;

    private Talk(PartylineServer server) {
        this.server = server;
        this.operator = new Operator(server);
    }

    /** Starts a server with two personas in one channel. @param options further JVM options */
    static Talk start(String name, String... options) {
        try {
            return start(name, home -> {}, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prepares the home of a server before it starts. */
    interface Preparing {
        void prepare(Path home) throws IOException;
    }

    /** The same, after its home was prepared. */
    static Talk start(String name, Preparing preparing, String... options) throws IOException {
        PartylineServer made = PartylineServer.create(name);
        preparing.prepare(made.home());
        PartylineServer server = made.environment(
                        Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus", "XDG_RUNTIME_DIR", "/nowhere"))
                .javaOptions(options)
                .start();
        Talk talk = new Talk(server);
        talk.operator.setUp(PEOPLE.get(0));
        server.json("node-add", "play", "--type", "embedded", "--set", "block-interval=2s");
        Wait.until(
                "the node is ready",
                () -> server.json("node-status", "play").toString().contains("\"ready\""));
        server.json("persona-create", PEOPLE.get(1));
        String invite = talk.operator.createChannel(
                CHANNEL, CHANNEL_PASSPHRASE, "--memory", "8192", "--time-cost", "5", "--parallelism", "1");
        talk.operator.join(invite, CHANNEL_PASSPHRASE, "--persona", PEOPLE.get(1));
        for (String persona : PEOPLE) {
            server.json("wallet-address", "--persona", persona);
        }
        return talk;
    }

    PartylineServer server() {
        return server;
    }

    Operator operator() {
        return operator;
    }

    /** Sends a message in the channel and waits until the other persona has it. */
    void say(String from, String text, String... options) {
        String[] words = new String[options.length + 6];
        System.arraycopy(new String[] {"send", "--persona", from, "--channel", CHANNEL, text}, 0, words, 0, 6);
        System.arraycopy(options, 0, words, 6, options.length);
        server.json(words);
        awaitIncoming(other(from), CHANNEL, text);
    }

    /** Makes Alice and Bob contacts, and makes him write to her: a session begins. */
    void writeToAlice() {
        for (String person : PEOPLE) {
            String other = other(person);
            String card = server.json("persona-card", other).get("card").asText();
            server.json("contact-add", card, "--persona", person, "--name", other);
        }
        server.json("send", "--persona", "Bob", "--to", "Alice", TO_ALICE);
        Wait.until("Alice has the message", () -> messages("Alice").contains(TO_ALICE));
    }

    private static String other(String persona) {
        return PEOPLE.get(1 - PEOPLE.indexOf(persona));
    }

    private String messages(String persona) {
        return server.json("messages", "--persona", persona).toString();
    }

    private void awaitIncoming(String persona, String channel, String text) {
        Wait.until(
                persona + " has '" + text + "'",
                () -> Operator.elements(server.json("messages", "--persona", persona, "--channel", channel)
                                .get("messages"))
                        .anyMatch(message -> message.get("direction").asText().equals("in")
                                && (message.get("text").asText().equals(text)
                                        || message.get("burn").asBoolean())));
    }

    /** Returns the number of the burn message that a persona has not read yet. */
    String unread(String persona) {
        for (JsonNode message : server.json("messages", "--persona", persona, "--channel", CHANNEL)
                .get("messages")) {
            if (message.get("direction").asText().equals("in")
                    && message.get("burn").asBoolean()) {
                return message.get("id").asText();
            }
        }
        throw new AssertionError(persona + " has no burn message");
    }

    /** Returns the passphrase of the store, in a file. */
    static SecretFile passphrase() {
        return new SecretFile(Operator.STORE_PASSPHRASE);
    }

    @Override
    public void close() {
        server.close();
    }
}
