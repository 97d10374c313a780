package org.partyline.transportrpc;

/** Bytes that are not a transaction or a block. */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message);
    }
}
