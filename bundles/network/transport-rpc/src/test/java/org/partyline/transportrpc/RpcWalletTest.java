package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.TxView;

/** The wallet with a node that funds and signs in the forms that Bitcoin Core uses. */
class RpcWalletTest {
    private static final String COIN = "396e0b8c606c0b0fe5f4accc5d9dc8b6fa58c4cd7c67a4950b3a5f3667142b1b";
    private static final FeeRate RATE = new FeeRate(200);
    /** The time of the recorded tip. */
    private static final Instant NOW = Instant.ofEpochSecond(1_795_560_300L);

    private final FakeNode node = new FakeNode().healthy();
    private final Set<String> locked = new HashSet<>();
    private final Set<String> wallets = new HashSet<>(Set.of("w"));
    private final Set<String> paths = new HashSet<>();
    private JsonNode fundParams;

    @AfterEach
    void close() {
        node.close();
    }

    @BeforeEach
    void playWallet() {
        node.on("listlockunspent", (params, path) -> {
            loaded(path);
            return locked.stream()
                    .map(c -> Map.of("txid", c.split(":")[0], "vout", Integer.parseInt(c.split(":")[1])))
                    .toList();
        });
        node.on("lockunspent", (params, path) -> {
            String coin = params.get(1).get(0).get("txid").textValue() + ":"
                    + params.get(1).get(0).get("vout").intValue();
            if (params.get(0).booleanValue() ? !locked.remove(coin) : !locked.add(coin)) {
                throw new RpcException(RpcException.INVALID_PARAMETER, "Invalid parameter, expected locked output");
            }
            return true;
        });
        node.on("fundrawtransaction", (params, path) -> {
            fundParams = params;
            locked.add(COIN + ":0");
            return Map.of("hex", fund(params.get(0).textValue(), 1), "fee", 0.00000043, "changepos", 0);
        });
        node.on(
                "signrawtransactionwithwallet",
                (params, path) -> Map.of("hex", sign(params.get(0).textValue()), "complete", true));
        node.on("testmempoolaccept", (params, path) -> List.of(Map.of("allowed", true)));
        node.on("loadwallet", (params, path) -> {
            if (!wallets.contains(params.get(0).textValue())) {
                throw new RpcException(RpcException.WALLET_NOT_FOUND, "Path does not exist.");
            }
            return Map.of();
        });
        node.on("createwallet", (params, path) -> {
            wallets.add(params.get(0).textValue());
            assertEquals("[false,false,\"\",false,true,true]", rest(params));
            return Map.of();
        });
    }

