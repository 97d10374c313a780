package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a node answered to one call of a batch: exactly one of the two is there.
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
