package org.partyline.shell.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.apache.karaf.shell.api.console.Session;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Event;
import org.partyline.api.engine.Messages.Message;
import org.partyline.consoleline.Paint;
import org.partyline.consoleline.Prompts;
import org.partyline.consoleline.Role;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Samples;

class PromptNoticesTest {
    private final FakeEngine fake = FakeEngine.furnished();
    private FakeSession session = FakeSession.withTerminal(40, 20);
    private final List<String> shown = new ArrayList<>();
    private PromptNotices notices;
    private TypedWords words;

    @Test
    void whatWasTypedIsForgottenAtAllConsoles() {
        words.forget();
        assertEquals(List.of("all is forgotten"), shown);
    }

    @BeforeEach
    void start() throws Exception {
        session.put(Paint.NO_COLOR, "1");
        Prompts prompts = new Prompts() {
            @Override
            public void above(Function<Session, Optional<String>> line) {
                line.apply(session).ifPresent(shown::add);
            }

            @Override
            public void forget() {
                shown.add("all is forgotten");
            }
        };
        words = new TypedWords(prompts);
        notices = new PromptNotices(fake.engine(), Map.of(), prompts, Clock.fixed(Samples.NOW, ZoneOffset.UTC));
        notices.add(fake.engine().messages());
    }

    private void comes(Message message) {
        fake.followers.get(0).accept(new Event(Optional.of(message), Optional.empty()));
    }

    private static Message message(long id, String persona, String sender, String text, int sequence) {
        Message one = Samples.message(id, sender, Optional.of(text), false);
        return new Message(
                id,
                persona,
                false,
                "lobby",
                false,
                sender,
                false,
                false,
                Optional.of(text),
                one.sent(),
                one.arrived(),
                one.expires(),
                OptionalInt.of(sequence),
                List.of(),
                OptionalInt.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    @Test
    void saysWhoAndWhereAndNoWordsUnlessTheyAreWished() throws Exception {
        comes(message(7, "me", "bob", "the code is 4711", 1));
        comes(Samples.direct(8, "bob", "psst", false, Optional.empty()));
        notices.modified(Map.of("notices", "words"));
        comes(message(9, "me", "bob", "hello\nthere", 2));
        notices.modified(Map.of("notices", "off"));
        comes(message(10, "me", "bob", "unseen", 3));
        assertEquals(List.of("* bob in lobby (read 7)", "* bob to me (read 8)", "* bob in lobby: hello there"), shown);
        notices.modified(Map.of("notices", "loud"));
        comes(message(11, "me", "bob", "unseen", 4));
        assertEquals(3, shown.size());
        notices.remove(fake.engine().messages());
        assertEquals(1, fake.unsubscribed);
    }

    @Test
    void aUserWhoMayNotReadMessagesHearsOfNone() {
        notices.modified(Map.of("notices", "words"));
        for (Set<Role> roles : List.of(Set.<Role>of(), Set.of(Role.OPERATE, Role.ERASE))) {
            Role.restrict(session, roles);
            comes(message(7, "me", "bob", "the code is 4711", roles.size()));
        }
        assertEquals(List.of(), shown);
        Role.restrict(session, Set.of(Role.TALK));
        comes(message(8, "me", "bob", "hello", 3));
        assertEquals(List.of("* bob in lobby: hello"), shown);
    }

    @Test
    void wordsThatBurnAreNotShown() {
        notices.modified(Map.of("notices", "words"));
        comes(Samples.message(7, "bob", Optional.of("burn"), true));
        assertEquals(List.of("* bob in lobby (read 7)"), shown);
    }

    @Test
    void aMessageIsSaidOnceAndOneOfOnesOwnNotAtAll() {
        comes(message(7, "me", "bob", "hi", 1));
        comes(message(8, "work", "bob", "hi", 1));
        comes(message(9, "work", "me", "it is me", 1));
        assertEquals(List.of("* bob in lobby (read 7)"), shown);
    }

    @Test
    void aTerminalThatDoesNotSayHowWideItIsGetsALineAllTheSame() {
        session = FakeSession.withTerminal(0, 0);
        session.put(Paint.NO_COLOR, "1");
        comes(message(7, "me", "bob", "hi", 1));
        assertEquals(List.of("* bob in lobby (read 7)"), shown);
    }

    @Test
    void nothingIsSaidOfWhatIsMuted() {
        fake.conversations.muted.add("lobby");
        comes(message(7, "me", "bob", "hi", 1));
        assertEquals(List.of(), shown);
        fake.conversations.muted.remove("lobby");
        comes(message(8, "me", "bob", "hi again", 2));
        assertEquals(List.of("* bob in lobby (read 8)"), shown);
    }

    @Test
    void manyAtOnceFillNoScreen() {
        for (int i = 1; i <= 1000; i++) {
            comes(message(i, "me", "bob", "number " + i, i));
        }
        assertEquals(6, shown.size());
        assertTrue(shown.get(5).startsWith("* more messages arrived"), shown.get(5));
    }

    @Test
    void whatIsNotShownFloodsNothing() {
        for (int i = 1; i <= 100; i++) {
            comes(message(i, "work", "me", "mine " + i, i));
        }
        comes(message(101, "me", "bob", "hi", 1));
        assertEquals(List.of("* bob in lobby (read 101)"), shown);
    }

    @Test
    void hostileNamesAndWordsStayOnTheLineAndInTheirPlace() {
        notices.modified(Map.of("notices", "words"));
        String nasty = "\u001b[2J\u001b]0;x\u0007\r\n\u202e\u2066\u0085\u009b31m\t\u2028x";
        comes(message(1, "me", "bob in lobby: trust me" + nasty, nasty + "a".repeat(500), 1));
        comes(message(2, "me", "\u200b", "\u0301".repeat(3000), 2));
        comes(message(3, "me", "漢".repeat(60), "字", 3));
        for (String line : shown) {
            assertTrue(
                    line.codePoints()
                            .noneMatch(c -> Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT
                                    || c == 0x2028),
                    line);
            assertTrue(new AttributedString(line).columnLength() < 40, line);
            assertTrue(line.length() < 500, line);
        }
        assertEquals(3, shown.size());
        assertTrue(shown.get(0).startsWith("* \"bob in lobby: trust me"), shown.get(0));
    }

    @Test
    void coloursAreTheLinesOwn() {
        session.put(Paint.NO_COLOR, "");
        comes(message(7, "me", "bob", "hi", 1));
        assertEquals(
                "\u001b[2m* \u001b[0m\u001b[35mbob\u001b[0m\u001b[2m in \u001b[0mlobby\u001b[2m (read 7)\u001b[0m",
                shown.get(0));
    }
}
