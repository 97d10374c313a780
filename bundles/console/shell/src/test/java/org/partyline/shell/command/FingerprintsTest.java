package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FingerprintsTest {
    private final Fingerprints some = new Fingerprints();

    @Test
    void aCopyIsTold() {
        assertTrue(some.add("lobby", "alice", "hello"));
        assertFalse(some.add("lobby", "alice", "hello"));
        assertTrue(some.contains("lobby", "alice", "hello"));
        assertFalse(some.contains("lobby", "bob", "hello"));
    }

    @Test
    void wherePartsEndCounts() {
        some.add("ab", "c");
        assertFalse(some.contains("a", "bc"));
    }

    @Test
    void theOldestIsForgotten() {
        for (int i = 0; i < 201; i++) {
            some.add("lobby", "message " + i);
        }
        assertEquals(200, some.kept().size());
        assertFalse(some.contains("lobby", "message 0"));
        assertTrue(some.contains("lobby", "message 200"));
    }

    /** Someone who has a copy of the memory can neither read the texts nor test guesses without the key. */
    @Test
    void noWordIsKeptAndTheHashIsUnderAKeyOfItsOwn() {
        Fingerprints other = new Fingerprints();
        some.add("hello");
        other.add("hello");
        assertEquals(32, some.kept().iterator().next().remaining());
        assertNotEquals(some.kept(), other.kept());
    }
}
