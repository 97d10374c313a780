package org.partyline.testkit.protocol;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.partyline.api.ratchet.LocatorTable;

/** Expected locators in a map. */
final class PlainLocatorTable implements LocatorTable {
    private record Expectation(int chain, int position) {}

    private final Map<Long, Set<Expectation>> expected = new HashMap<>();

    @Override
    public void add(long hint, int chain, int position) {
        if (chain < 0 || position < 0) {
            throw new IllegalArgumentException("chain and position are at least 0, not " + chain + " and " + position);
        }
        expected.computeIfAbsent(hint, none -> new LinkedHashSet<>()).add(new Expectation(chain, position));
    }

    @Override
    public void remove(long hint, int chain, int position) {
        expected.computeIfPresent(hint, (same, those) -> {
            those.remove(new Expectation(chain, position));
            return those.isEmpty() ? null : those;
        });
    }

    @Override
    public int find(long hint, Match visitor) {
        Set<Expectation> found = expected.getOrDefault(hint, Set.of());
        found.forEach(one -> visitor.found(one.chain, one.position));
        return found.size();
    }

    @Override
    public int size() {
        return expected.values().stream().mapToInt(Set::size).sum();
    }

    @Override
    public void clear() {
        expected.clear();
    }
}
