package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.support.CommandException;
import org.jline.keymap.KeyMap;
import org.jline.reader.LineReader;
import org.jline.reader.impl.DefaultHighlighter;
import org.jline.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Karaf's own console, which has other rules, may wait forever for the end of such a line. */
// Consoles on top of Karaf's shell: typed, pasted and external input.
@Timeout(120)
class LiteralConsolesTest {
    private static final String PASTE = "\u001b[200~";
    private static final String PASTED = "\u001b[201~";
    private static final String CTRL_V = "\u0016";

    @TempDir
    Path home;

    private TestConsole console;

    @BeforeEach
    void start() throws IOException {
        console = new TestConsole(home);
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void everyNastyTextArrivesFromOutsideAsItIs() {
        for (String text : NastyTexts.all()) {
            assertEquals(new TestConsole.Run("", ""), console.run("send " + NastyTexts.quoted(text)), text);
            assertEquals(new TestConsole.Run("", ""), console.run("say " + NastyTexts.said(text)), text);
        }
        assertArrived(NastyTexts.all());
    }

    @Test
    void everyNastyTextThatIsTypedArrivesAsItIs() throws Exception {
        List<String> texts =
                NastyTexts.all().stream().filter(text -> !text.contains("\n")).toList();
        StringBuilder keys = new StringBuilder();
        for (String text : texts) {
            keys.append(typed("send " + NastyTexts.quoted(text))).append('\r');
            keys.append(typed("say " + NastyTexts.said(text))).append('\r');
        }

        console.type(console.consoles, keys.toString());

        assertArrived(texts);
    }

    @Test
    void everyNastyTextThatIsPastedArrivesAsItIs() throws Exception {
        StringBuilder keys = new StringBuilder();
        for (String text : NastyTexts.all()) {
            keys.append("send ")
                    .append(PASTE)
                    .append(NastyTexts.quoted(text))
                    .append(PASTED)
                    .append('\r');
            keys.append("say ")
                    .append(PASTE)
                    .append(NastyTexts.said(text))
                    .append(PASTED)
                    .append('\r');
        }

        console.type(console.consoles, keys.toString());

        assertArrived(NastyTexts.all());
    }

    @Test
    void aConsoleThatKarafMakesIsMetBeforeItReadsALine() throws Exception {
        console.type(console.karafs, "say wow!! $(x) it's $5\rsend \"100%\"\r");

        assertEquals(List.of(List.of("wow!! $(x) it's $5"), List.of("100%")), console.given);
    }

    @Test
    void aConsoleThatRunsNoScriptIsMetWhenItIsMade() throws Exception {
        System.setProperty("karaf.shell.init.script", "none.script");

        console.type(console.consoles, "say it's $5\r");

        assertEquals(List.of(List.of("it's $5")), console.given);
    }

    private static String typed(String line) {
        return line.replace("\t", CTRL_V + "\t");
    }

    /** Checks that each arrived twice. */
    private void assertArrived(List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            List<String> text = List.of(texts.get(i));
            assertEquals(List.of(text, text), console.given.subList(2 * i, Math.min(2 * i + 2, console.given.size())));
        }
        assertEquals(2 * texts.size(), console.given.size());
    }

    @Test
    void whatKarafHasAndAMessengerDoesNotNeedIsNotThere() {
        for (String name : List.of(
                "shell:exec",
                "shell:cat",
                "shell:nano",
                "shell:new",
                "shell:source",
                "shell:set",
                "shell:if",
                "cat",
                "exec",
                "ls",
                "history",
                "shell:history",
                "while",
                "*:exit",
                "console:run 0 0")) {
            String error = console.run(name + " x").error();
            assertTrue(error.startsWith("Error: there is no command '") || name.startsWith("console"), error);
            assertFalse(error.isEmpty(), name);
        }
    }

