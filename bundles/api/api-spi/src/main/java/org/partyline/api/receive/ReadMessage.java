package org.partyline.api.receive;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.partyline.api.packet.Packets;

/**
 * A message that a packet holds. It is shown as one that nobody signed, with the name of the receiver that read it; characters that are not
 * for eyes are replaced, and a time later than its packet was met is taken for that.
 *
 * @param sender who it says it is from, at most {@value #MAX_SENDER} characters (code points); empty: nobody
 * @param text 1 to 4,096 bytes of UTF-8
 * @param sent the sender's time, from 1970 to 2106
 * @param timeToLive 1 minute to 45 days, from {@code sent}; empty: as long as this server keeps what has none
 */
public record ReadMessage(Place place, String sender, String text, Instant sent, Optional<Duration> timeToLive) {
    public static final int MAX_SENDER = 32;
    public static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(45);

    private static final long MAX_TIME = 0xffffffffL;

    /** @throws IllegalArgumentException when something is out of its range */
    public ReadMessage {
        Objects.requireNonNull(place, "place");
        if (sender.codePointCount(0, sender.length()) > MAX_SENDER) {
            throw new IllegalArgumentException("a sender has at most " + MAX_SENDER + " characters, not "
                    + sender.codePointCount(0, sender.length()));
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > Packets.MAX_MESSAGE) {
            throw new IllegalArgumentException("a text has 1 to " + Packets.MAX_MESSAGE + " bytes, not " + bytes);
        }
        if (sent.getEpochSecond() < 0 || sent.getEpochSecond() > MAX_TIME) {
            throw new IllegalArgumentException("a time is from 1970 to 2106, not " + sent);
        }
        if (timeToLive.isPresent()
                && (timeToLive.get().toMinutes() < 1 || timeToLive.get().compareTo(MAX_TIME_TO_LIVE) > 0)) {
            throw new IllegalArgumentException(
                    "a time to live is 1 minute to " + MAX_TIME_TO_LIVE.toDays() + " days, not " + timeToLive.get());
        }
    }

    /** Kept as long as what has no time to live. */
    public ReadMessage(Place place, String sender, String text, Instant sent) {
        this(place, sender, text, sent, Optional.empty());
    }

    /** Shows neither the text nor who wrote it. */
    @Override
    public String toString() {
        return "ReadMessage[" + text.length() + " characters]";
    }
}
