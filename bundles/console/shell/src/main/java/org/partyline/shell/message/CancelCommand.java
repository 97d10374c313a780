package org.partyline.shell.message;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.json.OutgoingView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.WaitingIds;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Cancels a message that was not sent yet. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "cancel",
        description = "Cancel a message that has not been sent yet",
        detailedDescription = "partyline:cancel 12")
@Needs(Role.TALK)
final class CancelCommand extends PartylineCommand {
    @Argument(
            name = "ID",
            description = "The message's number, from partyline:messages or partyline:outbox",
            required = true)
    @Completion(WaitingIds.class)
    private String id;

    @Override
    protected void run() throws CommandError, PartylineException {
        Outgoing message = engine().messages().cancel(MessageNumber.parse(id));
        print(
                OutgoingView.of(message),
                "Message " + message.id() + " is cancelled: " + MessageText.state(message.state()) + ".");
    }
}
