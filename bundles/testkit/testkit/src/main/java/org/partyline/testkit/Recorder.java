package org.partyline.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;

/**
 * Records events, one line each: {@code transaction TXID}, {@code transaction TXID in HASH}, {@code block HASH}, {@code
 * no block HASH}, {@code removed TXID}.
 */
final class Recorder implements TransactionListener {
    private final Function<byte[], TxId> ids;
    private final List<String> told = new ArrayList<>();
    private final Map<TxId, byte[]> raws = new HashMap<>();

    /** @param ids returns the id of a transaction */
    Recorder(Function<byte[], TxId> ids) {
        this.ids = ids;
    }

    @Override
    public synchronized void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
        TxId id = ids.apply(rawTransaction);
        raws.put(id, rawTransaction.clone());
        told.add("transaction " + id + block.map(in -> " in " + in.hash()).orElse(""));
    }

    @Override
    public synchronized void blockConnected(BlockRef block) {
        told.add("block " + block.hash());
    }

    @Override
    public synchronized void blockDisconnected(BlockRef block) {
        told.add("no block " + block.hash());
    }

    @Override
    public synchronized void removed(TxId id) {
        told.add("removed " + id);
    }

    synchronized List<String> told() {
        return List.copyOf(told);
    }

    synchronized byte[] raw(TxId id) {
        return raws.get(id);
    }

    /** Waits until an event was recorded. */
    void awaits(String line) {
        Eventually.that(line + " is told", () -> told().contains(line));
    }
}
