package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookalikesTest {
    private static final List<String> KNOWN = List.of("alice", "bob");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALICE",
                "Alice",
                "alice.",
                "alice ✓S",
                "alice ✓",
                "alice (verified)",
                "a lice",
                "al\u0456ce",
                "aIice",
                "a1ice",
                "al\u00EDce",
                "\u0430lice",
                "\u0391LICE",
                "\uD835\uDCB6lice",
                "\uFF41lice",
                "a\u217Cice",
                "ali\u03F2e",
                "b0b",
                "BOB",
                "b\u043Eb",
                "8ob?\u202E",
                "bob\u200B",
                "bob\u3164",
                "bob\u2800",
                "b\u0585b",
                "\u0184ob",
                "\u13CFob",
                "boЬ",
                "b\u2134b",
                "bob_",
                "-bob-",
                "m\u0456ra",
                "d\u0430ve"
            })
    void isSuspect(String name) {
        assertTrue(Lookalikes.isSuspect(name, KNOWN), name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "bob",
                "carol",
                "alicia",
                "bob 2",
                "\u0431\u043E\u0440\u0438\u0441",
                "\u5F20\u4F1F",
                "Zo\u00EB",
                "\u0393\u03B9\u03CE\u03C1\u03B3\u03BF\u03C2",
                "...",
                "\uD83D\uDE00"
            })
    void isNot(String name) {
        assertFalse(Lookalikes.isSuspect(name, KNOWN), name);
    }

    @Test
    void theOneThatWasKnownFirstIsNever() {
        List<String> known = List.of("alice", "ALICE", "alice.");
        assertFalse(Lookalikes.isSuspect("alice", known));
        assertTrue(Lookalikes.isSuspect("ALICE", known));
        assertTrue(Lookalikes.isSuspect("alice.", known));
        assertFalse(Lookalikes.isSuspect("carol", List.of("carol\u202E", "c\u0430rol", "carol")));
    }
}
