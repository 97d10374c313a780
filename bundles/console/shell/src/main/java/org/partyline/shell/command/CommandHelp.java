package org.partyline.shell.command;

import java.util.Locale;
import org.partyline.shell.command.CommandLayout.ArgumentField;
import org.partyline.shell.command.CommandLayout.OptionField;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Style;

/** Prints {@code --help}: purpose, usage, arguments, options and an example. */
final class CommandHelp {
    private final CommandLayout layout;

    CommandHelp(CommandLayout layout) {
        this.layout = layout;
    }

    void print(Console console) {
        console.line(console.paint(Style.BOLD, layout.name()));
        console.hanging("  ", layout.command().description());
        console.line("");
        console.line(console.paint(Style.BOLD, "Usage"));
        console.hanging("  ", new CommandParser(layout).usage());
        if (!layout.arguments().isEmpty()) {
            console.line("");
            console.line(console.paint(Style.BOLD, "Arguments"));
            layout.arguments().forEach(argument -> print(console, argument));
        }
        console.line("");
        console.line(console.paint(Style.BOLD, "Options"));
        layout.options().forEach(option -> print(console, option));
        entry(console, "--help", "Show this help");
        console.line("");
        console.line(console.paint(Style.BOLD, "Role"));
        console.line("  " + layout.role().label());
        console.line("");
        console.line(console.paint(Style.BOLD, "Exit status"));
        console.hanging("  ", "0: done; docs/commands.md lists the others under Exit statuses.");
        console.line("");
        console.line(console.paint(Style.BOLD, "Example"));
        layout.command().detailedDescription().lines().forEach(line -> console.line("  " + line));
    }

    private void print(Console console, ArgumentField argument) {
        String optional = argument.argument().required() ? "" : " (optional)";
        entry(console, argument.argument().name(), argument.argument().description() + optional);
    }

    private void print(Console console, OptionField option) {
        String value = option.isFlag() ? "" : " " + valueName(option);
        entry(console, option.option().name() + value, option.option().description());
    }

    static String valueName(OptionField option) {
        String shown = option.option().valueToShowInHelp();
        return shown.isEmpty() || shown.equals(org.apache.karaf.shell.api.action.Option.DEFAULT_STRING)
                ? option.option().name().replaceFirst("^--", "").toUpperCase(Locale.ROOT)
                : shown;
    }

    private static void entry(Console console, String name, String description) {
        console.hanging(String.format(Locale.ROOT, "  %-26s ", name), description);
    }
}
