package org.partyline.shell.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.Nodes;
import org.partyline.api.nodes.NodeFault;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** Nodes that are compared with each other, and messages that choose one. */
class QuarantineTest {
    private final Runner runner = Runner.plain();

    @BeforeEach
    void aNodeIsSetAside() {
        Nodes.Node good = Samples.node("liar", "rpc");
        runner.fake.nodes.add(new Nodes.Node(
                good.name(),
                good.type(),
                good.network(),
                false,
                good.status(),
                good.policy(),
                900,
                2,
                0.25,
                new Nodes.Shown(120, 70, 3),
                Optional.of(new Nodes.Quarantine(
                        NodeFault.OTHER_CHAIN,
                        "its block 94 is not that of the other nodes",
                        Instant.parse("2026-11-24T09:58:00.000Z")))));
    }

    @Test
    void theListMarksItAndSaysWhy() throws Exception {
        String line = runner.run("node-list")
                .lines()
                .filter(one -> one.startsWith("liar"))
                .findFirst()
                .orElseThrow();
        assertTrue(line.contains("quarantined"), line);
        assertTrue(line.contains("its block 94 is not that of the other nodes"), line);
    }

    @Test
    void itsStatusTellsAllThatIsHeldAgainstIt() throws Exception {
        String text = runner.run("node-status", "liar");
        assertTrue(text.contains("quarantined"), text);
        assertTrue(text.contains("since 2026-11-24 09:58:00 UTC, other chain"), text);
        assertTrue(text.contains("its block 94 is not that of the other nodes"), text);
        assertTrue(text.contains("2 packets first seen by this node, 25 % of all"), text);
        assertTrue(text.contains("70 of 120 transactions recently seen by two other nodes; 3 of ours"), text);
    }

    @Test
    void itsStatusIsReadByProgramsToo() throws Exception {
        JsonNode node = new ObjectMapper()
                .readTree(runner.run("node-status", "liar", "--json"))
                .get("nodes")
                .get(0);
        assertEquals("other_chain", node.get("quarantine").asText());
        assertEquals("2026-11-24T09:58:00.000Z", node.get("quarantined_since").asText());
        assertEquals(
                "its block 94 is not that of the other nodes",
                node.get("quarantine_reason").asText());
        assertEquals(0.25, node.get("packets_share").asDouble());
        assertEquals(120, node.get("transactions_compared").asLong());
        assertEquals(70, node.get("transactions_withheld").asLong());
        assertEquals(3, node.get("ours_withheld").asLong());
    }

    @Test
    void aMessageCanChooseItsNode() throws Exception {
        runner.run("send", "By this one", "--channel", "lobby", "--via", "embedded");
        assertEquals(
                new Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        "By this one",
                        Optional.empty(),
                        false,
                        false,
                        Optional.of("embedded")),
                runner.fake.sent.get(0));
    }

    @Test
    void theSchemaHasEveryFault() throws Exception {
        String types = Files.readString(Path.of("..", "..", "..", "docs", "schemas", "types.json"));
        for (NodeFault fault : NodeFault.values()) {
            assertTrue(types.contains('"' + fault.name().toLowerCase(Locale.ROOT) + '"'), fault::name);
        }
    }
}
