package org.partyline.chat.model;

import java.util.List;
import java.util.Optional;

/**
 * The parts of a message besides its text. All are safe to paint.
 *
 * @param quote the beginning of the message that it answers
 * @param reactions of others, each with its sender
 * @param edited whether its text replaces an earlier one
 * @param mentioned whether it mentions us
 */
public record Extras(Optional<String> quote, List<String> reactions, boolean edited, boolean mentioned) {
    /** No extras. */
    public static final Extras NONE = new Extras(Optional.empty(), List.of(), false, false);

    public Extras {
        reactions = List.copyOf(reactions);
    }
}
