package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Seat;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.SshKey;

/** Two people talk on the screens of one server, one of them over SSH, while the server is disturbed. */
@ExtendWith(ShowLogs.class)
class ChatIT {
    private static final String CIPHER = "org.partyline.aead-xchacha20poly1305";
    private static final String NODES = "org.partyline.transport-embedded";
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(4);
    private static final String CTRL_C = "\u0003";

    @Test
    void twoPeopleTalkAndLeaveNothingOnTheirTerminals() throws Exception {
        try (PartylineServer server = PartylineServer.create("chat")) {
            SshKey key = SshKey.make();
            key.letIn(server.home());
            server.start();
            Operator operator = new Operator(server);
            operator.setUp("alice");
            server.json("persona-create", "bob");
            // By default, a message lives for an hour.
            server.json("config", "default-ttl", "1d");
            server.json("node-add", "home", "--type", "embedded");
            operator.awaitNode(
                    "home", "is ready", node -> node.get("state").asText().equals("ready"));
            String invite = operator.createChannel(
                    "lobby", "the passphrase of a channel", "--persona", "alice", "--network", "embedded");
            operator.join(invite, "the passphrase of a channel", "--persona", "bob");

            try (Seat alice = Seat.local(server.home(), "xterm-256color", 80, 24);
                    Seat bob = Seat.remote(server.home(), key, 100, 30)) {
                alice.type("chat lobby\r").sees("alice in lobby").sees("1 node");
                bob.type("chat --persona bob lobby\r").sees("bob in lobby").sees("1 node");
                talk(alice, bob);
                aCipherGoesAndComes(server, alice, bob);
                alice.resize(60, 16).sees("Hello Alice").resize(80, 24).sees("Hello Alice");
                bob.resize(80, 24).sees("Hello Bob");
                aNodeIsLost(server, alice, bob);
                theStoreIsLocked(server, alice, bob);
                talkOn(server, alice, bob);

                alice.type(CTRL_C);
                bob.type(":q\r");
                leftNothing(alice);
                leftNothing(bob);
            }
            aTerminalThatCannotMoveItsCursor(server);
        }
    }

    private static void talk(Seat alice, Seat bob) throws IOException {
        alice.type("Hello Bob").sees("packet").type("\r").sees("relayed");
        bob.sees("Hello Bob").type("Hello Alice\r").sees("relayed");
        alice.sees("Hello Alice");
    }

    private static void aCipherGoesAndComes(PartylineServer server, Seat alice, Seat bob) throws IOException {
        assertEquals(0, server.run("bundle:stop", CIPHER).status());
        alice.sees("sealed with aes-256-gcm");
        bob.sees("sealed with aes-256-gcm");
        alice.type("Sealed by another\r");
        bob.sees("Sealed by another");
        assertEquals(0, server.run("bundle:start", CIPHER).status());
        alice.sees("messages are now sealed with xchacha20-poly1305");
    }

    private static void aNodeIsLost(PartylineServer server, Seat alice, Seat bob) throws IOException {
        assertEquals(0, server.run("bundle:stop", NODES).status());
        alice.sees("no node");
        bob.sees("no node");
        alice.type("Said without a node\r").sees("queued");
        assertEquals(0, server.run("bundle:start", NODES).status());
        alice.sees("1 node");
        bob.sees("1 node").sees("Said without a node");
        // A key press removes the hint about Enter.
        alice.type("x\u0015").lacks("queued");
    }

    private static void theStoreIsLocked(PartylineServer server, Seat alice, Seat bob) throws IOException {
        bob.type("half a sentence").sees("> half a sentence");
        server.json("lock");
        alice.sees("The store is locked").lacks("Hello").lacks("bob");
        bob.sees("The store is locked").lacks("half");
        alice.type(Operator.STORE_PASSPHRASE).type("\r").sees("Sealed by another");
        bob.sees("Sealed by another");
    }

    /** Continues for -Dchat.minutes; {@code .ci/nightly} lets them talk for an hour. */
    private static void talkOn(PartylineServer server, Seat alice, Seat bob) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(Duration.ofMinutes(Integer.getInteger("chat.minutes", 0)));
        List<String> said = new ArrayList<>();
        for (boolean again = true; again; again = Instant.now().isBefore(end)) {
            if (!said.isEmpty()) {
                Thread.sleep(BETWEEN_LINES.toMillis());
            }
            String line = "Alice " + said.size() + " says";
            String answer = "Bob " + said.size() + " says";
            alice.type(line + "\r");
            bob.sees(line).type(answer + "\r").sees("relayed");
            alice.sees(answer);
            said.add(line);
            said.add(answer);
        }
        List<String> read = Operator.elements(
                        server.json("messages", "--channel", "lobby").get("messages"))
                .filter(message -> message.get("direction").asText().equals("in"))
                .map(message -> message.get("text").asText())
                .filter(text -> text.endsWith(" says"))
                .sorted()
                .toList();
        assertEquals(said.stream().sorted().toList(), read, "each once");
    }

    private static void leftNothing(Seat seat) {
        seat.sees("partyline>").lacks("Hello").lacks("Sealed");
        assertFalse(seat.screen().isAlternate());
        assertEquals(
                List.of(),
                seat.screen().scrollback().stream()
                        .filter(row -> row.contains("Hello") || row.contains("Sealed"))
                        .toList());
        assertEquals(List.of(), seat.screen().strange());
        // Pasting and the mouse are as before.
        assertFalse(
                seat.screen().modes().contains(1000) || seat.screen().modes().contains(1006));
    }

    private static void aTerminalThatCannotMoveItsCursor(PartylineServer server) throws Exception {
        try (Seat plain = Seat.local(server.home(), "dumb", 80, 24)) {
            plain.type("chat lobby\r").sees("Chatting in lobby");
            plain.type("Line by line\r").sees("-- ").type("\u0004").sees("partyline>");
            assertFalse(plain.screen().isAlternate());
        }
    }
}
