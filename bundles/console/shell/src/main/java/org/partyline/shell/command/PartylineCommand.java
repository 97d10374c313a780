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
 * The base of all our commands: adds services and questions to {@code --json}. A command sets no state of its own: one
 * instance runs once. The example in its help is the {@code detailedDescription} of its annotation.
 */
public abstract class PartylineCommand extends ConsoleCommand {
    /** Null before the command runs. */
    private @Nullable Context context;

    /** Before the command runs. */
    final void bind(Context with) {
        context = with;
    }

    /** Whether its last word is the unchanged rest of its line. */
    protected boolean takesRestOfLine() {
        return false;
    }

    /**
     * Does what the command is for.
     *
     * @throws CommandError, PartylineException what is wrong, in one line
     * @throws InterruptedException if the operator pressed Ctrl-C
     */
    @Override
    protected abstract void run() throws CommandError, PartylineException, InterruptedException;

    /** What this run works with. */
    public final Context context() {
        return Objects.requireNonNull(context, "the command does not run");
    }

    /** The services. */
    public final Engine engine() {
        return context().engine();
    }

    /** Where this run prints and asks. */
    public final Console console() {
        return context().console();
    }

    /** The time. */
    protected final Clock clock() {
        return context().clock();
    }

    /** Says in one line what is worth doing after this. */
    public final void next(String what) {
        console().paragraph(Style.DIM, "Next: " + what);
    }

    /**
     * Asks before something that cannot be undone.
     *
     * @param yes what {@code --yes} says
     * @param question ends with a question mark
     * @return whether to go on; when not, that was said
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
     * Asks once before real money is spent; where nobody can be asked, the engine refuses and says how.
     *
     * @param otherwise what is said when the answer is no
     * @return whether to go on
     */
    protected final boolean mainnetAccepted(String otherwise)
            throws CommandError, PartylineException, InterruptedException {
        // While nobody knows the limits, what is sent waits for who does.
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

    /** Whether mainnet is the only network that a persona talks on: its decoys would cost real money. */
    protected final boolean talksOnMainnetOnly(Optional<String> persona) throws CommandError, PartylineException {
        return Stream.concat(
                        engine().channels().list(persona).stream().map(Channels.Channel::network),
                        engine().contacts().list(persona).stream().map(Contacts.Contact::network))
                .collect(Collectors.toSet())
                .equals(Set.of(Network.MAINNET));
    }

    /** {@code --persona bob } for a suggested command, if this one was run with bob. */
    protected static String as(@Nullable String persona) {
        return persona == null ? "" : "--persona " + Sanitizer.word(persona) + " ";
    }

    /** An option that was not given is null in its field. */
    protected static Optional<String> given(@Nullable String option) {
        return Optional.ofNullable(option);
    }
}
