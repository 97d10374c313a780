package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.Forgetful;

/** Who holds words of an open store is told when it is locked. */
class TextErasureTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void eachIsAskedToForgetWhateverTheOthersDo() {
        Forgetful broken = () -> {
            throw new IllegalStateException("broken");
        };
        Forgetful stale = () -> {
            throw new NoClassDefFoundError("away");
        };
        new TextErasure(() -> List.of(broken, stale, () -> done.add("forgotten"))).run();
        assertEquals(List.of("forgotten"), done);
    }
}
