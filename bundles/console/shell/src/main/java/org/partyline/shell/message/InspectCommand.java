package org.partyline.shell.message;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Inspection;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.TransactionIds;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows what a transaction carries. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "inspect",
        description = "Show the packets of a transaction that this store can open, or why it cannot",
        detailedDescription =
                "partyline:inspect 4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b\npartyline:inspect 02a1b2…")
@Needs(Role.TALK)
final class InspectCommand extends PartylineCommand {
    @Argument(
            name = "TXID|HEX",
            description = "A transaction id, a raw transaction or a packet, in hex",
            required = true)
    @Completion(TransactionIds.class)
    private String subject;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Inspection> found = engine().messages().inspect(subject.strip());
        print(new Document(found.stream().map(InspectionView::of).toList()), () -> {
            if (found.isEmpty()) {
                console().line("The transaction has no OP_RETURN output.");
            }
            found.forEach(this::show);
        });
    }

    private void show(Inspection packet) {
        String where = packet.output() < 0 ? "Packet" : "Output " + packet.output();
        String channel = packet.channel()
                .map(name -> ", channel " + Sanitizer.line(name))
                .orElse("");
        console()
                .hanging(
                        console().paint(Style.BOLD, where) + "  ",
                        Units.count(packet.bytes(), "byte") + channel + ": " + Sanitizer.line(packet.verdict()));
        packet.json().ifPresent(json -> console().line("  " + Sanitizer.line(json)));
    }

    record Document(List<InspectionView> outputs) {}
}
