package org.partyline.api.transport;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.TxId;

/**
 * Finds the OP_RETURN outputs in the bytes of a raw transaction without creating objects, since most transactions are
 * strangers'.
 */
public final class TransactionScanner {
    private static final int OP_0 = 0x00;
    private static final int OP_1 = 0x51;
    private static final int OP_RETURN = 0x6a;
    private static final int OP_PUSHDATA1 = 0x4c;
    private static final int OP_PUSHDATA2 = 0x4d;
    private static final int OP_PUSHDATA4 = 0x4e;
    private static final int LARGEST_DIRECT_PUSH = 75;

    /** Version, counts of inputs and outputs, lock time. */
    private static final int SHORTEST_TRANSACTION = 10;

    private static final int OUTPOINT_LENGTH = 36;
    private static final int SEQUENCE_LENGTH = 4;
    private static final int AMOUNT_LENGTH = 8;
    private static final int SHORTEST_OUTPUT = AMOUNT_LENGTH + 1;
    private static final int P2WPKH_LENGTH = 22;
    private static final int P2TR_LENGTH = 34;
    private static final int LOCK_TIME_LENGTH = 4;
    /** First byte of a CompactSize number of more than one byte. */
    private static final int SHORTEST_LONG_NUMBER = 0xfd;

    private TransactionScanner() {}

    /** Receives the data of an OP_RETURN output. */
    @ConsumerType
    @FunctionalInterface
    public interface Visitor {
        /**
         * @param output index of the output
         * @param offset the start of the data in the raw transaction
         * @param length the length of the data, at least 1
         */
        void payload(int output, int offset, int length);
    }

    /**
     * Visits the data of each OP_RETURN output that is a single push. Reports nothing for a transaction with malformed
     * bytes: nodes do not relay such transactions.
     *
     * @return whether the bytes were well-formed
     */
    public static boolean scan(byte[] raw, Visitor visitor) {
        int outputs = afterInputs(raw);
        return outputs >= 0 && afterOutputs(raw, outputs, visitor) >= 0;
    }

    /** Whether a transaction has no data in any OP_RETURN output. */
    public static boolean carriesNothing(byte[] raw) {
        boolean[] found = new boolean[1];
        scan(raw, (output, offset, length) -> found[0] = true);
        return !found[0];
    }

    /**
     * The transaction's id: the hash of everything but the witnesses (BIP141).
     *
     * @throws IllegalArgumentException if the bytes are malformed
     */
    public static TxId id(byte[] raw) {
        int outputs = afterInputs(raw);
        int end = outputs < 0 ? -1 : afterOutputs(raw, outputs, (output, offset, length) -> {});
        if (end < 0) {
            throw new IllegalArgumentException("not a transaction");
        }
        int body = firstInput(raw);
        MessageDigest sha = sha256();
        sha.update(raw, 0, 4);
        sha.update(raw, body, end - body);
        sha.update(raw, raw.length - LOCK_TIME_LENGTH, LOCK_TIME_LENGTH);
        return TxId.ofInternal(sha.digest(sha.digest()));
    }

    /**
     * Satoshi in the outputs without data.
     *
     * @throws IllegalArgumentException if the bytes are malformed
     */
    public static long change(byte[] raw) {
        int at = afterInputs(raw);
        if (at < 0 || afterOutputs(raw, at, (output, offset, length) -> {}) < 0) {
            throw new IllegalArgumentException("not a transaction");
        }
        int outputs = (int) number(raw, at);
        at += numberLength(raw, at);
        long sum = 0;
        for (int i = 0; i < outputs; i++) {
            long amount = littleEndian(raw, at, AMOUNT_LENGTH);
            at += AMOUNT_LENGTH;
            int script = (int) number(raw, at);
            at += numberLength(raw, at);
            sum += script > 0 && (raw[at] & 0xff) == OP_RETURN ? 0 : amount;
            at += script;
        }
        return sum;
    }

