package org.partyline.shell.message;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.json.MessageView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.MessageIds;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.KeyValueView;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows one message. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "read",
        description = "Show one message; a burn message is erased when it is shown",
        detailedDescription = "partyline:read 12")
@Needs(Role.TALK)
final class ReadCommand extends PartylineCommand {
    @Argument(
            name = "ID",
            description = "The message's number, from partyline:messages or partyline:outbox",
            required = true)
    @Completion(MessageIds.class)
    private String id;

    @Override
    protected void run() throws CommandError, PartylineException {
        Message message = engine().messages().read(MessageNumber.parse(id));
        print(MessageView.of(message), () -> show(message));
    }

    private void parties(KeyValueView view, Message message) {
        String persona = Sanitizer.line(message.persona());
        if (!message.direct()) {
            view.add(
                    "From",
                    MessageText.from(message, ContactText.of(engine())) + " in " + Sanitizer.line(message.channel()));
            view.add("To", message.outgoing() ? "the channel" : persona);
            return;
        }
        String contact = ContactText.of(engine()).marked(message.persona(), message.channel());
        if (message.notice()) {
            view.add(console().paint(Style.WARN, "Notice"), "of the conversation of " + persona + " and " + contact);
        } else {
            view.add("From", message.outgoing() ? persona : contact);
            view.add("To", message.outgoing() ? contact : persona);
        }
    }

    private void show(Message message) {
        KeyValueView view = new KeyValueView(console());
        parties(view, message);
        message.signedBy()
                .ifPresent(name ->
                        view.add("Signed by", console().paint(MessageText.markStyle(message), Sanitizer.line(name))));
        view.add("Sent", Units.time(message.sent()) + " UTC");
        view.add("Arrived", Units.time(message.arrived()) + " UTC");
        view.add(
                "Kept until",
                message.burn() && !message.outgoing()
                        ? "it is shown (burn message)"
                        : Units.time(message.expires()) + " UTC");
        view.add("State", MessageText.state(message) + RemarkText.state(message));
        message.remarks().edited().ifPresent(time -> view.add("Edited", Units.time(time) + " UTC"));
        message.remarks().delivered().ifPresent(time -> view.add("Delivered", Units.time(time) + " UTC"));
        message.remarks().read().ifPresent(time -> view.add("Read", Units.time(time) + " UTC"));
        message.remarks().reactions().forEach(reaction -> view.add("Reaction", RemarkText.reaction(message, reaction)));
        message.transactions().forEach(id -> view.add("Transaction", id.toString()));
        message.block().ifPresent(height -> view.add("Block", String.valueOf(height)));
        view.print();
        console().line("");
        console().paragraph(RemarkText.quote(message) + MessageText.text(message));
    }
}
