package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.partyline.api.Network;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Messages;
import org.partyline.api.nodes.NodeFault;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.testkit.messaging.StageBench;

/** Tests who is notified of quarantined and released nodes. */
class NodeEventsTest {
    private final StageBench stage = new StageBench();
    private final List<AuditLog.Entry> audited = new ArrayList<>();
    private final List<Event> published = new ArrayList<>();
    private final InitialSync sync = new InitialSync();
    private final List<Bus.Distrusted> distrusted = new ArrayList<>();
    private final List<Bus.Retry> retries = new ArrayList<>();
    private int changes;
    private EventAdmin admin = new Admin();
    private final NodeEvents news = new NodeEvents(
            new Notices(
                    stage.bus, stage.notices.events(), new SecurityLog(() -> Optional.of(new Audit()), stage.clock)),
            new EventPublisher(() -> admin),
            sync,
            () -> changes++);

    @AfterEach
    void close() {
        stage.close();
    }

    private final class Audit implements AuditLog {
        @Override
        public void record(String event, String detail) {
            audited.add(new Entry(stage.clock.instant(), event, detail));
        }

        @Override
        public List<Entry> newest(int most) {
            return audited;
        }

        @Override
        public AutoCloseable follow(Consumer<Entry> listener) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Admin implements EventAdmin {
        @Override
        public void postEvent(Event event) {
            published.add(event);
        }

        @Override
        public void sendEvent(Event event) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aNodeThatIsSetAsideIsAuditedAndPublishedAndWhatItTookIsTriedAgain() {
        stage.bus.on(Bus.Retry.class, retries::add);
        news.setAside("two", Network.REGTEST, NodeFault.OTHER_CHAIN, "two is on another chain");
        assertEquals("node-quarantined", audited.get(0).event());
        assertFalse(audited.get(0).detail().contains("two"), "the audit log is kept in clear: no names");
        assertEquals("org/partyline/node/QUARANTINED", published.get(0).getTopic());
        assertEquals("two", published.get(0).getProperty("node"));
        assertEquals("OTHER_CHAIN", published.get(0).getProperty("fault"));
        assertEquals(1, retries.size());

        news.usedAgain("two", Network.REGTEST);
        assertEquals("node-released", audited.get(1).event());
        assertEquals("org/partyline/node/RELEASED", published.get(1).getTopic());
        assertEquals("two", published.get(1).getProperty("node"));
        assertEquals(2, retries.size());
    }

    @Test
    void whatTheAuditLogSaysOfEachFaultIsAnother() {
        Set<String> said = new HashSet<>();
        for (NodeFault fault : NodeFault.values()) {
            news.setAside("two", Network.REGTEST, fault, "a reason");
            said.add(audited.get(audited.size() - 1).detail());
            stage.clock.pass(Duration.ofMinutes(2));
        }
        assertEquals(NodeFault.values().length, said.size());
    }

    @Test
    void aNodeThatComesIsTold() {
        news.changed();
        assertEquals(1, changes);
    }

    private static Messages.Event outgoing(Messages.State state) {
        Instant now = Instant.EPOCH;
        return new Messages.Event(
                Optional.empty(),
                Optional.of(new Messages.Outgoing(
                        7,
                        "alice",
                        false,
                        "lobby",
                        "text",
                        state,
                        "",
                        now,
                        now,
                        false,
                        5,
                        List.of(),
                        Messages.Carrier.ROLLING,
                        OptionalInt.empty())));
    }

    private static Messages.Event received() {
        Instant now = Instant.EPOCH;
        return new Messages.Event(
                Optional.of(new Messages.Message(
                        8,
                        "alice",
                        false,
                        "lobby",
                        false,
                        "bob",
                        false,
                        false,
                        Optional.of("hello"),
                        now,
                        now,
                        now,
                        OptionalInt.empty(),
                        List.of(),
                        OptionalInt.empty(),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        Messages.Remarks.NONE,
                        Optional.empty(),
                        Messages.Doubt.NONE,
                        OptionalInt.empty())),
                Optional.empty());
    }

    @Test
    void messagesArePublishedWithoutTheirTexts() {
        EventPublisher publisher = new EventPublisher(() -> admin);
        publisher.publish(received());
        publisher.publish(outgoing(Messages.State.SENT));
        publisher.publish(outgoing(Messages.State.RELAYED));
        assertEquals(
                List.of("org/partyline/message/RECEIVED", "org/partyline/message/SENT", "org/partyline/message/STATE"),
                published.stream().map(Event::getTopic).toList());
        Event came = published.get(0);
        assertEquals(8L, came.getProperty("id"));
        assertEquals("alice", came.getProperty("persona"));
        assertEquals("lobby", came.getProperty("channel"));
        assertEquals(Set.of("event.topics", "id", "persona", "channel"), Set.of(came.getPropertyNames()));
        assertEquals("sent", published.get(1).getProperty("state"));
        assertEquals("relayed", published.get(2).getProperty("state"));
        admin = null;
        publisher.publish(received());
        assertEquals(3, published.size());
    }

    @Test
    void whatANodeSaidOfBlocksIsLookedAtAgainOnlyWhereItIsOnAnotherChain() {
        stage.bus.on(Bus.Distrusted.class, distrusted::add);
        for (NodeFault fault : NodeFault.values()) {
            news.setAside("two", Network.REGTEST, fault, "a reason");
        }
        // One per minute of each kind is recorded.
        assertEquals(
                "a node of regtest was quarantined: its blocks differ from the others'",
                audited.get(0).detail());
        assertEquals(1, distrusted.size());
        assertEquals(Set.of(Network.REGTEST), sync.distrusted(), "until someone has looked");
    }
}
