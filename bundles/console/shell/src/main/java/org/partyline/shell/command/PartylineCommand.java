package org.partyline.shell.command;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Fees;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.ConsoleCommand;

/**
 * The base of all our commands: adds services and questions to {@code --json}. A command has no mutable state of its
 * own: one instance runs once. The example in its help is the {@code detailedDescription} of its annotation.
 */
public abstract class PartylineCommand extends ConsoleCommand {
    /** Null before the command runs. */
    private @Nullable Context context;

    /** Called before the command runs. */
    final void bind(Context with) {
        context = with;
    }

    /** Returns whether its last argument is the unchanged rest of its line. */
    protected boolean takesRestOfLine() {
        return false;
    }

    /**
     * Runs the command.
     *
     * @throws CommandError, PartylineException with a one-line message that says what is wrong
     * @throws InterruptedException if the operator pressed Ctrl-C
     */
    @Override
    protected abstract void run() throws CommandError, PartylineException, InterruptedException;

    /** Returns the context of this run. */
    public final Context context() {
        return Objects.requireNonNull(context, "the command does not run");
    }

    /** Returns the services. */
    public final Engine engine() {
        return context().engine();
    }

    /** Returns the console for output and questions. */
    public final Console console() {
        return context().console();
    }

    /** Returns the clock. */
    protected final Clock clock() {
        return context().clock();
    }

    /** Suggests a next step in one line. */
    public final void next(String what) {
        console().paragraph(Style.DIM, "Next: " + what);
    }

    /**
     * Asks before an action that cannot be undone.
     *
     * @param yes whether {@code --yes} was given
     * @param question ends with a question mark
     * @return whether to go on; if not, that was printed
     * @throws CommandError if nobody can be asked
     */
    protected final boolean confirmed(boolean yes, String question) throws CommandError, InterruptedException {
        if (yes) {
            return true;
        }
        if (json() || !console().canAsk()) {
            throw new CommandError("this cannot be undone: confirm with --yes, because the session is not interactive");
        }
        boolean go = console().choose(question, List.of("yes", "no"), "no").equals("yes");
        if (!go) {
            console().line("Cancelled: nothing was changed.");
        }
        return go;
    }

    /**
     * Asks once before real money is spent; if nobody can be asked, the engine refuses and says how to accept.
     *
     * @param otherwise printed if the answer is no
     * @return whether to go on
     */
    protected final boolean mainnetAccepted(String otherwise)
            throws CommandError, PartylineException, InterruptedException {
        // While the limits are unknown, messages wait for the service that knows them.
        boolean accepted =
                engine().limitsIfHere().map(Fees.Limits::mainnetAccepted).orElse(true);
        if (json() || !console().canAsk() || accepted) {
            return true;
        }
        console()
                .paragraph(
                        Style.WARN,
                        "This network is mainnet: messages cost real money, and mined packets stay on the chain "
                                + "forever. partyline:fee-limit shows the spending caps.");
        boolean go = console()
                .choose("Allow sending on mainnet?", List.of("yes", "no"), "no")
                .equals("yes");
        if (go) {
            engine().fees().acceptMainnet();
        } else {
            console().line(otherwise);
        }
        return go;
    }

    /** Returns whether mainnet is the only network on which a persona talks: its decoys would cost real money. */
    protected final boolean talksOnMainnetOnly(Optional<String> persona) throws CommandError, PartylineException {
        return Stream.concat(
                        engine().channels().list(persona).stream().map(Channels.Channel::network),
                        engine().contacts().list(persona).stream().map(Contacts.Contact::network))
                .collect(Collectors.toSet())
                .equals(Set.of(Network.MAINNET));
    }

    /** Returns {@code --persona bob } for a suggested command, if this one was run with bob. */
    protected static String as(@Nullable String persona) {
        return persona == null ? "" : "--persona " + Sanitizer.word(persona) + " ";
    }

    /** Converts the field of an option, which is null if the option was not given. */
    protected static Optional<String> given(@Nullable String option) {
        return Optional.ofNullable(option);
    }
}
