package org.partyline.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Outgoing;

/** Takes a message back. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "cancel",
        description = "Take a message back that has not left yet",
        detailedDescription = "partyline:cancel 12")
final class CancelCommand extends PartylineCommand {
    @Argument(name = "ID", description = "The message's number, as partyline:outbox lists it", required = true)
    @Completion(Completions.WaitingIds.class)
    private String id;

    @Override
    void run() throws CommandError, PartylineException {
        Outgoing message = engine().messages().cancel(MessageNumber.parse(id));
        print(
                Views.OutgoingView.of(message),
                "Message " + message.id() + " will not be sent: " + MessageText.state(message.state()) + ".");
    }
}
