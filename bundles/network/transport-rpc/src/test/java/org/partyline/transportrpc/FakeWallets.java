package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.bitcointx.ByteWriter;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.OutPoint;
import org.partyline.bitcointx.TxView;

/** Wallets behind a {@link FakeNode}: coins that are funded, locked, signed for and spent. */
final class FakeWallets {
    private static final long SATOSHI_PER_BITCOIN = 100_000_000L;
    /** The size of an input's witness, in bytes that count as a quarter. */
    private static final int WITNESS_WEIGHT_OF_INPUT = 109;

    private static final int INPUT_BYTES = 41;
    /** From this number of coins on, a payment consolidates half as many. */
    private static final int MANY = 10;

    private static final int CHANGE_SCRIPT = 22;

    /** The coins with their amounts, by wallet. */
    private final Map<String, Map<OutPoint, Long>> coins = new LinkedHashMap<>();

    private final Map<String, Set<OutPoint>> locked = new LinkedHashMap<>();
    private int made;

    FakeWallets(FakeNode node) {
        node.on("loadwallet", (params, path) -> load(params.get(0).textValue()));
        node.on("createwallet", (params, path) -> create(params.get(0).textValue()));
        node.on("getnewaddress", (params, path) -> address(path));
        node.on("listunspent", (params, path) -> unspent(path));
        node.on("listlockunspent", (params, path) -> locked(path));
        node.on("lockunspent", (params, path) -> lock(path, params.get(0).booleanValue(), params.get(1)));
        node.on("gettxout", (params, path) -> output(params));
        node.on("fundrawtransaction", this::fund);
        node.on(
                "signrawtransactionwithwallet",
                (params, path) -> sign(path, params.get(0).textValue()));
        node.on("testmempoolaccept", (params, path) -> List.of(Map.of("allowed", true)));
    }

    /** Pays a confirmed coin to a wallet. */
    synchronized void pay(String wallet, long satoshi) {
        coins("/wallet/" + wallet).put(new OutPoint(TxId.of(String.format("%064x", ++made)), 0), satoshi);
    }

    /** Makes a wallet. */
    synchronized Object create(String wallet) {
        coins.put("/wallet/" + wallet, new LinkedHashMap<>());
        locked.put("/wallet/" + wallet, new LinkedHashSet<>());
        return Map.of();
    }

    private synchronized Object load(String wallet) throws RpcException {
        of(coins, "/wallet/" + wallet);
        return Map.of();
    }

    private static <T> T of(Map<String, T> all, String path) throws RpcException {
        T one = all.get(path);
        if (one == null) {
            throw new RpcException(RpcException.WALLET_NOT_FOUND, "Requested wallet does not exist or is not loaded");
        }
        return one;
    }

    private Map<OutPoint, Long> coins(String path) {
        return coins.get(path);
    }

    private synchronized String address(String path) throws RpcException {
        of(coins, path);
        return "bcrt1q" + ++made;
    }

    private static BigDecimal bitcoin(long satoshi) {
        return BigDecimal.valueOf(satoshi).divide(BigDecimal.valueOf(SATOSHI_PER_BITCOIN));
    }

    private synchronized Object unspent(String path) throws RpcException {
        List<Object> free = new ArrayList<>();
        Set<OutPoint> without = of(locked, path);
        of(coins, path).forEach((coin, amount) -> {
            if (!without.contains(coin)) {
                free.add(Map.of(
                        "txid",
                        coin.id().toString(),
                        "vout",
                        coin.index(),
                        "amount",
                        bitcoin(amount),
                        "confirmations",
                        1));
            }
        });
        return free;
    }

    private synchronized Object locked(String path) throws RpcException {
        return of(locked, path).stream()
                .map(coin -> Map.of("txid", coin.id().toString(), "vout", coin.index()))
                .toList();
    }

    private static OutPoint outpoint(JsonNode named) {
        return new OutPoint(
                TxId.of(named.get("txid").textValue()), named.get("vout").longValue());
    }

    private synchronized Object lock(String path, boolean free, JsonNode named) throws RpcException {
        for (JsonNode one : named) {
            OutPoint coin = outpoint(one);
            if (!of(coins, path).containsKey(coin)
                    || !(free ? of(locked, path).remove(coin) : of(locked, path).add(coin))) {
                throw new RpcException(RpcException.INVALID_PARAMETER, "Invalid parameter, no such unspent output");
            }
        }
        return true;
    }

    private synchronized Object output(JsonNode params) {
        OutPoint coin =
                new OutPoint(TxId.of(params.get(0).textValue()), params.get(1).longValue());
        return coins.values().stream()
                .filter(owned -> owned.containsKey(coin))
                .findFirst()
                .<Object>map(owned -> Map.of("value", bitcoin(owned.get(coin))))
                .orElse(null);
    }

