package org.partyline.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Message;

/** Shows one message. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "read",
        description = "Show one message; a burn message is gone after this",
        detailedDescription = "partyline:read 12")
final class ReadCommand extends PartylineCommand {
    @Argument(name = "ID", description = "The message's number, as partyline:messages lists it", required = true)
    @Completion(Completions.MessageIds.class)
    private String id;

    @Override
    void run() throws Refusal, PartylineException {
        Message message = engine().messages().read(MessageNumber.parse(id));
        print(Views.MessageView.of(message), () -> show(message));
    }

    private void parties(Facts facts, Message message) {
        String persona = Shown.line(message.persona());
        if (!message.direct()) {
            facts.add("From", MessageText.sender(message) + " in " + Shown.line(message.channel()));
            facts.add("To", message.outgoing() ? "the channel" : persona);
            return;
        }
        String contact = ContactText.of(engine()).marked(message.persona(), message.channel());
        if (message.notice()) {
            facts.add(console().paint(Style.WARN, "Notice"), "of the conversation of " + persona + " and " + contact);
        } else {
            facts.add("From", message.outgoing() ? persona : contact);
            facts.add("To", message.outgoing() ? contact : persona);
        }
    }

    private void show(Message message) {
        Facts facts = new Facts(console());
        parties(facts, message);
        message.signedBy()
                .ifPresent(name ->
                        facts.add("Signed by", console().paint(MessageText.markStyle(message), Shown.line(name))));
        facts.add("Sent", Units.time(message.sent()) + " UTC");
        facts.add("Arrived", Units.time(message.arrived()) + " UTC");
        facts.add(
                "Kept until",
                message.burn() && !message.outgoing()
                        ? "now: it was a burn message"
                        : Units.time(message.expires()) + " UTC");
        facts.add("State", MessageText.state(message));
        message.transactions().forEach(id -> facts.add("Transaction", id.toString()));
        message.block().ifPresent(height -> facts.add("Block", String.valueOf(height)));
        facts.print();
        console().line("");
        console().paragraph(MessageText.text(message));
    }
}
