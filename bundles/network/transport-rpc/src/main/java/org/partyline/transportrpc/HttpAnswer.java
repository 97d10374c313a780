package org.partyline.transportrpc;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP answer.
 *
 * @param status 100 to 999
 * @param body what was made of its body; null: nothing
 */
record HttpAnswer<T>(int status, @Nullable T body) {}
