package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.testkit.Eventually;

/** Our node with a real one. */
class RegtestIT {
    private static RegtestNode core;

    private RunningNode node;
    private Recorder seen;

    @BeforeAll
    static void startNode() throws IOException {
        core = RegtestNode.start();
    }

    @AfterAll
    static void stopNode() {
        if (core != null) {
            core.close();
        }
    }

    @BeforeEach
    void connect() {
        node = RunningNode.at(core.peer());
        seen = new Recorder();
        node.transport().watch(seen, Optional.empty());
        Eventually.that("the tip is told", () -> seen.at(core.bestBlock()));
        Eventually.that("the node is ready", () -> node.transport().status().state() == NodeStatus.State.READY);
    }

    @AfterEach
    void disconnect() {
        node.close();
    }

    @Test
    void tellsOfTransactionsInTheMempoolAndThenInABlock() throws Exception {
        String id = core.pay(core.bank("getnewaddress").asText(), 100_000);
        Eventually.that("it is told for the mempool", () -> seen.inMempool(id));
        assertEquals(TransactionPlace.MEMPOOL, node.transport().locate(TxId.of(id)));

        String block = core.mine(1);

        Eventually.that("the block is told", () -> seen.at(block));
        assertEquals(block, seen.confirmed(id).orElseThrow().hash().toString());
        assertEquals(
                TransactionPlace.Kind.CONFIRMED,
                node.transport().locate(TxId.of(id)).kind());
        assertEquals(1, seen.times(id));
        assertEquals(core.height(), seen.tip().orElseThrow().height());
    }

    @Test
    void readsTheBlocksThatCameWhileItWasAway() {
        BlockRef last = seen.tip().orElseThrow();
        node.close();
        String paid = core.pay(core.bank("getnewaddress").asText(), 100_000);
        String tip = core.mine(5);
        String waits = core.pay(core.bank("getnewaddress").asText(), 100_000);
        // Bitcoin Core shows its mempool to configured peers; bcoin shows it to everyone.
        node = RunningNode.at(Map.of("ask-mempool", "always"), core.peer());
        Recorder again = new Recorder();

        node.transport().watch(again, Optional.of(last));

        Eventually.that("all blocks are told", () -> again.at(tip));
        assertEquals(5, again.chain().size());
        assertTrue(again.confirmed(paid).isPresent());
        Eventually.that("the mempool is told", () -> again.inMempool(waits));
    }

    @Test
    void followsAReorganisationOfThreeBlocks() {
        String id = core.pay(core.bank("getnewaddress").asText(), 100_000);
        String hex = core.call("", "getrawtransaction", id).asText();
        core.mine(3);
        Eventually.that("three blocks are told", () -> seen.at(core.bestBlock()));
        List<BlockRef> old =
                seen.chain().subList(seen.chain().size() - 3, seen.chain().size());

        core.call("", "invalidateblock", old.get(0).hash().toString());
        String tip = core.mine(4);

        Eventually.that("the new chain is told", () -> seen.at(tip));
        assertEquals(List.of(old.get(2), old.get(1), old.get(0)), seen.disconnected());
        assertEquals(core.height(), seen.tip().orElseThrow().height());
        if (seen.confirmed(id).isEmpty()) {
            // It is unconfirmed again, or is sent again.
            if (!mempool().contains(id)) {
                core.call("", "sendrawtransaction", hex);
            }
            core.mine(1);
        }
        Eventually.that("it is confirmed again", () -> seen.confirmed(id).isPresent());
        BlockRef in = seen.confirmed(id).orElseThrow();
        assertEquals(
                core.call("", "getblockhash", in.height()).asText(), in.hash().toString());
    }

    @Test
    void sendsATransactionThatTheNodeTakes() throws Exception {
        String hex = signed();

        node.transport().broadcast(HexFormat.of().parseHex(hex));

        String id = core.call("", "decoderawtransaction", hex).path("txid").asText();
        Eventually.that("the node has it", () -> mempool().contains(id));
        Eventually.that("it is told, as the node has it", () -> seen.inMempool(id));
        assertEquals(TransactionPlace.MEMPOOL, node.transport().locate(TxId.of(id)));
        node.transport().broadcast(HexFormat.of().parseHex(hex));
        core.mine(1);
        Eventually.that("it is confirmed", () -> seen.confirmed(id).isPresent());
        node.transport().broadcast(HexFormat.of().parseHex(hex));
    }

    @Test
    void tellsOfFiveThousandTransactionsThatAreAnnouncedAtOnce() throws Exception {
        int count = 5000;
        List<byte[]> made = Strangers.make(core, count);
        Eventually.that("the coins are there", () -> seen.at(core.bestBlock()));
        int before = seen.mempoolSize();

        List<String> ids = core.send(made);

        Eventually.that("all are told", () -> seen.mempoolSize() - before >= count);
        ids.forEach(id -> assertEquals(1, seen.times(id)));
        String block = core.mine(1);
        Eventually.that("the block is told", () -> seen.at(block));
    }

    private List<String> mempool() {
        List<String> ids = new ArrayList<>();
        core.call("", "getrawmempool").forEach(id -> ids.add(id.asText()));
        return ids;
    }

    /** A transaction of the bank that no node has. */
    private static String signed() {
        String bare = "02000000" + "0001" + "0000000000000000" + "0a" + "6a08" + "0102030405060708" + "00000000";
        String funded = core.bank("fundrawtransaction", bare, Map.of("fee_rate", 5))
                .path("hex")
                .asText();
        return core.bank("signrawtransactionwithwallet", funded).path("hex").asText();
    }
}
