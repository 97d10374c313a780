package org.partyline.itests.privacy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.partyline.itests.harness.RegtestNode;

/**
 * Makes a Bitcoin Core create transactions with its own wallet, as described at the top of
 * core-wallet-transactions.csv, and returns them as lines of that file. The requests depend on the seed; the coins, the
 * order of outputs and the lock time are the node's own choice, so each run gives different transactions.
 */
final class CoreWallet {
    private static final String DATA = "data";
    private static final String PAYMENT = "payment";
    private static final String DATA_DEFAULT = "data-default";
    private static final int COUNT = 1000;
    private static final int DEFAULT_COUNT = 400;

    private static final String STRANGER = "stranger";
    private static final int COINS = 20;
    /** Satoshi. */
    private static final long COIN = 5_000_000;
    /** The maximum that a payment may need in addition to its amount, in satoshi: more than any of these fees. */
    private static final long FEES = 5_000;

    private static final int BLOCK = 10;
    private static final int SAT_DIGITS = 8;
    private static final int RATE_DIGITS = 3;

    private static final String HEADER = """
            # 2,400 transactions of Bitcoin Core's wallet (%s, regtest, descriptor wallets as createwallet makes them), as features.
            # Made over RPC: three wallets, each with 20 coins of 0.05 BTC on bech32 addresses (and 20 more whenever those ran out);
            # a block after each ten transactions; feerate drawn uniformly from 1.000 to 1.200 sat/vB and given as fee_rate.
            #   data          1,000: send with one {"data": 64 or 80 random bytes}, option change_type bech32
            #   payment       1,000: sendtoaddress of 10,000 to 1,000,000 sat (log-uniform) to a stranger's bech32 address, no options
            #   data-default  400: as data, without change_type: change goes to Taproot then, and later coins are Taproot ones
            # tip-locktime: the tip's height less the lock time, -1 for no lock time. signatures: bytes of each input's first witness item,
            # hash type included. change-at: the index of the change output, -1 for none. rate in sat/kvB as asked for; fee, in and change
            # in sat.
            # To renew this file: run WalletLikenessIT with -Dbitcoind=PATH; it makes such transactions anew, and writes them to
            # itests/privacy/target/core-wallet-transactions.csv. Copy that file to bundles/network/transport-embedded/src/test/resources.
            kind,version,tip-locktime,sequence,inputs,input-type,signatures,outputs,change-at,change-type,payload,vsize,weight,fee,rate,in,change
            """;

    private final RegtestNode node;
    private final SecureRandom random = Seeds.random("payments of Bitcoin Core's wallet");
    private final List<String> lines = new ArrayList<>();

    private CoreWallet(RegtestNode node) {
        this.node = node;
    }

    /** Returns whether there is a Bitcoin Core. */
    static boolean present() {
        return !System.getProperty(RegtestNode.BITCOIND, "").isEmpty();
    }

