package org.partyline.api.crypto;

/**
 * A key derivation requires more memory than this process can spare. The message is one line, and names what to change:
 * the memory cost, or the heap of the server.
 */
public final class KdfMemoryException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    KdfMemoryException(String message) {
        super(message);
    }
}
