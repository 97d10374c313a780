package org.partyline.transportrpc;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP answer.
 *
 * @param status 100 to 999
 * @param body the processed body; null if none
 */
record HttpAnswer<T>(int status, @Nullable T body) {}
