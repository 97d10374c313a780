package org.partyline.transportrpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.TxId;
import org.partyline.bitcointx.ByteWriter;
import org.partyline.bitcointx.DataScript;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.OutPoint;
import org.partyline.bitcointx.TxView;

/** Builds a transaction that replaces another: the same inputs, other data, and change to the same script. */
final class Replacement {
    private static final int INPUT_BYTES = 36 + 1 + 4;

    private final TxView old;
    private final List<OutPoint> inputs;
    private final byte[] changeScript;
    private final long total;
    private final List<byte[]> scripts;

    private Replacement(TxView old, TxView.Output change, long fee, List<byte[]> payloads) throws MalformedException {
        this.old = old;
        this.inputs = old.spent();
        this.changeScript = change.script();
        this.total =
                fee + old.outputs().stream().mapToLong(TxView.Output::amount).sum();
        this.scripts = payloads.stream().map(DataScript::of).toList();
    }

    /**
     * @param fee the fee of the replaced transaction, in satoshi
     * @return empty if it has no change, or pays someone
     */
    static Optional<Replacement> of(TxView old, long fee, List<byte[]> payloads) throws MalformedException {
        Optional<Integer> change = changeIndex(old);
        return change.isEmpty()
                ? Optional.empty()
                : Optional.of(new Replacement(old, old.outputs().get(change.get()), fee, payloads));
    }

    /** The index of the change of a transaction of ours: the only output that is not OP_RETURN. */
    static Optional<Integer> changeIndex(TxView transaction) throws MalformedException {
        List<TxView.Output> outputs = transaction.outputs();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            if (!DataScript.is(outputs.get(i).script())) {
                others.add(i);
            }
        }
        return others.size() == 1 ? Optional.of(others.get(0)) : Optional.empty();
    }

    /** The total of its inputs, in satoshi. */
    long total() {
        return total;
    }

    TxId oldId() {
        return old.id();
    }

    /** The minimum amount of the change: Bitcoin Core's {@code GetDustThreshold} at its 3 sat/vB. */
    long dust() {
        return switch (changeScript.length) {
            case 22 -> 294; // P2WPKH
            case 34 -> 330; // P2TR, P2WSH
            case 23 -> 540; // P2SH
            default -> 546; // P2PKH
        };
    }

    int outputs() {
        return scripts.size() + 1;
    }

    /** Its virtual size if its signatures are as long as those of the replaced transaction. */
    int likelyVsize() {
        int stripped = 4 + ByteWriter.compactLength(inputs.size()) + INPUT_BYTES * inputs.size() + 4;
        stripped += ByteWriter.compactLength(outputs());
        for (byte[] script : scripts) {
            stripped += 8 + ByteWriter.compactLength(script.length) + script.length;
        }
        stripped += 8 + ByteWriter.compactLength(changeScript.length) + changeScript.length;
        return (4 * stripped + old.witnessBytes() + 3) / 4;
    }

    /**
     * Without signatures.
     *
     * @param changeAt the index of the change among the outputs
     */
    byte[] unsigned(int changeAt, long change, long lockTime) {
        ByteWriter out = new ByteWriter().little(old.version(), 4).compactSize(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            out.outPoint(inputs.get(i)).u8(0).little(old.sequence(i), 4);
        }
        out.compactSize(outputs());
        for (int i = 0; i <= scripts.size(); i++) {
            if (i == changeAt) {
                out.output(change, changeScript);
            }
            if (i < scripts.size()) {
                out.output(0, scripts.get(i));
            }
        }
        return out.little(lockTime, 4).toByteArray();
    }
}
