package org.partyline.webserver;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Conversations.Numbers;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebToken;

/**
 * A stored token.
 *
 * @param hash SHA-256 of the secret, in hex: 32 random bytes need no slow hash
 * @param persona its number; null: not limited to a persona
 * @param conversations their numbers; empty: not limited to conversations
 * @param dailySat null: no limit
 * @param created seconds since 1970
 * @param expires null: never
 * @param lastUsed null: never
 */
record ApiTokenRecord(
        String id,
        String name,
        String hash,
        List<String> scopes,
        @Nullable Integer persona,
        List<Integer> conversations,
        @Nullable Long dailySat,
        long created,
        @Nullable Long expires,
        @Nullable Long lastUsed) {
    ApiTokenRecord usedAt(Instant time) {
        return new ApiTokenRecord(
                id, name, hash, scopes, persona, conversations, dailySat, created, expires, time.getEpochSecond());
    }

    boolean isExpired(Instant now) {
        return expires != null && now.getEpochSecond() >= expires;
    }

    /** Whether this use must be stored. */
    boolean isUseDue(Instant now, long everySeconds) {
        return lastUsed == null || now.getEpochSecond() - lastUsed >= everySeconds;
    }

    boolean isLimited() {
        return persona != null || !conversations.isEmpty();
    }

    /** The selection that it is limited to. */
    Numbers numbers() {
        return new Numbers(persona == null ? OptionalInt.empty() : OptionalInt.of(persona), Set.copyOf(conversations));
    }

    /** @param seen the selection that it is limited to, with present names */
    WebToken token(Selection seen) {
        return new WebToken(
                id,
                name,
                scopes.stream().flatMap(word -> Scope.ofWord(word).stream()).collect(Collectors.toSet()),
                seen,
                dailySat == null ? OptionalLong.empty() : OptionalLong.of(dailySat),
                Instant.ofEpochSecond(created),
                Optional.ofNullable(expires).map(Instant::ofEpochSecond),
                Optional.ofNullable(lastUsed).map(Instant::ofEpochSecond));
    }
}
