package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.console.JLineTerminal;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.consoleline.LiteralConsoles;
import org.partyline.shell.testing.AllCommands;
import org.partyline.shell.testing.Runner;

/** The effect of one Tab and two Tabs on a line at a terminal, for each command and each value. */
@Timeout(120)
class TypedCompletionTest {
    @TempDir
    Path home;

    private final ThreadIOImpl streams = new ThreadIOImpl();
    private final SessionFactoryImpl karafs = new SessionFactoryImpl(streams);
    private final Runner runner = Runner.plain();
    private final List<CommandLayout> layouts = AllCommands.FACTORIES.stream()
            .map(factory -> CommandLayout.of(factory.get().getClass()))
            .toList();
    private LiteralConsoles consoles;

    @BeforeEach
    void start() throws IOException {
        System.setProperty("karaf.home", home.toString());
        System.setProperty("karaf.etc", home.toString());
        System.setProperty("karaf.shell.init.script", "init.script");
        Files.writeString(home.resolve("init.script"), "history-file =\n");
        streams.start();
        consoles = new LiteralConsoles(karafs);
        layouts.forEach(layout ->
                karafs.getRegistry().register(runner.command(layout.command().name())));
    }

    @AfterEach
    void stop() {
        consoles.stop(LiteralConsoles.UNSATISFIED);
        karafs.stop();
        streams.stop();
    }

    /** Returns each line after Enter was pressed. */
    private List<String> typed(List<String> lines) throws IOException {
        // The first Enter accepts an offered value, if there is one; the last one ends the line.
        String keys = String.join("", lines.stream().map(line -> line + "\r\r").toList());
        InputStream keyboard = new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8));
        List<String> made = new ArrayList<>();
        try (ExternalTerminal terminal =
                new ExternalTerminal("test", "xterm", keyboard, new ByteArrayOutputStream(), StandardCharsets.UTF_8)) {
            terminal.setSize(new Size(200, 200));
            PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
            Session session =
                    consoles.create(terminal.input(), out, out, new JLineTerminal(terminal), "UTF-8", () -> {});
            LineReaderImpl reader = (LineReaderImpl) session.get(".jline.reader");
            reader.getWidgets().put(LineReader.ACCEPT_LINE, () -> {
                String line = reader.getBuffer().toString();
                if (!line.isEmpty()) {
                    made.add(line);
                    reader.getBuffer().clear();
                }
                return true;
            });
            reader.readLine("> ");
        } catch (EndOfFileException e) {
            return made;
        }
        throw new AssertionError("the keyboard has no end");
    }

    /** Returns the beginnings of lines that may be completed at their end. */
    private List<String> beginnings() {
        List<String> all = new ArrayList<>();
        for (CommandLayout layout : layouts) {
            String name = layout.command().name();
            StringBuilder line = new StringBuilder(name).append(' ');
            for (int i = 0; i < Math.max(1, layout.arguments().size()); i++) {
                all.add(line.toString());
                line.append("x ");
            }
            all.add(name + " --");
            for (CommandLayout.OptionField option : layout.options()) {
                if (!option.isFlag()) {
                    all.add(name + " " + option.option().name() + " ");
                }
            }
        }
        assertTrue(all.size() > 300, "there are " + all.size());
        return all;
    }

    @Test
    void oneTabAndTwoLeaveWhatIsTypedAndAddToIt() throws IOException {
        List<String> beginnings = beginnings();
        for (String tabs : List.of("\t", "\t\t", "\t\t\t")) {
            List<String> made =
                    typed(beginnings.stream().map(line -> line + tabs).toList());
            assertEquals(beginnings.size(), made.size());
            for (int i = 0; i < made.size(); i++) {
                assertTrue(
                        made.get(i).startsWith(beginnings.get(i)),
                        "'" + beginnings.get(i) + "' and " + tabs.length() + " Tabs: " + made.get(i));
            }
        }
    }

    @Test
    void twoTabsOfferTheFirstValue() throws IOException {
        List<String> lines =
                List.of("contact-verify \t\t", "send --carrier \t\t", "suite-prefer \t\t", "send --to b\t", "mess\t");
        assertEquals(
                List.of(
                        "contact-verify bob ",
                        "send --carrier confirm ",
                        "suite-prefer AES_256_GCM ",
                        "send --to bob ",
                        "messages "),
                typed(lines));
    }
}
