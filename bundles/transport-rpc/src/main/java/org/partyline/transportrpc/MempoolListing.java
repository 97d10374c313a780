package org.partyline.transportrpc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.partyline.api.TxId;
import org.partyline.api.transport.NodeStatus;

/**
 * The answer to {@code getrawmempool}, read without a tree: it may have half a million ids.
 *
 * @param ids the transactions
 * @param sequence the mempool sequence number that comes next; 0 when the node does not say
 */
record MempoolListing(List<TxId> ids, long sequence) {
    private static final String METHOD = "getrawmempool";
    private static final int MOST = 5_000_000;

    static MempoolListing read(RpcClient client) throws NodeProblem {
        byte[] answer = client.callForBytes(RpcClient.NODE, METHOD, false, true);
        try (JsonParser parser = client.mapper().createParser(answer)) {
            return parse(client, parser);
        } catch (IOException | IllegalArgumentException e) {
            // An id that is not hexadecimal, or half a document.
            throw client.garbage(METHOD, null);
        }
    }

    private static MempoolListing parse(RpcClient client, JsonParser parser) throws IOException, NodeProblem {
        MempoolListing listing = null;
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw client.garbage(METHOD, null);
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("result") && value == JsonToken.START_OBJECT) {
                listing = object(parser);
            } else if (field.equals("result") && value == JsonToken.START_ARRAY) {
                listing = new MempoolListing(ids(parser), 0);
            } else if (field.equals("error") && value == JsonToken.START_OBJECT) {
                JsonNode error = parser.readValueAsTree();
                boolean starting = error.path("code").asInt() == RpcException.WARMING_UP;
                throw new NodeProblem(
                        starting ? NodeStatus.State.STARTING : NodeStatus.State.UNREACHABLE,
                        "node " + client.node() + (starting ? " is starting: " : " refuses " + METHOD + ": ")
                                + RpcException.oneLine(error.path("message").asText("")));
            } else {
                parser.skipChildren();
            }
        }
        if (listing == null || parser.currentToken() != JsonToken.END_OBJECT) {
            throw client.garbage(METHOD, null);
        }
        return listing;
    }

    private static MempoolListing object(JsonParser parser) throws IOException {
        List<TxId> ids = List.of();
        long sequence = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("txids") && value == JsonToken.START_ARRAY) {
                ids = ids(parser);
            } else if (field.equals("mempool_sequence") && value == JsonToken.VALUE_NUMBER_INT) {
                sequence = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
        return new MempoolListing(ids, sequence);
    }

    private static List<TxId> ids(JsonParser parser) throws IOException {
        List<TxId> ids = new ArrayList<>();
        while (parser.nextToken() == JsonToken.VALUE_STRING && ids.size() < MOST) {
            ids.add(TxId.of(parser.getText()));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw new IOException("not a list of ids");
        }
        return ids;
    }
}
