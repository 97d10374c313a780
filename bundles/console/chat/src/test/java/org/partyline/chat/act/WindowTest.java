package org.partyline.chat.act;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.chat.model.History;
import org.partyline.chat.model.Line;

/** A message that arrives between others does not move the visible ones. */
class WindowTest {
    private static History history(int bottom, Long... ids) {
        return new History(
                List.of(ids),
                Map.of(ids[0], Line.notice(ids[0], Instant.EPOCH, "words")),
                bottom,
                0,
                0,
                Optional.empty(),
                Optional.of(ids[0]));
    }

    @Test
    void whoIsAtTheEndStaysThere() {
        History after = Window.ordered(history(3, 1L, 2L, 3L), List.of(1L, 9L, 2L, 3L));
        assertEquals(List.of(1L, 9L, 2L, 3L), after.ids());
        assertEquals(4, after.bottom());
        assertEquals(1, after.loaded().size(), "what was loaded is not loaded again");
    }

    @Test
    void whoReadsFurtherUpGoesOnReadingThere() {
        History before = history(2, 1L, 2L, 3L, 4L);
        assertEquals(3, Window.ordered(before, List.of(9L, 1L, 2L, 3L, 4L)).bottom());
        assertEquals(2, Window.ordered(before, List.of(1L, 2L, 3L, 9L, 4L)).bottom());
        assertEquals(
                1, Window.ordered(before, List.of(1L, 3L, 9L, 4L)).bottom(), "the lowest one that is seen is gone");
    }

    @Test
    void newsOfThisScreenStayBehindWhatTheyCameAfter() {
        History after = Window.ordered(history(4, 1L, -1L, -2L, 2L), List.of(9L, 1L, 2L));
        assertEquals(List.of(9L, 1L, -1L, -2L, 2L), after.ids());
        assertEquals(
                List.of(-1L, 1L),
                Window.ordered(history(2, -1L, 1L), List.of(1L)).ids());
        assertEquals(
                List.of(1L, -1L),
                Window.ordered(history(2, 2L, -1L), List.of(1L)).ids(),
                "that is gone");
    }

    @Test
    void whatIsGoneIsChosenNoMore() {
        History after = Window.ordered(history(2, 1L, 2L), List.of(2L));
        assertEquals(Optional.empty(), after.selected());
        assertEquals(Map.of(), after.loaded());
    }
}
