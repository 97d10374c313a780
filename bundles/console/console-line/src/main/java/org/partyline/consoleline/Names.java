package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;

/** The available commands by name. */
final class Names {
    /** The scope of the console's own commands. */
    static final String SCOPE = OwnCommand.SCOPE;
    /** The word before a Karaf command. */
    static final String KARAF = "karaf";

    private static final Map<String, String> SHORT = Map.of(
            "help",
            SCOPE + ":help",
            KARAF,
            SCOPE + ":" + KARAF,
            "clear",
            "shell:clear",
            "exit",
            "shell:logout",
            "logout",
            "shell:logout");
    private static final int MOST_SUGGESTIONS = 3;
    private static final int LONGEST_SHOWN = 40;

    private final List<String> scopes;
    private final Set<String> permitted;

    /**
     * @param scopes of our commands, which need not be typed
     * @param permitted the other available commands, with their scopes
     */
    Names(Collection<String> scopes, Set<String> permitted) {
        this.scopes = List.copyOf(scopes);
        this.permitted = Set.copyOf(permitted);
    }

    /** Returns the command for the first typed word. */
    Optional<Command> find(Registry registry, String typed) {
        int colon = typed.indexOf(':');
        if (colon >= 0) {
            return scopes.contains(typed.substring(0, colon)) || permitted.contains(typed)
                    ? get(registry, typed)
                    : Optional.empty();
        }
        for (String scope : scopes) {
            Optional<Command> found = get(registry, scope + ":" + typed);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.ofNullable(SHORT.get(typed)).flatMap(full -> get(registry, full));
    }

    /** Returns the filter with that name. */
    Optional<Command> filter(Registry registry, String name) {
        return Filters.NAMES.contains(name) ? get(registry, SCOPE + ":" + name) : Optional.empty();
    }

    /** Returns Karaf's command with that name, with its scope. */
    Optional<Command> karafs(Registry registry, String name) {
        return permitted.contains(name) ? get(registry, name) : Optional.empty();
    }

    private static Optional<Command> get(Registry registry, String full) {
        return registry.getCommands().stream()
                .filter(command -> full(command).equals(full))
                .findFirst();
    }

    /** Returns the full name, such as {@code partyline:send}. */
    static String full(Command command) {
        return command.getScope() + ":" + command.getName();
    }

    /** Returns the name as it is typed: Karaf's with its scope. */
    String typed(Command command) {
        return scopes.contains(command.getScope()) ? command.getName() : full(command);
    }

    /** Returns our commands, sorted by name. */
    List<Command> ours(Registry registry) {
        return registry.getCommands().stream()
                .filter(command -> scopes.contains(command.getScope()))
                .sorted((one, other) -> one.getName().compareTo(other.getName()))
                .toList();
    }

    /** Returns Karaf's available commands, with their scopes. */
    Set<String> karafs(Registry registry) {
        Set<String> there = new TreeSet<>();
        for (Command command : registry.getCommands()) {
            if (permitted.contains(full(command))) {
                there.add(full(command));
            }
        }
        return there;
    }

    /** Returns the names that are typed without a scope. */
    static Set<String> shorts() {
        return SHORT.keySet();
    }

    /** Returns the error message for an unknown name. */
    String unknown(Registry registry, String typed) {
        Set<String> there = new TreeSet<>(SHORT.keySet());
        ours(registry).forEach(command -> there.add(command.getName()));
        Set<String> full = karafs(registry);
        String bare = typed.substring(typed.indexOf(':') + 1);
        String meant = Habits.withoutSlash(typed);
        List<String> habit = Habits.to(typed).stream().filter(there::contains).toList();
        List<String> near;
        if (there.contains(meant)) {
            near = List.of(meant);
        } else if (!habit.isEmpty()) {
            near = merged(habit, List.of());
        } else if (typed.contains(":")) {
            near = merged(Near.to(typed, full), Near.to(bare, there));
        } else {
            near = merged(Near.to(meant, there), withScope(typed, full));
        }
        String shown = typed.codePoints()
                .limit(LONGEST_SHOWN)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        String start = "there is no command '" + shown + (shown.length() < typed.length() ? "…'" : "'");
        if (near.isEmpty()) {
            return start + ": see help";
        }
        int last = near.size() - 1;
        String before = String.join(", ", near.subList(0, last));
        return start + ": did you mean " + (before.isEmpty() ? "" : before + " or ") + near.get(last) + "?";
    }

    /** Karaf's names are typed with their scopes. */
    private static List<String> withScope(String typed, Set<String> full) {
        return full.stream().filter(name -> name.endsWith(":" + typed)).toList();
    }

    private static List<String> merged(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        second.stream().filter(name -> !all.contains(name)).forEach(all::add);
        return all.subList(0, Math.min(MOST_SUGGESTIONS, all.size()));
    }
}
