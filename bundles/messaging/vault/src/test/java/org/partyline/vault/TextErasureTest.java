package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.Forgetful;
import org.partyline.testkit.Logged;

/** Holders of texts of an open store are notified when it is locked. */
class TextErasureTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void eachIsAskedToForgetWhateverTheOthersDoAndTheLogNamesTheKindOnly() throws Exception {
        Forgetful broken = () -> {
            throw new IllegalStateException("words of a text");
        };
        Forgetful stale = () -> {
            throw new NoClassDefFoundError("away");
        };
        String log = Logged.during(new TextErasure(() -> List.of(broken, stale, () -> done.add("forgotten")))::run);
        assertEquals(List.of("forgotten"), done);
        assertTrue(log.contains("does not erase them (IllegalStateException at vault.TextErasureTest."), log);
        assertFalse(log.contains("words of a text"), log);
    }
}
