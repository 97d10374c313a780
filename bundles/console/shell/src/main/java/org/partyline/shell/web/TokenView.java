package org.partyline.shell.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.json.JsonValues;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebToken;

record TokenView(
        String id,
        String name,
        List<String> scopes,
        @Nullable String persona,
        List<String> conversations,
        @Nullable Long dailyLimitSat,
        String created,
        @Nullable String expires,
        @Nullable String lastUsed) {
    static TokenView of(WebToken token) {
        return new TokenView(
                token.id(),
                token.name(),
                token.scopes().stream().sorted().map(Scope::word).toList(),
                token.seen().persona().orElse(null),
                token.seen().ids().stream().sorted().toList(),
                token.dailySat().isPresent() ? token.dailySat().getAsLong() : null,
                JsonValues.iso(token.created()),
                JsonValues.iso(token.expires()),
                JsonValues.iso(token.lastUsed()));
    }
}
