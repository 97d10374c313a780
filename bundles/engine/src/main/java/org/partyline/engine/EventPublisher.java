package org.partyline.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.partyline.api.engine.Messages;

/** Tells other programs in the container what happened: numbers and states, never words. */
final class EventPublisher {
    static final String RECEIVED = "org/partyline/message/RECEIVED";
    static final String SENT = "org/partyline/message/SENT";
    static final String STATE = "org/partyline/message/STATE";

    private final Supplier<EventAdmin> admin;

    /** @param admin gives null where there is none */
    EventPublisher(Supplier<EventAdmin> admin) {
        this.admin = admin;
    }

    void publish(Messages.Event event) {
        EventAdmin target = admin.get();
        if (target == null) {
            return;
        }
        event.message()
                .ifPresent(message -> target.postEvent(
                        new Event(RECEIVED, properties(message.id(), message.persona(), message.channel()))));
        event.outgoing().ifPresent(outgoing -> {
            Map<String, Object> properties = properties(outgoing.id(), outgoing.persona(), outgoing.channel());
            properties.put("state", outgoing.state().name());
            boolean left = outgoing.state() == Messages.State.BROADCAST;
            target.postEvent(new Event(left ? SENT : STATE, properties));
        });
    }

    private static Map<String, Object> properties(long id, String persona, String channel) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("id", id);
        properties.put("persona", persona);
        properties.put("channel", channel);
        return properties;
    }
}
