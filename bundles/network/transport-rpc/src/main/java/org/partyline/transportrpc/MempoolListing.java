package org.partyline.transportrpc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;
import org.partyline.api.transport.NodeStatus;

/**
 * The answer to {@code getrawmempool}, parsed without a tree: it may contain half a million ids.
 *
 * @param ids the transactions
 * @param sequence the next mempool sequence number; 0 if the node does not report it
 */
record MempoolListing(TxidList ids, long sequence) {
    private static final String METHOD = "getrawmempool";
    private static final int MOST_WORDS = 500;

    static MempoolListing read(RpcClient client) throws NodeProblem {
        return client.stream(METHOD, parser -> parse(client, parser), false, true);
    }

    private static MempoolListing parse(RpcClient client, JsonParser parser) throws IOException, NodeProblem {
        @Nullable MempoolListing listing = null;
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw client.garbage(METHOD, null);
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("result") && value == JsonToken.START_OBJECT) {
                listing = object(client, parser);
            } else if (field.equals("result") && value == JsonToken.START_ARRAY) {
                listing = new MempoolListing(ids(client, parser), 0);
            } else if (field.equals("error") && value == JsonToken.START_OBJECT) {
                throw refusal(client, parser);
            } else {
                parser.skipChildren();
            }
        }
        if (listing == null || parser.currentToken() != JsonToken.END_OBJECT) {
            throw client.garbage(METHOD, null);
        }
        return listing;
    }

    private static NodeProblem refusal(RpcClient client, JsonParser parser) throws IOException {
        int code = 0;
        String message = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("code") && value == JsonToken.VALUE_NUMBER_INT) {
                code = parser.getValueAsInt();
            } else if (field.equals("message") && value == JsonToken.VALUE_STRING) {
                String text = parser.getText();
                message = text.substring(0, Math.min(text.length(), MOST_WORDS));
            } else {
                parser.skipChildren();
            }
        }
        boolean starting = code == RpcException.WARMING_UP;
        return new NodeProblem(
                starting ? NodeStatus.State.STARTING : NodeStatus.State.UNREACHABLE,
                "node " + client.node() + (starting ? " is starting: " : " refuses " + METHOD + ": ")
                        + RpcException.oneLine(message));
    }

    private static MempoolListing object(RpcClient client, JsonParser parser) throws IOException, NodeProblem {
        TxidList ids = new TxidList();
        long sequence = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("txids") && value == JsonToken.START_ARRAY) {
                ids = ids(client, parser);
            } else if (field.equals("mempool_sequence") && value == JsonToken.VALUE_NUMBER_INT) {
                sequence = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
        return new MempoolListing(ids, sequence);
    }

    private static TxidList ids(RpcClient client, JsonParser parser) throws IOException, NodeProblem {
        TxidList ids = new TxidList();
        while (parser.nextToken() == JsonToken.VALUE_STRING) {
            if (ids.size() >= client.limits().ids()) {
                throw new NodeProblem(
                        NodeStatus.State.UNREACHABLE,
                        "node " + client.node() + " lists more than "
                                + client.limits().ids()
                                + " transactions, which do not fit in the server's memory; increase it (PARTYLINE_HEAP)");
            }
            ids.add(TxId.of(parser.getText()));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw client.garbage(METHOD, null);
        }
        return ids;
    }
}
