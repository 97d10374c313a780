package org.partyline.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.engine.Fees.FeeStatus;

/** Shows what messages cost. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "fee-status",
        description = "Show estimates, limits and what a packet costs now",
        detailedDescription = "partyline:fee-status")
final class FeeStatusCommand extends PartylineCommand {
    @Override
    void run() throws Refusal {
        List<FeeStatus> fees = engine().fees().status();
        print(new Document(fees.stream().map(Views.FeeView::of).toList()), () -> {
            Table table = new Table()
                    .column("NETWORK")
                    .column("NODE")
                    .number("ESTIMATE")
                    .number("TARGET")
                    .number("FLOOR")
                    .words("LIMITS")
                    .number("WE PAY")
                    .number("80 BYTES");
            for (FeeStatus fee : fees) {
                table.row(
                        fee.network().label(),
                        fee.node(),
                        fee.estimate().map(Object::toString).orElse("none"),
                        Units.count(fee.targetBlocks(), "block"),
                        fee.floor(),
                        fee.minimum() + " to " + fee.maximum(),
                        fee.rate(),
                        Units.sat(fee.packetFee()));
            }
            table.print(console(), "No node that could say: see partyline:node-list.");
        });
    }

    record Document(List<Views.FeeView> fees) {}
}
