package org.partyline.itests.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A Bitcoin node on regtest, in a separate process on loopback, with coins to give away: bcoin, or the Bitcoin Core
 * named by {@code -Dbitcoind=PATH}. If there is neither, tests that need it are skipped.
 */
public final class RegtestNode implements AutoCloseable {
    /** Names the Bitcoin Core to use. */
    public static final String BITCOIND = "bitcoind";
    /** Names an older Bitcoin Core, for tests of its upgrade. */
    public static final String BITCOIND_BEFORE = "bitcoind.before";

    private static final String BANK = "bank";
    private static final int MATURITY = 100;
    /** The minimum that Bitcoin Core accepts for its {@code -maxmempool}, in megabytes. */
    private static final int SMALL_MEMPOOL = 5;
    /** Bytes of data in a transaction that fills a mempool. */
    private static final int LARGE = 60_000;

    /** Bytes of OP_RETURN scripts that Bitcoin Core relays from version 30 on. */
    private static final int MANY = 100_000;

    private static final BigDecimal SAT_PER_BTC = BigDecimal.valueOf(100_000_000);

    private final NodeProgram program;
    private final NodeProgram.Settings settings;
    private final Path cookie;
    private final NodeRpc rpc;
    private Process process;
    /**
     * A Bitcoin Core without a peer relays nothing, and its {@code unbroadcast} stays true: this peer receives its
     * transactions.
     */
    private Optional<RegtestNode> listener = Optional.empty();

    private RegtestNode(NodeProgram program, NodeProgram.Settings settings) {
        this.program = program;
        this.settings = settings;
        this.cookie = program.cookie(settings);
        this.rpc = new NodeRpc(url(), cookie);
        this.process = run(program, settings);
    }

    private static Process run(NodeProgram program, NodeProgram.Settings settings) {
        File log = settings.directory().resolve("node.log").toFile();
        try {
            Process process = program.command(settings)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                    .start();
            Programs.endWithTests(process.toHandle());
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("the node does not start", e);
        }
    }

    /**
     * Starts a node that relays 80 bytes in one OP_RETURN output, as most do. @param zmq whether it publishes by ZMQ
     */
    public static RegtestNode start(boolean zmq) {
        return start(zmq, 0);
    }

    /** @param dataCarrier allowed bytes of OP_RETURN scripts in a transaction, as {@code -datacarriersize} */
    public static RegtestNode start(boolean zmq, int dataCarrier) {
        return start(program(), zmq, dataCarrier, 0, 0, false, node -> node.mine(MATURITY + 5));
    }

    /**
     * Starts a line of Bitcoin Core nodes, each connected to the previous one, that announce transactions as late as on
     * public networks.
     */
    public static List<RegtestNode> startLine(int nodes) {
        assumeTrue(!bitcoind().isEmpty(), "name a Bitcoin Core with -D" + BITCOIND + "=PATH");
        List<RegtestNode> line = new ArrayList<>();
        try {
            while (line.size() < nodes) {
                RegtestNode[] before =
                        line.isEmpty() ? new RegtestNode[0] : new RegtestNode[] {line.get(line.size() - 1)};
                line.add(start(
                        program(),
                        true,
                        MANY,
                        0,
                        0,
                        true,
                        node -> {
                            if (before.length == 0) {
                                node.mine(MATURITY + 5);
                            } else {
                                node.awaitBlocksOf(before);
                            }
                        },
                        before));
            }
            return line;
        } catch (RuntimeException e) {
            line.forEach(RegtestNode::close);
            throw e;
        }
    }

    /** Starts the Bitcoin Core named by {@code -Dbitcoind.before=PATH}; skips the test if none is named. */
    public static RegtestNode startBefore(boolean zmq) {
        String before = System.getProperty(BITCOIND_BEFORE, "");
        assumeTrue(
                !before.isEmpty() && !bitcoind().isEmpty(),
                "name two Bitcoin Cores with -D" + BITCOIND_BEFORE + "=PATH and -D" + BITCOIND + "=PATH");
        return start(new NodeProgram.Core(Path.of(before)), zmq, 0, 0, 0, false, node -> node.mine(MATURITY + 5));
    }

