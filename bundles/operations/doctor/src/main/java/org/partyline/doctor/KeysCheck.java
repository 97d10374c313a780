package org.partyline.doctor;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/** Checks for personas' keys that are due for rotation. */
final class KeysCheck implements HealthCheck {
    private static final Duration OLD = Duration.ofDays(365);
    private static final long MANY = 100_000;

    private final DoctorSources sources;
    private final Clock clock;

    KeysCheck(DoctorSources sources, Clock clock) {
        this.sources = sources;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "keys";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (sources.need(Vault.class).state() != Store.State.OPEN) {
            return List.of();
        }
        List<Finding> all = new ArrayList<>();
        for (Personas.Persona persona : sources.need(Personas.class).list()) {
            long days = Duration.between(persona.keysSince(), clock.instant()).toDays();
            if (days > OLD.toDays() || persona.messages() > MANY) {
                all.add(Finding.warning(
                        name(),
                        "the keys of persona " + persona.name() + " are " + days + " days old and have sealed "
                                + persona.messages() + " messages",
                        "partyline:persona-rotate " + persona.name()));
            }
        }
        return all.isEmpty() ? List.of(Finding.ok(name(), "no keys need to be replaced")) : all;
    }
}
