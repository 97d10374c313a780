package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * A rolling conversation over a line of three nodes: each version reaches the far one before the next replaces it. Takes minutes,
 * and needs nodes that pass transactions on as Bitcoin Core does, with its delays.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
class FarNodeIT {
    private static final int MESSAGES = 10;

    @Test
    void atThirtySecondsEveryMessageReachesTheFarNode() {
        assumeTrue(!System.getProperty("bitcoind", "").isEmpty(), "name a Bitcoin Core with -Dbitcoind=PATH");
        try (RegtestNode near = RegtestNode.start(true);
                RegtestNode middle = RegtestNode.startBeside(true, 0, near);
                RegtestNode far = RegtestNode.startBeside(true, 0, middle);
                PartylineServer aliceServer = PartylineServer.create("alice").start();
                PartylineServer bobServer = PartylineServer.create("bob").start()) {
            near.createWallet("alice", 2, 100_000);
            Wait.until("the far node has the blocks", () -> far.height() == near.height());
            Operator alice = new Operator(aliceServer);
            alice.setUp("Alice");
            alice.addNode(near, "alice", "zmq=" + near.zmq());
            Operator bob = new Operator(bobServer);
            bob.setUp("Bob");
            bob.addNode(far, "", "zmq=" + far.zmq());
            alice.awaitNode("ready");
            bob.awaitNode("ready");
            bob.join(alice.createChannel("lobby", "a passphrase of two"), "a passphrase of two");
            alice.set("carrier", "rolling");

            List<String> said = new ArrayList<>();
            long last = 0;
            for (int i = 0; i < MESSAGES; i++) {
                said.add("over two hops " + i);
                last = alice.send("lobby", said.get(i), "--ttl", "2h");
            }
            long id = last;
            Wait.until(
                    "all are out",
                    Duration.ofMinutes(10),
                    () -> alice.outgoing(id).get("state").asText().matches("seen|replaced|confirmed"));
            Wait.until(
                    "all are read at the far node",
                    Duration.ofMinutes(2),
                    () -> bob.texts("lobby").containsAll(said));
            assertEquals(said, bob.texts("lobby"));
            assertEquals(1, near.mempool().size(), "one transaction");
        }
    }
}
