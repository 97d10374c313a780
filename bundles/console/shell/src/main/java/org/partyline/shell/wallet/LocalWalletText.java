package org.partyline.shell.wallet;

import java.util.List;
import java.util.Locale;
import org.partyline.api.transport.LocalWallets.Progress;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;

/** Formats this server's own wallets for the console. */
final class LocalWalletText {
    private LocalWalletText() {}

    /** Returns the progress, such as {@code read up to block 120 of 450, 26 %}. */
    static String progress(Progress wallet) {
        if (wallet.node().isEmpty()) {
            return "waiting for a ready node on " + wallet.network().label();
        }
        if (wallet.upToDate()) {
            return "has read all blocks, up to " + count(wallet.height());
        }
        if (wallet.height() < 0) {
            return "starting to read blocks";
        }
        return "has read up to block " + count(wallet.height())
                + (wallet.tip() < 0 ? "" : " of " + count(wallet.tip()) + ", " + percent(wallet) + " %");
    }

    /** Returns the percentage of the blocks that were read; 100 only if all were. */
    static int percent(Progress wallet) {
        if (wallet.upToDate()) {
            return 100;
        }
        long all = (long) wallet.tip() - wallet.from();
        long done = (long) wallet.height() - wallet.from();
        return all <= 0 ? 0 : (int) Math.max(0, 100 * done / all);
    }

    private static String count(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Prints a line for each wallet. */
    static void table(Console console, List<Progress> wallets) {
        Table table = new Table()
                .column("LOCAL WALLET")
                .column("NETWORK")
                .column("NODE")
                .words("BLOCKS");
        for (Progress wallet : wallets) {
            table.row(
                    Table.Cell.of(wallet.name(), Style.BOLD),
                    wallet.network().label(),
                    wallet.node().orElse("-"),
                    new Table.Cell(progress(wallet), wallet.upToDate() ? Style.GOOD : Style.WARN));
        }
        table.print(console, "");
    }
}
