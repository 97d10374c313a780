package org.partyline.shell.fee;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees.FeeStatus;
import org.partyline.api.engine.Fees.Limits;
import org.partyline.api.json.CoverView;
import org.partyline.api.json.FeeView;
import org.partyline.api.json.LimitsView;
import org.partyline.api.store.Store;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows fee rates and prices. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "fee-status",
        description = "Show fee estimates, limits, the price of a packet, and what is left of caps and budgets",
        detailedDescription = "partyline:fee-status")
@Needs(Role.EVERYONE)
final class FeeStatusCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError, PartylineException {
        List<FeeStatus> fees = engine().fees().status();
        // The amounts spent are in the store.
        boolean open = engine().vault().state() == Store.State.OPEN;
        Optional<Limits> limits = open ? Optional.of(engine().fees().limits()) : Optional.empty();
        Optional<List<Cover.Status>> cover = open ? engine().coverIfHere() : Optional.empty();
        Document document = new Document(
                fees.stream().map(FeeView::of).toList(),
                limits.map(LimitsView::of).orElse(null),
                cover.isEmpty() ? null : cover.get().stream().map(CoverView::of).toList());
        print(document, () -> {
            rates(fees);
            console().line("");
            if (limits.isEmpty()) {
                console().line("To see the caps and what is left of them, open the store with partyline:unlock.");
                return;
            }
            FeeText.limits(console(), limits.get(), cover.orElse(List.of()));
            FeeText.band(console(), limits.get());
            if (fees.stream().anyMatch(fee -> fee.network() == Network.MAINNET)) {
                console().paragraph(FeeText.mainnet(limits.get()));
            }
        });
    }

    private void rates(List<FeeStatus> fees) {
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
                    fee.refusal().isEmpty() ? fee.rate() : "nothing",
                    fee.refusal().isEmpty() ? Units.sat(fee.packetFee()) : "-");
        }
        table.print(console(), "No node provides fee estimates: see partyline:node-list.");
        for (FeeStatus fee : fees) {
            if (!fee.refusal().isEmpty()) {
                console()
                        .paragraph(
                                "Nothing is sent by node " + fee.node() + ": " + Sanitizer.line(fee.refusal()) + ".");
            }
        }
    }

    /**
     * The fees of all networks, and the caps.
     *
     * @param limits null while the store is not open @param cover null while the store is not open, or its service is
     *     not running
     */
    record Document(
            List<FeeView> fees,
            @Nullable LimitsView limits,
            @Nullable List<CoverView> cover) {}
}
