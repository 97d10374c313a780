package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A node's answer to one call of a batch: a result or an error.
 *
 * @param result the value; JSON null when the call returns nothing
 * @param error the node's error
 */
record RpcAnswer(JsonNode result, RpcException error) {
    /** The value. */
    JsonNode get() throws RpcException {
        if (error != null) {
            throw error;
        }
        return result;
    }
}
