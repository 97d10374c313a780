package org.partyline.itests.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.itests.network.Stage.PASSPHRASE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/** Bob's server is unavailable, or locked, or reads messages of an old program. */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
class AwayIT {
    private final RegtestNode node;
    private final Operator alice;
    private final Operator bob;

    AwayIT(Stage stage) {
        node = stage.node();
        alice = stage.alice();
        bob = stage.bob();
    }

    /** How a server ends. */
    enum End {
        STOPPED {
            @Override
            void of(PartylineServer server) {
                server.stop();
            }
        },
        KILLED {
            @Override
            void of(PartylineServer server) {
                server.kill();
            }
        };

        abstract void of(PartylineServer server);
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatWasAwayFindsWhatItMissedInBlocksAndInTheMempool(End end) {
        String channel = "away " + end;
        meet(channel);
        end.of(bob.server());
        long first = alice.send(channel, "this will be in a block");
        alice.awaitState(first, "relayed");
        node.mine(1);
        alice.awaitState(first, "in a block");
        node.mine(2);
        long second = alice.send(channel, "this waits in the mempool");
        alice.awaitState(second, "relayed");

        bob.server().start();
        bob.unlock();
        bob.awaitText(channel, "this waits in the mempool");
        assertEquals(List.of("before", "this will be in a block", "this waits in the mempool"), bob.texts(channel));
        bob.send(channel, "I am back");
        alice.awaitText(channel, "I am back");
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatWasAwayFindsTheStartOfAChainInABlock(End end) {
        String channel = "away from the start " + end;
        String invite = alice.createChannel(channel, PASSPHRASE, "--kdf", "PBKDF2_SHA256");
        bob.join(invite, PASSPHRASE);
        end.of(bob.server());
        alice.awaitState(alice.send(channel, "the first words"), "relayed");
        node.mine(1);
        alice.awaitState(alice.send(channel, "the next words"), "relayed");

        bob.server().start();
        bob.unlock();
        bob.awaitText(channel, "the next words");
        assertEquals(List.of("the first words", "the next words"), bob.texts(channel));
    }

    @Test
    void whatArrivesWhileTheStoreIsLockedIsReadOnceItIsOpen() {
        meet("locked");
        bob.lock();
        alice.send("locked", "slipped under the door");
        awaitCollected();
        String refusal = bob.server().refusal("messages");
        assertTrue(refusal.contains("partyline:unlock"), refusal);
        bob.unlock();
        bob.awaitText("locked", "slipped under the door");
        Wait.until(
                "nothing waits to be read",
                () -> bob.server().json("status").get("collected_packets").asInt() == 0);
    }

    @Test
    void whatWasCollectedWhileLockedOutlivesAKillAndIsReadWithoutANode() throws IOException {
        meet("collected");
        bob.lock();
        alice.send("collected", "kept in a sealed queue");
        awaitCollected();
        bob.server().kill();
        // Without its node, the server cannot read the message again.
        Path nodeFile = bob.server().home().resolve("etc/org.partyline.transport.rpc-" + Operator.NODE + ".cfg");
        Path aside = bob.server().home().resolve("node.aside");
        Files.move(nodeFile, aside);
        bob.server().start();
        bob.unlock();
        bob.awaitText("collected", "kept in a sealed queue");
        // Moving a file into the directory adds a node.
        Files.move(aside, nodeFile);
        Wait.until(
                "the node is back",
                () -> !bob.server().json("node-list").get("nodes").isEmpty());
        bob.awaitNode("ready");
        alice.send("collected", "and by the node again");
        bob.awaitText("collected", "and by the node again");
    }

    private void awaitCollected() {
        Wait.until(
                "Bob's locked server collects it",
                () -> bob.server().json("status").get("collected_packets").asInt() > 0);
    }

    @Test
    void whatWasSetLastIsInForceAfterAKill() {
        bob.server().json("suite-deny", "SCRYPT");
        bob.server().kill();
        bob.server().start();
        bob.unlock();
        assertFalse(suite("SCRYPT").get("allowed").asBoolean());
        bob.server().json("suite-allow", "SCRYPT");
        bob.server().kill();
        bob.server().start();
        bob.unlock();
        assertTrue(suite("SCRYPT").get("allowed").asBoolean());
    }

    private JsonNode suite(String name) {
        return Operator.elements(bob.server().json("suite-list").get("suites"))
                .filter(suite -> suite.get("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static Stream<JsonNode> versionOne() throws IOException {
        return Operator.elements(new ObjectMapper()
                .readTree(AwayIT.class.getResource("/vectors/v1.json"))
                .get("cases"));
    }

    @ParameterizedTest
    @MethodSource("versionOne")
    void aVersionOneMessageIsReadAndMarked(JsonNode vector) {
        String channel = "old times with " + vector.get("sender").asText();
        bob.join(channel, vector.get("password").asText(), "--kdf", "pbkdf2-sha256");
        node.sendPayload(vector.get("payload").asText().getBytes(UTF_8));

        JsonNode read = bob.awaitText(channel, vector.get("message").asText());
        assertTrue(read.get("legacy").asBoolean(), read::toString);
        assertEquals(vector.get("sender").asText(), read.get("sender").asText());
        Reply shown = bob.server().run("partyline:read", read.get("id").asText());
        assertTrue(shown.out().contains(vector.get("sender").asText() + " (v1)"), shown::out);
        String doctor = bob.server().run("partyline:doctor").text();
        assertTrue(doctor.contains("kept messages are version 1"), doctor);
    }

    private void meet(String channel) {
        String invite = alice.createChannel(channel, PASSPHRASE, "--kdf", "PBKDF2_SHA256");
        bob.join(invite, PASSPHRASE);
        alice.send(channel, "before");
        bob.awaitText(channel, "before");
    }
}
