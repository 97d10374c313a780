package org.partyline.transportbitcoinj;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.TxId;

/** Keeps the latest unconfirmed transactions as bytes, within a memory limit. Not thread-safe. */
final class MempoolCache {
    private static final int OVERHEAD = 200;

    private final long limit;
    private final Map<TxId, byte[]> transactions = new LinkedHashMap<>();
    private long held;

    /** @param limit bytes */
    MempoolCache(long limit) {
        this.limit = limit;
    }

    void add(TxId id, byte[] raw) {
        if (raw.length + OVERHEAD > limit || transactions.putIfAbsent(id, raw) != null) {
            return;
        }
        held += raw.length + OVERHEAD;
        Iterator<byte[]> oldest = transactions.values().iterator();
        while (held > limit) {
            held -= oldest.next().length + OVERHEAD;
            oldest.remove();
        }
    }

    Optional<byte[]> get(TxId id) {
        return Optional.ofNullable(transactions.get(id));
    }

    void remove(TxId id) {
        byte[] raw = transactions.remove(id);
        if (raw != null) {
            held -= raw.length + OVERHEAD;
        }
    }

    /** All of them, the oldest first. */
    Collection<byte[]> all() {
        return List.copyOf(transactions.values());
    }

    int size() {
        return transactions.size();
    }

    /** The memory in use in bytes, including overhead. */
    long held() {
        return held;
    }
}
