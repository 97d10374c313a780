package org.partyline.shell.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.consoleline.ExitStatus;
import org.partyline.consoleline.Restricted;
import org.partyline.consoleline.Role;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.error.SmallHeap;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.ConsoleCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command as Karaf runs it. It parses the words itself: Karaf's own parser accepts options only before the arguments,
 * and prints errors on two lines, while here every error is one line, {@code Error: …}.
 */
public class BoundCommand implements Command, Restricted {
    private static final Logger LOG = LoggerFactory.getLogger(BoundCommand.class);
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofDays(30);
    static final String HELP = "--help";

    private final CommandLayout layout;
    private final Supplier<? extends ConsoleCommand> factory;
    private final Engine engine;
    private final Function<Session, Context> contexts;

    BoundCommand(Supplier<? extends ConsoleCommand> factory, Engine engine, Function<Session, Context> contexts) {
        this.layout = CommandLayout.of(factory.get().getClass());
        this.factory = factory;
        this.engine = engine;
        this.contexts = contexts;
    }

    final CommandLayout layout() {
        return layout;
    }

    @Override
    public String getScope() {
        return layout.command().scope();
    }

    @Override
    public String getName() {
        return layout.command().name();
    }

    @Override
    public String getDescription() {
        return layout.command().description();
    }

    @Override
    public Role role() {
        return layout.role();
    }

    @Override
    public Completer getCompleter(boolean scoped) {
        return new CommandCompleter(layout, engine, factory);
    }

    @Override
    public @Nullable Parser getParser() {
        return null;
    }

    @Override
    public @Nullable Object execute(Session session, List<Object> arguments) throws Exception {
        List<String> words = arguments.stream().map(String::valueOf).toList();
        Context context = contexts.apply(session);
        if (words.stream()
                .takeWhile(word -> !word.equals(CommandParser.END_OF_OPTIONS))
                .anyMatch(HELP::equals)) {
            new CommandHelp(layout).print(context.console());
            return null;
        }
        try {
            ConsoleCommand command = factory.get();
            command.printTo(context.console());
            command.runIn(session);
            if (command instanceof PartylineCommand ours) {
                ours.bind(context);
            }
            fill(command, words);
            return run(command, session);
        } catch (CommandError e) {
            LOG.debug("{} refused: {}", layout.name(), Faults.trace(e));
            throw error(context, e.getMessage(), e.status());
        } catch (PartylineException | UnavailableException e) {
            LOG.debug("{} refused: {}", layout.name(), Faults.trace(e));
            throw error(
                    context, e.getMessage(), e instanceof StoreLockedException ? ExitStatus.LOCKED : ExitStatus.FAILED);
        } catch (OutOfMemoryError e) {
            LOG.error("{} failed: {}", layout.name(), Faults.trace(e));
            throw error(context, SmallHeap.gone(Runtime.getRuntime().maxMemory()), ExitStatus.FAILED);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | Error e) {
            LOG.error("{} failed: {}", layout.name(), Faults.trace(e));
            throw error(context, failure(), ExitStatus.FAILED);
        }
    }

    private void fill(ConsoleCommand command, List<String> words) throws CommandError {
        try {
            new CommandParser(layout).fill(command, words);
        } catch (CommandError e) {
            throw new CommandError(ExitStatus.WRONG_LINE, e.getMessage());
        }
    }

    /** Runs the command, at a prompt at most for its timeout; elsewhere, the client watches the time. */
    private @Nullable Object run(ConsoleCommand command, Session session) throws Exception {
        Duration limit = command.timeout() == null ? null : Units.duration("--timeout", command.timeout(), LEAST, MOST);
        if (limit == null || session.getTerminal() == null) {
            return command.execute();
        }
        try (Alarm alarm = new Alarm(limit)) {
            Object result = null;
            try {
                result = command.execute();
            } catch (InterruptedException e) {
                if (!alarm.hasRung()) {
                    throw e;
                }
            }
            if (alarm.hasRung()) {
                throw new CommandError(
                        ExitStatus.LATE,
                        "no answer within " + Units.duration(limit) + ": " + layout.name()
                                + " may or may not have been done: check before you repeat it");
            }
            return result;
        }
    }

    /** Returns the message for an unexpected failure: a stopped bundle may be the reason. */
    private String failure() {
        Path log = Path.of(System.getProperty("karaf.log", "log"), "partyline.log");
        List<String> stopped = engine.stoppedBundles().warnings();
        return stopped.isEmpty()
                ? "internal error in " + layout.name() + ": see the log, " + log
                : layout.name() + " failed while " + String.join("; ", stopped) + "; see the log, " + log;
    }

    /**
     * For exceptions of exactly this class, Karaf prints only the first string, unchanged. It logs the second one and
     * the cause, and the error may contain typed text.
     */
    private CommandException error(Context context, String message, int status) {
        String line = "Error: " + Sanitizer.line(String.valueOf(message)).strip();
        return new CommandException(
                context.console().paint(Style.BAD, line), layout.name() + " was refused", new ExitStatus(status));
    }
}
