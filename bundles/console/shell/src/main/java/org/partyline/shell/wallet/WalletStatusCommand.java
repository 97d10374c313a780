package org.partyline.shell.wallet;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.json.HoldingView;
import org.partyline.api.json.LocalWalletView;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.LocalWallets.Progress;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows balances and coins. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "wallet-status",
        description = "Show each persona's balance and the progress of this server's own wallets",
        detailedDescription = "partyline:wallet-status\npartyline:wallet-status --coins")
@Needs(Role.OPERATE)
final class WalletStatusCommand extends PartylineCommand {
    @Option(name = "--coins", description = "Also list the spendable outputs")
    private boolean coins;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Holding> holdings = engine().wallets().list();
        List<Progress> local =
                engine().hasLocalWallets() ? engine().localWallets().list() : List.of();
        Document document = new Document(
                holdings.stream().map(HoldingView::of).toList(),
                local.stream().map(LocalWalletView::of).toList());
        print(document, () -> {
            Table table = new Table()
                    .column("PERSONA")
                    .column("WALLET")
                    .column("NETWORK")
                    .number("CONFIRMED")
                    .number("UNDER WAY")
                    .number("RESERVED")
                    .number("COINS")
                    .words("PROBLEM");
            holdings.forEach(holding -> table.row(
                    Table.Cell.of(owner(holding), Style.BOLD),
                    holding.wallet(),
                    holding.network().label(),
                    holding.status()
                            .map(status -> Units.sat(status.confirmed()))
                            .orElse("-"),
                    holding.status()
                            .map(status -> Units.sat(status.unconfirmed()))
                            .orElse("-"),
                    holding.status().map(status -> Units.sat(status.reserved())).orElse("-"),
                    holding.status()
                            .map(status -> String.valueOf(status.coins().size()))
                            .orElse("-"),
                    Table.Cell.of(holding.problem(), Style.BAD)));
            table.print(
                    console(),
                    "No wallets: add a node with one (partyline:node-add --wallet), or create this server's "
                            + "own (partyline:wallet-create).");
            if (!local.isEmpty()) {
                console().line("");
                LocalWalletText.table(console(), local);
            }
            if (coins) {
                coins(holdings);
            }
        });
    }

    /** Returns {@code bob}, or {@code bob/apart} for an account that pays only for some contacts. */
    private static String owner(Holding holding) {
        return holding.persona() + (holding.account().isEmpty() ? "" : "/" + holding.account());
    }

    private void coins(List<Holding> holdings) {
        Table table = new Table()
                .column("PERSONA")
                .number("AMOUNT")
                .number("CONFIRMATIONS")
                .words("OUTPUT");
        for (Holding holding : holdings) {
            for (AccountStatus.Coin coin :
                    holding.status().map(AccountStatus::coins).orElse(List.of())) {
                table.row(owner(holding), Units.sat(coin.amount()), coin.confirmations(), coin.outpoint());
            }
        }
        console().line("");
        table.print(console(), "No spendable outputs.");
    }

    /**
     * The balances, and the progress of this server's own wallets.
     *
     * @param localWallets how far this server's own wallets have read
     */
    record Document(List<HoldingView> holdings, List<LocalWalletView> localWallets) {}
}
