package org.partyline.chat.act;

import org.partyline.chat.model.Options;
import org.partyline.chat.model.PriceTag;
import org.partyline.chat.model.State;
import org.partyline.chat.model.StateBuilder;

/** The lines with which commands answer. */
final class Answers {
    private Answers() {}

    /** One line, and nothing else. */
    static Step hint(State state, String hint) {
        return Step.of(StateBuilder.builder(state).hint(hint).build());
    }

    /** Another way for the next messages. */
    static Step options(State state, Options options, String hint) {
        // Another way to go has another price.
        State changed = StateBuilder.builder(state)
                .options(options)
                .price(PriceTag.NONE)
                .hint(hint)
                .build();
        return Opening.priced(changed);
    }
}
