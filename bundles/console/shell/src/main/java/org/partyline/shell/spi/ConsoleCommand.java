package org.partyline.shell.spi;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;

/**
 * The base of commands, with {@code --json}. A command has an annotation {@link
 * org.apache.karaf.shell.api.action.Command}, with scope {@link #SCOPE}, a name, a description, and an example as its
 * detailed description; and one {@link Needs}, which says who may run it. One instance runs once.
 *
 * <p>Its options and arguments are fields with {@link Option} and {@link org.apache.karaf.shell.api.action.Argument}:
 * String, boolean (an option that takes no value), int or Integer, an enum, or a list of String for the last argument.
 */
public abstract class ConsoleCommand implements Action {
    /** The scope of every command. */
    public static final String SCOPE = "partyline";

    @Option(name = "--json", description = "Print one JSON document")
    private boolean json;

    @Option(
            name = "--timeout",
            description = "Exit with 7 if there is no answer within this time; otherwise 30s in a script, 5s for "
                    + "status, and no limit at a prompt or with --follow",
            valueToShowInHelp = "DURATION")
    @Completion(
            values = {"5s", "30s", "5m"},
            value = String.class)
    private @Nullable String timeout;

    /** Null before the command runs, as is the next field. */
    private @Nullable CommandOutput output;

    private @Nullable Session session;

    /** Called by the console before the command runs. @param to for its output */
    public final void printTo(CommandOutput to) {
        output = to;
    }

    /** Called by the console before the command runs. @param where it was typed */
    public final void runIn(Session where) {
        session = where;
    }

    @Override
    public final @Nullable Object execute() throws Exception {
        run();
        return exitStatus();
    }

    /**
     * Runs the command.
     *
     * @throws org.partyline.api.PartylineException with a one-line message, shown after {@code Error: }
     * @throws InterruptedException if the operator pressed Ctrl-C
     * @throws Exception an unexpected failure: it is logged, and not shown
     */
    protected abstract void run() throws Exception;

    /** Returns the exit status for a program; null for 0. A console does not show it. */
    protected @Nullable Integer exitStatus() {
        return null;
    }

    /**
     * Returns values that complete an option or an argument without {@code @Completion}. Called on an instance that
     * does not run; it may fail.
     *
     * @param name as annotated, such as {@code --colour} or {@code NAME}
     */
    public Collection<String> completions(String name) {
        return List.of();
    }

    /** Whether {@code --json} was given. */
    public final boolean json() {
        return json;
    }

    /** Returns the timeout of this run, as given; null if it was not given. */
    public final @Nullable String timeout() {
        return timeout;
    }

    /** Returns the output of this run. */
    protected final CommandOutput output() {
        return Objects.requireNonNull(output, "the command does not run");
    }

    /** Returns the console in which this run was typed, with its terminal. */
    protected final Session session() {
        return Objects.requireNonNull(session, "the command does not run");
    }

    /** Prints the document, or runs the output for people. */
    public final void print(Object document, Runnable text) {
        if (json) {
            output().json(document);
        } else {
            text.run();
        }
    }

    /** Prints the document, or one line. */
    protected final void print(Object document, String line) {
        print(document, () -> output().line(line));
    }
}
