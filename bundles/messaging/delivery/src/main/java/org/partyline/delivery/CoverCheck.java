package org.partyline.delivery;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.CoverSlots;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.StateGuard;

/** Checks for cover traffic that was ordered but whose bundle is not running, which nothing else can detect. */
final class CoverCheck implements HealthCheck {
    private final StateGuard guard;
    private final People people;
    private final CoverSlots slots;
    private final Live<CoverTraffic> traffic;

    CoverCheck(StateGuard guard, CoverSlots slots, Live<CoverTraffic> traffic) {
        this.guard = guard;
        this.people = guard.people();
        this.slots = slots;
        this.traffic = traffic;
    }

    @Override
    public String name() {
        return "cover";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        // While the sending bundle is unavailable nothing leaves, covered or not.
        if (!guard.isOpen() || !slots.isKnown() || traffic.isHere()) {
            return List.of();
        }
        String why = traffic.missing().orElse("it is starting");
        return guard.open(() -> {
            List<Finding> all = new ArrayList<>();
            for (int persona : guard.transact(CoverOrders::ordered)) {
                all.add(Finding.warning(
                        name(),
                        "cover traffic of " + people.personas.name(persona)
                                + " is not running, and messages leave by their own schedule: " + why,
                        "bundle:start org.partyline.cover"));
            }
            return all;
        });
    }
}
