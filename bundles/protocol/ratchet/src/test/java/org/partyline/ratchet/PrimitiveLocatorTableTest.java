package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.ratchet.LocatorTable;

class PrimitiveLocatorTableTest {
    private final LocatorTable table = new PartylineChains().newLocatorTable();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theTableAgreesWithAMapOfSets(long seed) {
        Random random = new Random(seed);
        Map<Long, Set<String>> model = new HashMap<>();
        int size = 0;
        for (int step = 0; step < 20_000; step++) {
            long hint = random.nextInt(300) - 100L;
            int chain = random.nextInt(3);
            int position = random.nextInt(3);
            Set<String> places = model.computeIfAbsent(hint, h -> new HashSet<>());
            if (random.nextBoolean()) {
                table.add(hint, chain, position);
                size += places.add(chain + "/" + position) ? 1 : 0;
            } else {
                table.remove(hint, chain, position);
                size -= places.remove(chain + "/" + position) ? 1 : 0;
            }
            assertEquals(size, table.size());
            assertEquals(places, found(hint));
        }
        model.forEach((hint, places) -> assertEquals(places, found(hint)));
        table.clear();
        assertEquals(0, table.size());
        model.keySet().forEach(hint -> assertEquals(Set.of(), found(hint)));
        table.add(7, 1, 2);
        assertEquals(Set.of("1/2"), found(7));
    }

    @Test
    void extremeNumbersComeBackAsTheyWere() {
        for (long hint : new long[] {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            table.add(hint, Integer.MAX_VALUE, Integer.MAX_VALUE);
            table.add(hint, 0, 0);
            assertEquals(Set.of("0/0", Integer.MAX_VALUE + "/" + Integer.MAX_VALUE), found(hint));
        }
    }

    @Test
    void negativeNumbersAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> table.add(1, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> table.add(1, 0, -1));
    }

    private Set<String> found(long hint) {
        Set<String> found = new HashSet<>();
        int count = table.find(hint, (chain, position) -> found.add(chain + "/" + position));
        assertEquals(found.size(), count);
        return found;
    }
}
