package org.partyline.api.json;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Events.Event;

/** An event, as in docs/schemas/types.json. */
public record EventView(
        long cursor,
        String type,
        @Nullable String time,
        @Nullable String conversation,
        @Nullable Long messageId,
        @Nullable String subject,
        @Nullable String state,
        @Nullable MessageView message,
        @Nullable Long from,
        @Nullable Long to) {
    /** Returns what is shown of it. */
    public static EventView of(Event event) {
        boolean gap = event.from().isPresent();
        return new EventView(
                event.cursor(),
                event.type().word(),
                JsonValues.iso(event.time()),
                event.conversation().orElse(null),
                event.messageId().isPresent() ? event.messageId().getAsLong() : null,
                event.subject().orElse(null),
                event.state().orElse(null),
                event.message().map(MessageView::of).orElse(null),
                gap ? event.from().getAsLong() : null,
                gap ? event.cursor() : null);
    }

    /** Several events. */
    public record All(List<EventView> events) {
        /** In the given order. */
        public static All of(List<Event> events) {
            return new All(events.stream().map(EventView::of).toList());
        }
    }

    /** The position of a consumer of events. */
    public record Consumer(String name, long acknowledged) {}
}
