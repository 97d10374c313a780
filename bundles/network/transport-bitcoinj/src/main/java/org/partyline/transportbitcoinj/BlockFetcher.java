package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.TxId;
import org.partyline.bitcointx.RawBlock;

/**
 * Fetches blocks: each is requested from one peer, then from another if the first does not answer. Holds received
 * blocks until they are used, within a limit. Not thread-safe.
 */
final class BlockFetcher {
    static final int AT_ONE_PEER = 4;
    static final long MOST_BYTES = 32_000_000;
    private static final Duration AGAIN = Duration.ofSeconds(30);

    /** A requested block, or one that no peer had. */
    private static final class Want {
        private long tried;
        private int askedOf = -1;
        private Instant until = Instant.MIN;
    }

    /** A request to send. */
    record Request(int slot, TxId block) {}

    private final Duration patience;
    private final Map<TxId, Want> wants = new HashMap<>();
    private final LinkedHashSet<TxId> wanted = new LinkedHashSet<>();
    private final Map<TxId, RawBlock> held = new LinkedHashMap<>();
    /** Peers that did not send a block in time: they are asked only for what no other can be asked for. */
    private final Set<Integer> late = new HashSet<>();

    private long heldBytes;

    BlockFetcher(Duration patience) {
        this.patience = patience;
    }

    /** Sets the blocks that are wanted now, the most urgent first; others are dropped. */
    void want(Set<TxId> blocks) {
        wanted.clear();
        for (TxId block : blocks) {
            if (!held.containsKey(block)) {
                wanted.add(block);
            }
        }
        wants.keySet().retainAll(wanted);
        Iterator<Map.Entry<TxId, RawBlock>> oldest = held.entrySet().iterator();
        while (heldBytes > MOST_BYTES && oldest.hasNext()) {
            Map.Entry<TxId, RawBlock> each = oldest.next();
            if (!blocks.contains(each.getKey())) {
                heldBytes -= each.getValue().size();
                oldest.remove();
            }
        }
    }

    /** A received block. */
    Optional<RawBlock> get(TxId hash) {
        return Optional.ofNullable(held.get(hash));
    }

    /**
     * The next requests.
     *
     * @param slots peers that can be asked
     */
    List<Request> next(Set<Integer> slots, Instant now) {
        List<Request> requests = new ArrayList<>();
        if (heldBytes > MOST_BYTES) {
            return requests;
        }
        Map<Integer, Integer> busy = new HashMap<>();
        wants.values().stream().filter(w -> w.askedOf >= 0).forEach(w -> busy.merge(w.askedOf, 1, Integer::sum));
        for (TxId block : wanted) {
            Want want = wants.computeIfAbsent(block, b -> new Want());
            if (want.askedOf >= 0 || now.isBefore(want.until)) {
                continue;
            }
            List<Integer> untried = slots.stream()
                    .filter(slot -> (want.tried & 1L << slot) == 0)
                    .toList();
            boolean allLate = late.containsAll(untried);
            Optional<Integer> free = untried.stream()
                    .filter(slot -> allLate || !late.contains(slot))
                    .filter(slot -> busy.getOrDefault(slot, 0) < AT_ONE_PEER)
                    .min((a, b) -> busy.getOrDefault(a, 0) - busy.getOrDefault(b, 0));
            if (free.isPresent()) {
                want.askedOf = free.get();
                want.tried |= 1L << free.get();
                want.until = now.plus(patience);
                busy.merge(free.get(), 1, Integer::sum);
                requests.add(new Request(free.get(), block));
            } else if (untried.isEmpty()) {
                // No peer has it: try again later.
                want.tried = 0;
                want.until = now.plus(AGAIN);
            }
        }
        return requests;
    }

    /** @return whether it was wanted */
    boolean received(RawBlock block) {
        TxId hash = block.header().hash();
        wants.remove(hash);
        if (!wanted.remove(hash)) {
            return false;
        }
        held.put(hash, block);
        heldBytes += block.size();
        return true;
    }

    /** A peer does not have it. */
    void notFound(int slot, TxId block) {
        Want want = wants.get(block);
        if (want != null && want.askedOf == slot) {
            want.askedOf = -1;
            want.until = Instant.MIN;
        }
    }

    /** A peer has sent a block, or did not do so in time. */
    void late(int slot, boolean is) {
        if (is) {
            late.add(slot);
        } else {
            late.remove(slot);
        }
    }

    /** A peer has disconnected. */
    void disconnected(int slot) {
        late.remove(slot);
        for (Want want : wants.values()) {
            want.tried &= ~(1L << slot);
            if (want.askedOf == slot) {
                want.askedOf = -1;
                want.until = Instant.MIN;
            }
        }
    }

    /** @return peers that did not answer in time */
    Set<Integer> expire(Instant now) {
        Set<Integer> found = new LinkedHashSet<>();
        for (Want want : wants.values()) {
            if (want.askedOf >= 0 && !now.isBefore(want.until)) {
                found.add(want.askedOf);
                want.askedOf = -1;
                want.until = Instant.MIN;
            }
        }
        late.addAll(found);
        return found;
    }
}
