package org.partyline.engine;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.schedule.CoverOrders;

/** Says where cover traffic was ordered that does not run, as its bundle is away: nobody else can know of it then. */
final class CoverCheck implements HealthCheck {
    private final Core core;

    CoverCheck(Core core) {
        this.core = core;
    }

    @Override
    public String name() {
        return "cover";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (core.store.state() != Store.State.OPEN || core.parts.has(List.of(CoverTraffic.class))) {
            return List.of();
        }
        String why = core.parts.missing(List.of(CoverTraffic.class)).orElse("it is about to begin");
        return core.open(memory -> {
            List<Finding> all = new ArrayList<>();
            for (int persona : core.store.transact(CoverOrders::ordered)) {
                all.add(Finding.warning(
                        name(),
                        "cover traffic of " + memory.personas.name(persona) + " does not run, and messages leave by"
                                + " their delay alone: " + why,
                        "bundle:start org.partyline.cover"));
            }
            return all;
        });
    }
}
