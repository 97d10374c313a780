package org.partyline.shell;

import java.time.Clock;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;

/**
 * What every command has: {@code --json}, the services, a console. A command sets no state of its own: one instance runs
 * once. The example in its help is the {@code detailedDescription} of its annotation.
 */
abstract class PartylineCommand implements Action {
    /** The scope of every command. */
    static final String SCOPE = "partyline";

    @Option(name = "--json", description = "Print one JSON document")
    private boolean json;

    private Context context;

    /** Before the command runs. */
    final void bind(Context with) {
        context = with;
    }

    @Override
    public final Object execute() throws Exception {
        run();
        return null;
    }

    /**
     * Does what the command is for.
     *
     * @throws Refusal, PartylineException what is wrong, in one line
     * @throws InterruptedException when the operator pressed Ctrl-C
     */
    abstract void run() throws Refusal, PartylineException, InterruptedException;

    final boolean json() {
        return json;
    }

    final Context context() {
        return context;
    }

    final Engine engine() {
        return context.engine();
    }

    final Console console() {
        return context.console();
    }

    final Clock clock() {
        return context.clock();
    }

    /** Prints the document, or what a person reads. */
    final void print(Object document, Runnable text) {
        if (json) {
            console().json(document);
        } else {
            text.run();
        }
    }

    /** Prints the document, or one line. */
    final void print(Object document, String line) {
        print(document, () -> console().line(line));
    }

    /** An option that was not given is null in its field. */
    static Optional<String> given(String option) {
        return Optional.ofNullable(option);
    }
}
