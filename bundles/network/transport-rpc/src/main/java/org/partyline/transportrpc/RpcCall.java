package org.partyline.transportrpc;

import java.util.Arrays;
import java.util.List;

/**
 * One call of a batch.
 *
 * @param method its name
 * @param parameters positional: strings, numbers, booleans, lists and maps of them
 */
record RpcCall(String method, List<Object> parameters) {
    static RpcCall of(String method, Object... parameters) {
        return new RpcCall(method, Arrays.asList(parameters));
    }
}
