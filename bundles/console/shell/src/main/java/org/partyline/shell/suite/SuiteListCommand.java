package org.partyline.shell.suite;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.api.json.SuiteView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.spi.Needs;

/** Lists the algorithms. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "suite-list",
        description = "List AEAD suites, key derivations and the post-quantum algorithm: bundle, rank, and use",
        detailedDescription = "partyline:suite-list")
@Needs(Role.EVERYONE)
final class SuiteListCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError {
        show(this, engine().suites().list());
    }

    /** Also shown after a change, so that its effect is visible. */
    static void show(PartylineCommand command, List<Suite> suites) {
        command.print(new Document(suites.stream().map(SuiteView::of).toList()), () -> {
            Table table = new Table()
                    .column("KIND")
                    .column("NAME")
                    .number("RANK")
                    .column("STATE")
                    .words("BUNDLE")
                    .words("USED BY");
            for (Suite suite : suites) {
                table.row(
                        suite.kind(),
                        Table.Cell.of(suite.name(), Style.BOLD),
                        suite.rank() == 0 ? "-" : suite.rank(),
                        state(suite),
                        suite.bundle().isEmpty() ? "-" : suite.bundle() + " (" + suite.bundleState() + ")",
                        String.join(", ", suite.usedBy()));
            }
            table.print(command.console(), "No suites: check bundle:list for bundles that are not Active.");
        });
    }

    private static Table.Cell state(Suite suite) {
        if (suite.bundleState().startsWith("refused")) {
            return new Table.Cell("refused", Style.BAD);
        }
        if (!suite.allowed()) {
            return new Table.Cell("denied", Style.BAD);
        }
        if (!suite.available()) {
            return new Table.Cell("absent", Style.WARN);
        }
        return new Table.Cell(suite.kind().equals("aead") && !suite.seals() ? "opens only" : "allowed", Style.GOOD);
    }

    record Document(List<SuiteView> suites) {}
}
