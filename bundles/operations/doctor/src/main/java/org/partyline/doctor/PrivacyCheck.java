package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/** Compares delays and cover traffic with the chosen profile. */
final class PrivacyCheck implements HealthCheck {
    private final DoctorSources sources;

    PrivacyCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "privacy";
    }

    /** The only default that differs from the profile balanced, which sends nothing by rolling. */
    private static final String ONLY_ROLLING = "roll-packets";

    @Override
    public List<Finding> examine() throws PartylineException {
        if (sources.need(Vault.class).state() != Store.State.OPEN) {
            return List.of();
        }
        // Without it the profile is unknown; the server reports whether any cover traffic was ordered.
        Cover covers = sources.need(Cover.class);
        List<Finding> all = new ArrayList<>();
        all.addAll(profile(sources.need(Privacy.class)));
        for (Cover.Status cover : covers.status()) {
            if (!cover.problem().isEmpty()) {
                all.add(Finding.warning(
                        name(),
                        "cover traffic of " + cover.persona() + " is on hold: " + cover.problem(),
                        "partyline:decoy-status"));
            }
        }
        return all;
    }

    private List<Finding> profile(Privacy privacy) throws PartylineException {
        Optional<Privacy.Profile> current = privacy.current();
        Optional<Privacy.Profile> chosen = privacy.chosen();
        if (chosen.isPresent() && !chosen.equals(current)) {
            return astray(chosen.get(), current, privacy.preview(chosen.get()));
        }
        if (current.isEmpty()) {
            return List.of(
                    privacy.preview(Privacy.Profile.BALANCED).settings().stream()
                                    .filter(Privacy.Setting::changes)
                                    .allMatch(setting -> setting.key().equals(ONLY_ROLLING))
                            ? Finding.ok(
                                    name(),
                                    "no profile was chosen; the settings are those of balanced, except " + ONLY_ROLLING)
                            : Finding.warning(name(), "the settings match no privacy profile", "partyline:privacy"));
        }
        return List.of(
                current.get() == Privacy.Profile.ECONOMY
                        ? Finding.warning(
                                name(),
                                "the profile is economy: anyone who watches the mempool can see when you write, and to whom",
                                "partyline:privacy balanced")
                        : Finding.ok(name(), "the profile is " + word(current.get())));
    }

    /** The differences from the chosen profile: each setting separately, unless they match another profile. */
    private List<Finding> astray(Privacy.Profile chosen, Optional<Privacy.Profile> current, Privacy.Preview wanted) {
        String all = "partyline:privacy " + word(chosen);
        if (current.isPresent()) {
            return List.of(Finding.warning(
                    name(),
                    "the profile " + word(chosen) + " was chosen, but the settings match " + word(current.get()),
                    all));
        }
        return wanted.settings().stream()
                .filter(Privacy.Setting::changes)
                .map(setting -> Finding.warning(
                        name(),
                        setting.key() + " is " + (setting.now().isEmpty() ? "not set" : setting.now()) + ", but "
                                + setting.then() + " in the chosen profile " + word(chosen) + ": " + setting.why(),
                        // These two are not settings of the server's file.
                        setting.key().equals("cover") || setting.key().equals("proxy-required")
                                ? all
                                : "partyline:config " + setting.key() + " " + setting.then()))
                .toList();
    }

    private static String word(Privacy.Profile profile) {
        return profile.name().toLowerCase(Locale.ROOT);
    }
}
