package org.partyline.api.sealing;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;

/**
 * A message that is to be sealed.
 *
 * @param network that its packets go to
 * @param persona who writes
 * @param channel where to
 * @param text 1 to 4,096 bytes of UTF-8
 * @param sent the time that its readers are to see, in seconds; it never goes back
 * @param timeToLive from {@code sent}; empty: as long as its readers keep what has none
 * @param room what its packets may be
 * @param state what the sealer said last of itself in this channel; empty: nothing, or it is to begin anew. The messenger's to wipe
 */
public record WrittenMessage(
        Network network,
        String persona,
        String channel,
        String text,
        Instant sent,
        Optional<Duration> timeToLive,
        PacketRoom room,
        SecretBytes state) {
    public WrittenMessage {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(persona, "persona");
        Objects.requireNonNull(channel, "channel");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(sent, "sent");
        Objects.requireNonNull(timeToLive, "timeToLive");
        Objects.requireNonNull(room, "room");
        Objects.requireNonNull(state, "state");
    }

    /** Shows neither the text nor who wrote it. */
    @Override
    public String toString() {
        return "WrittenMessage[" + text.length() + " characters]";
    }
}
