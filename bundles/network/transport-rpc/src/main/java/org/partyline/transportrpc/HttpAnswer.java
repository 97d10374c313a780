package org.partyline.transportrpc;

/**
 * An HTTP answer.
 *
 * @param status 100 to 999
 * @param body what was made of its body
 */
record HttpAnswer<T>(int status, T body) {}
