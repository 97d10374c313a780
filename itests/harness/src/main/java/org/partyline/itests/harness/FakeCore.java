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

/** Answers as a Bitcoin Core on mainnet that has one block and an empty mempool: enough to be watched, without a chain. */
public final class FakeCore implements AutoCloseable {
    /** The genesis block of mainnet. */
    private static final String GENESIS = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final Instant newestBlock;
    private final String floor;

    /**
     * @param newestBlock when it was mined, as the node says
     * @param floor what it relays at least, in BTC per 1,000 vB
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

    /** Where it listens. */
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
                "{'chain':'main','blocks':0,'headers':0,'bestblockhash':'" + GENESIS + "','time':"
                        + newestBlock.getEpochSecond() + ",'initialblockdownload':false}";
            case "getblockhash", "getbestblockhash" -> "'" + GENESIS + "'";
            case "getblockheader" ->
                "{'hash':'" + GENESIS + "','height':0,'confirmations':1,'time':" + newestBlock.getEpochSecond() + "}";
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
