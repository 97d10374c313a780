package org.partyline.shell.cover;

import java.time.Instant;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover.Status;
import org.partyline.api.json.CoverView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows cover traffic. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "decoy-status",
        description = "Show cover traffic: pace, budget, cost so far, and when the next packet leaves",
        detailedDescription = "partyline:decoy-status")
@Needs(Role.EVERYONE)
final class DecoyStatusCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError, PartylineException {
        List<Status> all = engine().cover().status();
        print(new Document(all.stream().map(CoverView::of).toList()), () -> {
            Instant now = clock().instant();
            Table table = new Table()
                    .column("PERSONA")
                    .column("COVER")
                    .number("EVERY")
                    .number("BUDGET/DAY")
                    .number("SPENT")
                    .number("NEXT")
                    .number("MESSAGES")
                    .number("DECOYS")
                    .words("WHY");
            for (Status status : all) {
                table.row(
                        Table.Cell.of(status.persona(), Style.BOLD),
                        CoverText.state(status),
                        Units.duration(status.mean()),
                        Units.sat(status.budget()),
                        Units.sat(status.spent()),
                        CoverText.next(status, now),
                        status.messages(),
                        status.decoys(),
                        status.problem());
            }
            table.print(console(), "No cover traffic: start it with partyline:decoy-start.");
        });
    }

    record Document(List<CoverView> cover) {}
}
