package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.Hashes;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.OutPoint;
import org.partyline.bitcointx.TxView;

/** Wallets behind a {@link FakeNode}: coins that are funded, locked, signed for and spent. A payment spends one coin. */
final class FakeWallets {
    private static final long SATOSHI_PER_BITCOIN = 100_000_000L;
    /** What a witness adds: 109 bytes, counted as a quarter, and the marker. */
    private static final int WITNESS_WEIGHT = 2 + 109;

    private static final int CHANGE_SCRIPT = 22;

    /** By wallet: what it owns, with how much. */
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
        int weight = 4 * (unfunded.length + 41 + 8 + 1 + CHANGE_SCRIPT) + WITNESS_WEIGHT;
        long fee = rate.fee((weight + 3) / 4);
        OutPoint coin = of(coins, path).entrySet().stream()
                .filter(each -> !locked.get(path).contains(each.getKey()) && each.getValue() > fee + 1_000)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new RpcException(RpcException.INSUFFICIENT_FUNDS, "Insufficient funds"));
        locked.get(path).add(coin);
        return Map.of(
                "hex",
                HexFormat.of().formatHex(funded(unfunded, coin, coins(path).get(coin) - fee)),
                "fee",
                bitcoin(fee),
                "changepos",
                0);
    }

    /** Puts one input and a change output into an unfunded transaction: version, no input, outputs, lock time. */
    private byte[] funded(byte[] unfunded, OutPoint coin, long change) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(unfunded, 0, 4);
        out.write(1);
        out.writeBytes(Hashes.internal(coin.id()));
        out.writeBytes(little(4, coin.index()));
        out.write(0);
        out.writeBytes(little(4, 0xfffffffdL));
        out.write(unfunded[5] + 1);
        out.writeBytes(little(8, change));
        out.write(CHANGE_SCRIPT);
        out.write(0);
        out.write(20);
        out.writeBytes(little(8, ++made));
        out.writeBytes(new byte[12]);
        out.write(unfunded, 6, unfunded.length - 6);
        return out.toByteArray();
    }

    private static byte[] little(int length, long number) {
        byte[] bytes = new byte[length];
        ByteBuffer.wrap(ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(number)
                        .array())
                .get(bytes);
        return bytes;
    }

    private synchronized Object sign(String path, String hex) throws RpcException {
        boolean owned = of(coins, path)
                .keySet()
                .containsAll(read(HexFormat.of().parseHex(hex)).spent());
        return Map.of("hex", owned ? RpcWalletTest.sign(hex) : hex, "complete", owned);
    }

    private static TxView read(byte[] raw) {
        try {
            return TxView.of(raw);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A transaction is in a block: its coins are spent, and its change is one of that wallet. */
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
