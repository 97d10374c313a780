package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.shell.testing.AllCommands;

class ManualTest {
    private static final List<String> HELP = List.of(
            "partyline                starts a server with a console",
            "partyline command \"...\"  runs one console command, such as",
            "                         \"partyline:status --json\"",
            "partyline stop           stops it",
            "",
            "PARTYLINE_HOME       the data directory");

    @TempDir
    Path directory;

    private final Manual manual = new Manual("1.2.3");

    @Test
    void everyCommandHasAPageWithAllOfItsWords() {
        Map<String, String> pages = manual.commandPages();
        assertEquals(AllCommands.FACTORIES.size(), pages.size());
        AllCommands.FACTORIES.forEach(factory -> {
            CommandLayout layout = CommandLayout.of(factory.get().getClass());
            String page = pages.get("partyline-" + layout.command().name() + ".1");
            layout.options().forEach(option -> {
                assertTrue(page.contains("\\fB" + Manual.text(option.option().name())), page);
                assertTrue(page.contains(Manual.text(option.option().description())), page);
            });
            layout.arguments()
                    .forEach(argument -> assertTrue(
                            page.contains(Manual.text(argument.argument().description())), page));
        });
    }

    @Test
    void noLineIsTakenAsARequestThatIsNone() {
        TreeSet<String> requests = manual.commandPages().values().stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(".") || line.startsWith("'"))
                .map(line -> line.split(" ")[0])
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                List.of(".B", ".BR", ".SH", ".TH", ".TP", ".\\\"", ".ad", ".fi", ".nf", ".nh").stream()
                        .sorted()
                        .toList(),
                List.copyOf(requests));
        assertEquals("\\&.hidden \\e \\-\\-x \\(ti", Manual.text(".hidden \\ --x ~"));
    }

    @Test
    void theProgramsPageHasWhatItPrintsItself() {
        String page = manual.programPage(HELP);
        assertTrue(page.contains(".TP\n\\fBpartyline stop\\fR\nstops it\n"), page);
        assertTrue(page.contains(".SH ENVIRONMENT\n.TP\n\\fBPARTYLINE_HOME\\fR\nthe data directory\n"), page);
        assertTrue(page.contains(".BR partyline\\-send (1)\n"), page);
    }

    @Test
    void bashCompletes() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs /bin/bash");
        assertEquals(List.of("stop"), completed("partyline", "st"));
        assertEquals(List.of("command"), completed("partyline", "c"));
        assertEquals(List.of("persona-card", "persona-create"), completed("partyline", "command", "persona-c"));
        assertEquals(List.of("--carrier", "--channel"), completed("partyline", "command", "send", "--c"));
        assertEquals(List.of("15m", "1h", "1d"), completed("partyline", "command", "send", "--ttl", ""));
        assertEquals(List.of(), completed("partyline", "stop", ""));
    }

    private List<String> completed(String... words) throws IOException, InterruptedException {
        Path script = directory.resolve("completion");
        Files.writeString(script, manual.completion(HELP) + """
                COMP_WORDS=("$@")
                COMP_CWORD=$(($# - 1))
                _partyline
                [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
                """);
        List<String> command = new java.util.ArrayList<>(List.of("/bin/bash", script.toString()));
        command.addAll(List.of(words));
        Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), printed);
        return printed.lines().toList();
    }
}
