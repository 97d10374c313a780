package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/** Checks fee limits, and whether messages can be paid for. */
final class FeesCheck implements HealthCheck {
    private static final int NEARLY = 80;
    private static final int PERCENT = 100;

    private final DoctorSources sources;

    FeesCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "fees";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        Fees fees = sources.need(Fees.class);
        List<Finding> all = new ArrayList<>();
        for (Fees.FeeStatus status : fees.status()) {
            if (status.floor().compareTo(status.maximum()) > 0) {
                all.add(Finding.warning(
                        name(),
                        "node " + status.node() + " relays nothing below " + status.floor() + ", but fee-maximum is "
                                + status.maximum() + ": it accepts no messages",
                        "partyline:config fee-maximum RATE, if you accept that price"));
            }
        }
        fees.warnings()
                .forEach(line -> all.add(Finding.warning(
                        name(),
                        line,
                        "partyline:fee-status; partyline:node-remove, if you do not trust one of the nodes")));
        if (sources.need(Vault.class).state() == Store.State.OPEN) {
            Fees.Limits limits = fees.limits();
            boolean mainnet = fees.status().stream().anyMatch(status -> status.network() == Network.MAINNET);
            if (mainnet && !limits.mainnetAccepted()) {
                all.add(Finding.warning(
                        name(),
                        "messages on mainnet wait until you accept that they cost real money",
                        "partyline:fee-limit --accept-mainnet"));
            }
            if (limits.daySpent() * PERCENT >= limits.day() * NEARLY) {
                all.add(Finding.warning(
                        name(),
                        limits.daySpent() + " of the " + limits.day()
                                + " sat of a day are spent: messages wait when all are spent",
                        "partyline:fee-limit, to raise the cap"));
            }
            if (all.isEmpty()) {
                all.add(Finding.ok(
                        name(),
                        "at most " + limits.message() + " sat a message, " + limits.hour() + " sat an hour and "
                                + limits.day() + " sat a day"));
            }
        }
        return all;
    }
}
