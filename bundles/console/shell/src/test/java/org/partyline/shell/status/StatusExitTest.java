package org.partyline.shell.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Nodes;
import org.partyline.api.health.Doctor;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.store.Store;
import org.partyline.api.transport.NodeStatus;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class StatusExitTest {
    private final FakeEngine fake = new FakeEngine();

    private Object status(String... words) throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        return runner.command("status").execute(runner.session, new ArrayList<>(List.of(words)));
    }

    private static Nodes.Node node(NodeStatus.State state, boolean paused) {
        Nodes.Node node = Samples.node("core", "rpc");
        NodeStatus status = new NodeStatus(state, "", "", Optional.empty(), -1, Optional.empty(), "");
        return new Nodes.Node("core", "rpc", node.network(), paused, status, node.policy(), 0, 0);
    }

    @Test
    void aServerThatIsWellEndsWithZero() throws Exception {
        fake.nodes.add(Samples.node("embedded", "embedded"));
        assertEquals(0, status("--exit-status"));
        assertEquals(0, status("--exit-status", "--json"));
    }

    @Test
    void aStoreThatIsLockedOrNotThereEndsWithFour() throws Exception {
        fake.nodes.add(Samples.node("embedded", "embedded"));
        fake.state = Store.State.LOCKED;
        assertEquals(4, status("--exit-status"));
        fake.nodes.clear();
        fake.state = Store.State.NEW;
        assertEquals(4, status("--exit-status"));
    }

    @Test
    void aServerWithWarningsEndsWithFive() throws Exception {
        fake.nodes.add(Samples.node("embedded", "embedded"));
        fake.nodes.add(node(NodeStatus.State.UNREACHABLE, false));
        assertEquals(5, status("--exit-status"));
    }

    @Test
    void aNodeWithoutPeersIsAWarningWhereThereCouldBeSome() throws Exception {
        Nodes.Node like = Samples.node("core", "rpc");
        NodeStatus alone = new NodeStatus(
                NodeStatus.State.READY, "", "", Optional.empty(), 0, Optional.empty(), "", "", OptionalInt.of(0));
        fake.nodes.add(new Nodes.Node("core", "rpc", Network.REGTEST, false, alone, like.policy(), 0, 0));
        assertEquals(0, status("--exit-status"));
        fake.nodes.clear();
        fake.nodes.add(new Nodes.Node("core", "rpc", Network.SIGNET, false, alone, like.policy(), 0, 0));
        assertEquals(5, status("--exit-status"));
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String printed = runner.run("status");
        assertTrue(printed.contains("Warning  node core has no peers: what is sent by it reaches nobody"), printed);
        assertTrue(printed.lines().anyMatch(line -> line.startsWith("core ") && line.endsWith("no peers")), printed);
    }

    @Test
    void aServerThatNothingLeavesNorReachesEndsWithSix() throws Exception {
        assertEquals(6, status("--exit-status"));
        Nodes.Node node = Samples.node("core", "rpc");
        Nodes.Quarantine quarantine =
                new Nodes.Quarantine(NodeFault.OTHER_CHAIN, "its block 94 is another", Samples.NOW);
        for (Nodes.Node useless : List.of(
                new Nodes.Node(
                        "core",
                        "rpc",
                        node.network(),
                        false,
                        node.status(),
                        node.policy(),
                        0,
                        0,
                        0,
                        new Nodes.Shown(0, 0, 0),
                        Optional.of(quarantine)),
                node(NodeStatus.State.UNREACHABLE, false),
                node(NodeStatus.State.REFUSED, false),
                node(NodeStatus.State.READY, true))) {
            fake.nodes.clear();
            fake.nodes.add(useless);
            assertEquals(6, status("--exit-status"));
            fake.state = Store.State.LOCKED;
            assertEquals(6, status("--exit-status"));
            fake.state = Store.State.OPEN;
        }
    }

    /** A console would print the number. */
    @Test
    void whoDoesNotAskForItGetsNone() throws Exception {
        assertNull(status());
    }

    @Test
    void theNewestLookOfTheDoctorIsShown() throws Exception {
        fake.nodes.add(Samples.node("embedded", "embedded"));
        Runner before = new Runner(fake, FakeSession.withoutTerminal());
        assertTrue(before.run("status").contains("Doctor    not asked yet (partyline:doctor)"));
        fake.look = new Doctor.Look(Samples.NOW, 2, 1);
        String printed = new Runner(fake, FakeSession.withoutTerminal()).run("status");
        assertTrue(printed.contains("Doctor    2 points unsafe, 1 warning at "), printed);
        assertTrue(new Runner(fake, FakeSession.withoutTerminal())
                .run("status", "--json")
                .contains("\"unsafe\":2,\"warnings\":1"));
    }
}
