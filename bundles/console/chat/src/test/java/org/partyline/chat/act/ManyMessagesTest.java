package org.partyline.chat.act;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.partyline.chat.model.Attention;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Extras;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.Proof;
import org.partyline.chat.model.State;
import org.partyline.chat.model.Status;
import org.partyline.chat.model.Talk;
import org.partyline.chat.model.Trust;
import org.partyline.chat.screen.Painter;

/** A conversation of ten thousand messages: only a window of them is in memory, at any scroll position. */
class ManyMessagesTest {
    private static final int MANY = 10_000;
    private static final int WINDOW = 500 + 2 * 60;
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final ConversationAddress LOBBY = new ConversationAddress(false, "lobby");

    private State state = State.empty(80, 24, NOW);
    private int most;
    private int asked;

    private void happens(ChatEvent event) {
        Deque<ChatEvent> all = new ArrayDeque<>(List.of(event));
        while (!all.isEmpty()) {
            Step step = Update.of(state, all.poll());
            state = step.state();
            for (Effect wish : step.wishes()) {
                if (wish instanceof Effect.Order order) {
                    all.add(new ChatEvent.Order(
                            LOBBY, LongStream.rangeClosed(1, MANY).boxed().toList(), order.fresh()));
                } else if (wish instanceof Effect.Load load) {
                    most = Math.max(most, load.ids().size());
                    asked += load.ids().size();
                    all.add(new ChatEvent.Lines(
                            LOBBY,
                            load.ids(),
                            load.ids().stream().map(ManyMessagesTest::line).toList()));
                }
            }
            assertTrue(
                    state.history().loaded().size() <= WINDOW,
                    () -> state.history().loaded().size() + " in memory");
        }
    }

    private static Line line(long id) {
        return new Line(
                id,
                Line.Kind.THEIRS,
                NOW.minusSeconds(MANY - id),
                Optional.of(NOW.plus(Duration.ofDays(7))),
                "bob",
                Trust.UNVERIFIED,
                Proof.NONE,
                "",
                false,
                List.of("message " + id + ".", "Its second line."),
                Optional.empty(),
                Extras.NONE);
    }

    private void open() {
        happens(new ChatEvent.Looked(
                new Status(Status.Store.OPEN, Set.of("home"), 1, "", "", "", List.of(), List.of(), 0, List.of())));
        happens(new ChatEvent.Talks(
                "alice",
                List.of(new Talk(LOBBY, "lobby", "", Trust.NONE, 0, Attention.USUAL, Optional.empty(), "")),
                Optional.empty(),
                Optional.empty()));
    }

    private void press(Key.Kind kind) {
        happens(new ChatEvent.Pressed(Key.of(kind)));
    }

    private String screen() {
        StringBuilder all = new StringBuilder();
        Painter.paint(state).rows().forEach(row -> all.append(row).append('\n'));
        return all.toString();
    }

    @Test
    void opensWithFewOfThem() {
        open();
        assertTrue(screen().contains("message 10000."));
        assertTrue(asked < 150, () -> asked + " were asked for");
    }

    @Test
    void everyPageIsThereWhereverOneScrolls() {
        open();
        for (int page = 0; page < 400; page++) {
            press(Key.Kind.PAGE_UP);
            assertTrue(!screen().contains("…"), this::screen);
        }
        press(Key.Kind.TOP);
        assertTrue(screen().contains("message 1."), this::screen);
        press(Key.Kind.BOTTOM);
        assertTrue(screen().contains("message 10000."), this::screen);
        assertTrue(most < WINDOW);
    }

    @Test
    void noRowIsLeftOutAndNoneIsThereTwice() {
        open();
        press(Key.Kind.PAGE_UP);
        String before = screen();
        press(Key.Kind.PAGE_UP);
        press(Key.Kind.PAGE_DOWN);
        assertEquals(before, screen());
        press(Key.Kind.WHEEL_UP);
        press(Key.Kind.WHEEL_DOWN);
        assertEquals(before, screen());
    }

    @Test
    void whatComesWhileOneReadsAboveDoesNotMoveThePage() {
        open();
        press(Key.Kind.PAGE_UP);
        press(Key.Kind.PAGE_UP);
        List<?> above = Painter.paint(state).rows().subList(0, 20);
        happens(new ChatEvent.Arrived(LOBBY, MANY + 1, true));
        assertEquals(above, Painter.paint(state).rows().subList(0, 20));
        assertTrue(screen().contains("1 new message below"), this::screen);
        press(Key.Kind.END);
        assertTrue(screen().contains("message 10001."), this::screen);
    }

    @Test
    void whatExpiresIsGoneAtThatMoment() {
        open();
        happens(new ChatEvent.Tick(NOW.plus(Duration.ofDays(8))));
        assertTrue(state.history().loaded().isEmpty());
        assertTrue(!screen().contains("message 10000."), this::screen);
    }
}
