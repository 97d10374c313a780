package org.partyline.shell.session;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Sessions.Session;
import org.partyline.api.json.ExchangeView;
import org.partyline.api.json.JsonValues;

record SessionView(
        String persona,
        String contact,
        String state,
        boolean initiator,
        @Nullable String suite,
        String since,
        long sent,
        long received,
        @Nullable String lastRekey,
        boolean rekeying,
        @Nullable String elsewhere,
        @Nullable String protectedSince,
        @Nullable ExchangeView exchange) {
    static SessionView of(Session session) {
        return new SessionView(
                session.persona(),
                session.contact(),
                JsonValues.word(session.state()),
                session.initiator(),
                session.suite().orElse(null),
                JsonValues.iso(session.since()),
                session.sent(),
                session.received(),
                JsonValues.iso(session.lastRekey()),
                session.rekeying(),
                JsonValues.iso(session.elsewhere()),
                JsonValues.iso(session.protection().since()),
                ExchangeView.of(session.protection()));
    }
}
