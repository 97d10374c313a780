package org.partyline.chat.live;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Creates the first state of a chat.
 *
 * @param persona who speaks; empty: the current one
 * @param conversation that is opened; empty: the one with the latest message
 * @param again whether this was open before the server was restarted: if the store has no such persona any more, it is another
 *     store, and nothing is said of it
 * @param spoken is told the name of another persona that speaks from then on
 */
public record Beginning(
        Optional<String> persona, Optional<String> conversation, boolean again, Consumer<String> spoken) {}
