package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.NotLeaderException;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Several servers share a store: only their leader sends. */
class LeaderTest {
    /** A store that another server may take over. */
    private static final class SharedStore extends MemoryStore {
        final AtomicInteger refusals = new AtomicInteger();
        volatile boolean lost;

        @Override
        public void confirmLeader() throws NotLeaderException {
            if (lost) {
                refusals.incrementAndGet();
                throw new NotLeaderException();
            }
        }
    }

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final SharedStore store = new SharedStore();
    private StageBench stage;
    private DeliveryStage delivery;
    private ChannelMembership lobby;

    @BeforeEach
    void begin() throws Exception {
        store.create(MemoryStore.PASSPHRASE.toCharArray());
        stage = new StageBench(clock, store);
        stage.nodes.add(network.node("a"));
        delivery = stage.add(context -> new DeliveryStage(context, () -> false));
        delivery.addCarrier(new PlainCarrier(), Map.of(Constants.SERVICE_ID, 1L));
        delivery.begin();
        stage.nodes.watch(stage.reception);
        lobby = stage.join("lobby", Mode.OPEN);
    }

    @AfterEach
    void close() {
        stage.nodes.unwatch();
        delivery.stop();
        stage.close();
    }

    private void round() throws Exception {
        Sender sender = (Sender) StageBench.offered(delivery, SendQueue.class);
        sender.call(() -> {
            sender.round();
            return null;
        });
    }

    @Test
    void aServerThatIsNoLongerTheLeaderReplacesNothing() throws Exception {
        long id = stage.queue(lobby, "from the leader");
        round();
        assertEquals(1, network.broadcasts().size());
        store.lost = true;

        Recaller recaller = StageBench.offered(delivery, Recaller.class);
        assertThrows(
                NotLeaderException.class,
                () -> StageBench.offered(delivery, SendQueue.class).call(() -> recaller.recall(id)));

        assertEquals(1, network.broadcasts().size());
    }

    @Test
    void aServerThatIsNoLongerTheLeaderSendsNoSharedTransaction() throws Exception {
        Boat boat = new Boat();
        delivery.addCarrier(boat, Map.of(Constants.SERVICE_ID, 2L));
        stage.queue(lobby, "from the leader", "boat", Duration.ofHours(1));
        round();
        assertEquals(1, network.broadcasts().size());
        store.lost = true;
        stage.queue(lobby, "from an old leader", "boat", Duration.ofHours(1));
        round();
        assertEquals(1, network.broadcasts().size());
        // Nor is the sent one handed to another node.
        TestNetwork.Node other = network.node("b");
        other.silent = true;
        stage.nodes.add(other);
        assertThrows(NotLeaderException.class, boat::spread);
        assertEquals(List.of("a"), network.entrances());
        store.lost = false;
        boat.spread();
        assertTrue(network.entrances().contains("b"));
    }

    @Test
    void aServerThatIsNoLongerTheLeaderSendsNothing() throws Exception {
        stage.queue(lobby, "from the leader");
        round();
        assertEquals(1, network.broadcasts().size());
        store.lost = true;
        long id = stage.queue(lobby, "from an old leader");
        round();
        assertTrue(store.refusals.get() > 0, "it asked before it sent");
        assertEquals(1, network.broadcasts().size());
        assertNotEquals(State.RELAYED, stage.state(id));
    }
}
