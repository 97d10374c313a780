package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.jline.reader.Candidate;
import org.jline.reader.Parser.ParseContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completions at the end of a line, and how they are inserted. */
class LineCompleterTest {
    @TempDir
    Path home;

    private TestConsole console;
    private Session session;
    private LineParser parser;
    private LineCompleter completer;

    @BeforeEach
    void start() throws IOException {
        console = new TestConsole(home);
        session = console.karafs.create(InputStream.nullInputStream(), System.out, System.out);
        Names names = new Names(List.of("test"), KarafCommands.reasons().keySet());
        console.karafs.getRegistry().register(new Asked("bundle", "stop"));
        console.karafs.getRegistry().register(new Asked("test", "asked"));
        parser = new LineParser(session, new CommandLines(names));
        completer = new LineCompleter(session, names);
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private LineParser.Completing parsed(String line) {
        return (LineParser.Completing) parser.parse(line, line.length(), ParseContext.COMPLETE);
    }

    private List<Candidate> candidates(String line) {
        List<Candidate> candidates = new ArrayList<>();
        completer.complete(null, parsed(line), candidates);
        return candidates;
    }

    private List<String> offered(String line) {
        return candidates(line).stream().map(Candidate::value).sorted().toList();
    }

    /** Returns the text that is inserted for a value. */
    private String put(String line, String value) {
        LineParser.Completing parsed = parsed(line);
        return line.substring(0, line.length() - parsed.rawWordCursor()) + parsed.escape(value, true);
    }

    @Test
    void aNameIsOneOfOursOrAWordOfTheConsoleItself() {
        List<String> expected =
                List.of("asked", "break", "clear", "count", "exit", "fail", "help", "karaf", "logout", "say", "send");
        assertEquals(expected, offered(""));
        assertEquals(expected, offered("se"));
        assertTrue(candidates("").stream().allMatch(candidate -> candidate.descr() == null));
        assertTrue(candidates("se").stream().anyMatch(candidate -> "a test's".equals(candidate.descr())));
    }

    @Test
    void withAScopeItMayBeOneOfKarafsToo() {
        List<String> offered = offered("shell:");
        assertTrue(offered.containsAll(List.of("shell:echo", "bundle:stop", "test:send")), offered.toString());
        assertFalse(offered.contains("send"), offered.toString());
        assertFalse(offered.contains("shell:cat"), offered.toString());
        assertFalse(offered.contains("help"), offered.toString());
    }

    @Test
    void karafIsFollowedByKarafsCommandsAndHelpByOurs() {
        List<String> karafs = offered("karaf ");
        assertTrue(karafs.contains("shell:echo"), karafs.toString());
        assertTrue(karafs.stream().allMatch(KarafCommands.reasons()::containsKey), karafs.toString());
        List<String> helped = offered("help ");
        assertTrue(
                helped.containsAll(List.of("all", "asked", "break", "count", "fail", "say", "send", "talk", "worst")),
                helped.toString());
        assertEquals(List.of(), offered("help send "));
    }

    @Test
    void aPipeIsFollowedByFiltersAndTheyByNothing() {
        assertEquals(List.copyOf(Filters.NAMES), offered("count 3 | "));
        assertEquals(List.copyOf(Filters.NAMES), offered("count 3 | gr"));
        assertEquals(List.of(), offered("count 3 | grep"));
        assertEquals(List.of(), offered("count 3 | grep "));
    }

    @Test
    void aCommandIsAskedForItsValuesByItsWholeName() {
        assertEquals(List.of("--json", "--to"), offered("send "));
        assertEquals(List.of("bob", "my friend"), offered("send --to \"my"));
        assertEquals(List.of("bundle:stop a"), offered("bundle:stop a"));
        assertEquals(List.of("bundle:stop a"), offered("karaf bundle:stop a"));
        assertEquals(List.of("test:asked a"), offered("asked a"));
        assertEquals(List.of(), offered("nothing a"));
    }

    @Test
    void aUserWhoMayNotRunACommandIsOfferedNoneOfItsValues() {
        console.karafs.getRegistry().register(new ForTalk());
        Role.restrict(session, Set.of(Role.TALK));
        assertEquals(List.of("test:chatter a"), offered("chatter a"));
        for (Set<Role> roles : List.of(Set.<Role>of(), Set.of(Role.ERASE), Set.of(Role.OPERATE))) {
            Role.restrict(session, roles);
            assertEquals(List.of(), offered("chatter a"), roles.toString());
            assertEquals(roles.contains(Role.OPERATE) ? List.of("bundle:stop a") : List.of(), offered("bundle:stop a"));
        }
    }

    @Test
    void inATextAndInALineThatCannotBeReadNothingIsOffered() {
        assertEquals(List.of(), offered("say hello"));
        assertEquals(List.of(), offered("say hello "));
        assertEquals(List.of(), offered("send \"a\"b "));
    }

    @Test
    void aValueIsPutInAsItHasToBeTyped() {
        assertEquals("send bob", put("send b", "bob"));
        assertEquals("send \"my friend\"", put("send m", "my friend"));
        assertEquals("send \"my friend\"", put("send \"my", "my friend"));
        assertEquals("send \"bob\"", put("send \"b", "bob"));
        assertEquals("send 'my friend'", put("send 'my", "my friend"));
        assertEquals("send \"bob's friend\"", put("send 'bob", "bob's friend"));
        assertEquals("send bob's", put("send b", "bob's"));
        assertEquals("send \"a \\\"b\\\" \\\\\"", put("send a", "a \"b\" \\"));
        for (String special : List.of("", "\"a", "'a", "#a", "|a", "a\tb", "a\nb")) {
            assertEquals("send \"" + special.replace("\"", "\\\"") + '"', put("send ", special));
        }
    }

    @Test
    void aWordWithTheCursorInItIsReplacedWhole() {
        LineParser.Completing inWord = (LineParser.Completing) parser.parse("send bob x", 6, ParseContext.COMPLETE);
        assertEquals("b", inWord.word());
        assertEquals(1, inWord.rawWordCursor());
        assertEquals(3, inWord.rawWordLength());
        LineParser.Completing inQuotes = (LineParser.Completing) parser.parse("send \"my x", 8, ParseContext.COMPLETE);
        assertEquals("my", inQuotes.word());
        assertEquals(3, inQuotes.rawWordCursor());
        assertEquals(3, inQuotes.rawWordLength());
    }

    /** The same for one role. */
    private static final class ForTalk extends Asked implements Restricted {
        ForTalk() {
            super("test", "chatter");
        }

        @Override
        public Role role() {
            return Role.TALK;
        }
    }

    /** A command that offers the requested values. */
    private static class Asked implements Command {
        private final String scope;
        private final String name;

        Asked(String scope, String name) {
            this.scope = scope;
            this.name = name;
        }

        @Override
        public String getScope() {
            return scope;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String getDescription() {
            return "a test's";
        }

        @Override
        public Completer getCompleter(boolean scoped) {
            return new Completer() {
                @Override
                public int complete(Session session, CommandLine line, List<String> candidates) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void completeCandidates(
                        Session session,
                        CommandLine line,
                        List<org.apache.karaf.shell.api.console.Candidate> candidates) {
                    candidates.add(new org.apache.karaf.shell.api.console.Candidate(line.getBuffer()));
                }
            };
        }

        @Override
        public Parser getParser() {
            return null;
        }

        @Override
        public Object execute(Session session, List<Object> arguments) {
            return null;
        }
    }
}