    private static String rest(JsonNode params) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 1; i < params.size(); i++) {
            text.append(i > 1 ? "," : "").append(params.get(i));
        }
        return text.append("]").toString();
    }

    private void loaded(String path) throws RpcException {
        paths.add(path);
        if (!wallets.contains(path.replace("/wallet/", ""))) {
            throw new RpcException(RpcException.WALLET_NOT_FOUND, "Requested wallet does not exist or is not loaded");
        }
    }

    /** Adds one input and a change output to an unfunded transaction. */
    private static String fund(String hex, int changes) {
        byte[] raw = HexFormat.of().parseHex(hex);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(raw, 0, 4);
        out.write(1);
        byte[] coin = HexFormat.of().parseHex(COIN);
        for (int i = 31; i >= 0; i--) {
            out.write(coin[i]);
        }
        out.writeBytes(HexFormat.of().parseHex("0000000000fdffffff"));
        out.write(raw[5] + changes);
        for (int i = 0; i < changes; i++) {
            out.writeBytes(HexFormat.of().parseHex("d5f1052a01000000160014" + "11".repeat(20)));
        }
        out.write(raw, 6, raw.length - 6);
        return HexFormat.of().formatHex(out.toByteArray());
    }

    /** Adds a witness to a transaction of one input. */
    static String sign(String hex) {
        return signAll(hex, 1);
    }

    static String signAll(String hex, int inputs) {
        return sign(hex, 71, inputs);
    }

    private static String sign(String hex, int signature) {
        return sign(hex, signature, 1);
    }

    private static String sign(String hex, int signature, int inputs) {
        String witness =
                "02" + HexFormat.of().toHexDigits((byte) signature) + "30".repeat(signature) + "21" + "02".repeat(33);
        return hex.substring(0, 8) + "0001" + hex.substring(8, hex.length() - 8) + witness.repeat(inputs)
                + hex.substring(hex.length() - 8);
    }

    private RpcWallet wallet(String... pairs) {
        Map<String, String> more = new HashMap<>(Map.of("wallet", "w"));
        for (int i = 0; i < pairs.length; i += 2) {
            more.put(pairs[i], pairs[i + 1]);
        }
        RpcSettings settings = node.settings(more);
        RpcClient client = node.client();
        SecureRandom steady = new SecureRandom() {
            @Override
            public int nextInt(int bound) {
                return Math.min(1, bound - 1);
            }
        };
        return new RpcWallet(
                client,
                new NodeMonitor(client, settings, () -> "direct"),
                settings,
                steady,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static byte[] payload(int length, int fill) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) fill);
        return payload;
    }

    @Test
    void aPaymentIsWhatTheNodesOwnWalletWouldMake() throws Exception {
        List<byte[]> payloads = List.of(payload(80, 2), payload(64, 3));
        SignedTransaction paid = wallet().pay(Wallet.DEFAULT_ACCOUNT, payloads, RATE);
        TxView transaction = TxView.of(paid.raw());
        assertEquals(transaction.id(), paid.id());
        assertEquals(43, paid.fee());
        assertEquals(transaction.vsize(), paid.vsize());
        assertEquals(2, transaction.version());
        assertEquals(114, transaction.lockTime(), "the tip's height");
        assertArrayEquals(
                DataScript.of(payloads.get(0)), transaction.outputs().get(1).script());
        assertArrayEquals(
                DataScript.of(payloads.get(1)), transaction.outputs().get(2).script());
        assertEquals("0.200", fundParams.get(1).get("fee_rate").textValue());
        assertEquals("bech32", fundParams.get(1).get("change_type").textValue());
        assertTrue(fundParams.get(1).get("lockUnspents").booleanValue());
        assertTrue(fundParams.get(1).get("replaceable").booleanValue());
        assertFalse(fundParams.get(2).booleanValue(), "says that there is no witness");
        assertEquals(Set.of(COIN + ":0"), locked);
        assertFalse(node.calls.contains("sendrawtransaction"));
    }

    @Test
    void anOldTipGivesNoLockTime() throws Exception {
        JsonNode info = FakeNode.recorded("getblockchaininfo")
                .get("response")
                .get("result")
                .deepCopy();
        ((com.fasterxml.jackson.databind.node.ObjectNode) info)
                .put("time", NOW.minusSeconds(9 * 3600).getEpochSecond());
        node.on("getblockchaininfo", info);
        assertEquals(
                0,
                TxView.of(wallet().pay("", List.of(payload(64, 1)), RATE).raw()).lockTime());
    }

    @Test
    void anotherAccountHasAWalletOfItsOwnMadeAtItsFirstUse() throws Exception {
        wallet().pay("alice", List.of(payload(64, 1)), RATE);
        assertEquals(Set.of("/wallet/w-alice"), paths);
        assertTrue(wallets.contains("w-alice"));
        assertEquals(1, node.calls.stream().filter("createwallet"::equals).count());
    }

    @Test
    void theConfiguredWalletIsLoadedButNeverMade() throws Exception {
        wallets.clear();
        WalletException problem =
                assertThrows(WalletException.class, () -> wallet().pay("", List.of(payload(64, 1)), RATE));
        assertTrue(problem.getMessage().contains("has no wallet w; create it"), problem.getMessage());
        assertFalse(node.calls.contains("createwallet"));
    }

    @Test
    void aWalletThatIsNotLoadedIsLoaded() throws Exception {
        AtomicInteger away = new AtomicInteger(1);
        node.on("getnewaddress", (params, path) -> {
            if (away.getAndDecrement() > 0) {
                throw new RpcException(RpcException.WALLET_NOT_FOUND, "not loaded");
            }
            return "bcrt1qsomething";
        });
        assertEquals("bcrt1qsomething", wallet().freshAddress(""));
        assertTrue(node.calls.contains("loadwallet"));
    }

    @Test
    void tooFewCoinsSayHowManyThereAreAndHowManyAreNeeded() throws Exception {
        node.replay("fundrawtransaction", "fundrawtransaction_insufficient_funds");
        node.on("listunspent", List.of(Map.of("txid", COIN, "vout", 0, "amount", 0.00000007, "confirmations", 3)));
        InsufficientFundsException problem =
                assertThrows(InsufficientFundsException.class, () -> wallet().pay("", List.of(payload(80, 1)), RATE));
        assertTrue(problem.getMessage().contains("has 7 sat to spend"), problem.getMessage());
        assertTrue(problem.getMessage().contains("needs at least 41 sat"), problem.getMessage());
        node.on("fundrawtransaction", (params, path) -> {
            throw new RpcException(RpcException.INSUFFICIENT_FUNDS, "Insufficient funds");
        });
        assertThrows(InsufficientFundsException.class, () -> wallet().pay("", List.of(payload(80, 1)), RATE));
    }

    @Test
    void coinsAtTheEndOfALongChainOfUnconfirmedTransactionsAreNotCalledTooFew() throws Exception {
        node.on("fundrawtransaction", (params, path) -> {
            throw new RpcException(
                    RpcException.WALLET,
                    "Unconfirmed UTXOs are available, but spending them creates a chain of transactions that will be rejected"
                            + " by the mempool");
        });
        node.on("listunspent", List.of(Map.of("txid", COIN, "vout", 0, "amount", 0.5, "confirmations", 0)));
        InsufficientFundsException problem =
                assertThrows(InsufficientFundsException.class, () -> wallet().pay("", List.of(payload(80, 1)), RATE));
        assertTrue(
                problem.getMessage()
                        .startsWith(
                                "wallet w of node home has 50000000 sat, but only in unconfirmed coins, whose chains of"
                                        + " transactions are as long as its node allows; send coins to an address of"
                                        + " wallet-address, or wait for a block ("),
                problem.getMessage());
    }

    private WalletException refusedAndUnlocked(String... settings) {
        RpcWallet wallet = wallet(settings);
        WalletException problem =
                assertThrows(WalletException.class, () -> wallet.pay("", List.of(payload(80, 1)), RATE));
        assertEquals(Set.of(), locked, "nothing stays reserved");
        assertFalse(problem.getMessage().contains("\n"));
        return problem;
    }

    @Test
    void aLockedWalletSaysHowToUnlockIt() throws Exception {
        node.on("signrawtransactionwithwallet", (params, path) -> {
            throw new RpcException(RpcException.WALLET_LOCKED, "Error: Please enter the wallet passphrase first.");
        });
        assertTrue(refusedAndUnlocked().getMessage().contains("walletpassphrase"));
    }

    @Test
    void anIncompleteSignatureFreesTheCoins() throws Exception {
        node.on(
                "signrawtransactionwithwallet",
                (params, path) -> Map.of("hex", params.get(0).textValue(), "complete", false));
        assertTrue(refusedAndUnlocked().getMessage().contains("cannot sign"));
    }

    @Test
    void aSignedTransactionThatIsAnotherOneThanWasToBeSignedIsRefused() throws Exception {
        node.on("signrawtransactionwithwallet", (params, path) -> {
            String unsigned = params.get(0).textValue();
            // The same with another lock time.
            return Map.of("hex", sign(unsigned.substring(0, unsigned.length() - 8) + "07000000"), "complete", true);
        });
        Wallet wallet = wallet();
        NodeUnavailableException problem =
                assertThrows(NodeUnavailableException.class, () -> wallet.pay("", List.of(payload(80, 1)), RATE));
        assertTrue(problem.getMessage().contains("signrawtransactionwithwallet"), problem.getMessage());
        assertEquals(Set.of(), locked, "nothing stays reserved");
    }

    @Test
    void whatTheMempoolWouldRefuseIsNotMade() throws Exception {
        node.replay("testmempoolaccept", "testmempoolaccept_min_relay_fee");
        assertTrue(refusedAndUnlocked().getMessage().contains("min relay fee not met, 1 < 21"));
        node.replay("testmempoolaccept", "testmempoolaccept_512_bytes_on_83_byte_node");
        assertTrue(refusedAndUnlocked().getMessage().contains("datacarrier"));
    }

    @Test
    void aNodeWithoutTestmempoolacceptStillPays() throws Exception {
        node.on("testmempoolaccept", (params, path) -> {
            throw new RpcException(RpcException.METHOD_NOT_FOUND, "Method not found");
        });
        assertEquals(43, wallet().pay("", List.of(payload(80, 1)), RATE).fee());
    }

    @Test
    void aFeeOverTheMaximumIsRefused() throws Exception {
        node.on("fundrawtransaction", (params, path) -> {
            locked.add(COIN + ":0");
            return Map.of("hex", fund(params.get(0).textValue(), 1), "fee", 0.00000101, "changepos", 0);
        });
        assertTrue(refusedAndUnlocked("max-fee", "100").getMessage().contains("max-fee=100"));
        RpcWallet wallet = wallet("max-fee", "100");
        assertThrows(WalletException.class, () -> wallet.pay("", List.of(payload(80, 1)), new FeeRate(1000)));
        assertEquals(
                1, node.calls.stream().filter("fundrawtransaction"::equals).count(), "too dear before it was asked");
    }

    @Test
    void outputsThatNobodyAskedForAreRefused() throws Exception {
        node.on("fundrawtransaction", (params, path) -> {
            locked.add(COIN + ":0");
            return Map.of("hex", fund(params.get(0).textValue(), 2), "fee", 0.00000043, "changepos", 0);
        });
        assertTrue(refusedAndUnlocked().getMessage().contains("changed the outputs"));
    }

    @Test
    void nonsenseInPlaceOfATransactionIsANodeProblem() throws Exception {
        node.on("fundrawtransaction", (params, path) -> Map.of("hex", "00ff", "fee", 0.1));
        RpcWallet wallet = wallet();
        assertThrows(NodeUnavailableException.class, () -> wallet.pay("", List.of(payload(80, 1)), RATE));
    }

    @Test
    void releaseFreesAndReserveLocksAgain() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction paid = wallet.pay("", List.of(payload(80, 1)), RATE);
        wallet.release("", paid);
        assertEquals(Set.of(), locked);
        wallet.reserve("", paid);
        wallet.reserve("", paid);
        assertEquals(Set.of(COIN + ":0"), locked);
    }

    @Test
    void whatARestartOfTheNodeUnlockedIsLockedAgainBeforeTheNextPayment() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction paid = wallet.pay("", List.of(payload(80, 1)), RATE);
        locked.clear();
        AtomicInteger lockedAtFunding = new AtomicInteger();
        node.on("fundrawtransaction", (params, path) -> {
            lockedAtFunding.set(locked.size());
            throw new RpcException(RpcException.WALLET, "stop here");
        });
        assertThrows(WalletException.class, () -> wallet.pay("", List.of(payload(80, 1)), RATE));
        assertEquals(1, lockedAtFunding.get());
        wallet.release("", paid);
        assertEquals(Set.of(), locked);
    }

    // ---- replacing

    private static final long ALL = 5_000_000_000L;

    private SignedTransaction paid(RpcWallet wallet) throws Exception {
        return wallet.pay("", List.of(payload(80, 1)), RATE);
    }

    private static FeeRule plus(SignedTransaction old) {
        return vsize -> old.fee() + new FeeRate(100).fee(vsize);
    }

    @Test
    void aReplacementSpendsTheSameCoinAndPaysTheSameChange() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction old = paid(wallet);
        List<byte[]> payloads = List.of(payload(80, 2), payload(64, 3));
        SignedTransaction next = wallet.replace("", old, payloads, plus(old));
        TxView transaction = TxView.of(next.raw());
        assertEquals(transaction.id(), next.id());
        assertEquals(TxView.of(old.raw()).spent(), transaction.spent());
        assertEquals(0xfffffffdL, transaction.sequence(0));
        assertEquals(2, transaction.version());
        assertEquals(114, transaction.lockTime());
        assertEquals(3, transaction.outputs().size());
        assertArrayEquals(
                DataScript.of(payloads.get(0)), transaction.outputs().get(0).script());
        assertArrayEquals(
                DataScript.of(payloads.get(1)), transaction.outputs().get(2).script());
        assertArrayEquals(
                TxView.of(old.raw()).outputs().get(0).script(),
                transaction.outputs().get(1).script());
        assertEquals(43 + 28, next.fee());
        assertEquals(277, next.vsize());
        assertEquals(ALL - next.fee(), transaction.outputs().get(1).amount());
        assertEquals(Set.of(COIN + ":0"), locked, "nothing more is reserved");
        assertFalse(node.calls.contains("sendrawtransaction"));
        assertEquals(1, node.calls.stream().filter("fundrawtransaction"::equals).count());
        assertEquals(2, node.calls.stream().filter("testmempoolaccept"::equals).count());
    }

    @Test
    void aRecallHasChangeOnly() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction old = paid(wallet);
        SignedTransaction recall = wallet.replace("", old, List.of(), plus(old));
        assertEquals(110, recall.vsize());
        assertEquals(43 + 11, recall.fee());
        assertEquals(1, TxView.of(recall.raw()).outputs().size());
    }

    @Test
    void theFeeIsExactWhateverLengthTheSignaturesCome() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction old = paid(wallet);
        for (int[] lengths : new int[][] {{71}, {70, 70}, {67, 70, 70}, {70, 71, 71}, {72, 71, 72, 73, 73}}) {
            AtomicInteger at = new AtomicInteger();
            node.on("signrawtransactionwithwallet", (params, path) -> {
                int length = lengths[Math.min(at.getAndIncrement(), lengths.length - 1)];
                return Map.of("hex", sign(params.get(0).textValue(), length), "complete", true);
            });
            SignedTransaction next = wallet.replace("", old, List.of(payload(80, 2)), vsize -> 1000 + 10L * vsize);
            TxView transaction = TxView.of(next.raw());
            assertEquals(transaction.vsize(), next.vsize());
            assertEquals(1000 + 10L * next.vsize(), next.fee());
            assertEquals(
                    ALL - next.fee(),
                    transaction.outputs().stream()
                            .mapToLong(TxView.Output::amount)
                            .sum());
        }
    }

    @Test
    void signaturesThatNeverFitAreGivenUp() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction old = paid(wallet);
        AtomicInteger length = new AtomicInteger(71);
        node.on(
                "signrawtransactionwithwallet",
                (params, path) ->
                        Map.of("hex", sign(params.get(0).textValue(), length.addAndGet(4)), "complete", true));
        WalletException problem =
                assertThrows(WalletException.class, () -> wallet.replace("", old, List.of(payload(80, 2)), plus(old)));
        assertTrue(problem.getMessage().contains("another length each time"), problem.getMessage());
    }

    @Test
    void changeUnderTheDustLimitOfItsScriptIsRefused() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction old = paid(wallet);
        for (Map.Entry<String, Long> script : Map.of(
                        "160014" + "11".repeat(20), 294L,
                        "225120" + "11".repeat(32), 330L,
                        "220020" + "11".repeat(32), 330L,
                        "17a914" + "11".repeat(20) + "87", 540L,
                        "1976a914" + "11".repeat(20) + "88ac", 546L)
                .entrySet()) {
            // Change of 9,957 sat, from a coin of 10,000.
            String hex = HexFormat.of()
                    .formatHex(old.raw())
                    .replace("d5f1052a01000000160014" + "11".repeat(20), "e526000000000000" + script.getKey());
            TxView raw = TxView.of(HexFormat.of().parseHex(hex));
            SignedTransaction typed = new SignedTransaction(raw.id(), raw.raw(), raw.vsize(), 43);
            long dust = script.getValue();
            SignedTransaction least = wallet.replace("", typed, List.of(), vsize -> 10_000 - dust);
            assertEquals(dust, TxView.of(least.raw()).outputs().get(0).amount());
            InsufficientFundsException problem = assertThrows(
                    InsufficientFundsException.class,
                    () -> wallet.replace("", typed, List.of(), vsize -> 10_000 - dust + 1));
            assertTrue(problem.getMessage().contains("is used up: it holds 10000 sat"), problem.getMessage());
        }
    }

    @Test
    void aReplacementOverTheMaximumFeeIsRefused() throws Exception {
        RpcWallet wallet = wallet("max-fee", "100");
        SignedTransaction old = paid(wallet);
        assertEquals(
                100,
                wallet.replace("", old, List.of(payload(80, 2)), vsize -> 100).fee());
        // Another coin begins with a lower fee: a roll must not wait for this one until its end.
        InsufficientFundsException problem = assertThrows(
                InsufficientFundsException.class, () -> wallet.replace("", old, List.of(payload(80, 2)), vsize -> 101));
        assertEquals(
                "wallet w of node home: a fee of 101 sat is more than max-fee=100 sat; lower the fee rate or raise max-fee",
                problem.getMessage());
    }

    @Test
    void whatHasNoChangeOrPaysSomebodyIsNotReplaced() throws Exception {
        RpcWallet wallet = wallet();
        for (int changes : new int[] {0, 2}) {
            String hex =
                    sign(fund(HexFormat.of().formatHex(Unfunded.of(List.of(payload(80, 1)), 0, List.of())), changes));
            TxView raw = TxView.of(HexFormat.of().parseHex(hex));
            SignedTransaction old = new SignedTransaction(raw.id(), raw.raw(), raw.vsize(), 43);
            InsufficientFundsException problem = assertThrows(
                    InsufficientFundsException.class,
                    () -> wallet.replace("", old, List.of(payload(80, 2)), plus(old)));
            assertTrue(problem.getMessage().contains("has no change of its own"), problem.getMessage());
            wallet.hold("", old, true);
            assertEquals(Set.of(), locked);
        }
    }

    @Test
    void aCoinThatIsSpentInABlockCannotBeSignedForAgain() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction old = paid(wallet);
        node.on(
                "signrawtransactionwithwallet",
                (params, path) -> Map.of("hex", params.get(0).textValue(), "complete", false));
        WalletException problem =
                assertThrows(WalletException.class, () -> wallet.replace("", old, List.of(payload(80, 2)), plus(old)));
        assertTrue(problem.getMessage().contains("is in a block"), problem.getMessage());
        assertEquals(Set.of(COIN + ":0"), locked, "the coin is the older version's still");
    }

    @Test
    void aFeeThatTheNodeCountsOtherwiseIsNotSent() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction old = paid(wallet);
        node.on("testmempoolaccept", List.of(Map.of("allowed", true, "fees", Map.of("base", 0.00000064))));
        assertEquals(
                64, wallet.replace("", old, List.of(payload(80, 2)), plus(old)).fee());
        node.on("testmempoolaccept", List.of(Map.of("allowed", true, "fees", Map.of("base", 0.00000065))));
        WalletException problem =
                assertThrows(WalletException.class, () -> wallet.replace("", old, List.of(payload(80, 2)), plus(old)));
        assertTrue(problem.getMessage().contains("reports a fee of"), problem.getMessage());
    }

    @Test
    void aReplacementThatTheMempoolWouldRefuseIsNotMade() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction old = paid(wallet);
        node.replay("testmempoolaccept", "testmempoolaccept_min_relay_fee");
        assertThrows(WalletException.class, () -> wallet.replace("", old, List.of(payload(80, 2)), plus(old)));
    }

    // ---- holding

    @Test
    void heldChangeIsLockedUntilItIsLetGo() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction paid = paid(wallet);
        wallet.hold("", paid, true);
        wallet.hold("", paid, true);
        assertEquals(Set.of(COIN + ":0", paid.id() + ":0"), locked);
        wallet.release("", paid);
        assertEquals(Set.of(paid.id() + ":0"), locked);
        wallet.hold("", paid, false);
        wallet.hold("", paid, false);
        assertEquals(Set.of(), locked);
    }

    @Test
    void changeThatTheNodeDoesNotKnowYetIsLockedBeforeTheNextPayment() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction paid = paid(wallet);
        AtomicInteger unknown = new AtomicInteger(1);
        node.on("lockunspent", (params, path) -> {
            String coin = params.get(1).get(0).get("txid").textValue();
            if (coin.equals(paid.id().toString()) && unknown.getAndDecrement() > 0) {
                throw new RpcException(RpcException.INVALID_PARAMETER, "Invalid parameter, unknown transaction");
            }
            locked.add(coin + ":" + params.get(1).get(0).get("vout").intValue());
            return true;
        });
        wallet.hold("", paid, true);
        assertFalse(locked.contains(paid.id() + ":0"));
        paid(wallet);
        assertTrue(locked.contains(paid.id() + ":0"));
    }

    @Test
    void aHoldOutlivesARestartOfTheNodeAndANodeThatIsAway() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction paid = paid(wallet);
        away(() -> wallet.hold("", paid, true));
        locked.clear();
        assertEquals(Set.of(COIN + ":0", paid.id() + ":0"), lockedAtFunding(wallet));
    }

    /** Otherwise they stay locked until the node restarts, and the balance is smaller until then. */
    @Test
    void coinsThatANodeThatWasAwayDidNotFreeAreFreedBeforeTheNextPayment() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction paid = paid(wallet);
        wallet.hold("", paid, true);
        away(() -> wallet.release("", paid));
        away(() -> wallet.hold("", paid, false));
        assertEquals(Set.of(COIN + ":0", paid.id() + ":0"), locked);
        assertEquals(Set.of(), lockedAtFunding(wallet));
        Set<String> both = Set.of(COIN + ":0", paid.id() + ":0");
        locked.addAll(both);
        assertEquals(both, lockedAtFunding(wallet), "another program has locked them since");
        wallet.release("", paid);
        wallet.hold("", paid, false);
        locked.addAll(both);
        assertEquals(both, lockedAtFunding(wallet));
    }

    @Test
    void coinsThatAreReservedAgainMeanwhileAreNotFreed() throws Exception {
        RpcWallet wallet = wallet();
        SignedTransaction paid = paid(wallet);
        wallet.hold("", paid, true);
        away(() -> wallet.release("", paid));
        away(() -> wallet.hold("", paid, false));
        away(() -> wallet.reserve("", paid));
        away(() -> wallet.hold("", paid, true));
        assertEquals(Set.of(COIN + ":0", paid.id() + ":0"), lockedAtFunding(wallet));
    }

    private void away(Executable call) {
        node.next(FakeNode.status(404, "away"));
        assertThrows(NodeUnavailableException.class, call);
    }

    private Set<String> lockedAtFunding(RpcWallet wallet) {
        Set<String> all = new HashSet<>();
        node.on("fundrawtransaction", (params, path) -> {
            all.addAll(locked);
            throw new RpcException(RpcException.WALLET, "stop here");
        });
        assertThrows(WalletException.class, () -> paid(wallet));
        return all;
    }

    @Test
    void theStatusCountsConfirmedUnconfirmedAndReserved() throws Exception {
        locked.add(COIN + ":1");
        node.on(
                "listunspent",
                List.of(
                        Map.of(
                                "txid",
                                COIN,
                                "vout",
                                0,
                                "amount",
                                1.5,
                                "confirmations",
                                3,
                                "spendable",
                                true,
                                "safe",
                                true),
                        Map.of("txid", COIN, "vout", 2, "amount", 0.25, "confirmations", 0, "safe", true),
                        Map.of("txid", COIN, "vout", 3, "amount", 0.00000001, "confirmations", 0, "safe", false)));
        node.on("gettxout", Map.of("value", 2));
        AccountStatus status = wallet().status("");
        assertEquals(150_000_000, status.confirmed());
        assertEquals(25_000_001, status.unconfirmed());
        assertEquals(200_000_000, status.reserved());
        assertEquals(
                List.of(
                        new AccountStatus.Coin(COIN + ":0", 150_000_000, 3),
                        new AccountStatus.Coin(COIN + ":2", 25_000_000, 0)),
                status.coins());
    }

    @Test
    void theRecordedCoinsAreRead() throws Exception {
        node.replay("listunspent", "listunspent");
        assertEquals(10_000_000_000L, wallet().status("").confirmed());
    }

    @Test
    void anAccountsNameIsChecked() {
        for (String bad : List.of("../x", "a b", "-a", "a/b", "\u00e4")) {
            assertThrows(WalletException.class, () -> wallet().freshAddress(bad));
        }
    }
}
