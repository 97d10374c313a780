package org.partyline.chat.live;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Creates the first state of a chat.
 *
 * @param persona the speaking persona; empty for the current one
 * @param conversation the one to open; empty for the one with the latest message
 * @param again whether this was open before the server was restarted: if the store does not have this persona any more,
 *     it is another store, and the error must not reveal that
 * @param spoken receives the name of each other persona that speaks from then on
 */
public record Beginning(
        Optional<String> persona, Optional<String> conversation, boolean again, Consumer<String> spoken) {}
