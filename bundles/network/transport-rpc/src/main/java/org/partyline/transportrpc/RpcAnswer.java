package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A node's answer to one call of a batch: a result or an error.
 *
 * @param result the value; JSON null if the call returns nothing, or for an error
 * @param error the node's error, or null
 */
record RpcAnswer(JsonNode result, @Nullable RpcException error) {
    /** The value. */
    JsonNode get() throws RpcException {
        if (error != null) {
            throw error;
        }
        return result;
    }
}
