package org.partyline.api.crypto;

/**
 * A key derivation requires more memory than this process can spare. The message is one line, and says what to change:
 * the memory cost or the server's heap.
 */
public final class KdfMemoryException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    KdfMemoryException(String message) {
        super(message);
    }
}
