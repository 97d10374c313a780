package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;

/** Completes names of our commands, of Karaf's after {@code karaf} or with their scope, and each command's values. */
final class LineCompleter implements Completer {
    private final Session session;
    private final Names names;

    LineCompleter(Session session, Names names) {
        this.session = session;
        this.names = names;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (!(line instanceof LineParser.Completing completing)
                || completing.position().text()) {
            return;
        }
        CursorPosition position = completing.position();
        List<String> words = position.words();
        Registry registry = session.getRegistry();
        boolean first = position.stages().isEmpty();
        if (!words.isEmpty() && words.get(words.size() - 1).equals("|")) {
            Filters.NAMES.forEach(name -> add(candidates, name, null));
        } else if (position.isName() && first) {
            names(registry, position.word(), candidates);
        } else if (first && words.size() == 1 && words.get(0).equals(Names.KARAF)) {
            names.karafs(registry).forEach(name -> add(candidates, name, null));
        } else if (first && words.size() == 1 && words.get(0).equals("help")) {
            names.ours(registry).forEach(command -> add(candidates, command.getName(), command.getDescription()));
            Tasks.ALL.forEach(task -> add(candidates, task.name(), task.title()));
            add(candidates, Help.ALL, "Every command");
        } else if (first && !words.isEmpty()) {
            values(registry, words, position.word(), candidates);
        }
    }

    private void names(Registry registry, String typed, List<Candidate> candidates) {
        int colon = typed.indexOf(':');
        if (colon >= 0) {
            names.karafs(registry).forEach(name -> add(candidates, name, null));
        } else {
            Names.shorts().forEach(name -> add(candidates, name, null));
        }
        for (Command command : names.ours(registry)) {
            // With nothing typed, there are so many that they fit on a screen only in columns.
            add(
                    candidates,
                    colon >= 0 ? Names.full(command) : command.getName(),
                    typed.isEmpty() ? null : command.getDescription());
        }
    }

    private void values(Registry registry, List<String> words, String typed, List<Candidate> candidates) {
        boolean karafs = words.size() > 1 && words.get(0).equals(Names.KARAF);
        List<String> own = karafs ? words.subList(1, words.size()) : words;
        Optional<Command> command = karafs ? names.karafs(registry, own.get(0)) : names.find(registry, own.get(0));
        // Values are names of contacts, channels and files: not for a user who cannot list them.
        if (command.isEmpty() || !CommandLines.role(command.get()).isHeldBy(session)) {
            return;
        }
        org.apache.karaf.shell.api.console.Completer completer = command.get().getCompleter(true);
        if (completer == null) {
            return;
        }
        List<String> whole = new ArrayList<>(own);
        whole.set(0, Names.full(command.get()));
        whole.add(typed);
        List<org.apache.karaf.shell.api.console.Candidate> found = new ArrayList<>();
        completer.completeCandidates(session, new Words(whole.toArray(String[]::new)), found);
        for (org.apache.karaf.shell.api.console.Candidate each : found) {
            candidates.add(new Candidate(
                    each.value(),
                    each.displ(),
                    each.group(),
                    each.descr(),
                    each.suffix(),
                    each.key(),
                    each.complete()));
        }
    }

    private static void add(List<Candidate> candidates, String name, @Nullable String description) {
        candidates.add(new Candidate(name, name, null, description, null, null, true));
    }

    /** A line in the form that Karaf's completers expect, with the cursor at the end of its last word. */
    private record Words(String... words) implements CommandLine {
        @Override
        public int getCursorArgumentIndex() {
            return words.length - 1;
        }

        @Override
        public String getCursorArgument() {
            return words[words.length - 1];
        }

        @Override
        public int getArgumentPosition() {
            return getCursorArgument().length();
        }

        @Override
        public String[] getArguments() {
            return words.clone();
        }

        @Override
        public int getBufferPosition() {
            return getBuffer().length();
        }

        @Override
        public String getBuffer() {
            return String.join(" ", words);
        }
    }
}
