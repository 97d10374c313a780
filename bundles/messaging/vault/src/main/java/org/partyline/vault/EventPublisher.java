package org.partyline.vault;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.partyline.api.Network;
import org.partyline.api.engine.Messages;
import org.partyline.api.nodes.NodeFault;

/** Publishes events to other programs in the container: numbers and states, never texts. */
public final class EventPublisher {
    static final String RECEIVED = "org/partyline/message/RECEIVED";
    static final String SENT = "org/partyline/message/SENT";
    static final String STATE = "org/partyline/message/STATE";
    static final String QUARANTINED = "org/partyline/node/QUARANTINED";
    static final String RELEASED = "org/partyline/node/RELEASED";

    private final Supplier<EventAdmin> admin;

    /** @param admin returns null if there is none */
    public EventPublisher(Supplier<EventAdmin> admin) {
        this.admin = admin;
    }

    public void publish(Messages.Event event) {
        EventAdmin target = admin.get();
        if (target == null) {
            return;
        }
        event.message()
                .ifPresent(message -> target.postEvent(
                        new Event(RECEIVED, properties(message.id(), message.persona(), message.channel()))));
        event.outgoing().ifPresent(outgoing -> {
            Map<String, Object> properties = properties(outgoing.id(), outgoing.persona(), outgoing.channel());
            properties.put("state", outgoing.state().word());
            boolean left = outgoing.state() == Messages.State.SENT;
            target.postEvent(new Event(left ? SENT : STATE, properties));
        });
    }

    /** Called when a node was quarantined. */
    void quarantined(String node, Network network, NodeFault fault, String reason) {
        publish(QUARANTINED, node, network, Map.of("fault", fault.name(), "reason", reason));
    }

    /** Called when a node is used again. */
    void released(String node, Network network) {
        publish(RELEASED, node, network, Map.of());
    }

    private void publish(String topic, String node, Network network, Map<String, String> more) {
        EventAdmin target = admin.get();
        if (target != null) {
            Map<String, Object> properties = new HashMap<>(more);
            properties.put("node", node);
            properties.put("network", network.label());
            target.postEvent(new Event(topic, properties));
        }
    }

    private static Map<String, Object> properties(long id, String persona, String channel) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("id", id);
        properties.put("persona", persona);
        properties.put("channel", channel);
        return properties;
    }
}
