package org.partyline.itests.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.itests.privacy.Detector.Areas;

class DrawsTest {
    private static final double BOUND = 0.52;

    private final List<String> names = new ArrayList<>();
    private final List<Areas> looks = new ArrayList<>();
    private final Draws<Areas> draws = new Draws<>("name", (name, home) -> {
        names.add(name);
        return looks.remove(0);
    });

    private double settled(Areas... all) throws Exception {
        looks.addAll(List.of(all));
        return draws.settled(BOUND, (at, which) -> at);
    }

    private static Areas linear(double area) {
        return new Areas(area, 0.5);
    }

    @Test
    void whatIsWithinTheBoundIsNotMeasuredAgain() throws Exception {
        assertEquals(0.519, settled(linear(0.519)));
        assertEquals(List.of("name"), names);
    }

    @Test
    void whatChanceTookOverTheBoundIsUnderItWithOtherDraws() throws Exception {
        assertEquals(0.505, settled(linear(0.53), linear(0.51), linear(0.48), linear(0.52), linear(0.51)), 1e-9);
        assertEquals(5, names.stream().distinct().count(), "draws of their own");
    }

    @Test
    void whatChanceTookOverTheBoundTwiceIsTheMeanOfEight() throws Exception {
        looks.addAll(Collections.nCopies(5, linear(0.53)));
        assertEquals(0.515, settled(linear(0.5), linear(0.5), linear(0.5), linear(0.5)), 1e-9);
        assertEquals(9, names.stream().distinct().count(), "draws of their own");
    }

    @Test
    void whatIsThereEachTimeStaysOverTheBound() throws Exception {
        looks.addAll(Collections.nCopies(4, linear(0.525)));
        assertTrue(settled(linear(0.53), linear(0.52), linear(0.53), linear(0.54), linear(0.52)) > BOUND);
        assertEquals(9, names.size());
    }

    @Test
    void aClassifierThatIsWrongEachTimeKnowsToo() throws Exception {
        looks.addAll(Collections.nCopies(9, linear(0.47)));
        assertEquals(0.53, settled(), 1e-9);
    }

    @Test
    void theFirstLookDoesNotCountAndOneClassifierDoesNotStandInForTheOther() throws Exception {
        Areas trees = new Areas(0.5, 0.53);
        assertEquals(0.515, settled(linear(0.9), trees, linear(0.53), trees, linear(0.53)), 1e-9);
    }

    @Test
    void drawsAreMadeOnce() throws Exception {
        settled(linear(0.53), linear(0.51), linear(0.5), linear(0.5), linear(0.5));
        settled();
        assertEquals(5, names.size());
    }
}
