package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.partyline.itests.network.Stage.PASSPHRASE;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Dora's node reports Bitcoin Core 30.0, and later 31.0, while her server is running; {@link CoreUpgradeIT} uses real
 * ones.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
class NodeUpgradeIT {
    private static final String CHANNEL = "upgrade";
    private static final String CONFIRM = "confirm";
    private static final String ROLLING = "rolling";

    private final Stage stage;
    private final Operator alice;
    private final List<String> toAlice = new ArrayList<>();
    private final List<String> toDora = new ArrayList<>();
    private FaultyNode core;
    private Operator dora;

    NodeUpgradeIT(Stage stage) {
        this.stage = stage;
        this.alice = stage.alice();
    }

    @AfterEach
    void endThem() {
        if (dora != null) {
            dora.server().close();
        }
        if (core != null) {
            core.close();
        }
    }

    private void doraSays(String text, String carrier) {
        dora.send(CHANNEL, text, "--carrier", carrier);
        toAlice.add(text);
    }

    private void aliceSays(String text) {
        alice.send(CHANNEL, text);
        toDora.add(text);
    }

    private void awaitAll() {
        Wait.until("alice has all", () -> Set.copyOf(alice.texts(CHANNEL)).containsAll(toAlice));
        Wait.until("dora has all", () -> Set.copyOf(dora.texts(CHANNEL)).containsAll(toDora));
        assertEquals(
                toAlice.stream().sorted().toList(),
                alice.texts(CHANNEL).stream().sorted().toList());
        assertEquals(
                toDora.stream().sorted().toList(),
                dora.texts(CHANNEL).stream().sorted().toList());
    }

    @Test
    void messagesGoOnAndNoneIsLostOrSentTwice() {
        core = new FaultyNode(stage.node(), stage.node());
        core.version(300_000);
        dora = stage.newServer("Dora");
        dora.addNode(stage.node().cookieFile(), core.url(), "dora", "zmq=none", "poll-interval=200ms", "timeout=1s");
        dora.join(alice.createChannel(CHANNEL, PASSPHRASE, "--kdf", "PBKDF2_SHA256"), PASSPHRASE);
        doraSays("by 30.0", CONFIRM);
        doraSays("by 30.0, rolling", ROLLING);
        aliceSays("to 30.0");
        awaitAll();

        core.set(FaultyNode.Fault.DEAD);
        dora.awaitNode("unreachable");
        doraSays("while there is none", CONFIRM);
        doraSays("while there is none, rolling", ROLLING);
        aliceSays("to none");
        core.version(310_000);
        core.set(FaultyNode.Fault.WARMING_UP);
        doraSays("while it starts", CONFIRM);
        core.set(FaultyNode.Fault.NONE);
        dora.awaitNode("ready");
        doraSays("by 31.0", CONFIRM);
        doraSays("by 31.0, rolling", ROLLING);
        aliceSays("to 31.0");
        awaitAll();

        stage.node().mine(1);
        Wait.until(
                "all is in blocks",
                () -> Operator.elements(dora.server().json("outbox", "--all").get("outbox"))
                        .filter(message -> message.get("kind").asText().equals("message"))
                        .allMatch(message -> message.get("state").asText().equals("in a block")));
        awaitAll();
        List<String> confirmed = Operator.elements(
                        dora.server().json("outbox", "--all").get("outbox"))
                .filter(message -> message.get("carrier").asText().equals(CONFIRM))
                .flatMap(message -> Operator.elements(message.get("parts")))
                .map(part -> part.get("transaction").asText())
                .toList();
        assertEquals(Set.copyOf(confirmed).size(), confirmed.size(), "each in a transaction of its own");
    }
}
