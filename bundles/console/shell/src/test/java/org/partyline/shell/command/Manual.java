package org.partyline.shell.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.partyline.shell.command.CommandLayout.OptionField;
import org.partyline.shell.testing.AllCommands;

/**
 * Writes the manual pages and the bash completion from the commands themselves and the start script's help; for
 * packages. Arguments: the start script, the version, the directory to write to.
 */
final class Manual {
    private static final String OURS = "partyline";

    private final String version;
    private final List<CommandLayout> commands = AllCommands.FACTORIES.stream()
            .map(factory -> CommandLayout.of(factory.get().getClass()))
            .sorted(Comparator.comparing(CommandLayout::name))
            .toList();

    Manual(String version) {
        this.version = version;
    }

    /** The entry point. */
    public static void main(String[] arguments) throws IOException {
        Manual manual = new Manual(arguments[1]);
        Path target = Path.of(arguments[2]);
        Map<String, String> pages = new TreeMap<>(manual.commandPages());
        pages.put(OURS + ".1", manual.programPage(help(Path.of(arguments[0]))));
        for (Map.Entry<String, String> page : pages.entrySet()) {
            Path file = target.resolve("man1").resolve(page.getKey() + ".gz");
            Files.createDirectories(file.getParent());
            Files.write(file, packed(page.getValue()));
        }
        Path completion = target.resolve("bash-completion").resolve(OURS);
        Files.createDirectories(completion.getParent());
        Files.writeString(completion, manual.completion(help(Path.of(arguments[0]))));
    }

