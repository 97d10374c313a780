package org.partyline.transportbitcoinj;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.TxView;

/** Records the events. */
final class Recorder implements TransactionListener {
    private final Map<TxId, Integer> mempool = new LinkedHashMap<>();
    private final Map<TxId, BlockRef> confirmed = new LinkedHashMap<>();
    private final List<BlockRef> chain = new ArrayList<>();
    private final List<BlockRef> disconnected = new ArrayList<>();

    @Override
    public synchronized void transaction(byte[] raw, Optional<BlockRef> block) {
        TxId id;
        try {
            id = TxView.of(raw).id();
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
        if (block.isPresent()) {
            confirmed.put(id, block.get());
        } else {
            mempool.merge(id, 1, Integer::sum);
        }
    }

    @Override
    public synchronized void blockConnected(BlockRef block) {
        chain.add(block);
    }

    @Override
    public synchronized void blockDisconnected(BlockRef block) {
        disconnected.add(block);
        chain.remove(block);
        confirmed.values().removeIf(block::equals);
    }

    synchronized boolean inMempool(String id) {
        return mempool.containsKey(TxId.of(id));
    }

    /** How often a transaction was reported for the mempool. */
    synchronized int times(String id) {
        return mempool.getOrDefault(TxId.of(id), 0);
    }

    synchronized int mempoolSize() {
        return mempool.size();
    }

    synchronized Optional<BlockRef> confirmed(String id) {
        return Optional.ofNullable(confirmed.get(TxId.of(id)));
    }

    synchronized List<BlockRef> chain() {
        return List.copyOf(chain);
    }

    synchronized List<BlockRef> disconnected() {
        return List.copyOf(disconnected);
    }

    synchronized Optional<BlockRef> tip() {
        return chain.isEmpty() ? Optional.empty() : Optional.of(chain.get(chain.size() - 1));
    }

    synchronized boolean at(String hash) {
        return tip().map(t -> t.hash().toString().equals(hash)).orElse(false);
    }
}