    /** Starts a node with a small mempool, which {@link #crowd} fills. */
    public static RegtestNode startSmall(boolean zmq, int dataCarrier) {
        return start(program(), zmq, dataCarrier, SMALL_MEMPOOL, 0, false, node -> node.mine(MATURITY + 5));
    }

    /** Starts a node of the same network as others: it is connected to them, and has their blocks. */
    public static RegtestNode startBeside(boolean zmq, int dataCarrier, RegtestNode... others) {
        return startDearBeside(zmq, dataCarrier, 0, others);
    }

    /** The same, with a minimum relay fee rate in satoshi for 1,000 virtual bytes. */
    public static RegtestNode startDearBeside(boolean zmq, int dataCarrier, int minRelay, RegtestNode... others) {
        return start(program(), zmq, dataCarrier, 0, minRelay, false, node -> node.awaitBlocksOf(others), others);
    }

    private void awaitBlocksOf(RegtestNode... others) {
        Wait.until(
                "the new node has the others' blocks",
                () -> List.of(others).stream()
                        .allMatch(other -> other.bestBlock().equals(bestBlock())));
    }

    private static RegtestNode start(
            NodeProgram program,
            boolean zmq,
            int dataCarrier,
            int maxMempool,
            int minRelay,
            boolean stock,
            Consumer<RegtestNode> firstBlocks,
            RegtestNode... others) {
        List<Integer> ports = Ports.free(3);
        RegtestNode node = new RegtestNode(
                program,
                new NodeProgram.Settings(
                        Places.newDirectory("node"),
                        ports.get(0),
                        ports.get(1),
                        zmq ? ports.get(2) : 0,
                        dataCarrier,
                        maxMempool,
                        minRelay,
                        stock,
                        Stream.of(others)
                                .map(other -> other.settings.peerPort())
                                .toList()));
        try {
            Wait.until("the node answers", node::answers);
            node.rpc.call("", "createwallet", BANK);
            firstBlocks.accept(node);
            if (program instanceof NodeProgram.Core && others.length == 0 && !stock) {
                node.listener = Optional.of(
                        start(program, false, MANY, 0, 0, false, listening -> listening.awaitBlocksOf(node), node));
            }
        } catch (RuntimeException e) {
            node.close();
            throw new IllegalStateException(e.getMessage() + "\n" + node.log(), e);
        }
        return node;
    }

    /** Returns what a node needs and is missing, with the remedy; empty if one can be started. */
    static Optional<String> missing() {
        if (!bitcoind().isEmpty()) {
            return Optional.empty();
        }
        return Stream.of("node", "npm")
                .filter(program -> !Programs.exists(program))
                .findFirst()
                .map(program -> "there is no " + program + ": install Node.js and npm, or name a Bitcoin Core with -D"
                        + BITCOIND + "=PATH");
    }

    private static String bitcoind() {
        return System.getProperty(BITCOIND, "");
    }

