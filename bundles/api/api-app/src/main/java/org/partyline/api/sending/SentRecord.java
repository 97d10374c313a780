package org.partyline.api.sending;

import org.jspecify.annotations.Nullable;

/**
 * A message that a program sent, as it is kept in the store: for its spending limit, and so that a repeated call is answered as the first.
 *
 * @param sum HMAC of the request under its idempotency key, in hex, so that nothing here helps to guess the text; null: it had no key
 * @param time seconds since 1970
 * @param sat the most that it may cost
 * @param answer the JSON document
 */
record SentRecord(@Nullable String sum, long time, long sat, String answer) {}
