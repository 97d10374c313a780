package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.health.Finding;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;

class RpcTransportTest {
    private final FakeNetwork network = new FakeNetwork();
    private final FakeNode node = new FakeNode();
    private final FakeChain chain = new FakeChain(node);
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private RpcNode opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        executor.shutdownNow();
        node.close();
    }

    private Transport transport(String... pairs) throws Exception {
        Map<String, String> more = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            more.put(pairs[i], pairs[i + 1]);
        }
        opened = RpcNode.open(
                node.settings(more),
                () -> Optional.of(network),
                executor,
                Clock.systemUTC(),
                new SecureRandom(),
                time -> {});
        return opened.transport();
    }

    private void refuse(int code, String words) {
        node.on("sendrawtransaction", (params, path) -> {
            throw new RpcException(code, words);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-25|bad-txns-inputs-missingorspent|INPUTS_GONE",
                "-26|txn-mempool-conflict|INPUTS_GONE",
                "-26|bad-txns-inputs-spent|INPUTS_GONE",
                "-25|Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)|OTHER",
                "-26|min relay fee not met, 1 < 21|FEE_TOO_LOW",
                "-26|mempool min fee not met, 1 < 21|FEE_TOO_LOW",
                "-26|insufficient fee, rejecting replacement ab, not enough additional fees to relay|FEE_TOO_LOW",
                "-26|replacement-failed, insufficient feerate: does not improve feerate diagram|FEE_TOO_LOW",
                "-26|too-long-mempool-chain, too many unconfirmed ancestors [limit: 25]|CHAIN_TOO_LONG",
                "-26|too-large-cluster|CHAIN_TOO_LONG",
                "-26|datacarrier|NOT_STANDARD",
                "-26|scriptpubkey|NOT_STANDARD",
                "-26|multi-op-return|NOT_STANDARD",
                "-26|dust|NOT_STANDARD",
                "-26|mandatory-script-verify-flag-failed|OTHER",
                "-22|TX decode failed. Make sure the tx has at least one input.|OTHER"
            })
    void aRefusalIsReadByItsWords(int code, String words, TransactionRejectedException.Reason reason) throws Exception {
        refuse(code, words);
        Transport transport = transport();
        TransactionRejectedException refusal =
                assertThrows(TransactionRejectedException.class, () -> transport.broadcast(chain.transaction()));
        assertEquals(reason, refusal.reason());
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-27|Transaction outputs already in utxo set",
                "-27|Transaction already in block chain",
                "-26|txn-already-in-mempool",
                "-26|txn-already-known",
                "-26|txn-same-nonwitness-data-in-mempool"
            })
    void aTransactionThatTheNodeHasIsASuccess(int code, String words) throws Exception {
        refuse(code, words);
        transport().broadcast(chain.transaction());
        assertTrue(node.calls.contains("sendrawtransaction"));
    }

    @Test
    void aNodeThatIsAwayIsNotARefusal() throws Exception {
        Transport transport = transport();
        node.close();
        NodeUnavailableException problem =
                assertThrows(NodeUnavailableException.class, () -> transport.broadcast(chain.transaction()));
        assertFalse(problem.getMessage().contains(FakeNode.PASSWORD));
    }

    @Test
    void anEstimateIsReadAndItsAbsenceToo() throws Exception {
        node.on("estimatesmartfee", Map.of("feerate", new java.math.BigDecimal("0.00001234"), "blocks", 6));
        Transport transport = transport();
        assertEquals(Optional.of(new FeeRate(1234)), transport.estimateFee(6));
        node.replay("estimatesmartfee", "estimatesmartfee_no_data");
        assertEquals(Optional.empty(), transport.estimateFee(6));
        assertThrows(IllegalArgumentException.class, () -> transport.estimateFee(0));
        assertThrows(IllegalArgumentException.class, () -> transport.estimateFee(1009));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTransactionIsFoundInTheMempoolAndInABlock(boolean indexed) throws Exception {
        byte[] raw = chain.transaction();
        Transport transport = transport("wallet", "w");
        node.on("getmempoolentry", (params, path) -> {
            throw new RpcException(RpcException.NOT_FOUND, "Transaction not in mempool");
        });
        assertEquals(TransactionPlace.UNKNOWN, transport.locate(FakeChain.id(raw)));
        assertEquals(Optional.empty(), transport.fetch(FakeChain.id(raw)));
        FakeChain.Block block = chain.mine(raw);
        Map<String, Object> found = Map.of(
                "confirmations",
                1,
                "blockhash",
                block.hash().toString(),
                "hex",
                java.util.HexFormat.of().formatHex(raw));
        if (indexed) {
            node.on(
                    "getrawtransaction",
                    (params, path) ->
                            params.size() > 1 ? found : java.util.HexFormat.of().formatHex(raw));
        } else {
            node.on("gettransaction", found);
        }
        assertEquals(
                new TransactionPlace(TransactionPlace.Kind.CONFIRMED, Optional.of(block.ref())),
                transport.locate(FakeChain.id(raw)));
        assertArrayEquals(raw, transport.fetch(FakeChain.id(raw)).orElseThrow());
        node.on("getmempoolentry", Map.of("vsize", 1));
        assertEquals(TransactionPlace.MEMPOOL, transport.locate(FakeChain.id(raw)));
    }

    /** Bitcoin Core sets the flag until a peer has requested the transaction. */
    @Test
    void aTransactionIsRelayedOnceTheNodeSaysThatAPeerHasIt() throws Exception {
        TxId id = FakeChain.id(chain.transaction());
        Transport transport = transport();
        node.replay("getmempoolentry", "getmempoolentry");
        assertEquals(TransactionPlace.MEMPOOL, transport.locate(id), "no peer has asked for it");
        node.on("getmempoolentry", Map.of("vsize", 1, "unbroadcast", false));
        assertEquals(TransactionPlace.RELAYED, transport.locate(id));
        node.on("getmempoolentry", Map.of("vsize", 1));
        assertEquals(TransactionPlace.MEMPOOL, transport.locate(id), "a node that cannot tell");
        node.on("getmempoolentry", Map.of("vsize", 1, "unbroadcast", "false"));
        assertEquals(TransactionPlace.MEMPOOL, transport.locate(id), "a node that answers in another way");
    }

    /**
     * The answer of Bitcoin Core 31.1 with {@code -privatebroadcast} about one transaction. @param peers one object for
     * each
     */
    private void sendsPrivately(TxId id, List<Map<String, Object>> peers) {
        node.on("getmempoolentry", (params, path) -> {
            throw new RpcException(RpcException.NOT_FOUND, "Transaction not in mempool");
        });
        Map<String, Object> one = Map.of("txid", id.toString(), "wtxid", "ab", "hex", "cd", "peers", peers);
        node.on("getprivatebroadcastinfo", Map.of("transactions", List.of(one)));
        node.on("abortprivatebroadcast", Map.of("removed_transactions", List.of(one)));
    }

    @Test
    void aTransactionThatTheNodeSendsPrivatelyIsKnownAndRelayedOnceAPeerHasIt() throws Exception {
        TxId id = FakeChain.id(chain.transaction());
        Transport transport = transport();
        sendsPrivately(id, List.of());
        assertEquals(
                new TransactionPlace(TransactionPlace.Kind.PRIVATE, Optional.empty(), false, 0), transport.locate(id));
        sendsPrivately(id, List.of(Map.of("address", "a.onion", "sent", 1)));
        assertEquals(
                new TransactionPlace(TransactionPlace.Kind.PRIVATE, Optional.empty(), false, 1), transport.locate(id));
        sendsPrivately(id, List.of(Map.of("sent", 1), Map.of("sent", 1, "received", 2)));
        assertEquals(
                new TransactionPlace(TransactionPlace.Kind.PRIVATE, Optional.empty(), true, 2), transport.locate(id));
        assertEquals(TransactionPlace.UNKNOWN, transport.locate(FakeChain.id(chain.transaction())), "another one");
    }

    @Test
    void onlyATransactionThatTheNodeHasSentToNobodyIsTakenBack() throws Exception {
        TxId id = FakeChain.id(chain.transaction());
        Transport transport = transport();
        sendsPrivately(id, List.of(Map.of("address", "a.onion", "sent", 1)));
        assertFalse(transport.withdraw(id), "a peer may have it");
        assertFalse(node.calls.contains("abortprivatebroadcast"));
        sendsPrivately(id, List.of());
        assertTrue(transport.withdraw(id));
        node.on("abortprivatebroadcast", (params, path) -> {
            throw new RpcException(RpcException.NOT_FOUND, "Transaction not in private broadcast queue.");
        });
        assertFalse(transport.withdraw(id), "it came back from the network meanwhile");
        node.on("getprivatebroadcastinfo", Map.of("transactions", List.of()));
        assertFalse(transport.withdraw(id), "a node that does not send privately");
    }

    @Test
    void anOlderNodeIsNotAskedWhetherItSendsPrivately() throws Exception {
        Transport transport = transport();
        ObjectNode older = FakeNode.recorded("getnetworkinfo")
                .get("response")
                .get("result")
                .deepCopy();
        node.on("getnetworkinfo", older.put("version", 300000));
        TxId id = FakeChain.id(chain.transaction());
        sendsPrivately(id, List.of());
        assertEquals(TransactionPlace.UNKNOWN, transport.locate(id));
        assertFalse(transport.withdraw(id));
        assertFalse(node.calls.contains("getprivatebroadcastinfo"));
    }

    @Test
    void theDoctorIsToldOfANodeThatSendsPrivately() throws Exception {
        TxId id = FakeChain.id(chain.transaction());
        Transport transport = transport("wallet", "w");
        assertEquals(
                List.of(Finding.Verdict.OK),
                opened.check().examine().stream().map(Finding::verdict).toList());
        sendsPrivately(id, List.of());
        transport.locate(id);
        assertEquals(
                List.of(Finding.Verdict.WARNING, Finding.Verdict.WARNING),
                opened.check().examine().stream().map(Finding::verdict).toList(),
                "version 31.0, and a wallet that announces");
    }

    @Test
    void aBlockIsFoundByItsHeightAndNoneIsAboveTheTip() throws Exception {
        chain.mine();
        FakeChain.Block block = chain.mine();
        Transport transport = transport();
        assertEquals(Optional.of(block.ref()), transport.blockAt(block.ref().height()));
        assertEquals(Optional.empty(), transport.blockAt(block.ref().height() + 1));
        node.close();
        assertThrows(NodeUnavailableException.class, () -> transport.blockAt(1));
    }

    @Test
    void theVersionIsKnownOnceTheNodeWasAsked() throws Exception {
        Transport transport = transport();
        transport.blockAt(0);
        assertEquals(java.util.OptionalInt.of(310000), transport.version());
    }

    @Test
    void settingsAreCheckedWithoutANode() throws Exception {
        RpcSettingsCheck check = new RpcSettingsCheck();
        check.check(Map.of("name", "home", "network", "regtest", "user", "rpc", "password", "p"));
        assertEquals(
                "poll-interval = '0s': it must be 100ms to 5m",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> check.check(Map.of("name", "home", "poll-interval", "0s")))
                        .getMessage());
    }

    @Test
    void aSettingThatIsNoneIsRefused() {
        assertTrue(assertThrows(
                        org.partyline.api.PartylineException.class,
                        () -> new RpcSettingsCheck().check(Map.of("name", "home", "nonsense", "1")))
                .getMessage()
                .startsWith("a node of type rpc has no setting 'nonsense': its settings are allow-remote-plaintext, "));
    }

    @Test
    void itSaysWhatItIs() throws Exception {
        Transport transport = transport();
        assertEquals("home", transport.name());
        assertEquals("rpc", transport.type());
        assertEquals(org.partyline.api.Network.REGTEST, transport.network());
        assertTrue(opened.wallet().isEmpty(), "no wallet is configured");
    }
}
