package org.partyline.chat.act;

import org.partyline.chat.model.Options;
import org.partyline.chat.model.PriceTag;
import org.partyline.chat.model.State;
import org.partyline.chat.model.StateBuilder;

/** Creates the lines with which commands answer. */
final class Answers {
    private Answers() {}

    /** Returns a step with one line and no other change. */
    static Step hint(State state, String hint) {
        return Step.of(StateBuilder.builder(state).hint(hint).build());
    }

    /** Returns a step with other options for the next messages. */
    static Step options(State state, Options options, String hint) {
        // Other options have another price.
        State changed = StateBuilder.builder(state)
                .options(options)
                .price(PriceTag.NONE)
                .hint(hint)
                .build();
        return Opening.priced(changed);
    }
}
