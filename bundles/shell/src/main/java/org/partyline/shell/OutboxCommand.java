package org.partyline.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Outgoing;

/** Lists outgoing messages. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "outbox",
        description = "List outgoing messages: where each stands, and why it waits",
        detailedDescription = "partyline:outbox\npartyline:outbox --all")
final class OutboxCommand extends PartylineCommand {
    @Option(name = "--all", description = "Those that are done, too")
    private boolean all;

    @Override
    void run() throws Refusal, PartylineException {
        List<Outgoing> outbox = engine().messages().outbox(all);
        print(new Document(outbox.stream().map(Views.OutgoingView::of).toList()), () -> {
            Table table = new Table()
                    .number("ID")
                    .column("QUEUED (UTC)")
                    .column("PERSONA")
                    .column("CHANNEL")
                    .column("STATE")
                    .number("TEXT")
                    .number("PACKETS")
                    .number("FEE")
                    .words("WHY");
            for (Outgoing message : outbox) {
                table.row(
                        message.id(),
                        Units.time(message.queued()),
                        message.persona(),
                        message.channel(),
                        new Table.Cell(MessageText.state(message.state()), MessageText.style(message.state())),
                        Units.count(message.textBytes(), "byte"),
                        message.parts().size(),
                        Units.sat(message.fee()),
                        message.reason());
            }
            table.print(console(), all ? "No outgoing messages." : "Nothing is under way; --all lists what is done.");
        });
    }

    record Document(List<Views.OutgoingView> outbox) {}
}
