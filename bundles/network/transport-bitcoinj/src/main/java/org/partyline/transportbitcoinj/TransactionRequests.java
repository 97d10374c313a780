package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;

/**
 * Decides which transaction is requested from which peer: from one at a time, then from another that announced it if
 * the first does not answer, and never again once it has arrived. A late answer counts anyway, since no other peer may
 * have it. A peer that announced a transaction and then denies having it has not answered either, but is not asked
 * again. Limits the number of ids, in total and for each peer, and stores each once. Not thread-safe.
 *
 * <p>Peers are identified by slot numbers, 0 to 63.
 */
final class TransactionRequests {
    /** The maximum number of peers. */
    static final int SLOTS = 64;
    /** The maximum number of ids in one request. */
    static final int BATCH = 200;
    /** The maximum number of requested ids at one peer. */
    static final int UNDER_WAY = 1000;
    /** The maximum number of announced ids of one peer that have not arrived. */
    static final int FROM_ONE = 100_000;
    /** The maximum number of ids of all peers together. */
    static final int FROM_ALL = 200_000;
    /** The number of consecutive unanswered requests after which a peer is useless. */
    static final int MOST_UNANSWERED = 2_000;
    /** The number of latest timed-out ids that a peer may still send. */
    static final int LATE = 2_000;

    /** The state of an id. */
    private static final class Wanted {
        private long announcers;
        private int askedOf = -1;
    }

    /** A peer. The ids in its queues were announced by it, and were not requested from anyone when they were added. */
    private static final class Slot {
        /** Ids that another peer failed to deliver, which are requested first. */
        private final Set<TxId> again = new LinkedHashSet<>();

        private final Set<TxId> queue = new LinkedHashSet<>();
        /** Open requests, in the order of their time-outs. */
        private final Map<TxId, Instant> asked = new LinkedHashMap<>();

        private final Set<TxId> late = new LinkedHashSet<>();
        private int announced;
        private int unanswered;
        private boolean overflowed;

        /** The next id to request; null if there is none. */
        private @Nullable TxId next() {
            Set<TxId> from = again.isEmpty() ? queue : again;
            Iterator<TxId> first = from.iterator();
            if (!first.hasNext()) {
                return null;
            }
            TxId id = first.next();
            first.remove();
            return id;
        }

        private void forget(TxId id) {
            again.remove(id);
            queue.remove(id);
            asked.remove(id);
            announced--;
        }
    }

    private final RecentIds seen;
    private final Duration patience;
    private final Map<TxId, Wanted> wanted = new HashMap<>();
    private final Slot[] slots = new Slot[SLOTS];

    /**
     * @param seen ids that have arrived
     * @param patience how long a peer may take to answer
     */
    TransactionRequests(RecentIds seen, Duration patience) {
        this.seen = seen;
        this.patience = patience;
    }

    /** A peer has connected. */
    void connected(int slot) {
        slots[slot] = new Slot();
    }

