package org.partyline.engine;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.partyline.api.TxId;

/**
 * Walks the bytes of a raw transaction to its OP_RETURN outputs, without building objects: most transactions are
 * strangers' and hold nothing for us.
 */
final class TransactionScanner {
    private static final int OP_RETURN = 0x6a;
    private static final int OP_PUSHDATA1 = 0x4c;
    private static final int OP_PUSHDATA2 = 0x4d;
    private static final int OP_PUSHDATA4 = 0x4e;
    private static final int LARGEST_DIRECT_PUSH = 75;

    private final byte[] raw;
    private int at;

    private TransactionScanner(byte[] raw) {
        this.raw = raw;
    }

    /** Is told of the data of an OP_RETURN output. */
    @FunctionalInterface
    interface Visitor {
        /**
         * @param output index of the output
         * @param offset where the data begins in the raw transaction
         * @param length of the data, at least 1
         */
        void payload(int output, int offset, int length);
    }

    /**
     * Visits the data of each OP_RETURN output that is one push and nothing else. Tells nothing of a transaction whose
     * bytes do not add up: a node does not relay such a thing.
     *
     * @return whether the bytes could be walked
     */
    static boolean scan(byte[] raw, Visitor visitor) {
        TransactionScanner scanner = new TransactionScanner(raw);
        return scanner.skipInputs() && scanner.outputs(visitor);
    }

    /**
     * The transaction's id: the hash of everything but the witnesses (BIP141).
     *
     * @throws IllegalArgumentException when the bytes do not add up
     */
    static TxId id(byte[] raw) {
        TransactionScanner scanner = new TransactionScanner(raw);
        if (!scanner.skipInputs()) {
            throw new IllegalArgumentException("not a transaction");
        }
        int body = scanner.segwit() ? 6 : 4;
        if (!scanner.outputs((output, offset, length) -> {})) {
            throw new IllegalArgumentException("not a transaction");
        }
        int end = scanner.at;
        MessageDigest sha = sha256();
        sha.update(raw, 0, 4);
        sha.update(raw, body, end - body);
        sha.update(raw, raw.length - 4, 4);
        return TxId.ofInternal(sha.digest(sha.digest()));
    }

    private boolean segwit() {
        return raw.length > 6 && raw[4] == 0 && raw[5] != 0;
    }

    private boolean skipInputs() {
        // Version, at least one input and output count, lock time.
        if (raw.length < 10) {
            return false;
        }
        at = segwit() ? 6 : 4;
        long inputs = varInt();
        for (long i = 0; i < inputs; i++) {
            if (!skip(36)) {
                return false;
            }
            long script = varInt();
            if (script < 0 || !skip(script) || !skip(4)) {
                return false;
            }
        }
        return inputs >= 0;
    }

    private boolean outputs(Visitor visitor) {
        long outputs = varInt();
        for (long i = 0; i < outputs; i++) {
            if (!skip(8)) {
                return false;
            }
            long script = varInt();
            if (script < 0 || script > raw.length - at) {
                return false;
            }
            if (script > 1 && (raw[at] & 0xff) == OP_RETURN) {
                push((int) i, at + 1, at + (int) script, visitor);
            }
            at += (int) script;
        }
        return outputs >= 0 && raw.length - at >= 4;
    }

    private void push(int output, int from, int end, Visitor visitor) {
        int opcode = raw[from] & 0xff;
        int header;
        long length;
        if (opcode <= LARGEST_DIRECT_PUSH) {
            header = 1;
            length = opcode;
        } else if (opcode == OP_PUSHDATA1 && end - from > 1) {
            header = 2;
            length = raw[from + 1] & 0xff;
        } else if (opcode == OP_PUSHDATA2 && end - from > 2) {
            header = 3;
            length = raw[from + 1] & 0xff | (raw[from + 2] & 0xff) << 8;
        } else if (opcode == OP_PUSHDATA4 && end - from > 4) {
            header = 5;
            length = littleEndian(from + 1, 4);
        } else {
            return;
        }
        if (length > 0 && from + header + length == end) {
            visitor.payload(output, from + header, (int) length);
        }
    }

    private boolean skip(long length) {
        if (length > raw.length - at) {
            return false;
        }
        at += (int) length;
        return true;
    }

    /** A CompactSize number, or -1 when the bytes end. */
    private long varInt() {
        if (at >= raw.length) {
            return -1;
        }
        int first = raw[at++] & 0xff;
        int size = first < 0xfd ? 0 : first == 0xfd ? 2 : first == 0xfe ? 4 : 8;
        if (size == 0) {
            return first;
        }
        if (size > raw.length - at) {
            return -1;
        }
        long value = littleEndian(at, size);
        at += size;
        return value;
    }

    private long littleEndian(int from, int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | raw[from + i] & 0xff;
        }
        return value;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