    private static NodeProgram program() {
        Optional<String> missing = missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        return bitcoind().isEmpty() ? NodeProgram.Bcoin.installed() : new NodeProgram.Core(Path.of(bitcoind()));
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the node ended while it started");
        }
        try {
            rpc.call("", "getblockchaininfo");
            return true;
        } catch (UncheckedIOException | NodeRpc.RefusedException e) {
            return false;
        }
    }

    /** Stops it as an operator does: it stores its mempool. */
    public void stop() {
        rpc.call("", "stop");
        process.onExit().join();
    }

    /** Ends it as by {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** After {@link #stop} or {@link #kill}: starts the Bitcoin Core of {@code -Dbitcoind} on this one's data. */
    public void upgrade() {
        start(new NodeProgram.Core(Path.of(bitcoind())));
    }

    /**
     * After {@link #stop} or {@link #kill}: starts it again, a Bitcoin Core on its own data, another node with its
     * peers' data.
     */
    public void restart() {
        start(program);
    }

    private void start(NodeProgram next) {
        process = run(next, settings);
        Wait.until("the node answers again", this::answers);
        if (next instanceof NodeProgram.Core) {
            rpc.call("", "loadwallet", BANK);
        }
    }

    /** Returns whether it has its blocks and wallets after {@link #restart}. */
    public boolean keepsItsDisk() {
        return program instanceof NodeProgram.Core;
    }

    /** Returns its version in Bitcoin Core's form: 310000 is 31.0. */
    public int version() {
        return rpc.call("", "getnetworkinfo").get("version").asInt();
    }

    /** Returns the URL of its RPC. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + settings.rpcPort());
    }

    /** Returns the file with its user and password. */
    public Path cookieFile() {
        return cookie;
    }

    /** Returns its address for peers: HOST:PORT. */
    public String peer() {
        return "127.0.0.1:" + settings.peerPort();
    }

    /** Returns where it publishes {@code rawtx} and {@code sequence}; {@code none} if it does not. */
    public String zmq() {
        return settings.zmqPort() == 0 ? "none" : "tcp://127.0.0.1:" + settings.zmqPort();
    }

    /** Calls it. @param params of any types that JSON can represent */
    public JsonNode call(String method, Object... params) {
        return rpc.call("", method, params);
    }

    /** Calls one of its wallets. */
    public JsonNode wallet(String wallet, String method, Object... params) {
        return rpc.call(wallet, method, params);
    }

    /** Creates a wallet with spendable coins. @param amount satoshi, of each coin */
    public void createWallet(String wallet, int coins, long amount) {
        rpc.call("", "createwallet", wallet);
        fund(wallet, coins, amount);
    }

    /** Pays into a wallet and mines a block. @param amount satoshi, of each coin */
    public void fund(String wallet, int coins, long amount) {
        Map<String, BigDecimal> outputs = new LinkedHashMap<>();
        for (int i = 0; i < coins; i++) {
            outputs.put(rpc.call(wallet, "getnewaddress").asText(), btc(amount));
        }
        rpc.call(BANK, "sendmany", "", outputs);
        mine(1);
    }

    /** Pays to an address and mines a block. @param amount satoshi */
    public void pay(String address, long amount) {
        rpc.call(BANK, "sendtoaddress", address, btc(amount));
        mine(1);
    }

    /** Mines blocks of the waiting transactions. @return the last one's hash */
    public String mine(int blocks) {
        String address = rpc.call(BANK, "getnewaddress").asText();
        JsonNode hashes = rpc.call("", "generatetoaddress", blocks, address);
        return hashes.get(hashes.size() - 1).asText();
    }

    /**
     * Mines a block of only these transactions, in any version: a miner may have kept any. @param raw signed
     * transactions, in hex
     */
    public void mineOnly(String... raw) {
        rpc.call("", "generateblock", rpc.call(BANK, "getnewaddress").asText(), List.of(raw));
    }

    /**
     * Fills its mempool with strangers' large transactions until it evicts a waiting one. Call {@link #split} before,
     * to create 150 coins for them.
     *
     * @param rate satoshi for a virtual byte that each of them pays
     * @param txid of the transaction to evict
     */
    public void crowd(int rate, String txid) {
        int most = SMALL_MEMPOOL * 1_000_000 / LARGE * 2;
        for (int i = 0; i < most && waiting(txid).isPresent(); i++) {
            try {
                sendPayload(new byte[LARGE], rate);
            } catch (NodeRpc.RefusedException e) {
                if (!e.getMessage().contains("mempool full")) {
                    throw e;
                }
                // It was itself the evicted one.
                return;
            }
        }
    }

    /** Returns its present minimum fee rate, in satoshi for 1,000 virtual bytes. */
    public long floor() {
        return sat(rpc.call("", "getmempoolinfo").get("mempoolminfee"));
    }

    /** Returns the hash of its last block. */
    public String bestBlock() {
        return rpc.call("", "getbestblockhash").asText();
    }

    /** Returns the number of blocks above the first. */
    public int height() {
        return rpc.call("", "getblockcount").asInt();
    }

    /**
     * Replaces its last blocks by a chain with one more.
     *
     * @param blocks to replace
     * @return the new last block's hash
     */
    public String reorganise(int blocks) {
        leave(blocks);
        return mine(blocks + 1);
    }

    /** Disconnects the last blocks, as in the middle of a reorganisation. */
    public void leave(int blocks) {
        rpc.call(
                "",
                "invalidateblock",
                rpc.call("", "getblockhash", height() - blocks + 1).asText());
    }

    /** Splits its coins into coins of a million satoshi, so that as many transactions can wait at once. */
    public void split(int coins) {
        fund(BANK, coins, 1_000_000);
    }

    /** Sends a transaction that carries a payload in an OP_RETURN output. @return its id */
    public String sendPayload(byte[] payload) {
        return sendPayload(payload, 2);
    }

    private String sendPayload(byte[] payload, int rate) {
        String script = payload.length <= 75
                ? String.format("6a%02x", payload.length)
                : payload.length <= 255
                        ? String.format("6a4c%02x", payload.length)
                        : String.format("6a4d%02x%02x", payload.length & 0xff, payload.length >> 8);
        String hex = script + java.util.HexFormat.of().formatHex(payload);
        String bare = "02000000" + "00" + "01" + "0000000000000000" + compactSize(hex.length() / 2) + hex + "00000000";
        JsonNode funded = rpc.call(BANK, "fundrawtransaction", bare, Map.of("fee_rate", rate));
        JsonNode signed =
                rpc.call(BANK, "signrawtransactionwithwallet", funded.get("hex").asText());
        return rpc.call("", "sendrawtransaction", signed.get("hex").asText()).asText();
    }

    private static String compactSize(int size) {
        return size < 253 ? String.format("%02x", size) : String.format("fd%02x%02x", size & 0xff, size >> 8);
    }

    /** Returns the ids of unconfirmed transactions. */
    public List<String> mempool() {
        return texts(rpc.call("", "getrawmempool")).toList();
    }

    /** Returns a transaction's fee, in satoshi, and its size; empty if it is not in the mempool. */
    public Optional<Paid> waiting(String txid) {
        try {
            JsonNode entry = rpc.call("", "getmempoolentry", txid);
            return Optional.of(new Paid(
                    sat(entry.get("fees").get("base")), entry.get("vsize").asInt()));
        } catch (NodeRpc.RefusedException e) {
            return Optional.empty();
        }
    }

    /** @param fee satoshi @param vsize virtual bytes */
    public record Paid(long fee, int vsize) {}

    /** Returns a transaction in the node's form. */
    public JsonNode transaction(String txid) {
        return rpc.call("", "getrawtransaction", txid, true);
    }

    /**
     * Returns the height of the block that a transaction is in; empty if it is in none. Its index may be a moment
     * behind its chain.
     */
    public OptionalInt blockOf(String txid) {
        try {
            JsonNode transaction = transaction(txid);
            return transaction.path("confirmations").asInt(0) > 0
                    ? OptionalInt.of(rpc.call(
                                    "",
                                    "getblockheader",
                                    transaction.get("blockhash").asText())
                            .get("height")
                            .asInt())
                    : OptionalInt.empty();
        } catch (NodeRpc.RefusedException e) {
            return OptionalInt.empty();
        }
    }

    /** Returns its log, for a failure message. */
    public String log() {
        try {
            return Files.readString(settings.directory().resolve("node.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        listener.ifPresent(RegtestNode::close);
        kill();
    }

    private static Stream<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText);
    }

    private static BigDecimal btc(long sat) {
        return BigDecimal.valueOf(sat, 8);
    }

    private static long sat(JsonNode btc) {
        return new BigDecimal(btc.asText()).multiply(SAT_PER_BTC).longValueExact();
    }
}
