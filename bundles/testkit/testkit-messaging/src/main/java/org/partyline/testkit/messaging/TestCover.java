package org.partyline.testkit.messaging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.messaging.schedule.CoverSlots;

/** Cover traffic by hand: a slot is when the test says so, and a decoy is what it gives. Without an order there is none. */
public final class TestCover implements CoverTraffic, CoverSlots {
    /** By persona. */
    public final Map<Integer, CoverOrder> orders = new ConcurrentHashMap<>();
    /** The slots of the next round; they stay until {@link #over} plans others. */
    public final List<Covered> slots = new CopyOnWriteArrayList<>();
    /** What comes after a slot. */
    public volatile Function<Covered, Over> next = slot -> new Over(Optional.empty(), Optional.empty());
    /** What became of the slots that were opened, in order. */
    public final List<Use> uses = new CopyOnWriteArrayList<>();
    /** The personas whose decoys have left, in order. */
    public final List<Integer> left = new CopyOnWriteArrayList<>();
    /** The sizes of what was paid for and says something, in order. */
    public final List<Integer> sent = new CopyOnWriteArrayList<>();
    /** The fees that the budget had no room for. */
    public final List<Long> refused = new CopyOnWriteArrayList<>();
    /** Whether it was closed. */
    public volatile boolean closed;

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
    public boolean isCovered(int persona, Network network) {
        return orders.containsKey(persona);
    }

    @Override
    public void close() {
        closed = true;
    }
}
