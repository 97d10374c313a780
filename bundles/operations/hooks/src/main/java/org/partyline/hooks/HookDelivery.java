package org.partyline.hooks;

import java.util.Optional;
import org.partyline.api.engine.Events.Event;

/** Delivers an event to a hook. */
@FunctionalInterface
interface HookDelivery {
    /** @return why it was not accepted, in one line without contents of the event; empty: it was accepted */
    Optional<String> deliver(HookRecord hook, Event event) throws InterruptedException;
}
