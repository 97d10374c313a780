package org.partyline.consolesocket.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "status | 5",
                "partyline:status --json --exit-status | 5",
                "send hello | 30",
                "send hello --timeout 2m | 120",
                "persona-create --timeout=7s bob | 7",
                "send \"see --timeout 1s\" | 30",
                "send 'the --timeout 1s' --timeout 3s | 3",
                "send it's --timeout 3s | 3",
                "say --timeout 4s the option --timeout 9s | 4",
                "say the option --timeout 9s | 30",
                "say --to bob --timeout 4s hello | 4",
                "send --timeout never hello | 30",
                "messages --follow --timeout 9s | 9",
                "send -- --timeout 9s | 30",
            })
    void itIsTheOneThatIsGivenOrThatOfTheCommand(String line, int seconds) {
        assertEquals(Optional.of(Duration.ofSeconds(seconds)), Deadline.of(line).limit());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"messages --follow", "audit --follow --json", "setup --yes", "panic erase --yes", "bundle:list"})
    void someHaveNone(String line) {
        assertEquals(Optional.empty(), Deadline.of(line).limit());
    }

    @Test
    void severalLinesHaveTheSumAndNoneWhereOneHasNone() {
        assertEquals(
                Optional.of(Duration.ofSeconds(37)),
                Deadline.of("# two\nsend a --timeout 7s\n\npersona-list").limit());
        assertEquals(Optional.empty(), Deadline.of("send a\nmessages --follow").limit());
        assertEquals(Optional.of(Deadline.USUAL), Deadline.of("").limit());
    }

    /** Words within a text are no command: they must not say that nothing was changed, or that there is no deadline. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "send \"a\nhelp me\"",
                "send \"a\nchat with me\"",
                "send 'it is\n\nstatus --timeout 1s\nhelp'",
                "send \"say \\\"\nhelp\\\" to all\"",
                "# it's 'a remark\nsend --to=\"a\nhelp\" hello",
                "say a\nhelp me",
            })
    void theLinesOfATextAreOneCommand(String lines) {
        Deadline deadline = Deadline.of(lines);
        assertEquals(Optional.of(Deadline.USUAL), deadline.limit());
        assertTrue(deadline.passed(Deadline.USUAL).contains("may or may not have been done. See partyline:outbox"));
    }

    /** A token or a hook that is not known to exist has access nevertheless, and nobody has its secret. */
    @ParameterizedTest
    @CsvSource({
        "token-create bot --scope send, token-list",
        "token-revoke bot, token-list",
        "hook-add bridge --url https://example.org, hook-list",
        "web-login, web-devices",
        "web-logout --all, web-devices",
        "mute bob, conversation-list",
        "mark-read bob, conversation-list",
        "draft bob, conversation-list",
        "read 12, messages",
        "log vault debug, log",
        "unlock, status",
    })
    void theCommandThatShowsTheResultIsNamed(String line, String shows) {
        String late = Deadline.of(line).passed(Deadline.USUAL);
        assertTrue(
                late.endsWith("may or may not have been done. See partyline:" + shows + " before you repeat it"), late);
    }

    @Test
    void itsLineSaysWhetherItMayHaveBeenDoneAndWhereThatIsShown() {
        Duration time = Duration.ofSeconds(30);
        assertEquals(
                "no answer within 30 s: persona-create may or may not have been done. See partyline:persona-list before "
                        + "you repeat it",
                Deadline.of("partyline:persona-create bob").passed(time));
        assertTrue(Deadline.of("say hello").passed(time).contains("See partyline:outbox"));
        assertTrue(
                Deadline.of("status\nsend hello\nstatus").passed(time).contains("send may or may not have been done"));
        for (String harmless : List.of("status", "version", "contact-list --json", "node-status core")) {
            assertTrue(Deadline.of(harmless).passed(time).endsWith("nothing was changed"), harmless);
        }
        for (String reading : List.of("messages lobby", "events --ack bot")) {
            assertTrue(Deadline.of(reading).passed(time).endsWith(", except what counts as read"), reading);
        }
    }
}
