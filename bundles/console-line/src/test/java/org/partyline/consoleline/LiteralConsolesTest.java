package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Consoles with Karaf's shell behind them: typed at, pasted into, and given commands from outside. */
// Karaf's own console, which has other rules, may wait for ever for the end of such a line.
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

    private static String typed(String line) {
        return line.replace("\t", CTRL_V + "\t");
    }

    /** Each of them twice. */
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
                "Error: a quotation mark is open: close it, or talk with say, which needs none",
                console.run("send one\nsend 'two").error());
        assertEquals(List.of(), console.given);
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
    void filtersReadNoFile() {
        for (String filter : List.of("head", "tail", "wc", "sort", "less", "more", "grep x")) {
            TestConsole.Run run = console.run("count 1 | " + filter + " /etc/passwd");
            assertEquals("", run.out());
            assertTrue(
                    run.error().startsWith("Error: " + filter.split(" ")[0].replace("less", "more") + " takes "),
                    run.error());
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
                .map(line -> Refusals.plain(line).strip())
                .anyMatch(line -> line.endsWith("hello") && !line.contains("echo"));
    }

    @Test
    void helpShowsOursFirst() {
        String help = console.run("help").out();
        assertTrue(help.startsWith("break                   a test's\n"), help);
        assertFalse(help.contains("shell:"), help);
        assertTrue(console.run("karaf").out().contains("shell:echo              prints its words"));
        assertEquals("hello\n", console.run("karaf shell:echo hello").out());
        assertTrue(console.run("karaf shell:exec true").error().startsWith("Error: there is no command 'shell:exec'"));
    }
}
