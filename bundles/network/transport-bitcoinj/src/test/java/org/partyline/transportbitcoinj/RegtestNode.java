package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.partyline.testkit.Eventually;

/**
 * A real node on regtest with an open peer-to-peer port: bcoin from {@code itests/regtest}, or the Bitcoin Core that
 * {@code -Dbitcoind=PATH} names. If there is neither, tests are skipped.
 */
final class RegtestNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BANK = "bank";

    private final Path directory;
    private final int rpcPort;
    private final int peerPort;
    private final Process process;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RegtestNode(Path directory, List<Integer> ports, ProcessBuilder program) throws IOException {
        this.directory = directory;
        this.rpcPort = ports.get(0);
        this.peerPort = ports.get(1);
        this.process = program.redirectErrorStream(true)
                .redirectOutput(directory.resolve("node.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    static RegtestNode start() throws IOException {
        Path target = Files.createDirectories(Path.of("target", "nodes").toAbsolutePath());
        Path directory = Files.createTempDirectory(target, "node");
        List<Integer> ports = freePorts(2);
        String core = System.getProperty("bitcoind", "");
        RegtestNode node = new RegtestNode(
                directory, ports, core.isEmpty() ? bcoin(directory, ports) : core(core, directory, ports));
        Eventually.that("the node answers", node::answers);
        node.call("", "createwallet", BANK);
        node.mine(105);
        return node;
    }

    private static ProcessBuilder core(String program, Path directory, List<Integer> ports) {
        return new ProcessBuilder(
                program,
                "-regtest",
                "-datadir=" + directory,
                "-bind=127.0.0.1:" + ports.get(1),
                "-dnsseed=0",
                "-discover=0",
                "-connect=0",
                "-listen=1",
                "-rpcport=" + ports.get(0),
                "-whitelist=noban,mempool@127.0.0.1",
                "-fallbackfee=0.0001",
                "-limitclustercount=64");
    }

    private static ProcessBuilder bcoin(Path directory, List<Integer> ports) {
        Path source = null;
        for (Path at = Path.of("").toAbsolutePath(); at != null && source == null; at = at.getParent()) {
            source = Files.exists(at.resolve("itests/regtest/node.js")) ? at.resolve("itests/regtest") : null;
        }
        assumeTrue(
                source != null && Files.isDirectory(source.resolve("node_modules/bcoin")),
                "there is no node: run 'npm ci --ignore-scripts' in itests/regtest, or name a Bitcoin Core with -Dbitcoind=PATH");
        ProcessBuilder builder = new ProcessBuilder("node", "node.js").directory(source.toFile());
        builder.environment()
                .putAll(Map.of(
                        "NODE_BACKEND", "js",
                        "RPC_PORT", ports.get(0).toString(),
                        "P2P_PORT", ports.get(1).toString(),
                        "COOKIE_FILE", directory.resolve("regtest/.cookie").toString(),
                        "DATACARRIER", "100000"));
        return builder;
    }

    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the node ended: see " + directory.resolve("node.log"));
        }
        try {
            call("", "getblockchaininfo");
            return true;
        } catch (UncheckedIOException | IllegalStateException e) {
            return false;
        }
    }

    Endpoint peer() {
        return new Endpoint("127.0.0.1", peerPort);
    }

    JsonNode call(String wallet, String method, Object... params) {
        ObjectNode body = JSON.createObjectNode();
        body.put("jsonrpc", "1.0").put("id", method).put("method", method);
        body.set("params", JSON.valueToTree(params));
        JsonNode answer = post(wallet, body);
        if (answer.hasNonNull("error")) {
            throw new IllegalStateException(method + ": " + answer.get("error"));
        }
        return answer.path("result");
    }

    private JsonNode post(String wallet, JsonNode body) {
        try {
            String user = Files.readString(directory.resolve("regtest/.cookie")).strip();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + rpcPort + (wallet.isEmpty() ? "/" : "/wallet/" + wallet)))
                    .header(
                            "Authorization",
                            "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)))
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                    .build();
            return JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException("the node does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    JsonNode bank(String method, Object... params) {
        return call(BANK, method, params);
    }

    /** Mines blocks; returns the hash of the last one. */
    String mine(int blocks) {
        JsonNode hashes =
                call("", "generatetoaddress", blocks, bank("getnewaddress").asText());
        return hashes.get(hashes.size() - 1).asText();
    }

    /** Pays; returns the transaction's id. */
    String pay(String address, long sat) {
        return bank("sendtoaddress", address, BigDecimal.valueOf(sat, 8)).asText();
    }

    /** Sends transactions to the node, many in one request; returns their ids. */
    List<String> send(List<byte[]> transactions) {
        List<String> ids = new ArrayList<>();
        for (int at = 0; at < transactions.size(); at += 500) {
            ArrayNode batch = JSON.createArrayNode();
            for (byte[] raw : transactions.subList(at, Math.min(at + 500, transactions.size()))) {
                ObjectNode each =
                        batch.addObject().put("jsonrpc", "1.0").put("id", 1).put("method", "sendrawtransaction");
                each.putArray("params").add(HexFormat.of().formatHex(raw));
            }
            for (JsonNode answer : post("", batch)) {
                if (!answer.path("result").isTextual()) {
                    throw new IllegalStateException("sendrawtransaction: " + answer.path("error"));
                }
                ids.add(answer.path("result").asText());
            }
        }
        return ids;
    }

    int height() {
        return call("", "getblockchaininfo").path("blocks").asInt();
    }

    String bestBlock() {
        return call("", "getbestblockhash").asText();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
