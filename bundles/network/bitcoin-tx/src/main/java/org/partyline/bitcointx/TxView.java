package org.partyline.bitcointx;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;

/** A view of a transaction's bytes that locates its id, inputs and outputs, and creates objects only on request. */
public final class TxView {
    private static final int OUTPOINT_BYTES = 36;
    private static final int LEAST_INPUT_BYTES = 41;
    private static final int LEAST_OUTPUT_BYTES = 9;
    private static final int OP_RETURN = 0x6a;
    private static final int LONGEST_DIRECT_PUSH = 75;
    private static final int OP_PUSHDATA1 = 0x4c;
    private static final int OP_PUSHDATA2 = 0x4d;

    private final byte[] bytes;
    private final int start;
    private final int end;
    private final boolean segwit;
    private final int[] inputs;
    private final int[] outputs;
    private final int witnessAt;
    private @Nullable TxId id;

    /**
     * An output.
     *
     * @param amount satoshi
     * @param script must not be changed
     */
    public record Output(long amount, byte[] script) {}

    private TxView(byte[] bytes, int start, int end, boolean segwit, int[] inputs, int[] outputs, int witnessAt) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.segwit = segwit;
        this.inputs = inputs;
        this.outputs = outputs;
        this.witnessAt = witnessAt;
    }

    /** @throws MalformedException if the bytes are not exactly one transaction */
    public static TxView of(byte[] bytes) throws MalformedException {
        TxView view = read(new ByteCursor(bytes, 0, bytes.length), bytes);
        if (view.end != bytes.length) {
            throw new MalformedException("data follows the transaction");
        }
        return view;
    }

    /**
     * Reads a transaction that may be followed by others.
     *
     * @param cursor is after the transaction afterwards
     * @param bytes the cursor's array
     */
    public static TxView read(ByteCursor cursor, byte[] bytes) throws MalformedException {
        int start = cursor.position();
        cursor.skip(4);
        boolean segwit = cursor.remaining() > 1 && bytes[cursor.position()] == 0 && bytes[cursor.position() + 1] == 1;
        if (segwit) {
            cursor.skip(2);
        }
        int[] inputs = new int[cursor.count(LEAST_INPUT_BYTES)];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = cursor.position();
            cursor.skip(OUTPOINT_BYTES);
            cursor.skip(cursor.compactSize());
            cursor.skip(4);
        }
        if (inputs.length == 0) {
            throw new MalformedException("a transaction has no input");
        }
        int[] outputs = new int[cursor.count(LEAST_OUTPUT_BYTES)];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = cursor.position();
            cursor.skip(8);
            cursor.skip(cursor.compactSize());
        }
        int witnessAt = cursor.position();
        if (segwit) {
            skipWitnesses(cursor, inputs.length);
        }
        cursor.skip(4);
        return new TxView(bytes, start, cursor.position(), segwit, inputs, outputs, witnessAt);
    }

    private static void skipWitnesses(ByteCursor cursor, int inputs) throws MalformedException {
        for (int i = 0; i < inputs; i++) {
            int items = cursor.count(1);
            for (int j = 0; j < items; j++) {
                cursor.skip(cursor.compactSize());
            }
        }
    }

    /** Its id: the hash of its form without witnesses. */
    public TxId id() {
        if (id == null) {
            MessageDigest sha = Hashes.sha256();
            sha.update(bytes, start, 4);
            int body = segwit ? start + 6 : start + 4;
            sha.update(bytes, body, witnessAt - body);
            sha.update(bytes, end - 4, 4);
            id = TxId.ofInternal(sha.digest(sha.digest()));
        }
        return id;
    }

    /** The bytes of the transaction, including witnesses; a copy. */
    public byte[] bytes() {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** The same, but the original array if that contains nothing else. Must not be changed. */
    public byte[] raw() {
        return start == 0 && end == bytes.length ? bytes : bytes();
    }

    /** Its version, signed. */
    public int version() {
        return (int) little(start, 4);
    }

    /** Its lock time, 0 to 4,294,967,295. */
    public long lockTime() {
        return little(end - 4, 4);
    }

    /** The size of the witnesses with their marker and flag; 0 without witnesses. */
    public int witnessBytes() {
        return segwit ? 2 + end - 4 - witnessAt : 0;
    }

    /** Virtual bytes (BIP141). */
    public int vsize() {
        int total = end - start;
        int stripped = total - witnessBytes();
        return (3 * stripped + total + 3) / 4;
    }

    /** The number of inputs, at least 1. */
    public int inputCount() {
        return inputs.length;
    }

    /** The output that an input spends. */
    public OutPoint input(int number) {
        int at = inputs[number];
        TxId from = TxId.ofInternal(Arrays.copyOfRange(bytes, at, at + TxId.LENGTH));
        return new OutPoint(from, little(at + TxId.LENGTH, 4));
    }

    /** The outputs that its inputs spend, in order. */
    public List<OutPoint> spent() {
        return IntStream.range(0, inputs.length).mapToObj(this::input).toList();
    }

    /** The sequence number of an input, 0 to 4,294,967,295. */
    public long sequence(int number) {
        int next = number + 1 < inputs.length ? inputs[number + 1] : outputsAt();
        return little(next - 4, 4);
    }

    /** The position of the count of outputs. */
    private int outputsAt() {
        return (outputs.length == 0 ? witnessAt : outputs[0]) - ByteWriter.compactLength(outputs.length);
    }

    /** Whether it is a coinbase: one input that spends nothing. */
    public boolean coinbase() {
        if (inputs.length != 1) {
            return false;
        }
        for (int i = 0; i < TxId.LENGTH; i++) {
            if (bytes[inputs[0] + i] != 0) {
                return false;
            }
        }
        return input(0).index() == 0xffffffffL;
    }

    /** The number of outputs. */
    public int outputCount() {
        return outputs.length;
    }

    /** An output's amount in satoshi. */
    public long amount(int number) {
        return little(outputs[number], 8);
    }

    /** An output's script; a copy. */
    public byte[] script(int number) {
        int next = number + 1 < outputs.length ? outputs[number + 1] : witnessAt;
        int from = outputs[number] + 8;
        int first = bytes[from] & 0xff;
        from += first < 0xfd ? 1 : first == 0xfd ? 3 : first == 0xfe ? 5 : 9;
        return Arrays.copyOfRange(bytes, from, next);
    }

    /** Its outputs in order; copies. */
    public List<Output> outputs() {
        return IntStream.range(0, outputs.length)
                .mapToObj(number -> new Output(amount(number), script(number)))
                .toList();
    }

    private long little(int from, int length) {
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = value << 8 | bytes[from + i] & 0xff;
        }
        return value;
    }

    /** An output's P2WPKH program, 20 bytes; null for another kind. */
    public byte @Nullable [] witnessKeyHash(int number) {
        int at = outputs[number] + 8;
        boolean is = bytes[at] == 22 && bytes[at + 1] == 0 && bytes[at + 2] == 20;
        return is ? Arrays.copyOfRange(bytes, at + 3, at + 23) : null;
    }

    /** The maximum number of bytes that one OP_RETURN output carries in one push; 0 if there is none. */
    public int largestData() {
        int most = 0;
        for (int at : outputs) {
            most = Math.max(most, data(at + 8));
        }
        return most;
    }

    /** @param at the position of the script's length */
    private int data(int at) {
        int length = bytes[at] & 0xff;
        int script = at + 1;
        if (length == 0xfd) {
            length = bytes[at + 1] & 0xff | (bytes[at + 2] & 0xff) << 8;
            script = at + 3;
        }
        boolean longer = bytes[at] == (byte) 0xfe || bytes[at] == (byte) 0xff;
        if (longer || length < 2 || (bytes[script] & 0xff) != OP_RETURN) {
            return 0;
        }
        int push = bytes[script + 1] & 0xff;
        int header = push <= LONGEST_DIRECT_PUSH ? 2 : push == OP_PUSHDATA1 ? 3 : push == OP_PUSHDATA2 ? 4 : length;
        return length - header;
    }
}
