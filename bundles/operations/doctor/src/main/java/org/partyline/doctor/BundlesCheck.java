package org.partyline.doctor;

import java.time.temporal.ChronoUnit;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Outages;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Checks for bundles of this program that are not running. */
final class BundlesCheck implements HealthCheck {
    private final DoctorSources sources;

    BundlesCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "bundles";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        List<Outages.Outage> out = sources.need(Outages.class).list();
        if (out.isEmpty()) {
            return List.of(Finding.ok(name(), "all bundles are running"));
        }
        return out.stream()
                .map(outage -> Finding.warning(
                        name(),
                        "bundle " + outage.bundle() + " is " + outage.state() + since(outage) + ": "
                                + meanwhile(outage.bundle()),
                        "bundle:start " + outage.bundle()))
                .toList();
    }

    private static String since(Outages.Outage outage) {
        return outage.since()
                .map(time -> " since " + time.truncatedTo(ChronoUnit.SECONDS))
                .orElse("");
    }

    private static String meanwhile(String bundle) {
        return bundle.equals("org.partyline.cover")
                ? "cover traffic is off; messages leave by their own schedule"
                : "dependent functions wait";
    }
}
