package org.partyline.chat.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.chat.testing.Cleaning;
import org.partyline.chat.testing.FakeServer;
import org.partyline.chat.testing.Said;
import org.partyline.chat.text.Words;

class PlainChatTest {
    private final FakeServer server = new FakeServer().channel("lobby");
    private final List<String> printed = new CopyOnWriteArrayList<>();

    private void chat(Supplier<String> input) throws PartylineException {
        new PlainChat(server, new Words(Cleaning::clean), Optional.empty(), Optional.of("lobby"), printed::add)
                .run(input);
    }

    @Test
    void aLineThatIsNotSentIsAFailureAtTheEnd() throws PartylineException {
        server.limit = 10;
        List<String> lines = List.of("short", "much longer than ten bytes", "", "also");
        PartylineException failure = assertThrows(PartylineException.class, () -> chat(lines(lines)));
        assertEquals("1 of 3 lines not sent: see the reasons above", failure.getMessage());
        assertEquals(2, server.sent.size());
        assertTrue(printed.stream().anyMatch(line -> line.startsWith("-- not sent: ")), printed.toString());
        chat(lines(List.of("short")));
        assertEquals(3, server.sent.size());
    }

    /** A script distinguishes this by its exit status. */
    @Test
    void aLockedStoreIsSaidBeforeAnyLineIsRead() {
        server.lock();
        assertThrows(
                StoreLockedException.class,
                () -> chat(() -> {
                    throw new AssertionError("it reads");
                }));
    }

    @Test
    void messagesOfAServiceThatReturnedArePrinted() throws PartylineException {
        int[] step = {0};
        chat(() -> {
            switch (step[0]++) {
                case 0 -> server.arrives(new Said("lobby", "bob", "before"));
                case 1 -> server.messagesAway(true);
                case 2 -> server.messagesReturn();
                case 3 -> server.arrives(new Said("lobby", "bob", "after"));
                default -> {
                    return null;
                }
            }
            return "";
        });
        assertEquals(1, printed.stream().filter(line -> line.endsWith("before")).count(), printed.toString());
        assertEquals(1, printed.stream().filter(line -> line.endsWith("after")).count(), printed.toString());
        assertTrue(!server.isFollowed(), "nothing is followed at the end");
    }

    private static Supplier<String> lines(List<String> lines) {
        var each = lines.iterator();
        return () -> each.hasNext() ? each.next() : null;
    }
}
