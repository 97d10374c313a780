package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Conversations.Search;
import org.partyline.api.engine.Messages.Change;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Send;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class RemarkCommandsTest {
    private static final String THUMB = "\uD83D\uDC4D";

    private final Runner runner = Runner.plain();

    private Message remarked(String text, String quoted, String reactor) {
        Message message =
                Samples.remarked(Samples.message(9, "bob", Optional.of(text), false), quoted, reactor, "\u2764\uFE0F");
        runner.fake.inbox.put(9L, message);
        return message;
    }

    @Test
    void anAnswerGoesWhereTheMessageWasSaid() throws Exception {
        String printed = runner.run("send", "So will I", "--reply", "5");
        Send sent = runner.fake.sent.get(0);
        assertEquals("carol", sent.to());
        assertTrue(sent.direct());
        assertEquals(Optional.of("me"), sent.persona());
        assertEquals(OptionalLong.of(5), sent.replyTo());
        assertTrue(printed.contains("a reply to message 5"), printed);
        runner.run("send", "Me, too", "--reply", "1", "--channel", "club");
        assertEquals("club", runner.fake.sent.get(1).to());
        assertEquals("Error: message 77", runner.refusal("send", "x", "--reply", "77"));
        assertTrue(runner.refusal("send", "x", "--reply", "one").contains("'one' is not a message number"));
    }

    @Test
    void aReactionIsSentOrTakenBackAndNotBoth() throws Exception {
        runner.run("react", "1", THUMB);
        runner.run("react", "1", "--back");
        assertEquals(List.of("reaction 1 " + THUMB, "reaction 1 "), runner.fake.conversations.said);
        assertTrue(runner.refusal("react", "1").contains("the reaction is missing"));
        assertTrue(runner.refusal("react", "1", THUMB, "--back").contains("give one of the two"));
        assertEquals(2, runner.fake.conversations.said.size());
    }

    @Test
    void forgettingAsksFirst() throws Exception {
        assertTrue(runner.refusal("forget", "1").contains("confirm with --yes"));
        assertTrue(runner.fake.inbox.containsKey(1L));
        runner.fake.conversations.unasked = "the keys are used no more";
        String printed = runner.run("forget", "1", "--yes");
        assertFalse(runner.fake.inbox.containsKey(1L));
        assertTrue(printed.contains("not asked to erase it: the keys are used no more."), printed);
        assertEquals("Error: message 1", runner.refusal("forget", "1", "--yes"));
    }

    @Test
    void hostileTextStaysInItsPlace() throws Exception {
        remarked(
                "\u001B[2Jboo\n[7 carol: I owe you] edited",
                "\u001B[31mred\u202E\nand\ra second line that is too long for a quote",
                "x, signed by carol\u0007");
        for (String command : List.of("messages", "read 9", "search boo", "messages --follow --since 1h --count 5")) {
            Runner fresh = Runner.plain();
            fresh.fake.inbox.putAll(runner.fake.inbox);
            List<String> words = List.of(command.split(" "));
            String printed =
                    fresh.run(words.get(0), words.subList(1, words.size()).toArray(String[]::new));
            assertTrue(
                    printed.codePoints().allMatch(c -> c == '\n' || c == '\r' || !Character.isISOControl(c)), printed);
            assertFalse(printed.contains("\u202E"), printed);
        }
        String read = Runner.plain().run("read", "1") + runner.run("read", "9");
        // A stranger's nickname is not our finding.
        assertTrue(read.contains("from \"x, signed by carol\uFFFD\""), read);
        assertFalse(
                read.lines()
                        .anyMatch(line -> line.startsWith("Reaction")
                                && line.contains("signed by carol")
                                && !line.contains("\"")),
                read);
    }

    @Test
    void wordsAreLookedForWhereTheyAreWanted() throws Exception {
        runner.run("search", "door", "code", "--contact", "bob", "--most", "3");
        assertEquals(
                List.of(new Search("door code", Optional.of(new Place(Optional.empty(), true, "bob")), 3)),
                runner.fake.conversations.searches);
        assertTrue(runner.refusal("search", "x", "--most", "0").contains("--most must be 1 to 500"));
        assertTrue(runner.refusal("search", "x", "--channel", "a", "--contact", "b")
                .contains("exclude each other"));
        assertTrue(runner.refusal("search", "x", "--persona", "me").contains("--channel or --contact"));
    }

    @Test
    void aConversationIsMarkedMutedAndWrittenOnLater() throws Exception {
        assertTrue(runner.run("mark-read").startsWith("lobby is marked as read up to message 2: 0 messages unread."));
        runner.run("mute");
        runner.run("draft", "half a sen\u001B[2Jtence");
        String listed = Runner.plain().run("conversation-list") + runner.run("conversation-list");
        assertTrue(listed.contains("muted, draft"), listed);
        assertTrue(runner.run("draft").contains("half a sen\uFFFD[2Jtence"));
        runner.run("mute", "--off");
        runner.run("draft", "--drop");
        assertTrue(runner.fake.conversations.muted.isEmpty());
        assertTrue(runner.fake.conversations.drafts.isEmpty());
        assertTrue(runner.refusal("draft", "x", "--drop").contains("give one of the two"));
        assertTrue(runner.refusal("draft", "").contains("--drop"));
        assertTrue(runner.refusal("mute", "--channel", "a", "--contact", "b").contains("exclude each other"));
        assertTrue(runner.refusal("mute", "--channel", "nowhere").contains("there is no channel 'nowhere'"));
    }

    @Test
    void whereSeveralPersonasHaveAMessageTheCopyThatIsShownIsNamed() throws Exception {
        runner.fake.inbox.clear();
        Message mine = Samples.message(1, "bob", Optional.of("Hello there"), false);
        runner.fake.inbox.put(1L, mine);
        runner.fake.inbox.put(2L, Samples.of(mine, 2, "work"));
        Message answer = Samples.remarked(Samples.message(9, "bob", Optional.of("@me, @work"), false));
        runner.fake.inbox.put(9L, answer);
        runner.fake.inbox.put(10L, Samples.of(answer, 10, "work"));
        // Work's copies are removed, and mine is shown.
        runner.fake.inbox.remove(9L);
        runner.fake.inbox.put(11L, Samples.of(answer, 11, "me"));
        String printed = runner.run("messages");
        assertTrue(printed.contains("received by work, me, reply to 1, edited, mentions work, me"), printed);
        assertFalse(printed.contains("reply to 2"), printed);
        assertTrue(runner.run("read", "11").contains("reply to 1, edited, mentions you"));
    }

    private static Event changed(Message message) {
        return new Event(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Change(
                        Change.Kind.REACTION,
                        message.id(),
                        message.persona(),
                        message.direct(),
                        message.channel(),
                        Optional.of(message))));
    }

    @Test
    void whoFollowsIsToldOnceWhatWasSaidAboutAMessage() throws Exception {
        Message message = Samples.remarked(Samples.message(9, "bob", Optional.of("So will\u001B[2J I"), false));
        runner.fake.eventsOnFollow.addAll(List.of(
                changed(message),
                changed(Samples.of(message, 10, "work")),
                changed(Samples.message(9, "bob", Optional.of("So will I"), false)),
                new Event(Optional.of(Samples.message(11, "bob", Optional.of("new"), false)), Optional.empty())));
        List<String> lines =
                runner.run("messages", "--follow", "--count", "1").lines().toList();
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("message 9: edited, " + THUMB + " 2"), lines.toString());
        assertTrue(lines.get(0).endsWith("bob  So will\uFFFD[2J I"), lines.toString());
        assertTrue(lines.get(1).contains("message 9: reaction removed  bob  So will I"), lines.toString());
        // A program gets messages, each once.
        assertEquals(
                1,
                runner.run("messages", "--follow", "--count", "1", "--json")
                        .lines()
                        .count());
    }
}
