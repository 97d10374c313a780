package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/** Delays and cover traffic, held against the profile that was chosen. */
final class PrivacyCheck implements HealthCheck {
    private final Sources sources;

    PrivacyCheck(Sources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "privacy";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (sources.need(Vault.class).state() != Store.State.OPEN) {
            return List.of();
        }
        // A profile cannot be told without it; the engine says whether any was ordered.
        Cover covers = sources.need(Cover.class);
        List<Finding> all = new ArrayList<>();
        all.add(sources.need(Privacy.class)
                .current()
                .map(profile -> profile == Privacy.Profile.ECONOMY
                        ? Finding.warning(
                                name(),
                                "the profile is economy: when you write, and to whom, can be seen by who watches the mempool",
                                "partyline:privacy balanced")
                        : Finding.ok(name(), "the profile is " + profile.name().toLowerCase(Locale.ROOT)))
                .orElseGet(() ->
                        Finding.warning(name(), "the settings are those of no privacy profile", "partyline:privacy")));
        for (Cover.Status cover : covers.status()) {
            if (!cover.problem().isEmpty()) {
                all.add(Finding.warning(
                        name(),
                        "cover traffic of " + cover.persona() + " waits: " + cover.problem(),
                        "partyline:decoy-status"));
            }
        }
        return all;
    }
}
