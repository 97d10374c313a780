package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.partyline.testkit.Eventually;

/**
 * A real node on regtest, with this bundle: bcoin from {@code itests/regtest}, or the Bitcoin Core that {@code
 * -Dbitcoind=PATH} names. If there is neither, tests are skipped.
 */
final class RealNode implements AutoCloseable {
    static final String WALLET = "rolls";
    private static final String PASSWORD = "correct-horse-battery";

    private final Path directory;
    private final int port;
    private final RpcSettings settings;
    private final RpcClient direct;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final boolean several;
    private Process process;
    private RpcNode ours;

    private RealNode(Path directory, int port, boolean several) {
        this.directory = directory;
        this.port = port;
        this.several = several;
        this.settings = RpcSettings.of(
                Map.of(
                        "name", "real",
                        "network", "regtest",
                        "url", "http://127.0.0.1:" + port,
                        "user", "u",
                        "password", PASSWORD,
                        "wallet", WALLET,
                        "zmq", "none",
                        "poll-interval", "200ms"),
                directory);
        this.direct = new RpcClient(
                "direct",
                settings.url(),
                settings.credentials(),
                FakeNetwork.to(settings.url()),
                settings::connectTimeout,
                settings.timeout(),
                AnswerLimits.of(settings.responseLimit(), Long.MAX_VALUE),
                time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()),
                Clock.systemUTC());
    }

    /**
     * @param several whether it relays several OP_RETURN outputs in one transaction, as Bitcoin Core does from 30 on
     */
    static RealNode start(boolean several) throws Exception {
        Path target = Files.createDirectories(Path.of("target", "nodes").toAbsolutePath());
        RealNode node = new RealNode(Files.createTempDirectory(target, "node"), freePort(), several);
        node.run();
        node.call("createwallet", WALLET);
        node.mine(110, node.wallet().freshAddress(""));
        return node;
    }

    static boolean isCore() {
        return !System.getProperty("bitcoind", "").isEmpty();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void run() throws Exception {
        process = (isCore() ? core() : bcoin())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("node.log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Eventually.that("the node answers", this::answers);
        ours = RpcNode.open(
                settings,
                () -> Optional.of(new FakeNetwork()),
                executor,
                Clock.systemUTC(),
                new SecureRandom(),
                time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()));
    }

    private ProcessBuilder core() {
        return new ProcessBuilder(
                System.getProperty("bitcoind"),
                "-regtest",
                "-datadir=" + directory,
                "-listen=0",
                "-dnsseed=0",
                "-connect=0",
                "-rpcport=" + port,
                "-rpcuser=u",
                "-rpcpassword=" + PASSWORD,
                "-fallbackfee=0.00001",
                several ? "-datacarriersize=100000" : "-datacarriersize=83");
    }

    private ProcessBuilder bcoin() throws IOException {
        Path source = null;
        for (Path at = Path.of("").toAbsolutePath(); at != null && source == null; at = at.getParent()) {
            source = Files.exists(at.resolve("itests/regtest/node.js")) ? at.resolve("itests/regtest") : null;
        }
        assumeTrue(
                source != null && Files.isDirectory(source.resolve("node_modules/bcoin")),
                "there is no node: run 'npm ci --ignore-scripts' in itests/regtest, or name a Bitcoin Core with -Dbitcoind=PATH");
        ProcessBuilder builder = new ProcessBuilder("node", "node.js").directory(source.toFile());
        Map<String, String> environment = new HashMap<>(
                Map.of("NODE_BACKEND", "js", "RPC_PORT", "" + port, "P2P_PORT", "" + freePort(), "API_KEY", PASSWORD));
        if (several) {
            environment.put("DATACARRIER", "100000");
        }
        builder.environment().putAll(environment);
        return builder;
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the node ended: see " + directory.resolve("node.log"));
        }
        try {
            call("getblockchaininfo");
            return true;
        } catch (NodeProblem | RpcException e) {
            return false;
        }
    }

    JsonNode call(String method, Object... params) throws NodeProblem, RpcException {
        return direct.call(method, params);
    }

    void mine(int blocks, String address) throws Exception {
        call("generatetoaddress", blocks, address);
    }

    /** Mines one block, whose coins belong to nobody here. */
    void mine() throws Exception {
        mine(1, "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202");
    }

    RpcWallet wallet() {
        return ours.wallet().orElseThrow();
    }

    RpcTransport transport() {
        return ours.transport();
    }

    /** Stops the node, and starts it again on the same chain; our side continues. */
    void restart() throws Exception {
        RpcNode kept = ours;
        call("stop");
        process.waitFor(60, TimeUnit.SECONDS);
        run();
        ours.close();
        ours = kept;
    }

    @Override
    public void close() throws Exception {
        ours.close();
        direct.close();
        executor.shutdownNow();
        process.destroyForcibly().waitFor();
    }
}
