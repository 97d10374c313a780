package org.partyline.shell.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.transport.AccountStatus;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

/** While the nodes' service is not running, its own commands report that, and the status shows the rest. */
class NodesAwayTest {
    private final FakeEngine fake = FakeEngine.furnished();
    private Runner runner;

    @BeforeEach
    void takeNodesAway() {
        runner = new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(Nodes.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"node-list", "node-status"})
    void itsOwnCommandsSayThatItIsAway(String command) {
        String said = runner.refusal(command);
        assertTrue(said.startsWith("Error: the node service is not running: try again shortly"), said);
    }

    @Test
    void statusShowsAllTheRest() throws Exception {
        String text = runner.run("status");
        assertTrue(text.contains("Coins     unknown: the node service is not running"), text);
        assertFalse(text.contains("there is no node"), text);
        JsonNode json = new ObjectMapper().readTree(runner.run("status", "--json"));
        assertTrue(json.get("coins_sat").isNull());
        assertEquals(0, json.get("nodes").size());
        assertEquals("open", json.get("store").asText());
    }

    @Test
    void coinsInAWalletThatDoesNotAnswerAreUnknownNotNone() throws Exception {
        Holding silent = new Holding("me", "core", Network.REGTEST, Optional.empty(), "node core does not answer", "");
        Holding answers = new Holding(
                "me", "other", Network.REGTEST, Optional.of(new AccountStatus("", 5_000, 0, 0, List.of())), "", "");
        runner = new Runner(fake, FakeSession.withoutTerminal());
        fake.holdings.add(silent);
        String text = runner.run("status");
        assertTrue(text.contains("Coins     unknown: 1 wallet does not answer (partyline:wallet-status)"), text);
        fake.holdings.add(answers);
        text = runner.run("status");
        assertTrue(text.contains("Coins     at least 5,000 sat: 1 wallet does not answer"), text);
        JsonNode json = new ObjectMapper().readTree(runner.run("status", "--json"));
        assertTrue(json.get("coins_sat").isNull());
        fake.holdings.remove(silent);
        assertTrue(runner.run("status").contains("Coins     5,000 sat"));
    }
}
