package org.partyline.shell.fee;

import java.util.List;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees.Limits;
import org.partyline.shell.cover.CoverText;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;

/** Formats caps and budgets for the console. */
final class FeeText {
    private FeeText() {}

    /** Prints the spending limits, the amounts spent, and the remaining amounts. @param cover plans of cover traffic */
    static void limits(Console console, Limits limits, List<Cover.Status> cover) {
        Table table = new Table().words("CAP").number("MAXIMUM").number("USED").number("LEFT");
        table.row("one message, with all its packets", Units.sat(limits.message()), "", "");
        row(table, "any 60 minutes", limits.hour(), limits.hourSpent());
        row(table, "any 24 hours", limits.day(), limits.daySpent());
        for (Cover.Status plan : cover) {
            if (CoverText.wanted(plan)) {
                row(table, "cover traffic of " + plan.persona() + ", any 24 hours", plan.budget(), plan.spent());
            }
        }
        table.print(console, "");
        if (limits.dayOutside() > 0) {
            console.paragraph(Units.sat(limits.dayOutside())
                    + " of the last 24 hours is in no message's price: it paid to replace transactions whose messages had"
                    + " expired or were deleted.");
        }
    }

    private static void row(Table table, String what, long cap, long used) {
        long left = Math.max(0, cap - used);
        table.row(
                what,
                Units.sat(cap),
                Units.sat(used),
                new Table.Cell(Units.sat(left), left == 0 ? Style.BAD : Style.PLAIN));
    }

    /** Prints the limits of every transaction. */
    static void band(Console console, Limits limits) {
        console.paragraph(
                limits.bandPercent() == 0
                        ? "Each transaction pays exactly the estimate (fee-band = 0)."
                        : "Each transaction's rate is drawn at random, from our rate to " + limits.bandPercent()
                                + " % above it (fee-band).");
    }

    /** Returns whether real money may be spent. */
    static String mainnet(Limits limits) {
        return limits.mainnetAccepted()
                ? "Sending on mainnet is allowed: messages cost real money."
                : "Sending on mainnet is not allowed yet. To accept that it costs real money, run "
                        + "partyline:fee-limit --accept-mainnet.";
    }
}
