package org.partyline.chat.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.Optional;

/**
 * The options for the next messages, until they are changed.
 *
 * @param ttl time to live; empty for the receivers' default
 * @param burn whether it is shown once
 * @param sign whether it is signed
 * @param carrier empty for that of the conversation or the server
 * @param answers the message that only the next one answers
 */
@RecordBuilder
public record Options(
        Optional<Duration> ttl, boolean burn, boolean sign, Optional<String> carrier, Optional<Long> answers) {
    /** The defaults. */
    public static final Options USUAL = new Options(Optional.empty(), false, false, Optional.empty(), Optional.empty());
}