    private synchronized Object fund(JsonNode params, String path) throws RpcException {
        byte[] unfunded = HexFormat.of().parseHex(params.get(0).textValue());
        FeeRate rate = new FeeRate(new BigDecimal(params.get(1).get("fee_rate").textValue())
                .movePointRight(3)
                .longValueExact());
        boolean chooses = unfunded[4] == 0;
        TxView wanted = read(chooses ? withAnInput(unfunded) : unfunded);
        List<OutPoint> chosen = chooses ? choose(path, unfunded, rate) : wanted.spent();
        long sum = chosen.stream().mapToLong(coins(path)::get).sum();
        long fee = fee(unfunded, chooses ? chosen.size() : 0, chosen.size(), rate);
        if (sum < fee) {
            throw new RpcException(RpcException.INSUFFICIENT_FUNDS, "Insufficient funds");
        }
        locked.get(path).addAll(chosen);
        return Map.of(
                "hex",
                HexFormat.of().formatHex(funded(wanted, chosen, sum - fee)),
                "fee",
                bitcoin(fee),
                "changepos",
                0);
    }

    /** Without an input, it would be parsed as one with witnesses. */
    private static byte[] withAnInput(byte[] unfunded) {
        return ByteBuffer.allocate(unfunded.length + INPUT_BYTES)
                .put(unfunded, 0, 4)
                .put((byte) 1)
                .put(new byte[INPUT_BYTES])
                .put(unfunded, 5, unfunded.length - 5)
                .array();
    }

    /** @param more the number of inputs in addition to existing ones */
    private static long fee(byte[] unfunded, int more, int inputs, FeeRate rate) {
        int weight = 4 * (unfunded.length + INPUT_BYTES * more + 8 + 1 + CHANGE_SCRIPT)
                + 2
                + WITNESS_WEIGHT_OF_INPUT * inputs;
        return rate.fee((weight + 3) / 4);
    }

    /**
     * One coin if that is enough; but of many small ones more than are needed, like Bitcoin Core while fees are low.
     */
    private List<OutPoint> choose(String path, byte[] unfunded, FeeRate rate) throws RpcException {
        List<Map.Entry<OutPoint, Long>> free = of(coins, path).entrySet().stream()
                .filter(each -> !locked.get(path).contains(each.getKey()))
                .toList();
        List<OutPoint> chosen = new ArrayList<>();
        long sum = 0;
        for (Map.Entry<OutPoint, Long> each : free) {
            boolean enough = sum > fee(unfunded, Math.max(1, chosen.size()), Math.max(1, chosen.size()), rate) + 1_000;
            if (!enough || free.size() >= MANY && chosen.size() < MANY / 2) {
                chosen.add(each.getKey());
                sum += each.getValue();
            }
        }
        if (sum <= fee(unfunded, chosen.size(), chosen.size(), rate) + 1_000) {
            throw new RpcException(RpcException.INSUFFICIENT_FUNDS, "Insufficient funds");
        }
        return chosen;
    }

    /** Adds inputs and a change output to an unfunded transaction. */
    private byte[] funded(TxView unfunded, List<OutPoint> chosen, long change) {
        ByteWriter out = new ByteWriter().little(2, 4).compactSize(chosen.size());
        chosen.forEach(coin -> out.outPoint(coin).u8(0).little(0xfffffffdL, 4));
        byte[] script = ByteBuffer.allocate(CHANGE_SCRIPT)
                .put((byte) 0)
                .put((byte) 20)
                .putLong(++made)
                .array();
        out.compactSize(unfunded.outputCount() + 1).output(change, script);
        for (int i = 0; i < unfunded.outputCount(); i++) {
            out.output(unfunded.amount(i), unfunded.script(i));
        }
        return out.little(unfunded.lockTime(), 4).toByteArray();
    }

    private synchronized Object sign(String path, String hex) throws RpcException {
        List<OutPoint> spent = read(HexFormat.of().parseHex(hex)).spent();
        boolean owned = of(coins, path).keySet().containsAll(spent);
        return Map.of("hex", owned ? RpcWalletTest.signAll(hex, spent.size()) : hex, "complete", owned);
    }

    private static TxView read(byte[] raw) {
        try {
            return TxView.of(raw);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Confirms a transaction: its coins are spent, and its change belongs to that wallet. */
    synchronized void confirm(byte[] raw) {
        TxView transaction = read(raw);
        for (Map.Entry<String, Map<OutPoint, Long>> each : coins.entrySet()) {
            if (each.getValue().keySet().removeAll(transaction.spent())) {
                locked.get(each.getKey()).removeAll(transaction.spent());
                for (int i = 0; i < transaction.outputCount(); i++) {
                    if (!DataScript.is(transaction.script(i))) {
                        each.getValue().put(new OutPoint(transaction.id(), i), transaction.amount(i));
                    }
                }
            }
        }
    }
}
