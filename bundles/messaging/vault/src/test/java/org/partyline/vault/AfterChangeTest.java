package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.Forgetful;

/** Who holds words of an open store is told when it is locked. */
class AfterChangeTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void eachIsAskedToForgetWhateverTheOthersDo() {
        Forgetful broken = () -> {
            throw new IllegalStateException("broken");
        };
        Forgetful stale = () -> {
            throw new NoClassDefFoundError("away");
        };
        AfterChange change =
                new AfterChange(() -> done.add("watched"), () -> List.of(broken, stale, () -> done.add("forgotten")));
        change.locked();
        assertEquals(List.of("forgotten"), done);
        change.made();
        assertEquals(List.of("forgotten", "watched"), done);
    }
}
