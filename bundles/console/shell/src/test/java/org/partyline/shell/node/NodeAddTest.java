package org.partyline.shell.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

/** A node is tested before it is added: a wrong setting is rejected, and a node that is down is added anyway. */
class NodeAddTest {
    private final FakeEngine fake = new FakeEngine();
    private final Runner runner = new Runner(fake, FakeSession.withoutTerminal());

    @ParameterizedTest
    @ValueSource(strings = {"network", "wallet", "user", "cookie-file"})
    void whatTheNodeSaysIsWrongIsRefusedAndTheNodeIsNotKept(String setting) {
        fake.nodeRefusals.add(setting + "|node core: it is on regtest, not mainnet");
        assertEquals(
                "Error: node core: it is on regtest, not mainnet; node core was not added",
                runner.refusal("node-add", "core", "--type", "rpc"));
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void aNodeThatIsDownIsAddedAndThatIsSaid() throws Exception {
        fake.nodeRefusals.add("url?|node core does not answer at 127.0.0.1:8332");
        String printed = runner.run("node-add", "core", "--type", "rpc");
        assertTrue(printed.contains("Node core is added."), printed);
        assertTrue(
                printed.contains(
                        "The node has a problem; it is tried again: node core does not answer at 127.0.0.1:8332."),
                printed);
        assertEquals(List.of("core rpc"), new ArrayList<>(fake.added.keySet()));
    }

    @Test
    void aCookieThatIsNotThereYetIsNoReasonToRefuse() throws Exception {
        fake.nodeRefusals.add("cookie-file?|node core: cannot read the cookie file /c");
        assertTrue(runner.run("node-add", "core", "--type", "rpc", "--json")
                .contains("\"problem\":\"node core: cannot read the cookie file /c\""));
    }
}
