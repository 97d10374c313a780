package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.partyline.consoleline.Prepared.Stage;

/** Prepares typed lines for execution with the available commands. */
final class CommandLines {
    private final Names names;

    CommandLines(Names names) {
        this.names = names;
    }

    /**
     * Parses lines and finds their commands; nothing has run if one of them is wrong.
     *
     * @throws LineException if they cannot be read
     * @throws CommandException if there is no such command
     */
    Prepared prepare(Session session, String text) throws LineException, CommandException {
        Registry registry = session.getRegistry();
        List<List<Stage>> commands = new ArrayList<>();
        for (List<List<String>> pipe : Grammar.read(text, name -> rest(registry, name), Filters.NAMES::contains)) {
            List<Stage> stages = new ArrayList<>();
            for (List<String> words : pipe) {
                stages.add(stage(session, words, stages.isEmpty()));
            }
            commands.add(stages);
        }
        return Prepared.of(commands);
    }

    /** Returns the position of the cursor, by the same rules. */
    Optional<CursorPosition> at(Registry registry, String text, int cursor) {
        return Grammar.at(text, cursor, name -> rest(registry, name), Filters.NAMES::contains);
    }

    private Optional<RestOfLine> rest(Registry registry, String name) {
        return names.find(registry, name).filter(RestOfLine.class::isInstance).map(RestOfLine.class::cast);
    }

    private Stage stage(Session session, List<String> words, boolean first) throws CommandException {
        Registry registry = session.getRegistry();
        List<String> own = words;
        Optional<Command> found;
        if (!first) {
            found = names.filter(registry, own.get(0));
        } else if (isKarafs(own)) {
            own = own.subList(1, own.size());
            found = names.karafs(registry, own.get(0));
        } else {
            found = names.find(registry, own.get(0));
        }
        if (found.isEmpty()) {
            Optional<String> hidden = KarafCommands.hidden(session, own.get(0));
            if (hidden.isPresent()) {
                throw ErrorLines.of(session, hidden.get(), null);
            }
            throw ErrorLines.of(session, names.unknown(registry, own.get(0)), new ExitStatus(ExitStatus.WRONG_LINE));
        }
        Optional<String> refusal = refusal(session, found.get(), own.subList(1, own.size()));
        if (refusal.isPresent()) {
            throw ErrorLines.of(session, refusal.get(), null);
        }
        return new Stage(Names.full(found.get()), List.copyOf(own.subList(1, own.size())));
    }

    /** Checked before any part of the line runs. Everybody may see {@code --help}. */
    private Optional<String> refusal(Session session, Command command, List<String> words) {
        String name = Names.full(command);
        if (words.equals(List.of("--help"))) {
            return Optional.empty();
        }
        return role(command)
                .refusal(session, names.typed(command))
                .or(() -> KarafCommands.refusal(session, name, words));
    }

    static Role role(Command command) {
        return command instanceof Restricted restricted ? restricted.role() : KarafCommands.role(Names.full(command));
    }

    static boolean isKarafs(List<String> words) {
        return words.size() > 1
                && words.get(0).equals(Names.KARAF)
                && !words.get(1).startsWith("-");
    }
}
