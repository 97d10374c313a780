package org.partyline.transportrpc;

/**
 * An HTTP answer.
 *
 * @param status 100 to 999
 * @param body all of it
 */
record HttpAnswer(int status, byte[] body) {}