    @Test
    void aWrongNameIsAnsweredWithTheRightOne() throws Exception {
        assertEquals(
                new TestConsole.Run("", "Error: there is no command 'sned': did you mean send?"),
                console.run("sned hello"));
        assertEquals(
                new TestConsole.Run("", "Error: there is no command 'cuont': did you mean count?"),
                console.run("cuont 3 | tail -1"));
        assertTrue(console.type(console.consoles, "sned hello\r")
                .contains("Error: there is no command 'sned': did you mean send?"));
        assertEquals(List.of(), console.given);
    }

    @Test
    void aNameOfKarafsIsFoundWithAndWithoutItsScope() {
        assertEquals(
                "Error: there is no command 'echo': did you mean shell:echo?",
                console.run("echo hello").error());
        assertEquals(
                "Error: there is no command 'shell:ehco': did you mean shell:echo?",
                console.run("shell:ehco hello").error());
        assertEquals(
                "Error: there is no command 'test:sned': did you mean send?",
                console.run("test:sned hello").error());
        assertEquals(
                "Error: there is no command 'hlep': did you mean help?",
                console.run("hlep").error());
    }

    @Test
    void threeNamesAreEnough() {
        for (String letter : List.of("a", "b", "c", "d")) {
            console.with("tone-" + letter, words -> {});
        }
        assertEquals(
                "Error: there is no command 'tone': did you mean tone-a, tone-b or tone-c?",
                console.run("tone x").error());
        assertEquals(
                "Error: there is no command 'coun': did you mean cound or count?",
                console.with("cound", words -> {}).run("coun").error());
    }

    @Test
    void aWrongNameIsShownShortAndCommandsNoTerminal() {
        assertEquals(
                "Error: there is no command '" + "x".repeat(40) + "…': see help",
                console.run("x".repeat(50)).error());
        assertEquals(
                "Error: there is no command '\uFFFD[31m\uFFFDred': see help",
                console.run("\u001b[31m\u202Ered").error());
    }

    @Test
    void whoListensToKarafsShellHearsNoWordOfALine() throws Exception {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        console.karafs.getCommandProcessor().addListener(new CommandSessionListener() {
            @Override
            public void beforeExecute(CommandSession session, CharSequence line) {
                heard.add(line.toString());
            }

            @Override
            public void afterExecute(CommandSession session, CharSequence line, Exception failure) {
                heard.add(line + " " + failure);
            }

            @Override
            public void afterExecute(CommandSession session, CharSequence line, Object result) {
                heard.add(line + " " + result);
            }
        });

        console.type(console.consoles, "say secret one\rsecret two\rsend \"secret\" three | tail -1\r");
        console.run("say secret four");
        console.run("secret five");

        assertEquals(3, console.given.size());
        assertEquals(
                List.of(),
                heard.stream().filter(line -> line.contains("secret")).toList());
        assertTrue(heard.contains("console:run 0 0 | console:run 0 1"), heard.toString());
    }

    @Test
    void nothingRunsWhenALineHasSomethingWrong() {
        assertEquals(
                "Error: there is no command 'wrogn': see help",
                console.run("send one\nwrogn two").error());
        assertEquals(
                "Error: a quotation mark is not closed: close it, or use say, which needs no quoting",
                console.run("send one\nsend 'two").error());
        assertEquals(List.of(), console.given);
    }

    @Test
    void aCommandThatGoesWhileALineRunsIsAway() {
        console.with("gone", words -> console.given.add(words))
                .with(
                        "vanish",
                        words -> console.karafs.getRegistry().getCommands().stream()
                                .filter(command -> command.getName().equals("gone"))
                                .toList()
                                .forEach(console.karafs.getRegistry()::unregister));

        assertEquals(
                "Error: test:gone is not running: try again shortly",
                console.run("vanish\ngone").error());
        assertEquals(List.of(), console.given);
    }

    @Test
    void aSessionThatReadNoLineRunsNone() {
        Session session = console.karafs.create(InputStream.nullInputStream(), System.out, System.out);
        CommandException refused = assertThrows(CommandException.class, () -> session.execute("console:run 0 0"));
        assertEquals("Error: the console was replaced while it read this line: type it again", refused.getNiceHelp());
    }

