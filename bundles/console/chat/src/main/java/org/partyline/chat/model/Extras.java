package org.partyline.chat.model;

import java.util.List;
import java.util.Optional;

/**
 * The parts of a message besides its text. All of it is safe to paint.
 *
 * @param quote the beginning of what it answers
 * @param reactions of others, each with who sent it
 * @param edited whether its words replace earlier ones
 * @param mentioned whether it names us
 */
public record Extras(Optional<String> quote, List<String> reactions, boolean edited, boolean mentioned) {
    /** Nothing. */
    public static final Extras NONE = new Extras(Optional.empty(), List.of(), false, false);

    public Extras {
        reactions = List.copyOf(reactions);
    }
}
