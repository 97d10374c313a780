package org.partyline.consoleline;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;

/** Says which commands there are: ours, and apart from them those of Karaf. */
final class Help {
    private final Names names;

    Help(Names names) {
        this.names = names;
    }

    List<Command> commands() {
        return List.of(
                new OwnCommand("help", "Show the commands, or what one of them does", this::help),
                new OwnCommand(Names.KARAF, "Show Karaf's commands, or run one of them", this::karaf));
    }

    private Object help(Session session, List<String> words) throws Exception {
        if (!words.isEmpty() && !words.get(0).startsWith("-")) {
            return helpOf(session, words.get(0));
        }
        for (Command command : names.ours(session.getRegistry())) {
            entry(command.getName(), command.getDescription());
        }
        System.out.println();
        entry("help NAME", "Show what one of them does: its words, options and examples");
        entry("COMMAND | FILTER", "Look at a part of what it prints. Filters: " + String.join(", ", Filters.NAMES));
        entry(Names.KARAF, "Show Karaf's commands, for bundles and settings");
        entry("clear, exit", "Clear the screen; close the console");
        return null;
    }

    private Object helpOf(Session session, String name) throws Exception {
        Registry registry = session.getRegistry();
        Optional<Command> found = names.find(registry, name).or(() -> names.filter(registry, name));
        if (found.isEmpty()) {
            throw Refusals.of(session, names.unknown(registry, name), null);
        }
        if (found.get().getScope().equals(Names.SCOPE)) {
            entry(name, found.get().getDescription());
            return null;
        }
        CommandSession commands = (CommandSession) session.get(StageRunner.COMMAND_SESSION);
        return ((Function) commands.get(Names.full(found.get()))).execute(commands, new ArrayList<>(List.of("--help")));
    }

    /** With words it does not come here: they are a command of their own. */
    private Object karaf(Session session, List<String> words) {
        for (String name : names.karafs(session.getRegistry())) {
            entry(name, KarafCommands.reasons().get(name));
        }
        return null;
    }

    private static void entry(String name, String description) {
        PrintStream out = System.out;
        out.println(String.format(Locale.ROOT, "%-22s  %s", name, description == null ? "" : description)
                .stripTrailing());
    }
}
