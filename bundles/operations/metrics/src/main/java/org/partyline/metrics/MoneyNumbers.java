package org.partyline.metrics;

import java.util.List;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;

/** Provides fee rates, which are public, and the spent share of the budget. */
final class MoneyNumbers implements MetricSource {
    private static final double PER_VBYTE = 1000;
    private static final String RATE = "fee_rate_sat_per_vbyte";
    private static final String RATE_HELP =
            "Fee rates: a node's estimate, its relay floor, the maximum that may be paid.";
    private static final String BUDGET = "budget_used_ratio";
    private static final String BUDGET_HELP = "Share of a cap that is spent: 0, 0.25, 0.5, 0.8, 0.9 or 1.";

    @Override
    public void write(Sources sources, Page page) throws PartylineException {
        boolean open = sources.find(Vault.class)
                .filter(vault -> vault.state() == Store.State.OPEN)
                .isPresent();
        Fees fees = sources.find(Fees.class).orElse(null);
        if (fees != null) {
            fees.status().forEach(status -> rates(status, page));
        }
        if (fees != null && open) {
            Fees.Limits limits = fees.limits();
            page.gauge(BUDGET, BUDGET_HELP, Steps.ratio(limits.hourSpent(), limits.hour()), "cap", "hour");
            page.gauge(BUDGET, BUDGET_HELP, Steps.ratio(limits.daySpent(), limits.day()), "cap", "day");
        }
        Cover cover = sources.find(Cover.class).orElse(null);
        cover(open && cover != null ? cover.status() : List.of(), page);
    }

    private static void rates(Fees.FeeStatus status, Page page) {
        String network = status.network().label();
        status.estimate().ifPresent(rate -> rate(rate, "estimate", network, page));
        rate(status.floor(), "floor", network, page);
        rate(status.maximum(), "maximum", network, page);
    }

    private static void rate(FeeRate rate, String kind, String network, Page page) {
        page.gauge(RATE, RATE_HELP, rate.satPerKvb() / PER_VBYTE, "network", network, "kind", kind);
    }

    private static void cover(List<Cover.Status> all, Page page) {
        page.flag(
                "cover_running", "Whether any cover traffic runs.", all.stream().anyMatch(Cover.Status::running));
        page.flag(
                "cover_waiting",
                "Whether any cover traffic that was started is on hold.",
                all.stream().anyMatch(each -> !each.problem().isEmpty()));
        page.gauge(
                "cover_budget_used_ratio",
                "Highest spent share of a cover traffic budget: 0, 0.25, 0.5, 0.8, 0.9 or 1.",
                all.stream()
                        .mapToDouble(each -> Steps.ratio(each.spent(), each.budget()))
                        .max()
                        .orElse(0));
    }
}