    /** A peer has disconnected: its requests are sent to others. */
    void disconnected(int slot) {
        Slot gone = slots[slot];
        slots[slot] = null;
        if (gone == null) {
            return;
        }
        long bit = 1L << slot;
        Iterator<Map.Entry<TxId, Wanted>> all = wanted.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<TxId, Wanted> each = all.next();
            Wanted want = each.getValue();
            if ((want.announcers & bit) == 0) {
                continue;
            }
            want.announcers &= ~bit;
            if (want.announcers == 0) {
                all.remove();
            } else if (want.askedOf == slot) {
                want.askedOf = -1;
                offerToOthers(each.getKey(), want);
            }
        }
    }

    /** A peer announced transactions. */
    void announced(int slot, List<TxId> ids) {
        Slot from = slots[slot];
        if (from == null) {
            return;
        }
        for (TxId id : ids) {
            if (seen.contains(id)) {
                continue;
            }
            Wanted want = wanted.get(id);
            if (from.announced >= FROM_ONE || want == null && wanted.size() >= FROM_ALL) {
                from.overflowed = true;
                continue;
            }
            if (want == null) {
                want = new Wanted();
                wanted.put(id, want);
            }
            if ((want.announcers & 1L << slot) == 0) {
                want.announcers |= 1L << slot;
                from.announced++;
                from.queue.add(id);
            }
        }
    }

    /** The ids to request from a peer now, at most {@value #BATCH}; may be empty. */
    List<TxId> next(int slot, Instant now) {
        Slot from = slots[slot];
        List<TxId> batch = new ArrayList<>();
        while (from != null && batch.size() < BATCH && from.asked.size() < UNDER_WAY) {
            TxId id = from.next();
            if (id == null) {
                break;
            }
            Wanted want = Objects.requireNonNull(wanted.get(id), "what is in a queue is wanted");
            if (want.askedOf < 0) {
                want.askedOf = slot;
                from.asked.put(id, now.plus(patience));
                batch.add(id);
            }
        }
        return batch;
    }

    /** @return whether it was requested from this peer, and is new */
    boolean received(int slot, TxId id) {
        Slot from = slots[slot];
        if (from == null) {
            return false;
        }
        Wanted want = wanted.get(id);
        boolean inTime = want != null && want.askedOf == slot;
        if (!inTime && !from.late.remove(id)) {
            return false;
        }
        from.unanswered = 0;
        if (want != null) {
            forget(id, want);
        }
        return seen.add(id);
    }

    /** It arrived another way: it is no longer requested. */
    void known(TxId id) {
        seen.add(id);
        Wanted want = wanted.get(id);
        if (want != null) {
            forget(id, want);
        }
    }

    private void forget(TxId id, Wanted want) {
        wanted.remove(id);
        for (int i = 0; i < SLOTS; i++) {
            if (slots[i] != null && (want.announcers & 1L << i) != 0) {
                slots[i].forget(id);
            }
        }
    }

    /** A peer does not have it: another is asked, and this one has not answered. */
    void notFound(int slot, TxId id) {
        Slot from = slots[slot];
        if (from == null) {
            return;
        }
        from.late.remove(id);
        Wanted want = wanted.get(id);
        if (want != null && want.askedOf == slot) {
            from.unanswered++;
            giveUp(slot, id, want);
        }
    }

    /** Withdraws timed-out requests, so that others are asked. */
    void expire(Instant now) {
        for (int i = 0; i < SLOTS; i++) {
            Slot slot = slots[i];
            while (slot != null && !slot.asked.isEmpty()) {
                Map.Entry<TxId, Instant> first =
                        slot.asked.entrySet().iterator().next();
                if (first.getValue().isAfter(now)) {
                    break;
                }
                TxId id = first.getKey();
                slot.unanswered++;
                mayBeLate(slot, id);
                giveUp(i, id, Objects.requireNonNull(wanted.get(id), "what was asked for is wanted"));
            }
        }
    }

    private static void mayBeLate(Slot slot, TxId id) {
        if (slot.late.size() >= LATE) {
            slot.late.remove(slot.late.iterator().next());
        }
        slot.late.add(id);
    }

    private void giveUp(int slot, TxId id, Wanted want) {
        want.askedOf = -1;
        want.announcers &= ~(1L << slot);
        slots[slot].forget(id);
        if (want.announcers == 0) {
            wanted.remove(id);
        } else {
            offerToOthers(id, want);
        }
    }

    private void offerToOthers(TxId id, Wanted want) {
        for (int i = 0; i < SLOTS; i++) {
            if (slots[i] != null && (want.announcers & 1L << i) != 0) {
                slots[i].queue.remove(id);
                slots[i].again.add(id);
            }
        }
    }

    /** Whether a peer announces without delivering. */
    boolean useless(int slot) {
        return slots[slot] != null && slots[slot].unanswered >= MOST_UNANSWERED;
    }

    /** Whether a peer announced more than is remembered; reset by this call. */
    boolean takeOverflow(int slot) {
        Slot from = slots[slot];
        if (from == null || !from.overflowed || from.announced > 0) {
            return false;
        }
        from.overflowed = false;
        return true;
    }

    /**
     * The number of stored ids of a peer: those that may still be requested, those that are requested, and those that
     * may arrive late.
     */
    int held(int slot) {
        Slot from = slots[slot];
        return from == null ? 0 : from.again.size() + from.queue.size() + from.asked.size() + from.late.size();
    }

    /** The number of ids that are waited for. */
    int size() {
        return wanted.size();
    }
}
