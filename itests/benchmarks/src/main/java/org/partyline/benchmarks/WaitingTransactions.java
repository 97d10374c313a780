package org.partyline.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bitcoinj.base.BitcoinNetwork;
import org.bitcoinj.base.SegwitAddress;
import org.bitcoinj.base.Sha256Hash;

/**
 * Fills a regtest node's mempool. The transactions spend outputs whose script accepts anything, so that creating and
 * checking thousands takes only seconds; in length and structure they are one-input payments, a third of them with an
 * OP_RETURN.
 */
final class WaitingTransactions {
    /** Drops the placeholder of the signature, and succeeds. */
    private static final byte[] WITNESS_SCRIPT = {0x75, 0x51};

    private static final byte[] SCRIPT = outputScript();
    private static final int SENDERS = 8;
    private static final int SIGNATURE = 72;
    private static final int OUTPUTS = 1000;
    private static final int MATURITY = 100;
    private static final long FEE = 1000;
    private static final long FAN_FEE = 100_000;

    private final OneCallClient node;
    private final Random random = new Random(5);

    WaitingTransactions(OneCallClient node) {
        this.node = node;
    }

    private record Coin(String txid, int index, long amount) {}

    private record Output(long amount, byte[] script) {}

    /** @param count a multiple of 1,000 */
    void fill(int count) {
        String address = SegwitAddress.fromProgram(BitcoinNetwork.REGTEST, 0, Sha256Hash.hash(WITNESS_SCRIPT))
                .toString();
        int fans = count / OUTPUTS;
        JsonNode blocks = node.call("generatetoaddress", fans, address);
        node.call("generatetoaddress", MATURITY, address);
        List<Coin> coins = new ArrayList<>();
        for (JsonNode block : blocks) {
            coins.addAll(fan(coinbase(block.asText())));
        }
        node.call("generatetoaddress", 2, address);
        List<String> all = new ArrayList<>();
        int number = 0;
        for (Coin coin : coins) {
            List<Output> outputs = new ArrayList<>();
            if (number++ % 3 == 0) {
                outputs.add(new Output(0, opReturn(20 + random.nextInt(61))));
            } else {
                outputs.add(new Output(1000 + random.nextInt(10_000), program(0x00, 20)));
            }
            long rest = coin.amount - FEE - outputs.get(0).amount;
            outputs.add(new Output(rest, program(0x00, 20)));
            all.add(transaction(coin, outputs));
        }
        sendAll(all);
    }

    /** Several at a time: Bitcoin Core answers only after all its listeners have received the transaction. */
    private void sendAll(List<String> transactions) {
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
        try {
            CompletableFuture.allOf(transactions.stream()
                            .map(each -> CompletableFuture.runAsync(() -> send(each), threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            threads.shutdown();
        }
    }

    private String send(String transaction) {
        return node.call("sendrawtransaction", transaction).asText();
    }

    private Coin coinbase(String block) {
        JsonNode first = node.call("getblock", block, 2).path("tx").get(0);
        long amount = first.path("vout")
                .get(0)
                .path("value")
                .decimalValue()
                .movePointRight(8)
                .longValueExact();
        return new Coin(first.path("txid").asText(), 0, amount);
    }

    private List<Coin> fan(Coin coin) {
        List<Output> outputs = new ArrayList<>();
        long each = (coin.amount - FAN_FEE) / OUTPUTS;
        for (int i = 0; i < OUTPUTS; i++) {
            outputs.add(new Output(each, SCRIPT));
        }
        String txid = send(transaction(coin, outputs));
        List<Coin> coins = new ArrayList<>();
        for (int i = 0; i < OUTPUTS; i++) {
            coins.add(new Coin(txid, i, each));
        }
        return coins;
    }

    private String transaction(Coin coin, List<Output> outputs) {
        Bytes out = new Bytes();
        out.number(2, 4).number(0, 1).number(1, 1).compactSize(1);
        byte[] txid = HexFormat.of().parseHex(coin.txid);
        for (int i = txid.length - 1; i >= 0; i--) {
            out.number(txid[i], 1);
        }
        out.number(coin.index, 4).compactSize(0).number(0xfffffffdL, 4).compactSize(outputs.size());
        for (Output output : outputs) {
            out.number(output.amount, 8).compactSize(output.script.length).bytes(output.script);
        }
        byte[] signature = new byte[SIGNATURE];
        random.nextBytes(signature);
        out.compactSize(2).compactSize(SIGNATURE).bytes(signature);
        out.compactSize(WITNESS_SCRIPT.length).bytes(WITNESS_SCRIPT).number(0, 4);
        return out.hex();
    }

    private byte[] opReturn(int length) {
        byte[] data = new byte[length];
        random.nextBytes(data);
        Bytes script = new Bytes().number(0x6a, 1);
        if (length > 75) {
            script.number(0x4c, 1);
        }
        return script.number(length, 1).bytes(data).toByteArray();
    }

    private byte[] program(int version, int length) {
        byte[] program = new byte[length];
        random.nextBytes(program);
        return new Bytes().number(version, 1).number(length, 1).bytes(program).toByteArray();
    }

    private static byte[] outputScript() {
        return new Bytes()
                .number(0x00, 1)
                .number(32, 1)
                .bytes(Sha256Hash.hash(WITNESS_SCRIPT))
                .toByteArray();
    }

    /** Bytes in a transaction's byte order. */
    private static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Bytes number(long value, int length) {
            for (int i = 0; i < length; i++) {
                out.write((int) (value >>> 8 * i));
            }
            return this;
        }

        Bytes compactSize(int value) {
            return value < 0xfd ? number(value, 1) : number(0xfd, 1).number(value, 2);
        }

        Bytes bytes(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        byte[] toByteArray() {
            return out.toByteArray();
        }

        String hex() {
            return HexFormat.of().formatHex(toByteArray());
        }
    }
}
