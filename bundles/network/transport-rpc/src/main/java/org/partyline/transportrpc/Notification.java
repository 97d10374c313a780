package org.partyline.transportrpc;

/**
 * A ZMQ message of Bitcoin Core.
 *
 * @param topic {@code rawtx} or {@code sequence}
 * @param body the second frame
 * @param counter the third frame: counts the topic's messages, unsigned 32 bits, from 0
 */
record Notification(String topic, byte[] body, long counter) {
    static final String RAWTX = "rawtx";
    static final String SEQUENCE = "sequence";
}
