package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.bundles.ForeignBundles;
import org.partyline.api.bundles.ForeignBundles.ForeignBundle;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Checks for third-party bundles: any class in the server can access everything. */
final class ForeignCheck implements HealthCheck {
    private final DoctorSources sources;

    ForeignCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "foreign";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        ForeignBundles foreign = sources.need(ForeignBundles.class);
        List<Finding> all = new ArrayList<>();
        foreign.problems().forEach(problem -> all.add(Finding.unsafe(name(), problem, "see " + foreign.allowList())));
        for (ForeignBundle bundle : foreign.list()) {
            String named = "bundle " + bundle.name() + " is not part of this distribution";
            if (bundle.allowed()) {
                all.add(Finding.ok(name(), named + ", but you allow it"));
            } else if (bundle.running()) {
                all.add(Finding.unsafe(
                        name(),
                        named + ", is no longer allowed, but runs until it is refreshed",
                        "bundle:refresh " + bundle.name()));
            } else {
                all.add(Finding.warning(
                        name(),
                        named + ", and was rejected" + (bundle.reason().isEmpty() ? "" : ": " + bundle.reason()),
                        "bundle:uninstall " + bundle.name()));
            }
        }
        return all.isEmpty() ? List.of(Finding.ok(name(), "only bundles of this distribution")) : all;
    }
}
