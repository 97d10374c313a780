package org.partyline.webserver;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebToken;

/**
 * A token as it is stored.
 *
 * @param hash SHA-256 of the secret, in hex: 32 random bytes need no slow hash
 * @param persona null: it is not limited to one
 * @param dailySat null: no limit of its own
 * @param created seconds since 1970
 * @param expires null: never
 * @param lastUsed null: never
 */
record ApiTokenRecord(
        String id,
        String name,
        String hash,
        List<String> scopes,
        @Nullable String persona,
        List<String> conversations,
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

    WebToken token() {
        return new WebToken(
                id,
                name,
                scopes.stream().flatMap(word -> Scope.ofWord(word).stream()).collect(Collectors.toSet()),
                new Selection(Optional.ofNullable(persona), Set.copyOf(conversations)),
                dailySat == null ? OptionalLong.empty() : OptionalLong.of(dailySat),
                Instant.ofEpochSecond(created),
                Optional.ofNullable(expires).map(Instant::ofEpochSecond),
                Optional.ofNullable(lastUsed).map(Instant::ofEpochSecond));
    }
}
