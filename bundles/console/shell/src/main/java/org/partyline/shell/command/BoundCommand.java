package org.partyline.shell.command;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.partyline.api.PartylineException;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.error.SmallHeap;
import org.partyline.shell.error.Wordless;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.ConsoleCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command as Karaf runs it. It reads the words itself, where Karaf's own reader takes options before the arguments only
 * and refuses in two lines: here every refusal is one line, {@code Error: …}.
 */
public class BoundCommand implements Command {
    private static final Logger LOG = LoggerFactory.getLogger(BoundCommand.class);
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
    public Completer getCompleter(boolean scoped) {
        return new CommandCompleter(layout, engine, factory);
    }

    @Override
    public Parser getParser() {
        return null;
    }

    @Override
    public Object execute(Session session, List<Object> arguments) throws Exception {
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
            new CommandParser(layout).fill(command, words);
            return command.execute();
        } catch (CommandError | PartylineException e) {
            LOG.debug("{} refused", layout.name(), Wordless.of(e));
            throw error(context, e.getMessage());
        } catch (OutOfMemoryError e) {
            LOG.error("{} failed", layout.name(), Wordless.of(e));
            throw error(context, SmallHeap.gone(Runtime.getRuntime().maxMemory()));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError | StackOverflowError e) {
            LOG.error("{} failed", layout.name(), Wordless.of(e));
            throw error(context, failure());
        }
    }

    /** What is said of a failure that the command did not foresee: what is stopped may be why. */
    private String failure() {
        Path log = Path.of(System.getProperty("karaf.log", "log"), "partyline.log");
        List<String> stopped = engine.stoppedBundles().warnings();
        return stopped.isEmpty()
                ? "something is wrong inside " + layout.name() + ": the log says where, see " + log
                : layout.name() + " failed while " + String.join("; ", stopped) + "; the log says where, see " + log;
    }

    /**
     * Karaf prints the first string as it is, and nothing else, for exceptions of exactly this class. It logs the second and
     * the cause, and what is refused may hold what was typed.
     */
    private CommandException error(Context context, String message) {
        String line = "Error: " + Sanitizer.line(String.valueOf(message)).strip();
        return new CommandException(context.console().paint(Style.BAD, line), layout.name() + " was refused", null);
    }
}
