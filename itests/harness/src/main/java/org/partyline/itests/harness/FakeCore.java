package org.partyline.itests.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers like a Bitcoin Core on mainnet whose newest block has the genesis block's bytes, with an empty mempool:
 * enough to be watched, without a chain.
 */
public final class FakeCore implements AutoCloseable {
    /** The genesis block of mainnet. */
    private static final String GENESIS = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";

    /** The block that distinguishes Bitcoin's chain from the one of Knots with BIP-110. */
    private static final String PINNED = "00000000000000000000d29ee44c13e924c37abcaa80c537609ce70b1fea1f33";

    private static final int PINNED_HEIGHT = 963_647;
    private static final int HEIGHT = PINNED_HEIGHT + 1;

    private static final String BLOCK =
            "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b2"
                    + "7ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c010100000001000000000000000000000000000000"
                    + "0000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63"
                    + "656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a010000004341"
                    + "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d57"
                    + "8a4c702b6bf11d5fac00000000";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final Instant newestBlock;
    private final String floor;

    /**
     * @param newestBlock when it was mined, according to the node
     * @param floor the minimum relay fee rate, in BTC per 1,000 vB
     */
    public FakeCore(Instant newestBlock, String floor) {
        this.newestBlock = newestBlock;
        this.floor = floor;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Returns its URL. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
        JsonNode answer;
        if (request.isArray()) {
            ArrayNode all = JSON.createArrayNode();
            request.forEach(call -> all.add(answer(call)));
            answer = all;
        } else {
            answer = answer(request);
        }
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private ObjectNode answer(JsonNode call) {
        ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
        answer.set("id", call.get("id"));
        String result = switch (call.path("method").asText()) {
            case "getnetworkinfo" -> "{'version':310000,'subversion':'/Satoshi:31.0.0/','incrementalfee':0.00000100}";
            case "getblockchaininfo" ->
                "{'chain':'main','blocks':" + HEIGHT + ",'headers':" + HEIGHT + ",'bestblockhash':'" + GENESIS
                        + "','time':" + newestBlock.getEpochSecond() + ",'initialblockdownload':false}";
            case "getblockhash" ->
                call.path("params").path(0).asInt() == PINNED_HEIGHT ? "'" + PINNED + "'" : "'" + GENESIS + "'";
            case "getbestblockhash" -> "'" + GENESIS + "'";
            case "getblockheader" ->
                "{'hash':'" + GENESIS + "','height':" + HEIGHT + ",'confirmations':1,'time':"
                        + newestBlock.getEpochSecond() + "}";
            case "getblock" -> "'" + BLOCK + "'";
            case "getmempoolinfo" ->
                "{'loaded':true,'size':0,'mempoolminfee':" + floor + ",'minrelaytxfee':0.00000100,"
                        + "'incrementalrelayfee':0.00000100,'maxdatacarriersize':100000}";
            case "getrawmempool" ->
                call.path("params").path(1).asBoolean(false) ? "{'txids':[],'mempool_sequence':1}" : "[]";
            case "getzmqnotifications" -> "[]";
            case "estimatesmartfee" -> "{'blocks':6,'errors':['no data']}";
            default -> "";
        };
        if (result.isEmpty()) {
            answer.putObject("error").put("code", -32601).put("message", "Method not found");
            return answer;
        }
        try {
            answer.set("result", JSON.readTree(result.replace('\'', '"')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answer;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