    /**
     * Creates 1,000 transactions of the kind data, 1,000 of payment and 400 of data-default.
     *
     * @param copy receives the transactions, in the recording's format
     * @return the lines of the table, without the header
     */
    static List<String> transactions(RegtestNode node, Path copy) {
        CoreWallet wallet = new CoreWallet(node);
        node.createWallet(STRANGER, 1, COIN);
        wallet.make(DATA, COUNT);
        wallet.make(PAYMENT, COUNT);
        wallet.make(DATA_DEFAULT, DEFAULT_COUNT);
        try {
            Files.writeString(copy, String.format(HEADER, version(node)) + String.join("\n", wallet.lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return wallet.lines;
    }

    /** Returns the node's version, such as 31.0.0. */
    static String version(RegtestNode node) {
        return node.call("getnetworkinfo").get("subversion").asText().replaceAll("^/Satoshi:([0-9.]+).*", "$1");
    }

    private void make(String kind, int count) {
        node.createWallet(kind, COINS, COIN);
        for (int i = 1; i <= count; i++) {
            long rate = 1000 + random.nextInt(201);
            lines.add(kind.equals(PAYMENT) ? payment(rate) : data(kind, rate));
            if (i % BLOCK == 0) {
                node.mine(1);
            }
        }
    }

    private String data(String kind, long rate) {
        byte[] payload = new byte[random.nextBoolean() ? 64 : 80];
        random.nextBytes(payload);
        int tip = node.height();
        String id = node.wallet(
                        kind,
                        "send",
                        List.of(Map.of("data", HexFormat.of().formatHex(payload))),
                        null,
                        "unset",
                        asked(rate),
                        kind.equals(DATA) ? Map.of("change_type", "bech32") : Map.of())
                .get("txid")
                .asText();
        return line(kind, tip, payload.length, rate, id, "");
    }

    private String payment(long rate) {
        long amount = Math.round(10_000 * Math.pow(100, random.nextDouble()));
        if (balance() < amount + FEES) {
            node.fund(PAYMENT, COINS, COIN);
        }
        String to = node.wallet(STRANGER, "getnewaddress", "", "bech32").asText();
        int tip = node.height();
        String id = node.wallet(
                        PAYMENT,
                        "sendtoaddress",
                        to,
                        BigDecimal.valueOf(amount, SAT_DIGITS),
                        "",
                        "",
                        false,
                        null,
                        null,
                        "unset",
                        null,
                        asked(rate))
                .asText();
        return line(PAYMENT, tip, 0, rate, id, to);
    }

    private long balance() {
        return satoshi(node.wallet(PAYMENT, "getbalances").get("mine").get("trusted"));
    }

    /** @param rate satoshi for 1,000 virtual bytes @return for one */
    private static BigDecimal asked(long rate) {
        return BigDecimal.valueOf(rate, RATE_DIGITS);
    }

    /** @param to the address of a payment; empty for data */
    private String line(String kind, int tip, int payload, long rate, String id, String to) {
        JsonNode transaction = node.transaction(id);
        JsonNode inputs = transaction.get("vin");
        Collection<String> types = new LinkedHashSet<>();
        List<String> signatures = new ArrayList<>();
        for (JsonNode input : inputs) {
            JsonNode witness = input.get("txinwitness");
            // A signature and a key, or only a signature.
            types.add(witness.size() == 2 ? "p2wpkh" : "p2tr");
            signatures.add(Integer.toString(witness.get(0).asText().length() / 2));
        }
        JsonNode outputs = transaction.get("vout");
        long fee = node.waiting(id).orElseThrow().fee();
        long in = fee;
        int changeAt = -1;
        for (JsonNode output : outputs) {
            long value = satoshi(output.get("value"));
            in += value;
            if (value > 0
                    && !output.get("scriptPubKey").path("address").asText().equals(to)) {
                changeAt = output.get("n").asInt();
            }
        }
        JsonNode change = outputs.path(changeAt);
        long locktime = transaction.get("locktime").asLong();
        return String.join(
                ",",
                List.of(
                        kind,
                        transaction.get("version").asText(),
                        Long.toString(locktime == 0 ? -1 : tip - locktime),
                        Long.toHexString(inputs.get(0).get("sequence").asLong()),
                        Integer.toString(inputs.size()),
                        String.join("/", types),
                        String.join("/", signatures),
                        Integer.toString(outputs.size()),
                        Integer.toString(changeAt),
                        type(change.path("scriptPubKey").path("type").asText()),
                        Integer.toString(payload),
                        transaction.get("vsize").asText(),
                        transaction.get("weight").asText(),
                        Long.toString(fee),
                        Long.toString(rate),
                        Long.toString(in),
                        Long.toString(changeAt < 0 ? 0 : satoshi(change.get("value")))));
    }

    private static String type(String script) {
        return switch (script) {
            case "witness_v0_keyhash" -> "p2wpkh";
            case "witness_v1_taproot" -> "p2tr";
            default -> "none";
        };
    }

    private static long satoshi(JsonNode btc) {
        return new BigDecimal(btc.asText()).movePointRight(SAT_DIGITS).longValueExact();
    }
}
