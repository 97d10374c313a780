package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Gap;
import org.partyline.api.engine.Messages.Message;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** Missing messages are shown where they are missing, to people and to programs. */
class GapsTest {
    private static final String TEXT = "Up to 3 messages are missing here. The sender's nickname is 'ca\u001B[2Jrol'";

    private final Runner runner = Runner.plain();

    private static Message gap(long id, String text, Gap gap) {
        return Samples.missing(Samples.message(id, "carol", Optional.of(text), false), gap);
    }

    @Test
    void aGapIsARowOfItsOwnAndNobodysWords() throws Exception {
        runner.fake.inbox.put(9L, gap(9, TEXT, new Gap(3, 4, 6, true)));
        String printed = runner.run("messages");
        assertTrue(
                printed.lines().anyMatch(line -> line.contains(" gap ") && line.contains("Up to 3 messages")), printed);
        assertFalse(printed.contains("\u001B"), "a name moves no cursor");
    }

    @Test
    void aProgramGetsWhichPositionsAreMissing() throws Exception {
        runner.fake.inbox.clear();
        runner.fake.inbox.put(9L, gap(9, TEXT, new Gap(3, 4, 6, true)));
        String json = runner.run("messages", "--json").replaceAll("\\s", "");
        assertTrue(json.contains("\"notice\":true"), json);
        assertTrue(json.contains("\"gap\":{\"most\":3,\"first\":4,\"last\":6,\"may_arrive\":true}"), json);
    }

    @Test
    void whoFollowsIsToldWhenItIsKnownAndWhenItChanges() throws Exception {
        Message changed = gap(9, "Up to 2 messages are missing here", new Gap(2, 5, 6, false));
        runner.fake.eventsOnFollow.addAll(List.of(
                new Event(Optional.of(gap(9, TEXT, new Gap(3, 4, 6, true))), Optional.empty()),
                new Event(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Change(Change.Kind.GAP, 9, "me", false, "lobby", Optional.of(changed)))),
                new Event(Optional.of(Samples.message(11, "bob", Optional.of("new"), false)), Optional.empty())));
        List<String> lines =
                runner.run("messages", "--follow", "--count", "2").lines().toList();
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("  gap  lobby  Up to 3 messages"), lines.toString());
        assertTrue(lines.get(1).contains("  gap  lobby  Up to 2 messages"), lines.toString());
    }
}
