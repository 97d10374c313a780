package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.State;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** A message that two personas of this server have is one row. */
class SharedMessagesTest {
    private final Runner runner = Runner.plain();

    private static Message copy(long id, String persona, boolean outgoing, String text, boolean burn, int sequence) {
        return copy(id, persona, false, outgoing, text, burn, sequence, false);
    }

    private static Message copy(
            long id,
            String persona,
            boolean direct,
            boolean outgoing,
            String text,
            boolean burn,
            int sequence,
            boolean notice) {
        Message like = Samples.message(id, "carol", Optional.of(text), burn);
        return new Message(
                id,
                persona,
                direct,
                "lobby",
                outgoing,
                like.sender(),
                false,
                burn,
                burn ? Optional.empty() : like.text(),
                like.sent(),
                like.arrived(),
                like.expires(),
                OptionalInt.of(sequence),
                like.transactions(),
                like.block(),
                outgoing ? Optional.of(State.RELAYED) : Optional.empty(),
                notice,
                Optional.empty(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    /** Returns which of the messages {@code messages --follow} prints; they are distinguished without their texts. */
    private static List<Boolean> first(Message... messages) {
        Copies copies = new Copies();
        return Stream.of(messages).map(copies::isFirst).toList();
    }

    @Test
    void whoFollowsSeesOneCopyOfEach() {
        assertEquals(
                List.of(true, false, true, true, false),
                first(
                        copy(1, "alice", false, "hi", false, 0),
                        copy(2, "bob", false, "hi", false, 0),
                        // The same again, with the same time: it was sent twice.
                        copy(3, "alice", false, "hi", false, 0),
                        copy(4, "alice", false, "ho", false, 1),
                        copy(5, "bob", false, "ho", false, 1)));
        assertEquals(
                List.of(true, true, true, true),
                first(
                        copy(1, "alice", false, "hi", true, 0),
                        copy(2, "bob", false, "hi", true, 0),
                        copy(3, "alice", true, false, "hi", false, 0, false),
                        copy(4, "bob", true, false, "hi", false, 0, false)));
    }

    @Test
    void whatIsToldOfAMessageIsToldOnceUntilItIsOtherwise() {
        Copies copies = new Copies();
        Message alices = copy(1, "alice", false, "hi", false, 0);
        assertEquals(
                List.of(true, false, true, true),
                List.of(
                        copies.isNews(alices, "a heart"),
                        copies.isNews(copy(2, "bob", false, "hi", false, 0), "a heart"),
                        copies.isNews(alices, "a thumb"),
                        copies.isNews(copy(3, "alice", false, "ho", false, 1), "a thumb")));
    }

    @Test
    void soManyAreRemembered() {
        Copies copies = new Copies();
        for (int i = 0; i <= 200; i++) {
            assertTrue(copies.isFirst(copy(i, "alice", false, "hi", false, i)));
        }
        assertFalse(copies.isFirst(copy(1000, "bob", false, "hi", false, 200)));
        // Too long ago.
        assertTrue(copies.isFirst(copy(1001, "bob", false, "hi", false, 0)));
    }

    private List<String> rows(Message... messages) {
        SharedMessages shared = new SharedMessages();
        List.of(messages).forEach(shared::add);
        return shared.all().stream()
                .map(row -> row.message().id() + " " + MessageText.state(row.message(), row.readers()))
                .toList();
    }

    @Test
    void bothReadersStandInOneRow() {
        assertEquals(
                List.of("1 received by alice, bob"),
                rows(copy(1, "alice", false, "hi", false, 0), copy(2, "bob", false, "hi", false, 0)));
    }

    @Test
    void ourOwnIsShownByItsWayAndByWhoHasIt() {
        assertEquals(
                List.of("2 relayed, received by bob"),
                rows(copy(1, "bob", false, "hi", false, 0), copy(2, "carol", true, "hi", false, 0)));
    }

    @Test
    void whatOnePersonaHasTwiceWasSaidTwice() {
        assertEquals(
                List.of("1 received by alice, bob", "2 received by alice, bob"),
                rows(
                        copy(1, "alice", false, "hi", false, 0),
                        copy(2, "alice", false, "hi", false, 0),
                        copy(3, "bob", false, "hi", false, 0),
                        copy(4, "bob", false, "hi", false, 0)));
        assertEquals(
                List.of("1 received", "2 received"),
                rows(copy(1, "alice", false, "hi", false, 0), copy(2, "bob", false, "hi", false, 1)));
    }

    @Test
    void eachReaderBurnsItsOwn() {
        assertEquals(
                2,
                rows(copy(1, "alice", false, "hi", true, 0), copy(2, "bob", false, "hi", true, 0))
                        .size());
    }

    @Test
    void whatContactsOfTheSameNameWriteAndWhatIsToldOfThemIsEachPersonasOwn() {
        assertEquals(
                2,
                rows(
                                copy(1, "alice", true, false, "hi", false, 0, false),
                                copy(2, "bob", true, false, "hi", false, 0, false))
                        .size());
        assertEquals(
                2,
                rows(
                                copy(1, "alice", false, false, "new keys", false, 0, true),
                                copy(2, "bob", false, false, "new keys", false, 0, true))
                        .size());
    }

    @Test
    void itIsPrintedOnceAsItComes() throws Exception {
        runner.fake.eventsOnFollow.add(
                new Event(Optional.of(copy(11, "alice", false, "hi", false, 0)), Optional.empty()));
        runner.fake.eventsOnFollow.add(
                new Event(Optional.of(copy(12, "bob", false, "hi", false, 0)), Optional.empty()));
        runner.fake.eventsOnFollow.add(
                new Event(Optional.of(copy(13, "alice", false, "ho", false, 1)), Optional.empty()));
        String printed = runner.run("messages", "--follow", "--count", "2");
        assertEquals(2, printed.lines().count(), printed);
        assertFalse(printed.indexOf("hi") != printed.lastIndexOf("hi"), printed);
    }
}
