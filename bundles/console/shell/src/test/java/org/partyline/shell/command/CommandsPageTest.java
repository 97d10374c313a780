package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.partyline.shell.command.CommandLayout.ArgumentField;
import org.partyline.shell.command.CommandLayout.OptionField;
import org.partyline.shell.testing.AllCommands;
import org.partyline.shell.testing.JsonDocuments;

/**
 * Holds docs/commands.md against the commands: each has a section that begins with what {@code --help} shows. With
 * {@code -Dcommands.write=true} it writes these beginnings; the notes after them are written by hand.
 */
class CommandsPageTest {
    private static final Path PAGE = JsonDocuments.SCHEMAS.resolveSibling("commands.md");
    private static final String HEADING = "## ";
    private static final String BEGIN = "<!-- from the command -->\n";
    private static final String END = "<!-- notes -->\n";

    /** Options of many commands, which the page describes once. */
    private static final Set<String> COMMON =
            Set.of("Persona; otherwise the current one", "Do not ask for confirmation");

    @Test
    void everyCommandIsShownAsItExplainsItself() throws IOException {
        Map<String, String> sections = sections(Files.readString(PAGE));
        Map<String, CommandLayout> commands = new TreeMap<>();
        AllCommands.FACTORIES.stream()
                .map(factory -> CommandLayout.of(factory.get().getClass()))
                .forEach(command -> commands.put(command.command().name(), command));
        if (Boolean.getBoolean("commands.write")) {
            sections.replaceAll((name, text) ->
                    commands.containsKey(name) ? BEGIN + generated(commands.get(name)) + END + notes(text) : text);
            StringBuilder page = new StringBuilder();
            sections.forEach((name, text) ->
                    page.append(name.isEmpty() ? "" : HEADING + name + "\n\n").append(text));
            Files.writeString(PAGE, page);
        }
        Set<String> missing = new TreeSet<>(commands.keySet());
        missing.removeAll(sections.keySet());
        assertEquals(Set.of(), missing, "commands without a section in docs/commands.md");
        List<String> stale = new ArrayList<>();
        commands.forEach((name, command) -> {
            if (!sections.get(name).startsWith(BEGIN + generated(command) + END)) {
                stale.add(name);
            }
        });
        assertEquals(
                List.of(),
                stale,
                "sections of docs/commands.md that are not as --help has it: write them with"
                        + " mvn -pl :shell test -Dtest=CommandsPageTest -Dcommands.write=true");
    }

    /** What is before the first heading has an empty name. */
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

    private static String generated(CommandLayout command) {
        StringBuilder text = new StringBuilder();
        text.append(command.command().description()).append(".\n\n");
        text.append("Role: ").append(command.role().label()).append(".\n\n");
        text.append("    ").append(new CommandParser(command).usage()).append("\n\n");
        List<OptionField> options = command.options().stream()
                .filter(option ->
                        !Set.of("--json", "--timeout").contains(option.option().name()))
                .filter(option -> !COMMON.contains(option.option().description()))
                .toList();
        if (!command.arguments().isEmpty() || !options.isEmpty()) {
            text.append("| | |\n| --- | --- |\n");
            command.arguments().forEach(argument -> row(text, name(argument), description(argument)));
            options.forEach(option -> row(text, name(option), option.option().description()));
            text.append('\n');
        }
        command.command()
                .detailedDescription()
                .lines()
                .forEach(line -> text.append("    ").append(line).append('\n'));
        text.append('\n');
        String schema = command.command().name() + ".json";
        if (Files.exists(JsonDocuments.SCHEMAS.resolve(schema))) {
            text.append("JSON ([schema](schemas/").append(schema).append(")): ");
            text.append(fields(JsonDocuments.tree(command.command().name()))).append(".\n\n");
        }
        return text.toString();
    }

    private static String fields(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        if (!reference.isEmpty()) {
            return fields(JsonDocuments.tree("types")
                    .path("$defs")
                    .path(reference.substring(reference.lastIndexOf('/') + 1)));
        }
        return schema.path("properties").properties().stream()
                .map(field -> "`" + field.getKey() + "`")
                .collect(Collectors.joining(", "));
    }

    private static void row(StringBuilder text, String name, String description) {
        text.append("| `")
                .append(name)
                .append("` | ")
                .append(description.replace("|", "\\|"))
                .append(" |\n");
    }

    private static String name(ArgumentField argument) {
        return argument.argument().name();
    }

    private static String description(ArgumentField argument) {
        return argument.argument().description() + (argument.argument().required() ? "" : " (optional)");
    }

    private static String name(OptionField option) {
        return option.option().name() + (option.isFlag() ? "" : " " + CommandHelp.valueName(option));
    }
}
