package org.partyline.shell.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.karaf.shell.impl.console.JLineTerminal;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.partyline.shell.testing.FakeSession;

class ConsoleTest {
    /** Karaf's path from a command to the terminal: a channel that does not pass on a flush. */
    @Test
    void aLineIsSeenAtOnce() {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        FakeSession session = FakeSession.withTerminal(80, 24);
        PrintStream terminal = new PrintStream(new BufferedOutputStream(seen), false);
        session.console(terminal);
        OutputStream channel = new OutputStream() {
            @Override
            public void write(int b) {
                terminal.write(b);
            }
        };
        Console console = Console.of(session, new PrintStream(channel, false));
        console.line("now");
        assertEquals("now" + System.lineSeparator(), seen.toString());
        console.piece("and then");
        assertEquals("now" + System.lineSeparator() + "and then", seen.toString());
    }

    /** The objects between a command and the terminal keep the last bytes passed to them. */
    @Test
    void whatIsPrintedComesInPiecesThatSayNothingAndOneArrayThatIsWiped() {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        Set<byte[]> given = Collections.newSetFromMap(new IdentityHashMap<>());
        PrintStream channel = new PrintStream(OutputStream.nullOutputStream(), false) {
            @Override
            public void write(byte[] bytes, int from, int length) {
                assertTrue(length <= 8, "a piece of " + length);
                given.add(bytes);
                seen.write(bytes, from, length);
            }
        };
        FakeSession session = FakeSession.withTerminal(80, 24);
        String words = "the words of a message, na\u00EFve";
        Console.of(session, channel).line(words);
        assertEquals(words + System.lineSeparator(), seen.toString(StandardCharsets.UTF_8));
        given.forEach(bytes -> assertEquals("", new String(bytes, StandardCharsets.UTF_8).replace("\0", "")));
        assertEquals(1, given.size());
    }

    @Test
    void aDumbTerminalHasNoColoursAndAsksNothing() {
        FakeSession session = FakeSession.withoutTerminal();
        Console console = Console.of(session, session.getConsole());
        assertEquals("x", console.paint(Style.BAD, "x"));
        assertFalse(console.canAsk());
    }

    @Test
    void hangingWordsStayBelowEachOther() {
        FakeSession session = FakeSession.withTerminal(30, 24);
        Console.of(session, session.getConsole()).hanging("name  ", "some words that do not fit one line");
        assertEquals(
                List.of("name  some words that do not", "      fit one line"),
                session.printed().lines().toList());
    }

    @Test
    void aQuestionIsAskedUntilTheAnswerIsOneOfThese() throws Exception {
        FakeSession session = FakeSession.withTerminal(80, 24).answer("maybe", "RPC");
        assertEquals(
                "rpc",
                Console.of(session, session.getConsole()).choose("Node", List.of("embedded", "rpc"), "embedded"));
        assertEquals("Please answer embedded or rpc.", session.printed().strip());
    }

    @Test
    void theBeginningOfAnAnswerIsEnough() throws Exception {
        List<String> answers = List.of("yes", "no", "yesterday");
        FakeSession session = FakeSession.withTerminal(80, 24).answer("ye", "Y", "yes", "N");
        Console console = Console.of(session, session.getConsole());
        assertEquals("yes", console.choose("Go?", answers, "no"));
        assertEquals("no", console.choose("Go?", answers, "yes"));
    }

    /**
     * All the answers were pasted, and the questions end before the passphrase: the console would run it as a command.
     */
    @Test
    void whatWasTypedAheadOfAQuestionThatEndsIsForgotten() throws Exception {
        for (String end : List.of(FakeSession.CTRL_C, FakeSession.CTRL_D)) {
            try (org.jline.terminal.Terminal typed = new DumbTerminal(
                    "typed",
                    "ansi",
                    new ByteArrayInputStream("a passphrase\ra passphrase\r".getBytes(StandardCharsets.UTF_8)),
                    new ByteArrayOutputStream(),
                    StandardCharsets.UTF_8)) {
                FakeSession session = FakeSession.at(new JLineTerminal(typed)).answer(end);
                assertThrows(
                        Exception.class,
                        () -> Console.of(session, session.getConsole()).askSecret("Passphrase"));
                assertEquals(-1, typed.reader().read(), "it is still there");
            }
        }
    }

    /** Ctrl-C also interrupts the thread: pasted text is discarded anyway, and the command still ends. */
    @Test
    void whatWasTypedAheadIsForgottenByAThreadThatIsInterrupted() throws Exception {
        try (org.jline.terminal.Terminal typed = new DumbTerminal(
                "typed",
                "ansi",
                new ByteArrayInputStream("a passphrase\r".getBytes(StandardCharsets.UTF_8)),
                new ByteArrayOutputStream(),
                StandardCharsets.UTF_8)) {
            typed.echo(true);
            FakeSession session = FakeSession.at(new JLineTerminal(typed));
            Thread.currentThread().interrupt();
            Console.of(session, session.getConsole()).forgetTypedAhead();
            assertTrue(Thread.interrupted());
            assertEquals(-1, typed.reader().read(), "it is still there");
            assertTrue(typed.getAttributes().getLocalFlag(LocalFlag.ECHO), "the terminal is as it was");
        }
    }

    @Test
    void aQuestionShowsNothingOfWhatIsTypedBesideItsLine() throws Exception {
        try (org.jline.terminal.Terminal typed = new DumbTerminal(
                "typed",
                "ansi",
                new ByteArrayInputStream(new byte[0]),
                new ByteArrayOutputStream(),
                StandardCharsets.UTF_8)) {
            typed.echo(true);
            FakeSession session = FakeSession.at(new JLineTerminal(typed)).answer("alice");
            session.onQuestion = () -> assertFalse(typed.getAttributes().getLocalFlag(LocalFlag.ECHO));
            assertEquals("alice", Console.of(session, session.getConsole()).ask("Your nickname", ""));
            assertTrue(typed.getAttributes().getLocalFlag(LocalFlag.ECHO));
        }
    }
}
