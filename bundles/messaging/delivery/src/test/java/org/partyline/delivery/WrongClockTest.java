package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.security.ProviderException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Constants;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * A machine's clock is a day off, and then right again, or there are no random numbers. Nothing is lost, nothing is
 * sent twice.
 */
class WrongClockTest {
    private static final Duration WEEK = Duration.ofDays(7);

    private final HandSetClock right = new HandSetClock();
    private final HandSetClock wrong = new HandSetClock();
    private final TestNetwork network = new TestNetwork(right);
    private final TestNetwork.Node node = network.node("b");
    private final StageBench stage = new StageBench(wrong);
    private final DeliveryStage delivery = stage.add(context -> new DeliveryStage(context, () -> false));
    private final Sender sender = (Sender) StageBench.offered(delivery, SendQueue.class);
    private ChannelMembership lobby;

    @BeforeEach
    void begin() throws Exception {
        stage.nodes.add(node);
        delivery.addCarrier(new PlainCarrier(), Map.of(Constants.SERVICE_ID, 1L));
        delivery.begin();
        stage.nodes.watch(stage.reception);
        lobby = stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        stage.nodes.unwatch();
        delivery.stop();
        stage.close();
    }

    private long queue(String text) throws Exception {
        return stage.queue(lobby, text, "confirm", WEEK);
    }

    private void round() throws Exception {
        sender.call(() -> {
            sender.round();
            return null;
        });
    }

    private void assertSeen(long id) throws Exception {
        assertEquals(State.RELAYED, stage.state(id), stage.outgoing(id).reason());
    }

    private void assertNothingTwice(int messages) {
        assertEquals(messages, network.broadcasts().size());
        assertEquals(
                messages,
                network.broadcasts().stream().map(ByteBuffer::wrap).distinct().count());
    }

    @Test
    void whoWritesWithASlowClockWaitsForIt() throws Exception {
        long before = queue("before");
        round();
        assertSeen(before);
        network.mine();
        wrong.pass(Duration.ofHours(-24));
        long meanwhile = queue("meanwhile");
        round();
        assertEquals(State.QUEUED, stage.state(meanwhile));
        String reason = stage.outgoing(meanwhile).reason();
        assertTrue(reason.contains("clock is slow"), reason);
        wrong.pass(Duration.ofHours(24));
        round();
        assertSeen(meanwhile);
        assertNothingTwice(2);
    }

    /** On a network with irregular blocks nothing contradicts the clock. */
    @Test
    void whatIsWrittenAfterAFastClockLeavesAtOnce() throws Exception {
        network.mine();
        wrong.pass(Duration.ofHours(24));
        long meanwhile = queue("meanwhile");
        round();
        assertSeen(meanwhile);
        wrong.pass(Duration.ofHours(-24));
        long after = queue("after");
        round();
        assertSeen(after);
        assertNothingTwice(2);
    }

    /** Or its node is cut off from the latest blocks. */
    @Test
    void whatIsWrittenOnMainnetWithAFastClockWaitsForANewBlock() throws Exception {
        stage.nodes.add(network.node("m", Network.MAINNET));
        ChannelMembership main = stage.join("main", Mode.RATCHET, Network.MAINNET);
        network.mine();
        wrong.pass(Duration.ofHours(6));
        long id = stage.queue(main, "still fine", "confirm", WEEK);
        round();
        assertSeen(id);
        wrong.pass(Duration.ofSeconds(1));
        long late = stage.queue(main, "too late", "confirm", WEEK);
        round();
        assertEquals(State.QUEUED, stage.state(late));
        String reason = stage.outgoing(late).reason();
        assertTrue(reason.contains("this machine's clock is fast"), reason);
        right.pass(Duration.ofHours(6));
        network.mine();
        round();
        assertSeen(late);
    }

    @ParameterizedTest
    @ValueSource(ints = {24, -24})
    void whatWaitsForANodeGoesOnAtOnce(int hours) throws Exception {
        node.poor = true;
        wrong.pass(Duration.ofHours(hours));
        long id = queue("waits");
        round();
        assertNotEquals(State.RELAYED, stage.state(id));
        wrong.pass(Duration.ofHours(-hours));
        node.poor = false;
        // No more time passes.
        round();
        round();
        assertSeen(id);
        assertNothingTwice(1);
    }

    /** Its readers would reject the time of a fast clock. */
    @Test
    void whatWasSealedByAFastClockAndDidNotLeaveIsSealedAnew() throws Exception {
        node.poor = true;
        wrong.pass(Duration.ofHours(24));
        long id = queue("waits");
        round();
        assertEquals(State.SEALED, stage.state(id));
        wrong.pass(Duration.ofHours(-24));
        node.poor = false;
        round();
        round();
        assertSeen(id);
        assertEquals(List.of(id, id), stage.sealer.sealed);
        assertEquals(wrong.instant().getEpochSecond(), stage.outgoing(id).stamped());
    }

    /** Nothing is sent with numbers that were not drawn; it is sent once numbers are available. */
    @Test
    void whereNoNumbersCanBeDrawnNothingLeaves() throws Exception {
        AtomicBoolean empty = new AtomicBoolean(true);
        stage.put(QueueSealer.class, (QueueSealer) Proxy.newProxyInstance(
                QueueSealer.class.getClassLoader(), new Class<?>[] {QueueSealer.class}, (self, method, arguments) -> {
                    if (empty.get() && method.getName().equals("seal")) {
                        throw new ProviderException("/dev/urandom is closed");
                    }
                    try {
                        return method.invoke(stage.sealer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
        long id = queue("once");
        round();
        assertEquals(State.QUEUED, stage.state(id));
        String reason = stage.outgoing(id).reason();
        assertTrue(reason.contains("internal error"), reason);
        assertEquals(List.of(), network.broadcasts());
        empty.set(false);
        wrong.pass(Duration.ofMinutes(2));
        round();
        assertSeen(id);
        assertNothingTwice(1);
    }
}
