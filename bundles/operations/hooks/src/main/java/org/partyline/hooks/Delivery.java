package org.partyline.hooks;

import java.util.Optional;
import org.partyline.api.engine.Events.Event;

/** Hands an event over. */
@FunctionalInterface
interface Delivery {
    /** @return why it was not accepted, in one line without words of the event; empty: it was */
    Optional<String> deliver(HookRecord hook, Event event) throws InterruptedException;
}