    /**
     * The outputs that a transaction spends: each a transaction's id and a number, 36 bytes as in the transaction.
     *
     * @throws IllegalArgumentException if the bytes are malformed
     */
    public static Set<ByteBuffer> spent(byte[] raw) {
        if (afterInputs(raw) < 0) {
            throw new IllegalArgumentException("not a transaction");
        }
        int at = firstInput(raw);
        int inputs = (int) number(raw, at);
        at += numberLength(raw, at);
        Set<ByteBuffer> all = new HashSet<>();
        for (int i = 0; i < inputs; i++) {
            all.add(ByteBuffer.wrap(Arrays.copyOfRange(raw, at, at + OUTPOINT_LENGTH)));
            at += OUTPOINT_LENGTH;
            at += numberLength(raw, at) + (int) number(raw, at) + SEQUENCE_LENGTH;
        }
        return all;
    }

    /**
     * The position of the count of inputs: after the version and, if present, the two bytes that announce witnesses
     * (BIP144).
     */
    private static int firstInput(byte[] raw) {
        return raw[4] == 0 && raw[5] != 0 ? 6 : 4;
    }

    private static int afterInputs(byte[] raw) {
        if (raw.length < SHORTEST_TRANSACTION) {
            return -1;
        }
        int at = firstInput(raw);
        long inputs = number(raw, at);
        if (inputs < 0 || inputs > raw.length) {
            return -1;
        }
        at += numberLength(raw, at);
        for (int i = 0; i < (int) inputs; i++) {
            if (raw.length - at <= OUTPOINT_LENGTH) {
                return -1;
            }
            at += OUTPOINT_LENGTH;
            // Inputs with witnesses have an empty script. The branch lets the processor continue with the next input
            // before it has read the length; an addition would have to wait for it.
            if (raw[at] == 0) {
                at += 1 + SEQUENCE_LENGTH;
                continue;
            }
            long script = number(raw, at);
            at += numberLength(raw, at);
            if (script < 0 || script > raw.length - at - SEQUENCE_LENGTH) {
                return -1;
            }
            at += (int) script + SEQUENCE_LENGTH;
        }
        return at;
    }

    private static int afterOutputs(byte[] raw, int start, Visitor visitor) {
        int at = start;
        long outputs = number(raw, at);
        if (outputs < 0 || outputs > raw.length) {
            return -1;
        }
        at += numberLength(raw, at);
        for (int i = 0; i < (int) outputs; i++) {
            if (raw.length - at < SHORTEST_OUTPUT + LOCK_TIME_LENGTH) {
                return -1;
            }
            at += AMOUNT_LENGTH;
            // As above, for the most common kind of output.
            if (raw[at] == P2WPKH_LENGTH && raw[at + 1] == OP_0) {
                at += 1 + P2WPKH_LENGTH;
                continue;
            }
            if (raw[at] == P2TR_LENGTH && raw[at + 1] == OP_1) {
                at += 1 + P2TR_LENGTH;
                continue;
            }
            long script = number(raw, at);
            at += numberLength(raw, at);
            if (script < 0 || script > raw.length - at) {
                return -1;
            }
            int end = at + (int) script;
            if (script > 1 && (raw[at] & 0xff) == OP_RETURN) {
                push(raw, i, at + 1, end, visitor);
            }
            at = end;
        }
        return raw.length - at >= LOCK_TIME_LENGTH ? at : -1;
    }

    private static void push(byte[] raw, int output, int from, int end, Visitor visitor) {
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
            length = littleEndian(raw, from + 1, 2);
        } else if (opcode == OP_PUSHDATA4 && end - from > 4) {
            header = 5;
            length = littleEndian(raw, from + 1, 4);
        } else {
            return;
        }
        if (length > 0 && from + header + length == end) {
            visitor.payload(output, from + header, (int) length);
        }
    }

    /** A CompactSize number; negative if the bytes end, or if it does not fit into a long. */
    private static long number(byte[] raw, int at) {
        if (at >= raw.length) {
            return -1;
        }
        int first = raw[at] & 0xff;
        if (first < SHORTEST_LONG_NUMBER) {
            return first;
        }
        int length = numberLength(raw, at);
        return length > raw.length - at ? -1 : littleEndian(raw, at + 1, length - 1);
    }

    /** The length of a CompactSize number in bytes. */
    private static int numberLength(byte[] raw, int at) {
        int first = raw[at] & 0xff;
        if (first < SHORTEST_LONG_NUMBER) {
            return 1;
        }
        return first == SHORTEST_LONG_NUMBER ? 3 : first == SHORTEST_LONG_NUMBER + 1 ? 5 : 9;
    }

    private static long littleEndian(byte[] raw, int from, int size) {
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
