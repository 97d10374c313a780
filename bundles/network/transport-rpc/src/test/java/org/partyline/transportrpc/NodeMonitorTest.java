package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;

class NodeMonitorTest {
    private final FakeNode node = new FakeNode().healthy();

    @AfterEach
    void close() {
        node.close();
    }

    private NodeMonitor monitor(String... pairs) {
        Map<String, String> more = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            more.put(pairs[i], pairs[i + 1]);
        }
        return new NodeMonitor(node.client(), node.settings(more), () -> "direct");
    }

    private void change(String method, String recorded, Consumer<ObjectNode> change) {
        ObjectNode result =
                FakeNode.recorded(recorded).get("response").get("result").deepCopy();
        change.accept(result);
        node.on(method, result);
    }

    private String refused(NodeMonitor monitor) {
        NodeProblem problem = assertThrows(NodeProblem.class, monitor::require);
        assertEquals(NodeStatus.State.REFUSED, problem.state());
        assertEquals(NodeStatus.State.REFUSED, monitor.status().state());
        assertEquals(problem.getMessage(), monitor.status().detail());
        assertFalse(monitor.ready());
        return problem.getMessage();
    }

    @Test
    void aGoodNodeIsReadyAndItsPolicyIsLearnt() throws Exception {
        NodeMonitor monitor = monitor();
        assertEquals(NodeStatus.State.STARTING, monitor.status().state());
        assertEquals(RelayPolicy.CONSERVATIVE, monitor.policy());
        monitor.require();
        NodeStatus status = monitor.status();
        assertEquals(NodeStatus.State.READY, status.state());
        assertEquals("", status.detail());
        assertEquals("/Satoshi:31.0.0/", status.software());
        assertEquals(114, status.tip().orElseThrow().height());
        assertEquals(1, status.mempoolSize());
        assertEquals("polling 100ms", status.notifications());
        assertTrue(status.latency().isPresent());
        assertEquals(
                new RelayPolicy(99_994, 33_333, 100_000, new FeeRate(100), new FeeRate(100), 64), monitor.policy());
    }

    @Test
    void aNodeThatTellsNoLimitOfClustersHasTheOldOneOfChains() throws Exception {
        change("getmempoolinfo", "getmempoolinfo", o -> o.remove("limitclustercount"));
        NodeMonitor monitor = monitor();
        monitor.require();
        assertEquals(25, monitor.policy().maxUnconfirmed());
    }

    @Test
    void itsPeersAreCountedAndCountedAgain() throws Exception {
        NodeMonitor monitor = monitor();
        monitor.require();
        assertEquals(OptionalInt.of(2), monitor.status().peers());
        assertFalse(monitor.status().isAlone());
        change("getnetworkinfo", "getnetworkinfo", o -> o.put("connections", 0));
        monitor.refresh();
        assertEquals(OptionalInt.of(0), monitor.status().peers());
        assertTrue(monitor.status().isAlone());
        change("getnetworkinfo", "getnetworkinfo", o -> o.remove("connections"));
        monitor.refresh();
        assertEquals(OptionalInt.empty(), monitor.status().peers());
    }

    @Test
    void anEightyThreeByteNodeCarriesEightyBytes() throws Exception {
        node.replay("getmempoolinfo", "getmempoolinfo_83_byte_node");
        NodeMonitor monitor = monitor();
        monitor.require();
        assertEquals(80, monitor.policy().maxPayload());
        assertEquals(83, monitor.policy().maxScriptBytes());
    }

    @Test
    void aNodeThatDoesNotTellItsLimitHasTheOldOneAndOneOutput() throws Exception {
        change("getmempoolinfo", "getmempoolinfo", o -> o.remove("maxdatacarriersize"));
        NodeMonitor monitor = monitor();
        monitor.require();
        assertEquals(80, monitor.policy().maxPayload());
        assertEquals(1, monitor.policy().maxOutputs());
    }

    @Test
    void theFloorRisesWithTheMempool() throws Exception {
        change("getmempoolinfo", "getmempoolinfo", o -> o.put("mempoolminfee", new java.math.BigDecimal("0.00002345")));
        NodeMonitor monitor = monitor();
        monitor.require();
        assertEquals(new FeeRate(2345), monitor.policy().minRelayFee());
    }

    @Test
    void anotherNetworkIsRefusedByName() throws Exception {
        change("getblockchaininfo", "getblockchaininfo", o -> o.put("chain", "main"));
        String message = refused(monitor());
        assertTrue(message.contains("it is on mainnet, not regtest"), message);
    }

    @Test
    void anotherGenesisBlockIsRefused() throws Exception {
        node.on("getblockhash", "00".repeat(32));
        assertTrue(refused(monitor()).contains("genesis"));
    }

    private static final int FORK = 963_647;

    /** A node that claims to be on mainnet, at a height, with a block at the height that distinguishes the chains. */
    private void onMainnet(int height, String forkBlock) {
        change(
                "getblockchaininfo",
                "getblockchaininfo",
                o -> o.put("chain", "main").put("blocks", height).put("headers", height));
        node.on("getblockhash", (params, path) -> {
            if (params.get(0).intValue() == 0) {
                return "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
            }
            if (params.get(0).intValue() > height) {
                throw new RpcException(-8, "Block height out of range");
            }
            return forkBlock;
        });
    }

    @Test
    void aNodeThatFollowsTheOtherChainIsRefused() throws Exception {
        onMainnet(FORK + 100, "0000000000000000000000000000000000000000000000000000000000000bad");
        String message = refused(monitor("network", "mainnet"));
        assertTrue(message.contains("it follows another chain than Bitcoin's: its block 963647"), message);
    }

    @Test
    void aNodeIsNotUsedBeforeTheBlockThatTellsTheChainsApart() throws Exception {
        onMainnet(FORK - 1, "");
        NodeMonitor monitor = monitor("network", "mainnet");
        monitor.require();
        assertEquals(NodeStatus.State.SYNCING, monitor.status().state());
        assertTrue(
                monitor.status().detail().contains("it is at block 963646"),
                monitor.status().detail());
        assertFalse(monitor.ready());
        onMainnet(FORK, "00000000000000000000d29ee44c13e924c37abcaa80c537609ce70b1fea1f33");
        monitor.refresh();
        assertTrue(monitor.ready());
        assertEquals("", monitor.status().detail());
    }

    @Test
    void aNodeThatTurnsOutToFollowTheOtherChainIsRefusedThen() throws Exception {
        onMainnet(FORK - 1, "");
        NodeMonitor monitor = monitor("network", "mainnet");
        monitor.require();
        onMainnet(FORK, "0000000000000000000000000000000000000000000000000000000000000bad");
        assertThrows(NodeProblem.class, monitor::refresh);
        assertFalse(monitor.ready());
    }

    @Test
    void anOldVersionIsRefusedWithTheOneThatIsNeeded() throws Exception {
        change("getnetworkinfo", "getnetworkinfo", o -> o.put("version", 220100));
        String message = refused(monitor());
        assertTrue(message.contains("22.1") && message.contains("23 or later"), message);
    }

    @Test
    void aNodeInInitialDownloadIsSyncing() throws Exception {
        change("getblockchaininfo", "getblockchaininfo", o -> o.put("headers", 500_000));
        NodeMonitor monitor = monitor();
        monitor.require();
        assertEquals(NodeStatus.State.SYNCING, monitor.status().state());
        assertTrue(
                monitor.status().detail().contains("block 114 of 500000"),
                monitor.status().detail());
        assertFalse(monitor.ready());
    }

    @Test
    void aWarmingNodeIsStartingAndAskedAgain() throws Exception {
        NodeMonitor monitor = monitor();
        node.next(FakeNode.status(
                200, "[{\"id\":0,\"error\":{\"code\":-28,\"message\":\"Verifying blocks…\"}},{},{},{}]"));
        NodeProblem problem = assertThrows(NodeProblem.class, monitor::require);
        assertEquals(NodeStatus.State.STARTING, problem.state());
        assertEquals(NodeStatus.State.STARTING, monitor.status().state());
        monitor.require();
        assertEquals(NodeStatus.State.READY, monitor.status().state());
    }

    @Test
    void plaintextToAnotherComputerIsRefusedWithoutAskingIt() throws Exception {
        NodeMonitor monitor = monitor("url", "http://192.0.2.1:8332");
        assertEquals(NodeStatus.State.REFUSED, monitor.status().state());
        assertTrue(refused(monitor).contains("allow-remote-plaintext=true"));
        assertTrue(node.calls.isEmpty());
    }

    @Test
    void anUnknownMethodSaysThatItIsNoSuchNode() throws Exception {
        node.on("getmempoolinfo", (params, path) -> {
            throw new RpcException(RpcException.METHOD_NOT_FOUND, "Method not found");
        });
        NodeProblem problem = assertThrows(NodeProblem.class, monitor()::require);
        assertTrue(problem.getMessage().contains("getmempoolinfo"), problem.getMessage());
    }
}
