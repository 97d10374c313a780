package org.partyline.ratchet;

import com.carrotsearch.hppc.LongArrayList;
import com.carrotsearch.hppc.LongLongHashMap;
import com.carrotsearch.hppc.LongObjectHashMap;
import org.partyline.api.ratchet.LocatorTable;

/**
 * Stores expected locators in a map of primitives: 16 bytes per slot. If several chains expect a locator, the first is
 * in the map and the others in a separate list, which is read only after a hit.
 */
final class PrimitiveLocatorTable implements LocatorTable {
    private final LongLongHashMap first = new LongLongHashMap();
    private final LongObjectHashMap<LongArrayList> others = new LongObjectHashMap<>();
    private int size;

    @Override
    public void add(long hint, int chain, int position) {
        if (chain < 0 || position < 0) {
            throw new IllegalArgumentException("chain and position are at least 0, not " + chain + " and " + position);
        }
        long place = place(chain, position);
        int slot = first.indexOf(hint);
        if (!first.indexExists(slot)) {
            first.indexInsert(slot, hint, place);
            size++;
        } else if (first.indexGet(slot) != place && addOther(hint, place)) {
            size++;
        }
    }

    @Override
    public void remove(long hint, int chain, int position) {
        int slot = first.indexOf(hint);
        if (!first.indexExists(slot)) {
            return;
        }
        long place = place(chain, position);
        LongArrayList more = others.get(hint);
        if (first.indexGet(slot) == place) {
            size--;
            if (more == null) {
                first.indexRemove(slot);
            } else {
                first.indexReplace(slot, more.removeAt(more.size() - 1));
            }
        } else if (more != null && more.removeFirst(place) >= 0) {
            size--;
        }
        if (more != null && more.isEmpty()) {
            others.remove(hint);
        }
    }

    @Override
    public int find(long hint, Match visitor) {
        int slot = first.indexOf(hint);
        if (!first.indexExists(slot)) {
            return 0;
        }
        visit(first.indexGet(slot), visitor);
        LongArrayList more = others.get(hint);
        if (more == null) {
            return 1;
        }
        for (int i = 0; i < more.size(); i++) {
            visit(more.get(i), visitor);
        }
        return 1 + more.size();
    }

    @Override
    public int size() {
        return size;
    }

    /** Removes all locators, and frees the memory. */
    @Override
    public void clear() {
        first.release();
        others.release();
        size = 0;
    }

    private boolean addOther(long hint, long place) {
        LongArrayList more = others.get(hint);
        if (more == null) {
            more = new LongArrayList(1);
            others.put(hint, more);
        }
        if (more.contains(place)) {
            return false;
        }
        more.add(place);
        return true;
    }

    private static long place(int chain, int position) {
        return (long) chain << Integer.SIZE | position;
    }

    private static void visit(long place, Match visitor) {
        visitor.found((int) (place >>> Integer.SIZE), (int) place);
    }
}
