package org.partyline.shell.message;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Reacts to a message. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "react",
        description = "React to a message with one character or emoji; replaces your previous reaction",
        detailedDescription = "partyline:react 12 \uD83D\uDC4D\npartyline:react 12 --back")
@Needs(Role.TALK)
final class ReactCommand extends RemarkCommand {
    @Argument(index = 1, name = "REACTION", description = "One character or emoji, of at most 16 bytes")
    @Completion(
            values = {"\uD83D\uDC4D", "\u2764\uFE0F", "\uD83D\uDE02", "\uD83D\uDE2E", "\uD83D\uDE22"},
            value = String.class)
    private @Nullable String reaction;

    @Option(name = "--back", description = "Remove your reaction")
    private boolean back;

    @Option(name = KeyedSend.OPTION, description = KeyedSend.DESCRIPTION, valueToShowInHelp = "KEY")
    private @Nullable String key;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (back == (reaction != null)) {
            throw new CommandError(
                    back
                            ? "--back and a reaction exclude each other: give one of the two"
                            : "the reaction is missing: give one, as in partyline:react 12 \uD83D\uDC4D, or --back to "
                                    + "remove your reaction");
        }
        long about = about();
        String wanted = reaction == null ? "" : reaction;
        Conversations conversations = engine().conversations();
        change(
                key,
                "reaction",
                wanted,
                back ? "removing your reaction to message " + about : Sanitizer.line(wanted) + " to message " + about,
                alongside -> conversations.react(about, wanted, alongside));
    }
}
