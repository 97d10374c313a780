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
 * the first does not answer, and never again once it has arrived. An answer that is late counts anyway: nobody else may
 * have it. A peer that has announced and says that it has nothing did not answer either, but is asked no more. Takes at
 * most so many ids, in all and from each peer, and holds each once. Not thread-safe.
 *
 * <p>A peer is a slot number here, 0 to 63.
 */
final class TransactionRequests {
    /** Peers at once. */
    static final int SLOTS = 64;
    /** Ids in one request. */
    static final int BATCH = 200;
    /** Ids under way at one peer. */
    static final int UNDER_WAY = 1000;
    /** Ids that a peer may have announced and that did not come yet. */
    static final int FROM_ONE = 100_000;
    /** Ids of all peers together. */
    static final int FROM_ALL = 200_000;
    /** Requests in a row without an answer, after which a peer is useless. */
    static final int MOST_UNANSWERED = 2_000;
    /** Ids that a peer may send though its time was up, the last ones. */
    static final int LATE = 2_000;

    /** The state of an id. */
    private static final class Wanted {
        private long announcers;
        private int askedOf = -1;
    }

    /** A peer. What is in its queues, it has announced, and nobody was asked for when it was put there. */
    private static final class Slot {
        /** What another did not give: asked for first. */
        private final Set<TxId> again = new LinkedHashSet<>();

        private final Set<TxId> queue = new LinkedHashSet<>();
        /** Requests under way, in the order of the time-outs. */
        private final Map<TxId, Instant> asked = new LinkedHashMap<>();

        private final Set<TxId> late = new LinkedHashSet<>();
        private int announced;
        private int unanswered;
        private boolean overflowed;

        /** The next that may be asked for; null when there is none. */
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
     * @param seen what came already
     * @param patience how long a peer may take for an answer
     */
    TransactionRequests(RecentIds seen, Duration patience) {
        this.seen = seen;
        this.patience = patience;
    }

    /** A peer is there. */
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

    /** A peer has transactions. */
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

    /** What to ask a peer for now, at most {@value #BATCH}; empty when nothing. */
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

    /** @return whether it was asked of this peer, and is new */
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

    /** It came another way: it is asked of nobody any more. */
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

    /** A peer says that it does not have it: another is asked, and this one has not answered. */
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

    /** Takes back what was not answered in time, so that others are asked. */
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

    /** Whether a peer announces and does not deliver. */
    boolean useless(int slot) {
        return slots[slot] != null && slots[slot].unanswered >= MOST_UNANSWERED;
    }

    /** Whether more was announced by a peer than is remembered; asked once, then false again until it happens again. */
    boolean takeOverflow(int slot) {
        Slot from = slots[slot];
        if (from == null || !from.overflowed || from.announced > 0) {
            return false;
        }
        from.overflowed = false;
        return true;
    }

    /** How many ids are held for a peer that it may still be asked for, that are under way, and that may come late. */
    int held(int slot) {
        Slot from = slots[slot];
        return from == null ? 0 : from.again.size() + from.queue.size() + from.asked.size() + from.late.size();
    }

    /** How many ids are waited for. */
    int size() {
        return wanted.size();
    }
}
