package org.partyline.api.sending;

import org.jspecify.annotations.Nullable;

/**
 * A message that a program sent, as stored for its spending limit, and to answer a repeated call like the first.
 *
 * @param owner the sender
 * @param sum HMAC of the request under its idempotency key, in hex, so that it does not help to guess the text; null:
 *     no key
 * @param time seconds since 1970
 * @param sat the maximum price
 * @param answer the JSON document; null: the call was begun and not answered
 * @param noted the note for a call that repeats an unanswered one
 */
record SentRecord(
        String owner,
        @Nullable String sum,
        long time,
        long sat,
        @Nullable String answer,
        long noted) {
    /** The same with another answer. */
    SentRecord answered(@Nullable String other) {
        return new SentRecord(owner, sum, time, sat, other, noted);
    }
}
