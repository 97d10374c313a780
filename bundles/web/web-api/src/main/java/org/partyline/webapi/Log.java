package org.partyline.webapi;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.json.EventView;
import org.partyline.api.json.Json;
import org.partyline.api.web.WebEvents;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/** Serves the log of events, in pages or as a stream, and keeps the position of each consumer. */
final class Log {
    private static final int USUAL_PAGE = 100;
    /** Instead of a number: after all existing events. */
    private static final String NOW = "now";

    private final ApiServices services;

    Log(ApiServices services) {
        this.services = services;
    }

    /** The body of an acknowledgement. */
    record Dealt(@Nullable Long cursor) {}

    WebResponse events(WebRequest request) throws PartylineException {
        Selection seen = request.caller().seen();
        if (isStream(request)) {
            OptionalLong last = RequestNumbers.in(request.headers(), "last-event-id", 0, Long.MAX_VALUE);
            long after = last.isPresent() ? last.getAsLong() : after(request);
            // Called here, so that a wrong number is refused with a status.
            services.events().after(after, 1, seen);
            return WebResponse.stream(new Following(after, seen));
        }
        long most = RequestNumbers.in(request.query(), "limit", 1, Events.MOST).orElse(USUAL_PAGE);
        return WebResponse.json(
                200, Json.write(EventView.All.of(services.events().after(after(request), (int) most, seen))));
    }

    private long after(WebRequest request) throws PartylineException {
        if (NOW.equals(request.query().get("after"))) {
            return services.events().newest();
        }
        return RequestNumbers.in(request.query(), "after", 0, Long.MAX_VALUE).orElse(0);
    }

    private static boolean isStream(WebRequest request) {
        return request.headers()
                .getOrDefault("accept", "")
                .toLowerCase(Locale.ROOT)
                .contains("text/event-stream");
    }

    WebResponse consumer(WebRequest request) throws PartylineException {
        String name = request.path().getOrDefault("name", "");
        return answer(name, services.events().acknowledged(request.caller().id(), name));
    }

    WebResponse acknowledge(WebRequest request) throws PartylineException {
        Long cursor = Body.read(request, Dealt.class).cursor();
        if (cursor == null || cursor < 0) {
            throw Body.wrong("the body has no cursor: send the number of the last event that you have handled");
        }
        String name = request.path().getOrDefault("name", "");
        return answer(name, services.events().acknowledge(request.caller().id(), name, cursor));
    }

    private static WebResponse answer(String name, long acknowledged) {
        return WebResponse.json(200, Json.write(new EventView.Consumer(name, acknowledged)));
    }

    /** A reader that receives events as they are stored. */
    private final class Following implements WebEvents {
        private final Selection seen;
        private long cursor;
        private boolean caughtUp;
        private boolean toldEnd;

        Following(long cursor, Selection seen) {
            this.cursor = cursor;
            this.seen = seen;
        }

        @Override
        public List<WebEvents.Event> next(Duration most) throws PartylineException, InterruptedException {
            if (caughtUp && !services.events().await(cursor, most)) {
                return List.of();
            }
            List<Events.Event> some = services.events().after(cursor, USUAL_PAGE, seen);
            Events.Event last = some.get(some.size() - 1);
            cursor = last.cursor();
            caughtUp = last.type() == Type.CAUGHT_UP;
            boolean tellEnd = caughtUp && !toldEnd;
            toldEnd |= caughtUp;
            return some.stream()
                    .filter(event -> tellEnd || event.type() != Type.CAUGHT_UP)
                    .map(Following::written)
                    .toList();
        }

        private static WebEvents.Event written(Events.Event event) {
            return new WebEvents.Event(Long.toString(event.cursor()), Json.write(EventView.of(event)));
        }

        @Override
        public void close() {
            // Nothing to release.
        }
    }
}
