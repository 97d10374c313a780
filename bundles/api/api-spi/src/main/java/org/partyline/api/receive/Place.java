package org.partyline.api.receive;

import java.util.Objects;
import java.util.Optional;

/**
 * Where a message belongs: channels of the network that its packet was met on.
 *
 * @param persona who is in the channel; empty: every persona
 * @param channel its name; empty: every channel
 */
public record Place(Optional<String> persona, Optional<String> channel) {
    /** Every channel that anybody here is in. */
    public static final Place EVERY_CHANNEL = new Place(Optional.empty(), Optional.empty());

    public Place {
        Objects.requireNonNull(persona, "persona");
        Objects.requireNonNull(channel, "channel");
    }

    /** A channel by its name, of each persona that is in one of that name. */
    public static Place channel(String channel) {
        return new Place(Optional.empty(), Optional.of(channel));
    }

    /** A persona's channel. */
    public static Place channel(String persona, String channel) {
        return new Place(Optional.of(persona), Optional.of(channel));
    }

    /** Does not show the names. */
    @Override
    public String toString() {
        return "Place";
    }
}
