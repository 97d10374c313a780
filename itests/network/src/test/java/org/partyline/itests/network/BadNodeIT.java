package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.partyline.itests.network.Stage.PASSPHRASE;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/** Carol's node is faulty at times, and so are her disk and her memory. */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadNodeIT {
    private static final String CHANNEL = "bad times";

    private final Stage stage;
    private final Operator alice;
    private MoodyNode moody;
    private Operator carol;

    BadNodeIT(Stage stage) {
        this.stage = stage;
        this.alice = stage.alice();
    }

    @BeforeAll
    void startCarolsServerBehindAMoodyNode() throws IOException {
        moody = new MoodyNode(stage.node().url());
        carol = stage.newServer("Carol");
        addMoodyNode();
        carol.join(alice.createChannel(CHANNEL, PASSPHRASE, "--kdf", "PBKDF2_SHA256"), PASSPHRASE);
        carol.send(CHANNEL, "hello");
        alice.awaitText(CHANNEL, "hello");
    }

    private void addMoodyNode() {
        carol.addNode(stage.node().cookieFile(), moody.url(), "carol", "zmq=none", "poll-interval=200ms", "timeout=1s");
    }

    @AfterAll
    void endThem() {
        if (carol != null) {
            carol.server().close();
        }
        if (moody != null) {
            moody.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GARBAGE, unreachable, data that is not JSON-RPC",
        "OTHER_JSON, unreachable, data that is not JSON-RPC",
        "HALF_AN_ANSWER, unreachable, closed the connection",
        "SILENT, unreachable, did not answer",
        "ERROR, unreachable, the disk of the node is on fire",
        "UNAUTHORIZED, refused, rejects the credentials (401)",
        "OVERLOADED, unreachable, overloaded (503)",
        "WRONG_NETWORK, refused, 'on mainnet, not regtest'",
    })
    void aBadNodeIsNamedInOneLineAndNothingIsLost(MoodyNode.Mood mood, String state, String words) {
        moody.set(mood);
        // Both at once: on a busy machine, the node may first appear not to respond.
        JsonNode status = carol.awaitNode(
                Operator.NODE,
                "is " + state + ": " + words,
                each -> each.get("state").asText().equals(state)
                        && each.get("detail").asText().contains(words));
        String detail = status.get("detail").asText();
        assertTrue(detail.contains(Operator.NODE), detail);
        assertFalse(detail.contains("\n"), detail);

        String out = "Carol wrote this while her node was " + mood;
        String in = "Alice wrote this while Carol's node was " + mood;
        long waiting = carol.send(CHANNEL, out);
        alice.send(CHANNEL, in);
        String reason = Wait.forAnswer(
                "a reason to wait",
                () -> java.util.Optional.of(
                                carol.outgoing(waiting).get("reason").asText(""))
                        .filter(text -> !text.isEmpty()));
        assertFalse(reason.contains("\n"), reason);
        assertTrue(
                List.of("queued").contains(carol.outgoing(waiting).get("state").asText()));

        moody.set(MoodyNode.Mood.GOOD);
        if (state.equals("refused")) {
            // It is checked again automatically after half a minute; an operator who has fixed it adds it again.
            carol.server().json("node-remove", Operator.NODE);
            addMoodyNode();
        }
        carol.awaitNode("ready");
        alice.awaitText(CHANNEL, out);
        carol.awaitText(CHANNEL, in);
        carol.awaitState(waiting, "relayed");
        assertEquals(1, alice.texts(CHANNEL).stream().filter(out::equals).count());
    }

    @Test
    void aNodeThatIsTakenAwayAndAddedAgainTakesUpWhatWaited() {
        carol.server().json("node-remove", Operator.NODE);
        long waiting = carol.send(CHANNEL, "sent with no node at all");
        String reason = Wait.forAnswer(
                "a reason to wait",
                () -> java.util.Optional.of(
                                carol.outgoing(waiting).get("reason").asText(""))
                        .filter(text -> !text.isEmpty()));
        assertTrue(reason.contains("node"), reason);
        alice.send(CHANNEL, "sent while Carol had no node");
        addMoodyNode();
        alice.awaitText(CHANNEL, "sent with no node at all");
        carol.awaitText(CHANNEL, "sent while Carol had no node");
    }

    @Test
    void aPasswordInClearToAnotherComputerIsRefused() {
        carol.server()
                .json(
                        "node-add",
                        "elsewhere",
                        "--type",
                        "rpc",
                        "--network",
                        "regtest",
                        "--url",
                        "http://192.0.2.1:18443",
                        "--cookie-file",
                        stage.node().cookieFile().toString());
        JsonNode status =
                carol.server().json("node-status", "elsewhere").get("nodes").get(0);
        assertEquals("refused", status.get("state").asText());
        assertTrue(status.get("detail").asText().contains("allow-remote-plaintext"), status::toString);
        carol.server().json("node-remove", "elsewhere");
    }

    @Test
    void aWrongPassphraseIsRefusedInOneLineWithNoHint() {
        carol.lock();
        List<String> refusals = new ArrayList<>();
        for (String wrong : List.of(
                Operator.STORE_PASSPHRASE + " ",
                "x",
                "an altogether other one",
                Operator.STORE_PASSPHRASE.substring(1))) {
            try (SecretFile file = new SecretFile(wrong)) {
                refusals.add(carol.server().refusal("unlock", "--passphrase-file", file.toString()));
            }
        }
        assertEquals(1, refusals.stream().distinct().count(), refusals::toString);
        assertTrue(refusals.get(0).contains("passphrase"), refusals.get(0));
        assertEquals("locked", carol.server().json("status").get("store").asText());
        carol.unlock();
    }

    @Test
    void aLockedStoreRefusesEverythingThatNeedsItAndSaysWhatToDo() {
        carol.lock();
        for (List<String> command : List.of(
                List.of("send", "--channel", CHANNEL, "hello"),
                List.of("messages"),
                List.of("outbox"),
                List.of("read", "1"),
                List.of("cancel", "1"),
                List.of("channel-list"),
                List.of("channel-leave", CHANNEL, "--yes"),
                List.of("channel-invite", CHANNEL),
                List.of("persona-list"),
                List.of("persona-create", "dave"),
                List.of("wallet-status"),
                List.of("wallet-address"))) {
            String refusal = carol.server().refusal(command.toArray(String[]::new));
            assertTrue(refusal.contains("partyline:unlock"), command + ": " + refusal);
        }
        carol.awaitNode("ready");
        carol.unlock();
    }

    @Test
    void whatTheDiskRefusesWaitsUntilThereIsRoom() throws IOException {
        assumeTrue(SmallDisk.possible(), "it takes root and the right to mount to give a server a small disk");
        try (SmallDisk disk = new SmallDisk()) {
            Operator dave = new Operator(disk.newServer("dave"));
            dave.setUp("Dave");
            stage.node().createWallet("dave", 10, 50_000);
            dave.addNode(stage.node().cookieFile(), stage.node().url(), "dave", "zmq=none", "poll-interval=200ms");
            dave.join(alice.createChannel("full", PASSPHRASE, "--kdf", "PBKDF2_SHA256"), PASSPHRASE);
            dave.send("full", "there is room");
            alice.awaitText("full", "there is room");

            disk.fill();
            String refusal = Wait.forAnswer("the disk is full", () -> {
                var reply = dave.server().run("partyline:send", "--channel", "full", "no room for this");
                return java.util.Optional.of(reply.text()).filter(text -> reply.status() != 0);
            });
            assertTrue(refusal.startsWith("Error: "), refusal);
            assertFalse(refusal.contains("\n"), refusal);
            alice.send("full", "written while his disk was full");
            alice.send("full", "and this, too");

            disk.free();
            dave.awaitText("full", "and this, too");
            assertEquals(List.of("written while his disk was full", "and this, too"), dave.texts("full"));
            long id = dave.send("full", "there is room again");
            dave.awaitState(id, Duration.ofMinutes(2), "relayed");
            alice.awaitText("full", "there is room again");

            dave.server().kill();
            dave.server().start();
            dave.unlock();
            assertEquals(List.of("written while his disk was full", "and this, too"), dave.texts("full"));
            dave.server().close();
        }
    }
}
