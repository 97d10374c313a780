package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Two servers share one Bitcoin Core, by ZMQ and by polling. It is stopped, and a newer one continues with its
 * directory, while both servers run and messages leave by both carriers.
 */
@ExtendWith(ShowLogs.class)
class CoreUpgradeIT {
    private static final String PASSPHRASE = "a passphrase of two";
    private static final String CHANNEL = "upgrade";

    private final List<String> byAlice = new ArrayList<>();
    private final List<String> byBob = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"stopped", "killed"})
    void nothingIsLostOrSentTwice(String how) throws Exception {
        ScheduledExecutorService talk = Executors.newSingleThreadScheduledExecutor();
        try (RegtestNode node = RegtestNode.startBefore(true);
                PartylineServer aliceServer = PartylineServer.create("alice").start();
                PartylineServer bobServer = PartylineServer.create("bob").start()) {
            node.createWallet("alice", 20, 100_000);
            node.createWallet("bob", 20, 100_000);
            Operator alice = new Operator(aliceServer);
            alice.setUp("Alice");
            alice.addNode(node, "alice", "zmq=" + node.zmq(), "timeout=5s");
            Operator bob = new Operator(bobServer);
            bob.setUp("Bob");
            bob.addNode(node, "bob", "zmq=none", "poll-interval=200ms", "timeout=5s");
            alice.awaitNode("ready");
            bob.awaitNode("ready");
            List.of(alice, bob).forEach(CoreUpgradeIT::hurry);
            bob.join(alice.createChannel(CHANNEL, PASSPHRASE, "--kdf", "PBKDF2_SHA256"), PASSPHRASE);
            int before = node.version();

            ScheduledFuture<?> talking = talk.scheduleWithFixedDelay(
                    () -> {
                        say(alice, byAlice);
                        say(bob, byBob);
                    },
                    0,
                    4,
                    TimeUnit.SECONDS);
            Wait.until("messages flow", () -> bob.texts(CHANNEL).size() > 3);
            if (how.equals("stopped")) {
                node.stop();
            } else {
                // In a real network, its peers would have the blocks that it has not written to its disk yet.
                node.call("gettxoutsetinfo");
                node.kill();
            }
            alice.awaitNode("unreachable");
            bob.awaitNode("unreachable");
            node.upgrade();
            assertTrue(node.version() > before, () -> "version " + node.version() + " after " + before);
            alice.awaitNode("ready");
            bob.awaitNode("ready");
            int heard = bob.texts(CHANNEL).size();
            Wait.until("messages flow again", () -> bob.texts(CHANNEL).size() > heard + 3);
            assertFalse(talking.isDone(), "everything could be said");
            talk.shutdown();
            assertTrue(talk.awaitTermination(1, TimeUnit.MINUTES));

            awaitAll(alice, byBob);
            awaitAll(bob, byAlice);
            node.mine(1);
            for (Operator each : List.of(alice, bob)) {
                Wait.until("all is in blocks", () -> messages(each).allMatch(CoreUpgradeIT::isSettled));
            }
            awaitAll(alice, byBob);
            awaitAll(bob, byAlice);
            List<String> transactions = Operator.elements(
                            aliceServer.json("outbox", "--all").get("outbox"))
                    .filter(message -> message.get("carrier").asText().equals("confirm"))
                    .flatMap(message -> Operator.elements(message.get("parts")))
                    .map(part -> part.get("transaction").asText())
                    .toList();
            assertEquals(Set.copyOf(transactions).size(), transactions.size(), "each in a transaction of its own");
        } finally {
            talk.shutdownNow();
        }
    }

    /** Removes delays, so that messages wait only for the node. */
    private static void hurry(Operator who) {
        who.set("rate-per-minute", "0");
        who.set("roll-spacing", "10s");
        who.set("roll-max-fee", "100000sat");
        who.set("fee-cap-hour", "1000000sat");
        who.set("fee-cap-day", "1000000sat");
    }

    /** A rolling version that was replaced has been read. */
    private static boolean isSettled(JsonNode message) {
        String state = message.get("state").asText();
        return state.equals("in a block")
                || state.equals("replaced") && message.get("carrier").asText().equals("rolling");
    }

    private static Stream<JsonNode> messages(Operator who) {
        return Operator.elements(who.server().json("outbox", "--all").get("outbox"))
                .filter(message -> message.get("kind").asText().equals("message"));
    }

    /** Occasionally by the rolling carrier, where each version must exist for a while. */
    private static void say(Operator who, List<String> said) {
        String text = "words " + said.size();
        who.send(CHANNEL, text, "--carrier", said.size() % 3 == 1 ? "rolling" : "confirm");
        said.add(text);
    }

    /** Waits until each of them arrived once. */
    private static void awaitAll(Operator reader, List<String> said) {
        Wait.until("all have come", () -> reader.texts(CHANNEL).containsAll(said));
        assertEquals(
                said.stream().sorted().toList(),
                reader.texts(CHANNEL).stream().sorted().toList());
    }
}
