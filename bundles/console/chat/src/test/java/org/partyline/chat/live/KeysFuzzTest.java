package org.partyline.chat.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.NonBlockingReader;
import org.partyline.chat.act.ChatEvent;
import org.partyline.chat.act.Effect;
import org.partyline.chat.act.Key;
import org.partyline.chat.act.Key.Kind;
import org.partyline.chat.act.Step;
import org.partyline.chat.act.Update;
import org.partyline.chat.model.Attention;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Extras;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.Proof;
import org.partyline.chat.model.State;
import org.partyline.chat.model.Status;
import org.partyline.chat.model.Talk;
import org.partyline.chat.model.Trust;
import org.partyline.chat.screen.Frame;
import org.partyline.chat.screen.Painter;

/**
 * Any input from a terminal is parsed as keys, and after any keys there is a picture of the screen's size that contains
 * the cursor.
 */
class KeysFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final ConversationAddress LOBBY = new ConversationAddress(false, "lobby");
    private static final ConversationAddress BOB = new ConversationAddress(true, "bob");
    private static final int MOST_KEYS = 40;

    /** The first two bytes: columns and rows. The rest: input from the terminal. */
    @FuzzTest(maxDuration = "10m")
    void anyKeysLeaveAPictureOfTheScreensSize(byte[] input) {
        int columns = 1 + (input.length < 1 ? 79 : Byte.toUnsignedInt(input[0]) % 140);
        int rows = 1 + (input.length < 2 ? 23 : Byte.toUnsignedInt(input[1]) % 50);
        List<Key> keys = keys(Arrays.copyOfRange(input, Math.min(2, input.length), input.length));
        Chat chat = new Chat(columns, rows);
        for (Key key : keys.subList(0, Math.min(MOST_KEYS, keys.size()))) {
            chat.happens(new ChatEvent.Pressed(key));
            chat.check();
        }
    }

    private static List<Key> keys(byte[] sent) {
        List<Key> keys = new ArrayList<>();
        new Keyboard(terminal(new String(sent, StandardCharsets.UTF_8)), keys::add).run();
        int texts = 0;
        for (Key key : keys) {
            texts += key.text().length();
            assertEquals("Key[" + key.kind() + "]", key.toString(), "what is typed is in no log");
        }
        assertTrue(keys.size() <= sent.length + 1 && texts <= sent.length, keys.size() + " keys of " + sent.length);
        assertEquals(Kind.QUIT, keys.get(keys.size() - 1).kind(), "the end of a terminal ends the chat");
        return keys;
    }

    /** Returns a terminal that has sent all its input already. */
    private static Terminal terminal(String text) {
        NonBlockingReader reader = new NonBlockingReader() {
            private int at;

            @Override
            protected int read(long timeout, boolean peeks) {
                int next = at < text.length() ? text.charAt(at) : EOF;
                at += peeks ? 0 : 1;
                return next;
            }

            @Override
            public int readBuffered(char[] buffer, int offset, int length, long timeout) {
                int count = Math.min(length, text.length() - at);
                text.getChars(at, at + count, buffer, offset);
                at += count;
                return count == 0 ? EOF : count;
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
        InvocationHandler handler = (proxy, method, arguments) -> {
            assertEquals("reader", method.getName());
            return reader;
        };
        return (Terminal)
                Proxy.newProxyInstance(Terminal.class.getClassLoader(), new Class<?>[] {Terminal.class}, handler);
    }

    /** A chat with two conversations, whose server responds at once. */
    private static final class Chat {
        private State state;

        Chat(int columns, int rows) {
            state = State.empty(columns, rows, NOW);
            happens(new ChatEvent.Looked(
                    new Status(Status.Store.OPEN, Set.of("home"), 1, "", "", "", List.of(), List.of(), 0, List.of())));
            happens(new ChatEvent.Talks(
                    "alice",
                    List.of(
                            new Talk(LOBBY, "lobby", "", Trust.NONE, 0, Attention.USUAL, Optional.empty(), ""),
                            new Talk(BOB, "bob", "", Trust.VERIFIED, 2, Attention.USUAL, Optional.of(NOW), "")),
                    Optional.empty(),
                    Optional.empty()));
            check();
        }

        void happens(ChatEvent event) {
            Deque<ChatEvent> all = new ArrayDeque<>(List.of(event));
            for (int answers = 0; !all.isEmpty(); answers++) {
                assertTrue(answers < 1000, "one key has an end");
                Step step = Update.of(state, all.poll());
                state = step.state();
                for (Effect wish : step.wishes()) {
                    if (wish instanceof Effect.Order order) {
                        all.add(new ChatEvent.Order(
                                order.place(),
                                LongStream.rangeClosed(1, 40).boxed().toList(),
                                order.fresh()));
                    } else if (wish instanceof Effect.Load load) {
                        all.add(new ChatEvent.Lines(
                                load.place(),
                                load.ids(),
                                load.ids().stream().map(Chat::line).toList()));
                    } else if (wish instanceof Effect.Search search) {
                        all.add(new ChatEvent.Found(search.place(), List.of(3L, 7L), search.words()));
                    }
                }
            }
        }

        private static Line line(long id) {
            return new Line(
                    id,
                    id % 3 == 0 ? Line.Kind.OURS : Line.Kind.THEIRS,
                    NOW.minusSeconds(40 - id),
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

        void check() {
            int cursor = state.editor().cursor();
            String text = state.editor().text();
            assertTrue(cursor >= 0 && cursor <= text.length());
            assertFalse(
                    cursor > 0
                            && cursor < text.length()
                            && Character.isHighSurrogate(text.charAt(cursor - 1))
                            && Character.isLowSurrogate(text.charAt(cursor)),
                    "the cursor is not within a character");
            Frame frame = Painter.paint(state);
            assertEquals(state.rows(), frame.rows().size());
            for (AttributedString row : frame.rows()) {
                assertTrue(row.columnLength() <= state.columns(), "a row has " + row.columnLength() + " columns");
                assertFalse(row.toString().chars().anyMatch(Character::isISOControl));
            }
            assertTrue(frame.row() >= 0 && frame.row() < state.rows(), "the cursor is in row " + frame.row());
            assertTrue(frame.column() >= 0 && frame.column() <= state.columns(), "in column " + frame.column());
        }
    }
}
