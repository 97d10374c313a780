package org.partyline.chat.act;

import java.util.List;
import org.partyline.chat.model.State;

/**
 * The state and effects that follow from an event.
 *
 * @param state now
 * @param wishes the effects, in this order
 */
public record Step(State state, List<Effect> wishes) {
    public Step {
        wishes = List.copyOf(wishes);
    }

    /** Returns a step without effects. */
    static Step of(State state) {
        return new Step(state, List.of());
    }

    /** Returns a step with these effects. */
    static Step of(State state, Effect... wishes) {
        return new Step(state, List.of(wishes));
    }
}
