package org.partyline.transportembedded;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bitcoinj.base.BitcoinNetwork;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionOutPoint;
import org.bitcoinj.core.TransactionOutput;
import org.bitcoinj.script.Script;
import org.bitcoinj.script.ScriptPattern;
import org.partyline.api.TxId;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionRejectedException.Reason;

/**
 * A well-formed transaction, parsed strictly and checked as far as is possible without its coins. Must not be changed.
 */
final class Tx {
    /** A standard transaction has no more bytes than its weight limit. */
    private static final int MAX_BYTES = 400_000;

    private final TxId id;
    private final Transaction transaction;
    private final int vsize;
    private final List<Outpoint> inputs;

    private Tx(Transaction transaction) {
        this.transaction = transaction;
        this.id = id(transaction.getTxId());
        this.vsize = transaction.getVsize();
        List<Outpoint> spent = new ArrayList<>();
        for (TransactionInput input : transaction.getInputs()) {
            TransactionOutPoint from = input.getOutpoint();
            spent.add(new Outpoint(id(from.hash()), (int) from.index()));
        }
        this.inputs = List.copyOf(spent);
    }

    /** @throws TransactionRejectedException if the bytes are not exactly one valid transaction */
    static Tx parse(byte[] raw) throws TransactionRejectedException {
        if (raw.length > MAX_BYTES) {
            throw new TransactionRejectedException(Reason.NOT_STANDARD, "tx-size");
        }
        Transaction transaction;
        try {
            ByteBuffer bytes = ByteBuffer.wrap(raw.clone());
            transaction = Transaction.read(bytes);
            if (bytes.hasRemaining() || !Arrays.equals(transaction.serialize(), raw)) {
                throw new TransactionRejectedException(Reason.OTHER, "TX decode failed");
            }
        } catch (RuntimeException e) {
            // bitcoinj reports malformed bytes with several unchecked types, including those of Java's buffers.
            throw new TransactionRejectedException(Reason.OTHER, "TX decode failed");
        }
        try {
            Transaction.verify(BitcoinNetwork.REGTEST, transaction);
        } catch (RuntimeException e) {
            throw new TransactionRejectedException(
                    Reason.OTHER, "bad-txns: " + e.getClass().getSimpleName());
        }
        return new Tx(transaction);
    }

    /** @param raw a transaction that was accepted before */
    static Tx trusted(byte[] raw) {
        return new Tx(Transaction.read(ByteBuffer.wrap(raw)));
    }

    static TxId id(Sha256Hash hash) {
        return TxId.ofBytes(hash.getBytes());
    }

    TxId id() {
        return id;
    }

    /** Must not be changed. */
    Transaction transaction() {
        return transaction;
    }

    int vsize() {
        return vsize;
    }

    List<Outpoint> inputs() {
        return inputs;
    }

    int outputCount() {
        return transaction.getOutputs().size();
    }

    long outputSum() {
        return transaction.getOutputs().stream()
                .mapToLong(o -> o.getValue().getValue())
                .sum();
    }

    /** The output as a coin of this network: empty unless it is P2WPKH, the only form that can be spent here. */
    Optional<Utxo> output(int index, int height) {
        if (index < 0 || index >= outputCount()) {
            return Optional.empty();
        }
        TransactionOutput output = transaction.getOutput(index);
        return program(output.getScriptBytes())
                .map(p -> new Utxo(new Outpoint(id, index), output.getValue().getValue(), p, height));
    }

    private static Optional<String> program(byte[] script) {
        if (script.length == 22 && script[0] == 0 && script[1] == 20) {
            return Optional.of(HexFormat.of().formatHex(script, 2, 22));
        }
        return Optional.empty();
    }

    /** The scripts of the outputs; a script that cannot be parsed is not standard. */
    List<Script> scripts() throws TransactionRejectedException {
        List<Script> scripts = new ArrayList<>();
        for (TransactionOutput output : transaction.getOutputs()) {
            try {
                scripts.add(Script.parse(output.getScriptBytes()));
            } catch (RuntimeException e) {
                throw new TransactionRejectedException(Reason.NOT_STANDARD, "scriptpubkey");
            }
        }
        return scripts;
    }

    static boolean isData(Script script) {
        return ScriptPattern.isOpReturn(script);
    }
}