    /** Compresses like {@code gzip -9 -n}. */
    private static byte[] packed(String page) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        GZIPOutputStream out = new GZIPOutputStream(bytes) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        };
        try (out) {
            out.write(page.getBytes(StandardCharsets.UTF_8));
        }
        byte[] packed = bytes.toByteArray();
        // The header's flag for maximum compression (RFC 1952, XFL).
        packed[8] = 2;
        return packed;
    }

    /** Returns the output of {@code partyline help}. */
    static List<String> help(Path script) throws IOException {
        return Files.readAllLines(script).stream()
                .dropWhile(line -> !line.equals("help() {"))
                .skip(2)
                .takeWhile(line -> !line.equals("EOF"))
                .toList();
    }

    /** Returns a page for each command, by file name. */
    Map<String, String> commandPages() {
        return commands.stream()
                .collect(Collectors.toMap(
                        command -> OURS + "-" + command.command().name() + ".1", this::page));
    }

    private String page(CommandLayout command) {
        String name = command.command().name();
        StringBuilder page = head(OURS + "-" + name);
        page.append(".SH NAME\n")
                .append(text(OURS + "-" + name))
                .append(" \\- ")
                .append(text(command.command().description()))
                .append("\n.SH SYNOPSIS\n.B partyline command\n")
                .append(text("\"" + new CommandParser(command).usage() + "\""))
                .append("\n.SH DESCRIPTION\n")
                .append("A command of the server's console; see\n.BR partyline (1).\n")
                .append("In a console it is typed as it stands between the quotes.\n");
        if (!command.arguments().isEmpty()) {
            page.append(".SH ARGUMENTS\n");
            command.arguments()
                    .forEach(argument -> entry(
                            page,
                            argument.argument().name(),
                            argument.argument().description()
                                    + (argument.argument().required() ? "" : " (optional)")));
        }
        page.append(".SH OPTIONS\n");
        command.options()
                .forEach(option -> entry(
                        page,
                        option.option().name() + value(option),
                        option.option().description()));
        entry(page, BoundCommand.HELP, "Show this help");
        page.append(".SH ROLE\n").append(text(command.role().label())).append('\n');
        page.append(".SH EXAMPLE\n.nf\n");
        command.command()
                .detailedDescription()
                .lines()
                .forEach(line -> page.append(text(line)).append('\n'));
        return page.append(".fi\n.SH SEE ALSO\n.BR partyline (1)\n").toString();
    }

    private static String value(OptionField option) {
        return option.isFlag() ? "" : " " + CommandHelp.valueName(option);
    }

    /** Returns the page of the program. @param help its own output */
    String programPage(List<String> help) {
        StringBuilder page = head(OURS);
        page.append(
                        ".SH NAME\npartyline \\- a messenger whose mail carrier is the Bitcoin mempool\n.SH SYNOPSIS\n.B partyline\n")
                .append("[\\fIWHAT\\fR]\n.SH COMMANDS\n");
        for (String line : help) {
            if (line.isEmpty()) {
                page.append(".SH ENVIRONMENT\n");
            } else if (line.startsWith(" ")) {
                page.append(text(line.strip())).append('\n');
            } else {
                String[] parts = line.split(" {2,}", 2);
                entry(page, parts[0], parts[1]);
            }
        }
        page.append(".SH CONSOLE COMMANDS\nEach has a page of its own.\n");
        for (CommandLayout command : commands) {
            page.append(".TP\n.BR partyline\\-")
                    .append(text(command.command().name()))
                    .append(" (1)\n")
                    .append(text(command.command().description()))
                    .append('\n');
        }
        return page.toString();
    }

    private StringBuilder head(String name) {
        return new StringBuilder(".\\\" Made from the commands by the build.\n.TH \"")
                .append(text(name.toUpperCase(java.util.Locale.ROOT)))
                .append("\" \"1\" \"\" \"Mempool Partyline ")
                .append(version)
                .append("\" \"Mempool Partyline\"\n.nh\n.ad l\n");
    }

    private static void entry(StringBuilder page, String name, String description) {
        page.append(".TP\n\\fB")
                .append(text(name))
                .append("\\fR\n")
                .append(text(description))
                .append('\n');
    }

    /** Escapes text for roff. */
    static String text(String line) {
        String plain = line.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }

    /** Returns the completion script for bash. */
    String completion(List<String> help) {
        StringBuilder script =
                new StringBuilder("# Completes partyline(1) in a bash; made from the commands by the build.\n");
        script.append("_partyline_words() {\n  case $1 in\n");
        for (CommandLayout command : commands) {
            script.append("    ")
                    .append(command.command().name())
                    .append(") echo \"")
                    .append(options(command))
                    .append("\" ;;\n");
        }
        script.append("  esac\n}\n\n_partyline_values() {\n  case \"$1 $2\" in\n");
        for (CommandLayout command : commands) {
            for (OptionField option : command.options()) {
                if (!option.isFlag()) {
                    script.append("    '")
                            .append(command.command().name())
                            .append(' ')
                            .append(option.option().name())
                            .append("') ")
                            .append(values(option))
                            .append(" ;;\n");
                }
            }
        }
        script.append("    *) return 1 ;;\n  esac\n}\n\n");
        return script.append(FUNCTION.replace("@WHAT@", what(help))
                        .replace(
                                "@COMMANDS@",
                                commands.stream()
                                        .map(command -> command.command().name())
                                        .collect(Collectors.joining(" "))))
                .toString();
    }

    private static String what(List<String> help) {
        return help.stream()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.startsWith(OURS + " "))
                .map(line -> line.substring(OURS.length()).strip().split(" ")[0])
                .distinct()
                .filter(word -> word.matches("[a-z]+"))
                .filter(word -> !word.equals("starts"))
                .collect(Collectors.joining(" "));
    }

    private static String options(CommandLayout command) {
        return command.options().stream().map(option -> option.option().name()).collect(Collectors.joining(" ")) + " "
                + BoundCommand.HELP;
    }

    /**
     * Returns the completion of an option's value, if that is known without asking the server: otherwise a file, or
     * nothing.
     */
    private static String values(OptionField option) {
        List<String> fixed = option.completion()
                .filter(completion -> completion.value() == String.class)
                .map(completion -> Arrays.asList(completion.values()))
                .orElse(List.of());
        if (!fixed.isEmpty()) {
            return "echo \"" + String.join(" ", fixed) + "\"";
        }
        return option.option().name().endsWith("-file") ? "echo FILES" : ":";
    }

    private static final String FUNCTION = """
            _partyline() {
              local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD - 1]} name words
              COMPREPLY=()
              if [ "$COMP_CWORD" -eq 1 ]; then
                mapfile -t COMPREPLY < <(compgen -W "@WHAT@" -- "$word")
                return
              fi
              [ "${COMP_WORDS[1]}" = command ] || return
              if [ "$COMP_CWORD" -eq 2 ]; then
                mapfile -t COMPREPLY < <(compgen -W "@COMMANDS@" -- "$word")
                return
              fi
              name=${COMP_WORDS[2]}
              if words=$(_partyline_values "$name" "$last"); then
                if [ "$words" = FILES ]; then
                  mapfile -t COMPREPLY < <(compgen -f -- "$word")
                else
                  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
                fi
                return
              fi
              mapfile -t COMPREPLY < <(compgen -W "$(_partyline_words "$name")" -- "$word")
            }
            complete -F _partyline partyline
            """;
}
