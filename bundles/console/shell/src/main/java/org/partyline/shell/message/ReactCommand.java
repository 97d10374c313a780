package org.partyline.shell.message;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Reacts to a message. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "react",
        description = "React to a message with one character or emoji; replaces your last reaction to it",
        detailedDescription = "partyline:react 12 \uD83D\uDC4D\npartyline:react 12 --back")
@Needs(Role.TALK)
final class ReactCommand extends RemarkCommand {
    @Argument(index = 1, name = "REACTION", description = "One character or emoji, of at most 16 bytes")
    @Completion(
            values = {"\uD83D\uDC4D", "\u2764\uFE0F", "\uD83D\uDE02", "\uD83D\uDE2E", "\uD83D\uDE22"},
            value = String.class)
    private String reaction;

    @Option(name = "--back", description = "Take your last reaction back")
    private boolean back;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (back == (reaction != null)) {
            throw new CommandError(
                    back
                            ? "--back takes the last reaction back, and there is one to send, too: give one of the two"
                            : "there is no reaction: give one, as in partyline:react 12 \uD83D\uDC4D, or --back to take the last one back");
        }
        long about = about();
        Receipt receipt = engine().conversations().react(about, back ? "" : reaction);
        ReceiptView left = leave(
                receipt,
                back
                        ? "which takes your reaction to message " + about + " back"
                        : Sanitizer.line(reaction) + " to message " + about);
        if (json()) {
            console().json(left);
        }
    }
}
