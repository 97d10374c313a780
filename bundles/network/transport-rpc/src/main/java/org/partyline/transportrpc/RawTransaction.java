package org.partyline.transportrpc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.TxId;

/** Where the parts of a serialised transaction lie (BIP144), found by walking its lengths; nothing is copied. */
final class RawTransaction {
    private static final int INPUT_FIXED = 36;

    /** A previous output: its transaction and index. */
    record OutPoint(TxId id, long index) {}

    /** An output: satoshi and script. */
    record Output(long amount, byte[] script) {}

    private final byte[] bytes;
    private final int start;
    private final int end;
    private final boolean witness;
    private final int bodyStart;
    private final int bodyEnd;

    private RawTransaction(byte[] bytes, int start, int end, boolean witness, int bodyStart, int bodyEnd) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.witness = witness;
        this.bodyStart = bodyStart;
        this.bodyEnd = bodyEnd;
    }

    /** A whole array that is one transaction. */
    static RawTransaction of(byte[] bytes) throws MalformedException {
        RawTransaction transaction = at(bytes, 0);
        if (transaction.end != bytes.length) {
            throw new MalformedException("bytes after the end of a transaction");
        }
        return transaction;
    }

    /** The transaction that begins at an offset. */
    static RawTransaction at(byte[] bytes, int start) throws MalformedException {
        ByteCursor cursor = new ByteCursor(bytes, start);
        cursor.skip(4);
        boolean witness = cursor.remaining() >= 2 && bytes[cursor.at()] == 0 && bytes[cursor.at() + 1] == 1;
        if (witness) {
            cursor.skip(2);
        }
        int bodyStart = cursor.at();
        int inputs = cursor.count(INPUT_FIXED + 5);
        for (int i = 0; i < inputs; i++) {
            cursor.skip(INPUT_FIXED);
            cursor.skip(cursor.count(1));
            cursor.skip(4);
        }
        int outputs = cursor.count(9);
        for (int i = 0; i < outputs; i++) {
            cursor.skip(8);
            cursor.skip(cursor.count(1));
        }
        int bodyEnd = cursor.at();
        if (witness) {
            for (int i = 0; i < inputs; i++) {
                int items = cursor.count(1);
                for (int k = 0; k < items; k++) {
                    cursor.skip(cursor.count(1));
                }
            }
        }
        cursor.skip(4);
        return new RawTransaction(bytes, start, cursor.at(), witness, bodyStart, bodyEnd);
    }

    /** The offset behind it. */
    int end() {
        return end;
    }

    /** Its own bytes; the array itself when it is all of it. */
    byte[] raw() {
        return start == 0 && end == bytes.length ? bytes : Arrays.copyOfRange(bytes, start, end);
    }

    TxId id() {
        MessageDigest sha = sha256();
        sha.update(bytes, start, 4);
        sha.update(bytes, bodyStart, bodyEnd - bodyStart);
        sha.update(bytes, end - 4, 4);
        return TxId.ofInternal(sha.digest(sha.digest()));
    }

    /** Virtual bytes (BIP141): a quarter of the weight, rounded up. */
    int vsize() {
        int total = end - start;
        int stripped = 8 + bodyEnd - bodyStart;
        return (stripped * 3 + total + 3) / 4;
    }

    /** Bytes of the witnesses with their marker and flag; 0 without them. */
    int witnessBytes() {
        return end - start - (8 + bodyEnd - bodyStart);
    }

    int version() {
        return (int) ByteCursor.uint32(bytes, start);
    }

    long locktime() {
        return ByteCursor.uint32(bytes, end - 4);
    }

    /** Whether it creates coins: one input with no previous output. */
    boolean coinbase() throws MalformedException {
        List<OutPoint> inputs = inputs();
        return inputs.size() == 1 && inputs.get(0).index() == 0xffffffffL;
    }

    List<OutPoint> inputs() throws MalformedException {
        ByteCursor cursor = new ByteCursor(bytes, bodyStart);
        int count = cursor.count(INPUT_FIXED + 5);
        List<OutPoint> inputs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] id = cursor.take(TxId.LENGTH);
            inputs.add(new OutPoint(TxId.ofInternal(id), cursor.uint32()));
            cursor.skip(cursor.count(1));
            cursor.skip(4);
        }
        return inputs;
    }

    /** The sequence numbers of the inputs. */
    List<Long> sequences() throws MalformedException {
        ByteCursor cursor = new ByteCursor(bytes, bodyStart);
        int count = cursor.count(INPUT_FIXED + 5);
        List<Long> sequences = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            cursor.skip(INPUT_FIXED);
            cursor.skip(cursor.count(1));
            sequences.add(cursor.uint32());
        }
        return sequences;
    }

    List<Output> outputs() throws MalformedException {
        ByteCursor cursor = new ByteCursor(bytes, bodyStart);
        int inputs = cursor.count(INPUT_FIXED + 5);
        for (int i = 0; i < inputs; i++) {
            cursor.skip(INPUT_FIXED);
            cursor.skip(cursor.count(1));
            cursor.skip(4);
        }
        int count = cursor.count(9);
        List<Output> outputs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long amount = cursor.uint32() | cursor.uint32() << 32;
            outputs.add(new Output(amount, cursor.take(cursor.count(1))));
        }
        return outputs;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
