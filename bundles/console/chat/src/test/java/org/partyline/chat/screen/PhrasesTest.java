package org.partyline.chat.screen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.engine.Messages.Doubt;
import org.partyline.api.engine.Messages.State;
import org.partyline.chat.model.DeliveryState;
import org.partyline.chat.model.DeliveryState.Reached;

class PhrasesTest {
    private static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");

    /** A receipt says more than a block does, but nothing for a message that was recalled. */
    @ParameterizedTest
    @CsvSource({
        "SENT, UNKNOWN, sent · 312 sat",
        "RELAYED, UNKNOWN, '○ relayed, shown by 2 nodes · 312 sat'",
        "CONFIRMED, UNKNOWN, ● in block 840000 (3 confirmations) · 312 sat",
        "RELAYED, DELIVERED, ✓ delivered · 312 sat",
        "CONFIRMED, DELIVERED, ✓ delivered · 312 sat",
        "CONFIRMED, READ, ✓✓ read · 312 sat",
        "RECALLED, READ, recalled · 312 sat",
    })
    void aMessageOfOursHasTheMarkOfHowFarItCame(State state, Reached reached, String shown) {
        boolean confirmed = state == State.CONFIRMED;
        DeliveryState delivery = new DeliveryState(
                state,
                "",
                NOW,
                1,
                1,
                2,
                confirmed ? OptionalInt.of(840_000) : OptionalInt.empty(),
                confirmed ? OptionalInt.of(3) : OptionalInt.empty(),
                312,
                "confirm",
                reached,
                Doubt.NONE);
        assertEquals(shown, Phrases.delivery(delivery, NOW));
    }
}
