package org.partyline.receive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/**
 * Writes packets that are not ours, or not yet, to the store: many in one commit, since strangers determine how many
 * there are. A block's packets are written before the block counts as read; those of a mempool at most a little later,
 * since a mempool is read again after a start. Guarded by the state lock.
 */
public final class PacketWriter {

    /** The maximum number of packets that wait to be written. */
    public static final int MOST = 512;

    /** Their maximum total size in bytes: version-1 payloads may be long. */
    private static final int MOST_BYTES = 1 << 20;

    /** How long the oldest of them waits at most. */
    static final Duration LONGEST = Duration.ofSeconds(5);

    private record Put(String table, Candidate candidate) {}

    private final Store store;
    private final Clock clock;
    private final BooleanSupplier open;
    private final Map<PacketId, Put> puts = new LinkedHashMap<>();
    private final Set<PacketId> deletions = new LinkedHashSet<>();
    private final List<Candidate> collected = new ArrayList<>();
    private int bytes;
    /** The time of the first unwritten change; null if there is none. */
    private @Nullable Instant since;

    /** @param open whether the store is open and its content in memory */
    public PacketWriter(Store store, Clock clock, BooleanSupplier open) {
        this.store = store;
        this.clock = clock;
        this.open = open;
    }

    /** Stores a packet that matched nothing. */
    void unmatched(PacketId id, Candidate candidate) {
        put(id, new Put(HeldPackets.UNMATCHED, candidate));
    }

    /** Stores a packet that waits for a suite or for its key. */
    void parked(PacketId id, Candidate candidate) {
        put(id, new Put(HeldPackets.PARKED, candidate));
    }

    private void put(PacketId id, Put put) {
        begin(put.candidate());
        deletions.remove(id);
        puts.put(id, put);
    }

    private void begin(Candidate candidate) {
        bytes += candidate.payload().length;
        begin();
    }

    private void begin() {
        if (since == null) {
            since = clock.instant();
        }
    }

    /** Removes a packet. */
    void forget(PacketId id) {
        // It may also be in the store.
        puts.remove(id);
        begin();
        deletions.add(id);
    }

    /** Returns a parked packet, whether it was written yet or not. */
    Optional<Candidate> parked(PacketId id) throws StoreException {
        Put put = puts.get(id);
        return put != null
                ? Optional.of(put.candidate())
                : store.transact(tx -> Tables.find(tx, HeldPackets.PARKED, id.hash(), Candidate.class));
    }

    /** Called when the packet was opened, and is no longer in the store. */
    void opened(PacketId id) {
        puts.remove(id);
    }

    /** Stores a packet that arrived while the store was locked. */
    void collect(Candidate candidate) {
        begin(candidate);
        collected.add(candidate);
    }

    /** Writes if enough packets have accumulated, or have waited long enough. */
    void flushIfDue() throws StoreException {
        if (since == null) {
            return;
        }
        boolean full = puts.size() + deletions.size() + collected.size() >= MOST || bytes >= MOST_BYTES;
        if (full || Duration.between(since, clock.instant()).abs().compareTo(LONGEST) >= 0) {
            flush();
        }
    }

    /** Writes everything; if the disk fails, everything still waits. */
    void flush() throws StoreException {
        if (since == null) {
            return;
        }
        if (open.getAsBoolean()) {
            write();
        } else {
            // The store was locked before they could be written.
            puts.values().forEach(put -> collected.add(put.candidate()));
        }
        puts.clear();
        deletions.clear();
        if (!collected.isEmpty() && store.state() != Store.State.NEW) {
            store.collect(collected.stream()
                    .map(candidate ->
                            new Store.Collected(candidate.name(), Cbor.write(candidate), Shares.of(candidate)))
                    .toList());
        }
        collected.clear();
        bytes = 0;
        since = null;
    }

    private void write() throws StoreException {
        if (puts.isEmpty() && deletions.isEmpty()) {
            return;
        }
        store.update(tx -> {
            for (PacketId id : deletions) {
                tx.delete(HeldPackets.UNMATCHED, id.hash());
                tx.delete(HeldPackets.PARKED, id.hash());
            }
            for (Map.Entry<PacketId, Put> each : puts.entrySet()) {
                Put put = each.getValue();
                byte[] id = each.getKey().hash();
                boolean parked = put.table().equals(HeldPackets.PARKED);
                tx.delete(parked ? HeldPackets.UNMATCHED : HeldPackets.PARKED, id);
                // How long it waits depends on what was read meanwhile, which the store does not know.
                tx.put(put.table(), id, Keys.ALL, Cbor.write(put.candidate()), null);
            }
        });
    }
}
