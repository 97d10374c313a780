package org.partyline.shell.message;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.json.OutgoingView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists outgoing messages. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "outbox",
        description = "List outgoing messages and session packets: state, and why each one waits",
        detailedDescription = "partyline:outbox\npartyline:outbox --all")
@Needs(Role.TALK)
final class OutboxCommand extends PartylineCommand {
    private static final String MESSAGE = "message";

    @Option(name = "--all", description = "Also list finished ones")
    private boolean all;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Outgoing> outbox = engine().messages().outbox(all);
        print(new Document(outbox.stream().map(OutgoingView::of).toList()), () -> table(outbox));
    }

    private void table(List<Outgoing> outbox) {
        ContactText contacts = ContactText.of(engine());
        Table table = new Table()
                .number("ID")
                .time("QUEUED (UTC)")
                .column("PERSONA")
                .words(MessageText.whereHeader(
                        outbox.stream().anyMatch(message -> !message.direct()),
                        outbox.stream().anyMatch(Outgoing::direct)))
                .column("STATE")
                .number(outbox.stream().allMatch(OutboxCommand::isText) ? "TEXT" : "WHAT")
                .words("CARRIER")
                .number("PACKETS")
                .number("FEE")
                .words("WHY");
        for (Outgoing message : outbox) {
            table.row(
                    message.id(),
                    Units.time(message.queued()),
                    message.persona(),
                    message.direct() ? contacts.marked(message.persona(), message.channel()) : message.channel(),
                    new Table.Cell(
                            MessageText.state(message.state(), message.confirmations()),
                            MessageText.style(message.state())),
                    isText(message) ? Units.count(message.textBytes(), "byte") : message.kind(),
                    MessageText.carrier(message.carrier()),
                    message.parts().size(),
                    Units.sat(message.fee()),
                    message.reason());
        }
        table.print(
                console(), all ? "No outgoing messages." : "No messages are being sent. --all lists finished ones.");
    }

    /** Otherwise the session itself sends it, and its kind shows why. */
    private static boolean isText(Outgoing message) {
        return message.kind().equals(MESSAGE);
    }

    record Document(List<OutgoingView> outbox) {}
}
