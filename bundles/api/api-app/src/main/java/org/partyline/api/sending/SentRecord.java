package org.partyline.api.sending;

import org.jspecify.annotations.Nullable;

/**
 * A message that a program sent, as it is kept in the store: for its spending limit, and so that a repeated call is answered as the first.
 *
 * @param owner who sent it
 * @param sum HMAC of the request under its idempotency key, in hex, so that nothing here helps to guess the text; null: it had no key
 * @param time seconds since 1970
 * @param sat the most that it may cost
 * @param answer the JSON document; null: it was begun and not answered
 * @param noted for the call that repeats one that was not answered
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
