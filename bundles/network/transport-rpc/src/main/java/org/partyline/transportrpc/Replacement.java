package org.partyline.transportrpc;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.TxId;

/** A transaction in the place of another: the same inputs, other data, and change to the same script. */
final class Replacement {
    private static final int OP_RETURN = 0x6a;
    private static final int INPUT_BYTES = 36 + 1 + 4;

    private final RawTransaction old;
    private final List<RawTransaction.OutPoint> inputs;
    private final List<Long> sequences;
    private final byte[] changeScript;
    private final long total;
    private final List<byte[]> scripts;

    private Replacement(RawTransaction old, RawTransaction.Output change, long fee, List<byte[]> payloads)
            throws MalformedException {
        this.old = old;
        this.inputs = old.inputs();
        this.sequences = old.sequences();
        this.changeScript = change.script();
        this.total = fee
                + old.outputs().stream()
                        .mapToLong(RawTransaction.Output::amount)
                        .sum();
        this.scripts = payloads.stream().map(OpReturn::script).toList();
    }

    /**
     * @param fee what the other one pays, in satoshi
     * @return empty when that one has no change, or pays somebody
     */
    static Optional<Replacement> of(RawTransaction old, long fee, List<byte[]> payloads) throws MalformedException {
        Optional<Integer> change = changeIndex(old);
        return change.isEmpty()
                ? Optional.empty()
                : Optional.of(new Replacement(old, old.outputs().get(change.get()), fee, payloads));
    }

    /** Where a transaction of ours has its change: the one output that is no OP_RETURN. */
    static Optional<Integer> changeIndex(RawTransaction transaction) throws MalformedException {
        List<RawTransaction.Output> outputs = transaction.outputs();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            byte[] script = outputs.get(i).script();
            if (script.length == 0 || script[0] != OP_RETURN) {
                others.add(i);
            }
        }
        return others.size() == 1 ? Optional.of(others.get(0)) : Optional.empty();
    }

    /** What its inputs hold, in satoshi. */
    long total() {
        return total;
    }

    TxId oldId() {
        return old.id();
    }

    /** The least that the change may hold: Bitcoin Core's {@code GetDustThreshold} at its 3 sat/vB. */
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

    /** Virtual bytes, if its signatures are as long as those of the other one. */
    int likelyVsize() {
        int stripped = 4 + OpReturn.compactLength(inputs.size()) + INPUT_BYTES * inputs.size() + 4;
        stripped += OpReturn.compactLength(outputs());
        for (byte[] script : scripts) {
            stripped += 8 + OpReturn.compactLength(script.length) + script.length;
        }
        stripped += 8 + OpReturn.compactLength(changeScript.length) + changeScript.length;
        return (4 * stripped + old.witnessBytes() + 3) / 4;
    }

    /**
     * Without signatures.
     *
     * @param changeAt the index of the change among the outputs
     */
    byte[] unsigned(int changeAt, long change, long locktime) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OpReturn.little(out, old.version(), 4);
        OpReturn.compact(out, inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            byte[] id = inputs.get(i).id().bytes();
            for (int k = id.length - 1; k >= 0; k--) {
                out.write(id[k]);
            }
            OpReturn.little(out, inputs.get(i).index(), 4);
            out.write(0);
            OpReturn.little(out, sequences.get(i), 4);
        }
        OpReturn.compact(out, outputs());
        for (int i = 0; i <= scripts.size(); i++) {
            if (i == changeAt) {
                output(out, change, changeScript);
            }
            if (i < scripts.size()) {
                output(out, 0, scripts.get(i));
            }
        }
        OpReturn.little(out, locktime, 4);
        return out.toByteArray();
    }

    private static void output(ByteArrayOutputStream out, long amount, byte[] script) {
        OpReturn.little(out, amount, 8);
        OpReturn.compact(out, script.length);
        out.writeBytes(script);
    }
}
