package org.partyline.chat.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Optional;

/**
 * The options for the next messages, until they are changed.
 *
 * @param ttl time to live; empty: the receivers' own
 * @param burn shown once
 * @param sign with a signature
 * @param carrier empty: the conversation's, or the server's
 * @param answers the message that the next one answers, and no other after that
 */
@RecordBuilder
public record Options(
        Optional<Duration> ttl, boolean burn, boolean sign, Optional<String> carrier, Optional<Long> answers) {
    /** As set. */
    public static final Options USUAL = new Options(Optional.empty(), false, false, Optional.empty(), Optional.empty());
}
