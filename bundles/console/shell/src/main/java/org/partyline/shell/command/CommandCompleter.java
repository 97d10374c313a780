package org.partyline.shell.command;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.shell.command.CommandLayout.OptionField;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.ConsoleCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes the command's name, its options in any position, and all known values. */
final class CommandCompleter implements Completer {
    private static final Logger LOG = LoggerFactory.getLogger(CommandCompleter.class);

    private final CommandLayout layout;
    private final Engine engine;
    private final Supplier<? extends ConsoleCommand> factory;

    /** @param factory creates the command, which may complete values itself */
    CommandCompleter(CommandLayout layout, Engine engine, Supplier<? extends ConsoleCommand> factory) {
        this.layout = layout;
        this.engine = engine;
        this.factory = factory;
    }

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        List<Candidate> found = new ArrayList<>();
        completeCandidates(session, line, found);
        found.forEach(candidate -> candidates.add(candidate.value()));
        return found.isEmpty() ? -1 : line.getBufferPosition() - line.getArgumentPosition();
    }

    @Override
    public void completeCandidates(Session session, CommandLine line, List<Candidate> candidates) {
        int cursor = line.getCursorArgumentIndex();
        String[] words = line.getArguments();
        if (cursor == 0) {
            candidates.add(candidate(layout.command().name(), layout.command().description()));
            candidates.add(candidate(layout.name(), layout.command().description()));
            return;
        }
        // Karaf asks every command about every line.
        if (words.length == 0 || !layout.name().equals(session.resolveCommand(words[0]))) {
            return;
        }
        List<String> before = new ArrayList<>();
        Optional<OptionField> open = Optional.empty();
        for (int i = 1; i < cursor && i < words.length; i++) {
            if (open.isPresent()) {
                open = Optional.empty();
            } else if (CommandParser.isOption(words[i])) {
                open = layout.option(words[i]).filter(option -> !option.isFlag());
            } else {
                before.add(words[i]);
            }
        }
        if (open.isPresent()) {
            OptionField option = open.get();
            values(session, line, before, option.option().name(), option.field(), option.completion(), candidates);
            return;
        }
        layout.argument(before.size())
                .ifPresent(argument -> values(
                        session,
                        line,
                        before,
                        argument.argument().name(),
                        argument.field(),
                        argument.completion(),
                        candidates));
        String typed = cursor < words.length ? words[cursor] : "";
        if (typed.startsWith("-") || candidates.isEmpty()) {
            layout.options()
                    .forEach(option -> candidates.add(
                            candidate(option.option().name(), option.option().description())));
            candidates.add(candidate("--help", "Show help for the command"));
        }
    }

    private void values(
            Session session,
            CommandLine line,
            List<String> before,
            String name,
            Field field,
            Optional<Completion> completion,
            List<Candidate> candidates) {
        Class<?> type = field.getType();
        if (type.isEnum()) {
            Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                    .forEach(value -> candidates.add(candidate(value, null)));
        } else if (completion.isPresent()) {
            complete(session, line, before, completion.get(), candidates);
        } else {
            own(name).forEach(value -> candidates.add(candidate(Sanitizer.line(value), null)));
        }
    }

    private Collection<String> own(String name) {
        try {
            return factory.get().completions(name);
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("No completion available for {}: {}", layout.name(), Faults.trace(e));
            return List.of();
        }
    }

    private void complete(
            Session session, CommandLine line, List<String> before, Completion completion, List<Candidate> candidates) {
        if (completion.values().length > 0) {
            for (String value : completion.values()) {
                candidates.add(candidate(value, null));
            }
        } else if (completion.value() == FileCompleter.class) {
            new FileCompleter().completeCandidates(session, line, candidates);
        } else {
            for (String value : list(session, before, completion.value())) {
                candidates.add(candidate(value, null));
            }
        }
    }

    private Collection<String> list(Session session, List<String> before, Class<?> type) {
        try {
            Values values =
                    type.asSubclass(Values.class).getDeclaredConstructor().newInstance();
            return values.list(engine, session, before).stream()
                    .map(Sanitizer::line)
                    .toList();
        } catch (CommandError | PartylineException | UnavailableException e) {
            LOG.debug("No completion available for {}: {}", layout.name(), Faults.trace(e));
            return List.of();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Candidate candidate(String value, @Nullable String description) {
        return new Candidate(value, value, null, description, null, null, true);
    }
}
