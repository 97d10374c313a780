package org.partyline.testkit.messaging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.messaging.state.CoverSlots;

/**
 * Cover traffic under a test's control: the test decides when a slot is and which decoys there are. Without an order
 * there is none.
 */
public final class TestCover implements CoverTraffic {
    /** By persona; one with an order is covered, unless a stage says otherwise. */
    public final Map<Integer, CoverOrder> orders = new ConcurrentHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        public CoverOrder put(Integer persona, CoverOrder order) {
            CoverOrder before = super.put(persona, order);
            covered.cover(persona, Optional.empty());
            return before;
        }

        @Override
        public CoverOrder remove(Object persona) {
            CoverOrder before = super.remove(persona);
            covered.uncoverAllBut(keySet());
            return before;
        }

        @Override
        public void clear() {
            super.clear();
            covered.uncoverAllBut(Set.of());
        }
    };

    private final CoverSlots covered;
    /** The slots of the next round; they stay until {@link #over} plans others. */
    public final List<Covered> slots = new CopyOnWriteArrayList<>();
    /** Plans what follows a slot. */
    public volatile Function<Covered, Over> next = slot -> new Over(Optional.empty(), Optional.empty());
    /** The uses of the opened slots, in order. */
    public final List<Use> uses = new CopyOnWriteArrayList<>();
    /** The personas whose decoys have left, in order. */
    public final List<Integer> left = new CopyOnWriteArrayList<>();
    /** The sizes of paid messages that are not decoys, in order. */
    public final List<Integer> sent = new CopyOnWriteArrayList<>();
    /** The fees that exceeded the budget. */
    public final List<Long> refused = new CopyOnWriteArrayList<>();
    /** Whether it was closed. */
    public volatile boolean closed;

    /** @param covered the covered personas, for earlier stages */
    public TestCover(CoverSlots covered) {
        this.covered = covered;
        covered.begin();
    }

    @Override
    public List<Covered> look() {
        return new ArrayList<>(slots);
    }

    @Override
    public Over over(CoverTransaction tx, Covered slot, Use use) {
        uses.add(use);
        slots.remove(slot);
        Over over = next.apply(slot);
        over.next().ifPresent(time -> slots.add(new Covered(slot.persona(), slot.network(), time)));
        return over;
    }

    @Override
    public void left(CoverTransaction tx, int persona) {
        left.add(persona);
    }

    @Override
    public void refused(int persona, long fee) {
        refused.add(fee);
    }

    @Override
    public Optional<CoverOrder> order(CoverTransaction tx, int persona) {
        return Optional.ofNullable(orders.get(persona));
    }

    @Override
    public void sent(CoverTransaction tx, int persona, int size) {
        sent.add(size);
    }

    @Override
    public void close() {
        closed = true;
    }
}
