package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;
import org.partyline.consoleline.Tasks.Task;

/** Prints the lists of commands: ours, and separately Karaf's. */
final class Help {
    /** The word for all commands. */
    static final String ALL = "all";

    private static final int NAME_COLUMN = 24;
    private static final int TASK_COLUMN = 10;
    private static final int TITLE_COLUMN = 26;
    /** The number of commands of a task that are shown in the overview of all tasks. */
    private static final int FEW = 3;

    private final Names names;

    Help(Names names) {
        this.names = names;
    }

    List<Command> commands() {
        return List.of(
                new OwnCommand("help", "List tasks and the commands for them", this::help),
                new OwnCommand(Names.KARAF, "Show Karaf's commands, or run one of them", this::karaf));
    }

    private @Nullable Object help(Session session, List<String> words) throws Exception {
        if (!words.isEmpty() && !words.get(0).startsWith("-")) {
            return helpOf(session, words.get(0));
        }
        Registry registry = session.getRegistry();
        List<Command> others = new ArrayList<>(names.ours(registry));
        for (Task task : Tasks.ALL) {
            List<Command> there = there(registry, task);
            others.removeAll(there);
            if (!there.isEmpty()) {
                List<String> few =
                        there.stream().map(Command::getName).limit(FEW).toList();
                row(
                        session,
                        task.name(),
                        TASK_COLUMN,
                        String.format(Locale.ROOT, "%-" + TITLE_COLUMN + "s", task.title())
                                + String.join(", ", few)
                                + (there.size() > FEW ? ", …" : ""));
            }
        }
        // Commands that another bundle added.
        others.forEach(command -> entry(session, command.getName(), command.getDescription()));
        line("");
        entry(session, "help TASK", "List the commands for a task, each with an example: help talk");
        entry(session, "help COMMAND", "Show a command's arguments, options and examples");
        entry(session, "help all", "Show every command");
        entry(session, "COMMAND | FILTER", "Filter its output: " + String.join(", ", Filters.NAMES));
        entry(session, Names.KARAF, "Show Karaf's commands, for bundles and settings");
        entry(session, "clear, logout", "Clear the screen; close the console");
        return null;
    }

    /** Returns the available commands of a task, in its order. */
    private List<Command> there(Registry registry, Task task) {
        List<Command> ours = names.ours(registry);
        return task.examples().keySet().stream()
                .flatMap(name ->
                        ours.stream().filter(command -> command.getName().equals(name)))
                .toList();
    }

    private @Nullable Object helpOfTask(Session session, Task task) {
        line(Paint.bold(session, task.title()));
        for (Command command : there(session.getRegistry(), task)) {
            line("");
            entry(session, command.getName(), command.getDescription());
            line(" ".repeat(NAME_COLUMN) + Paint.dim(session, task.examples().getOrDefault(command.getName(), "")));
        }
        return null;
    }

    private @Nullable Object all(Session session) {
        for (Command command : names.ours(session.getRegistry())) {
            entry(session, command.getName(), command.getDescription());
        }
        return null;
    }

    private @Nullable Object helpOf(Session session, String name) throws Exception {
        Registry registry = session.getRegistry();
        Optional<Command> found = names.find(registry, name).or(() -> names.filter(registry, name));
        if (found.isEmpty()) {
            if (name.equals(ALL)) {
                return all(session);
            }
            Optional<Task> task = Tasks.ALL.stream()
                    .filter(each ->
                            each.name().equals(name) && !there(registry, each).isEmpty())
                    .findFirst();
            if (task.isPresent()) {
                return helpOfTask(session, task.get());
            }
            throw ErrorLines.of(session, names.unknown(registry, name), null);
        }
        if (found.get().getScope().equals(Names.SCOPE)) {
            entry(session, name, found.get().getDescription());
            return null;
        }
        CommandSession commands = (CommandSession) session.get(StageRunner.COMMAND_SESSION);
        return ((Function) commands.get(Names.full(found.get()))).execute(commands, new ArrayList<>(List.of("--help")));
    }

    /** Not reached if words follow: then they are a command of their own. */
    private @Nullable Object karaf(Session session, List<String> words) {
        for (String name : names.karafs(session.getRegistry())) {
            entry(session, name, KarafCommands.reasons().get(name));
        }
        return null;
    }

    private static void entry(Session session, String name, @Nullable String description) {
        row(session, name, NAME_COLUMN, description == null ? "" : description);
    }

    /** Prints a name and its description, which wraps with an indent at the terminal's width. */
    private static void row(Session session, String name, int column, String words) {
        String padded = name + " ".repeat(Math.max(0, column - name.length()));
        String first = padded.replace(name, Paint.bold(session, name));
        for (String piece : Paint.lines(session, words, column)) {
            line((first + piece).stripTrailing());
            first = " ".repeat(column);
        }
    }

    private static void line(String text) {
        System.out.println(text);
    }
}