    @Test
    void whatIsInterruptedIsNoFailureOfACommand() {
        console.with("wait", words -> {
            throw new InterruptedException("Ctrl-C");
        });
        assertEquals(
                "java.lang.InterruptedException: Ctrl-C", console.run("wait").error());
    }

    @Test
    void whatFailsIsOneLineOfOurs() {
        assertEquals(new TestConsole.Run("", "Error: not today"), console.run("fail"));
        assertEquals(new TestConsole.Run("", "Error: broken"), console.run("break"));
    }

    @Test
    void whatFailsInAPipeFailsAsAWhole() {
        assertEquals(new TestConsole.Run("0\n", "Error: not today"), console.run("fail | wc -l"));
        assertEquals(new TestConsole.Run("", "Error: broken"), console.run("break | tail -1 | grep x"));
    }

    /** A report of something unsafe must not count as success because it was filtered. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "examine 6; 6; examined",
                "examine 6 | tail -1; 6; examined",
                "examine 6 | head -1; 6; examined",
                "examine 6 | grep ex | wc -l; 6; 1",
                "examine 0 | tail -1; 0; examined",
                "examine 6 & examine 0; 6; examined & examined",
                "examine 6 & send a; 6; examined",
                "examine 6 | tail -1 & examine 0 | tail -1; 6; examined & examined",
                "examine 6 & examine 5; 5; examined & examined",
            })
    void aStatusIsNotLostInAPipeOrBeforeAnotherLine(String lines, int status, String printed) {
        assertEquals(
                new TestConsole.Run(lines(printed) + "\n", ""),
                console.examining().run(lines(lines)));
        assertEquals(status, console.status);
    }

    private static String lines(String text) {
        return text.replace(" & ", "\n");
    }

    @Test
    void theFirstFailureOfAPipeIsItsStatus() {
        // It fails after the stage before it, at the end of its input.
        console.with("late", words -> {
            System.in.readAllBytes();
            throw new IllegalStateException("later");
        });
        assertEquals(new TestConsole.Run("", "Error: not today"), console.run("fail | late"));
        assertEquals(new TestConsole.Run("", "Error: not today"), console.run("fail | late | grep x"));
        assertTrue(console.examining().run("examine 6 | grep").error().startsWith("Error: grep requires"));
        assertEquals(1, console.status);
    }

    @Test
    void noCodeThatPaintsIsWrittenForAProgramAndSomeAreForATerminal() throws Exception {
        console.with("paint", words -> {
            System.out.println("\u001b[1mbold\u001b[0m");
            System.err.println("\u001b[31mred\u001b[0m");
        });

        assertEquals(new TestConsole.Run("bold\nred\n", ""), console.run("paint"));
        assertTrue(console.type(console.consoles, "paint\r").contains("\u001b[1mbold\u001b[0m"));
    }

    @Test
    void aLonelyBeginningOfACodeIsNotLost() {
        console.with("half", words -> System.out.print("half\u001b["));

        assertEquals(new TestConsole.Run("half\u001b[", ""), console.run("half"));
    }

    @Test
    void whateverFailsIsSaidInOneLineOnce() {
        console.with("twice", words -> {
            throw new CommandException("Error: Error executing command test:twice: not here");
        });
        console.with("silent", words -> {
            throw new IllegalStateException();
        });
        console.with("long", words -> {
            throw new IllegalStateException("one\n\n  two");
        });
        console.with("said", words -> {
            throw new IllegalStateException("Error: said already");
        });
        console.with("ours", words -> {
            throw new CommandException("\u001b[31mError: ours\u001b[0m", "for the log", null);
        });

        assertEquals("Error: not here", console.run("twice").error());
        assertEquals("Error: IllegalStateException", console.run("silent").error());
        assertEquals("Error: one two", console.run("long").error());
        assertEquals("Error: said already", console.run("said").error());
        assertEquals("\u001b[31mError: ours\u001b[0m", console.run("ours").error());
    }

    @Test
    void anErrorIsRedAtATerminalThatHasColours() throws Exception {
        String red = "\u001b[31mError: there is no command 'sned'";
        assertTrue(console.type(console.consoles, "sned\r").contains(red));
        assertFalse(console.type(console.consoles, "dumb", "sned\r").contains(red));
        assertTrue(console.type(console.consoles, "dumb", "sned\r").contains("Error: there is no command 'sned'"));
    }

    @Test
    void aQuotationThatIsTypedGoesOnInTheNextLine() throws Exception {
        console.type(console.consoles, "send 'one\rtwo'\r");

        assertEquals(List.of(List.of("one\ntwo")), console.given);
    }

    @Test
    void aTypedLineThatCannotBeReadSaysWhy() throws Exception {
        String shown = console.type(console.consoles, "send \"a\"b\rsend c\r");

        assertTrue(shown.contains("Error: a closing quotation mark must be followed by a space"), shown);
        assertEquals(List.of(List.of("c")), console.given);
    }

    @Test
    void whatIsPastedAndNeverEndsRunsNothing() throws Exception {
        console.type(console.consoles, "send " + PASTE + "a\r");

        assertEquals(List.of(), console.given);
    }

    @Test
    void theLineEditorHasNothingThatReadsALineAsCode() throws Exception {
        List<Object> handlers = new ArrayList<>();
        console.with(
                "look",
                words -> handlers.add(
                        console.reader.getTerminal().handle(Terminal.Signal.TSTP, Terminal.SignalHandler.SIG_IGN)));
        for (SessionFactory factory : List.of(console.consoles, console.karafs)) {
            handlers.clear();
            console.type(factory, "look\r");

            assertEquals(List.of(Terminal.SignalHandler.SIG_IGN), handlers);
            assertEquals(LineParser.class, console.reader.getParser().getClass());
            assertEquals(
                    DefaultHighlighter.class, console.reader.getHighlighter().getClass());
            assertTrue(console.reader.isSet(LineReader.Option.DISABLE_EVENT_EXPANSION));
            console.reader
                    .getKeyMaps()
                    .values()
                    .forEach(keys -> assertNull(keys.getBound(KeyMap.ctrl('X') + KeyMap.ctrl('E'))));
        }
    }

    @Test
    void aConsoleThatIsStoppedRunsNothing() {
        console.stop();

        assertFalse(console.run("send hello").error().isEmpty());
        assertEquals(List.of(), console.given);
    }

    @Test
    void filtersShowAPart() {
        assertEquals(new TestConsole.Run("line 10\n", ""), console.run("count 10 | tail -1"));
        assertEquals(new TestConsole.Run("line 9\nline 10\n", ""), console.run("count 10 | tail -n 2"));
        assertEquals(new TestConsole.Run("line 1\n", ""), console.run("count 10 | head -1"));
        for (String all : List.of("head -n 3000000000", "tail -n 3000000000", "tail -99999999999999999999")) {
            assertEquals(new TestConsole.Run("line 1\nline 2\n", ""), console.run("count 2 | " + all));
        }
        for (String none : List.of("tail -n -5", "tail 5", "head -n x")) {
            assertTrue(console.run("count 2 | " + none).error().contains("and a number of lines: write"), none);
        }
        assertEquals(new TestConsole.Run("line 1\nline 10\n", ""), console.run("count 10 | grep 1"));
        assertEquals(new TestConsole.Run("2\n", ""), console.run("count 10 | grep -c \"e 1\""));
        assertEquals(new TestConsole.Run("line 2\n", ""), console.run("count 3 | grep -iv LINE.[13]"));
        assertEquals(new TestConsole.Run("3\n", ""), console.run("count 3 | wc -l"));
        assertEquals(new TestConsole.Run("line 3\nline 2\nline 1\n", ""), console.run("count 3 | sort -r"));
        assertEquals(new TestConsole.Run("line 1\nline 2\n", ""), console.run("count 2 | more"));
    }

    @Test
    void filtersDoWhatTheirOptionsSay() {
        console.with("print", words -> words.forEach(System.out::println));

        assertEquals(
                "GR\u00dcN\n",
                console.run("print GR\u00dcN rot | grep -i gr\u00fcn").out());
        assertEquals("-x\n", console.run("print -x y | grep -- -x").out());
        assertEquals(
                "-3\nx 1\n9\n10\n", console.run("print 10 9 'x 1' -3 | sort -n").out());
        assertEquals("10\n9\n", console.run("print 10 9 | sort").out());
        assertEquals("1 2 4\n", console.run("print 'a b' | wc").out());
        assertEquals("2\n", console.run("print 'a b' | wc -w").out());
        assertEquals("4\n", console.run("print 'a b' | wc -c").out());
        assertEquals("line 1\nline 2\n", console.run("count 2 | head -n 5").out());
        assertEquals(10, console.run("count 12 | head").out().lines().count());
        assertEquals("line 3\n", console.run("count 12 | tail | head -1").out());
    }

    @Test
    void filtersRefuseWhatTheyDoNotKnow() {
        assertEquals(
                "Error: grep: not a valid pattern: Unclosed character class",
                console.run("count 1 | grep [").error());
        assertEquals(
                "Error: grep requires one pattern: quote it if it contains spaces",
                console.run("count 1 | grep").error());
        assertEquals(
                "Error: wc has no such option: see help wc",
                console.run("count 1 | wc -x").error());
        assertEquals(
                "Error: more has no such option: see help more",
                console.run("count 1 | more -x").error());
        for (String words : List.of("5", "-n x", "-n -5")) {
            assertEquals(
                    "Error: head requires -n and a number of lines: write head -n 5",
                    console.run("count 1 | head " + words).error());
        }
    }

    @Test
    void filtersReadAndPrintWordsWithoutPaint() throws Exception {
        console.with("paint", words -> System.out.println("\u001b[1mbold\u001b[0m"));

        assertEquals("bold\n", console.run("paint | grep ^bold$").out());
        assertFalse(console.type(console.consoles, "paint | tail -1\r").contains("\u001b[1mbold"));
    }

    @Test
    void atATerminalMoreAsksAfterEachPage() throws Exception {
        String quit = console.type(console.consoles, "count 100 | more\rq\r");
        assertTrue(quit.contains("line 49"), quit);
        assertFalse(quit.contains("line 50"), quit);
        String twice = console.type(console.consoles, "count 100 | more\r\rq\r");
        assertTrue(twice.contains("line 98"), twice);
        assertFalse(twice.contains("line 99"), twice);
        String ended = console.type(console.consoles, "count 100 | more\r\u0004send on\r");
        assertFalse(ended.contains("line 50"), ended);
        assertFalse(ended.contains("Error"), ended);
        assertEquals(List.of(List.of("on")), console.given);
    }

    @Test
    void filtersReadNoFile() {
        for (String filter : List.of("head", "tail", "wc", "sort", "less", "more", "grep x")) {
            TestConsole.Run run = console.run("count 1 | " + filter + " /etc/passwd");
            assertEquals("", run.out());
            String name = filter.split(" ")[0].replace("less", "more");
            assertTrue(run.error().matches("Error: " + name + " (requires|does not accept) .*\\n?"), run.error());
        }
        assertTrue(console.run("head /etc/passwd").error().startsWith("Error: there is no command 'head'"));
    }

    @Test
    void tabCompletesNamesOptionsAndValues() throws Exception {
        console.type(
                console.consoles,
                "sen\t--t\tbo\thello\r" + "send --to \tb\t\r" + "send --to \"my\thello\r" + "send --to my\thello\r"
                        + "say --t\tbo\tit's\t me\r");
        assertEquals(
                List.of(
                        List.of("--to", "bob", "hello"),
                        List.of("--to", "bob"),
                        List.of("--to", "my friend", "hello"),
                        List.of("--to", "my friend", "hello"),
                        List.of("--to", "bob", "it's me")),
                console.given);
    }

    @Test
    void oursAreOfferedAndKarafsOnlyWithTheirScopeOrAfterTheWord() throws Exception {
        String offered = console.type(console.consoles, "\t\t\r");
        assertTrue(offered.contains("send"), offered);
        assertFalse(offered.contains("bundle"), offered);
        assertFalse(offered.contains("nano"), offered);
        assertTrue(printsHello("karaf shell:e\thello\r"));
        assertTrue(printsHello("shell:e\thello\r"));
    }

    private boolean printsHello(String keys) throws Exception {
        return console.type(console.consoles, keys)
                .lines()
                .map(line -> ErrorLines.plain(line).strip())
                .anyMatch(line -> line.endsWith("hello") && !line.contains("echo"));
    }

    @Test
    void helpTellsByTaskWhatIsThere() throws Exception {
        String help = console.run("help").out();
        assertFalse(help.contains("Pay"), help);
        assertFalse(help.contains("chat"), help);
        assertEquals("""
                Talk

                say                     a test's
                                        say Hello, it's me

                send                    a test's
                                        send --to bob --ttl 15m --burn "The door code is 4711"
                """, console.run("help talk").out());
        assertEquals(
                "Error: there is no command 'worst': see help",
                console.run("help worst").error());
        assertEquals(
                List.of("break", "count", "fail", "say", "send"),
                console.run("help all")
                        .out()
                        .lines()
                        .map(line -> line.split(" ")[0])
                        .toList());
        // A command with that name takes precedence over a task.
        console.with("talk", words -> {});
        assertFalse(console.run("help talk").out().contains("it's me"));
        assertTrue(console.type(console.consoles, "help\r").contains("\u001b[1mtalk\u001b[0m      Talk"));
        assertFalse(console.type(console.consoles, "help | head\r").contains("\u001b[1mtalk"));
        console.with("send", words -> {});
    }

    @Test
    void whatOneTypesElsewhereIsAnsweredWithOurName() {
        console.with("messages", words -> {}).with("channel-list", words -> {}).with("channel-join", words -> {});
        for (String each : List.of(
                "msg bob hi = say or send",
                "/msg bob hi = say or send",
                "MSG bob hi = say or send",
                "/join #x = channel-join",
                "join x = channel-join",
                "quit = exit",
                "/quit = exit",
                "/exit = exit",
                "/send x = send",
                "/sned x = send",
                "list = messages or channel-list",
                "ls -l = messages or channel-list",
                "? = help")) {
            String[] parts = each.split(" = ");
            String error = console.run(parts[0]).error();
            assertTrue(error.startsWith("Error: there is no command '" + parts[0].split(" ")[0] + "': "), error);
            for (String name : parts[1].split(" or ")) {
                assertTrue(error.contains(name), error);
            }
        }
        assertEquals(List.of(), console.given);
    }

    @Test
    void helpShowsOursFirst() {
        String help = console.run("help").out();
        assertTrue(
                help.startsWith("talk      Talk                      say, send\nbreak                   a test's\n"),
                help);
        assertFalse(help.contains("shell:"), help);
        assertTrue(console.run("karaf").out().contains("shell:echo              prints its arguments"));
        assertEquals("hello\n", console.run("karaf shell:echo hello").out());
        assertEquals(console.run("karaf"), console.run("karaf --help"));
        for (String name : List.of("shell:exec", "shell:cat", "shell:nano", "shell:if", "send", "console:run")) {
            TestConsole.Run run = console.run("karaf " + name + " x");
            assertTrue(run.error().startsWith("Error: there is no command '" + name + "'"), run.toString());
        }
        assertEquals(List.of(), console.given);
    }

    @Test
    void theListOfKarafsCommandsAndTheHelpNameNoOthers() {
        console.run("karaf")
                .out()
                .lines()
                .map(line -> line.split(" ")[0])
                .forEach(name -> assertTrue(KarafCommands.reasons().containsKey(name), name));
        for (String name : List.of("run", "shell:cat", "console:run")) {
            String error = console.run("help " + name).error();
            assertTrue(error.startsWith("Error: there is no command '" + name + "'"), error);
        }
        assertEquals(
                "head                    Print the first lines: 10, or -n NUMBER\n",
                console.run("help head").out());
        console.run("help send");
        assertEquals(List.of(List.of("--help")), console.given);
    }
}
