package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.partyline.consoleline.Role;
import org.partyline.shell.testing.AllCommands;
import org.partyline.shell.testing.JsonDocuments;

/**
 * Compares docs/commands.md with the commands: each has a section that begins with the output of {@code --help}. With
 * {@code -Dcommands.write=true} it writes these beginnings; the notes after them are written by hand. An option of many
 * commands is described once, in a separate section, and options that two commands share in the first one.
 */
class CommandsPageTest {
    private static final Path PAGE = JsonDocuments.SCHEMAS.resolveSibling("commands.md");
    private static final String HEADING = "## ";
    private static final String END = "<!--notes-->\n";
    private static final String COMMON = "Common options";
    /** An option of this many commands is common. */
    private static final int MANY = 5;
    /** A section refers to an earlier one if that saves this many letters, and repeats shorter descriptions. */
    private static final int LONG = 70;
    /** Options of every command, which the sections omit. */
    private static final Set<String> EVERYWHERE = Set.of("--json", "--timeout");
    /** The page states this once, for all files with secrets. */
    private static final String SECRET_FILE = ", mode 0600";

    private static final String STANDARD_INPUT = "; - for standard input";

    private final Map<String, CommandLayout> commands = AllCommands.FACTORIES.stream()
            .map(factory -> CommandLayout.of(factory.get().getClass()))
            .collect(Collectors.toMap(
                    command -> command.command().name(), Function.identity(), (one, other) -> one, TreeMap::new));

    @Test
    void everyCommandIsShownAsItExplainsItself() throws IOException {
        Map<String, String> sections = sections(Files.readString(PAGE));
        Map<String, String> generated = generated(List.copyOf(sections.keySet()));
        if (Boolean.getBoolean("commands.write")) {
            sections.replaceAll(
                    (name, text) -> generated.containsKey(name) ? generated.get(name) + END + notes(text) : text);
            StringBuilder page = new StringBuilder();
            sections.forEach((name, text) ->
                    page.append(name.isEmpty() ? "" : HEADING + name + "\n\n").append(text));
            Files.writeString(PAGE, page);
        }
        Set<String> missing = new TreeSet<>(commands.keySet());
        missing.removeAll(sections.keySet());
        assertEquals(Set.of(), missing, "commands without a section in docs/commands.md");
        assertEquals(
                List.of(),
                generated.keySet().stream()
                        .filter(name -> !sections.get(name).startsWith(generated.get(name) + END))
                        .toList(),
                "sections of docs/commands.md that are not as --help has it: write them with"
                        + " mvn -pl :shell test -Dtest=CommandsPageTest -Dcommands.write=true");
    }

    /** The part before the first heading has an empty name. */
    private static Map<String, String> sections(String page) {
        Map<String, String> sections = new LinkedHashMap<>();
        String[] parts = page.split("(?m)^" + HEADING);
        sections.put("", parts[0]);
        for (int i = 1; i < parts.length; i++) {
            String[] section = parts[i].split("\n", 2);
            sections.put(section[0], section[1].stripLeading());
        }
        return sections;
    }

    private static String notes(String section) {
        int end = section.indexOf(END);
        return end < 0 ? "\n" + section : section.substring(end + END.length());
    }

    /** Returns the beginning of each section, in the order of the page. */
    private Map<String, String> generated(List<String> order) {
        Map<Word, Long> uses = commands.values().stream()
                .flatMap(CommandsPageTest::words)
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        uses.values().removeIf(number -> number < MANY);
        Map<String, String> generated = new LinkedHashMap<>();
        generated.put(COMMON, uses.keySet().stream().map(Word::line).collect(Collectors.joining()) + '\n');
        Map<Word, String> described = new TreeMap<>();
        order.stream().filter(commands::containsKey).forEach(name -> {
            CommandLayout command = commands.get(name);
            List<Word> own =
                    words(command).filter(word -> !uses.containsKey(word)).toList();
            generated.put(name, section(command, own, elsewhere(own, described)));
            own.forEach(word -> described.putIfAbsent(word, name));
        });
        return generated;
    }

    /** Returns the words that an earlier section describes, by that section. */
    private static Map<String, List<Word>> elsewhere(List<Word> words, Map<Word, String> described) {
        Map<String, List<Word>> elsewhere = words.stream()
                .filter(described::containsKey)
                .collect(Collectors.groupingBy(described::get, TreeMap::new, Collectors.toList()));
        elsewhere
                .values()
                .removeIf(shared -> shared.stream()
                                .mapToInt(word -> word.meaning().length())
                                .sum()
                        < LONG);
        return elsewhere;
    }

    private static String section(CommandLayout command, List<Word> own, Map<String, List<Word>> elsewhere) {
        StringBuilder text = new StringBuilder();
        String name = command.command().name();
        text.append(command.command().description()).append(".\n\n");
        // The role that most commands need is stated once.
        if (command.role() != Role.OPERATE) {
            text.append("Role: ").append(command.role().label()).append(".\n\n");
        }
        String usage = new CommandParser(command).usage().replace(" [options]", "");
        // The heading already shows a usage that is only the name.
        if (usage.contains(" ")) {
            text.append("    ").append(usage).append("\n\n");
        }
        Set<Word> here = new TreeSet<>(own);
        elsewhere.values().forEach(here::removeAll);
        Stream<String> described = own.stream().filter(here::contains).map(Word::line);
        Stream<String> referred =
                elsewhere.entrySet().stream().map(shared -> names(shared.getKey(), shared.getValue()));
        List<Word> common = words(command)
                .filter(word -> !own.contains(word))
                .filter(word -> !EVERYWHERE.contains(word.option()))
                .toList();
        Stream<String> others = common.isEmpty() ? Stream.of() : Stream.of(names("common-options", common));
        text.append(paragraph(Stream.of(described, referred, others).flatMap(Function.identity())));
        text.append(paragraph(command.command()
                .detailedDescription()
                .lines()
                .filter(line -> !line.equals(command.name()))
                .map(line -> "    " + line + '\n')));
        return text.toString();
    }

    private static String paragraph(Stream<String> lines) {
        String text = lines.collect(Collectors.joining());
        return text.isEmpty() ? "" : text + '\n';
    }

    /** Returns a link to the section that describes them. */
    private static String names(String section, List<Word> words) {
        return words.stream()
                .map(word -> '`' + word.option() + '`')
                .collect(Collectors.joining(", ", "- [", "](#" + section + ")\n"));
    }

    private static Stream<Word> words(CommandLayout command) {
        Stream<Word> words = Stream.concat(
                command.arguments().stream()
                        .map(argument -> new Word(
                                argument.argument().name(), argument.argument().description())),
                command.options().stream()
                        .map(option -> new Word(
                                option.option().name() + (option.isFlag() ? "" : " " + CommandHelp.valueName(option)),
                                option.option().description())));
        return words.filter(word -> !word.isPlain());
    }

    /** An option or an argument, and its meaning. */
    private record Word(String name, String meaning) implements Comparable<Word> {
        @Override
        public int compareTo(Word other) {
            return (name + meaning).compareTo(other.name + other.meaning);
        }

        /** Returns the name without its value. */
        String option() {
            return name.split(" ")[0];
        }

        /** Returns whether the meaning only repeats the name, as in {@code CONTACT}: the contact. */
        boolean isPlain() {
            return meaning.equalsIgnoreCase("The " + name);
        }

        String line() {
            String shown = meaning.replace(STANDARD_INPUT, "").replace(SECRET_FILE, "");
            return "- `" + name + "`: " + shown + '\n';
        }
    }
}
