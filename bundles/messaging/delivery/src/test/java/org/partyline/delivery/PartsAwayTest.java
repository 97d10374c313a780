package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Constants;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.StageBench;

/** Other bundles stop and return while messages are to be sent. */
class PartsAwayTest {
    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long send(Conversation conversation, String text) throws Exception {
        long id = bench.stage.queue(conversation, text);
        bench.round();
        return id;
    }

    private void assertSeen(long id) throws Exception {
        bench.round();
        OutgoingMessage now = bench.stage.outgoing(id);
        assertEquals(State.RELAYED, now.state(), now.reason());
    }

    private void assertNothingTwice(int messages) {
        long different = bench.network.broadcasts().stream()
                .map(ByteBuffer::wrap)
                .distinct()
                .count();
        assertEquals(messages, different);
        assertEquals(messages, bench.network.broadcasts().size());
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PacketCodec.class,
                Fragmenter.class,
                ChannelKeys.class,
                Chains.class,
                Identities.class,
                Handshakes.class,
                SuiteDirectory.class,
                NodeDirectory.class,
                Pace.class,
                Spending.class,
                QueueSealer.class
            })
    void whatIsSentWhileAPartIsAwayIsStoredSaysWhatItWaitsForAndLeavesWhenThatReturns(Class<?> part) throws Exception {
        assertSeen(send(lobby, "before"));
        bench.stage.stop(part);
        long meanwhile = send(lobby, "meanwhile");
        OutgoingMessage waiting = bench.stage.outgoing(meanwhile);
        assertEquals(State.QUEUED, waiting.state());
        assertTrue(waiting.reason().startsWith("it waits for a bundle"), waiting.reason());
        bench.stage.start(part);
        assertSeen(meanwhile);
        assertNothingTwice(2);
    }

    /** The reason why it waits cannot be stored either. */
    @Test
    void whatIsSentWhileTheMailboxIsAwayLeavesWhenThatReturns() throws Exception {
        bench.stage.stop(Outbox.class);
        long meanwhile = send(lobby, "meanwhile");
        assertEquals(State.QUEUED, bench.stage.state(meanwhile));
        bench.stage.start(Outbox.class);
        assertSeen(meanwhile);
        assertNothingTwice(1);
    }

    @ParameterizedTest
    @ValueSource(classes = {Reception.class, Inbox.class})
    void whoSendsNeedsNobodyWhoReads(Class<?> part) throws Exception {
        bench.stage.stop(part);
        assertSeen(send(lobby, "meanwhile"));
    }

    @Test
    void whatIsSentWhileNobodyDeliversLeavesByTheNextWhoDoes() throws Exception {
        assertSeen(send(lobby, "before"));
        bench.delivery.stop();
        long meanwhile = bench.stage.queue(lobby, "meanwhile");
        DeliveryStage next = bench.stage.add(context -> new DeliveryStage(context, () -> false));
        try {
            next.addCarrier(new PlainCarrier(), Map.of(Constants.SERVICE_ID, 9L));
            next.begin();
            Sender sender = (Sender) StageBench.offered(next, SendQueue.class);
            sender.call(() -> {
                sender.round();
                return null;
            });
            assertEquals(State.RELAYED, bench.stage.state(meanwhile));
            assertNothingTwice(2);
        } finally {
            next.stop();
        }
    }

    @Test
    void aContactGetsWhatWasWrittenWhileTheSessionsBundleWasAway() throws Exception {
        Conversation bob = bench.stage.know("bob", bench.stage.identities.generate(new SecureRandom()));
        bench.stage.stop(Handshakes.class);
        long words = send(bob, "first words");
        assertEquals(State.QUEUED, bench.stage.state(words));
        bench.stage.start(Handshakes.class);
        assertSeen(words);
    }

    @Test
    void manyMessagesLeaveOnceEachWhilePartsComeAndGo() throws Exception {
        List<Class<?>> swapped = List.of(
                PacketCodec.class,
                Fragmenter.class,
                ChannelKeys.class,
                Chains.class,
                Identities.class,
                Handshakes.class,
                SuiteDirectory.class,
                NodeDirectory.class,
                Pace.class,
                Spending.class,
                QueueSealer.class,
                Outbox.class);
        List<Long> sent = new ArrayList<>();
        for (int i = 0; i < 72; i++) {
            Class<?> part = swapped.get(i / 3 % swapped.size());
            switch (i % 3) {
                case 1 -> bench.stage.stop(part);
                case 2 -> bench.stage.start(part);
                default -> bench.round();
            }
            sent.add(bench.stage.queue(lobby, "message " + i));
        }
        bench.round();
        for (long id : sent) {
            assertSeen(id);
        }
        assertEquals(sent, bench.stage.sealer.sealed, "in the order in which they were written");
        assertNothingTwice(sent.size());
    }

    /** Its session might have to be informed, and nodes asked for it. */
    @ParameterizedTest
    @ValueSource(classes = {QueueSealer.class, NodeDirectory.class})
    void whatExpiresWhileAPartIsAwayIsGivenUpWhenThatReturns(Class<?> part) throws Exception {
        bench.stage.stop(part);
        long sent = bench.stage.queue(lobby, "for a minute", "confirm", Duration.ofMinutes(1));
        bench.pass(Duration.ofDays(2));
        assertEquals(State.QUEUED, bench.stage.state(sent));
        bench.stage.start(part);
        bench.round();
        assertEquals(State.EXPIRED, bench.stage.state(sent));
        assertEquals(List.of(sent), bench.stage.sealer.abandoned, "a session may end with it");
        assertFalse(bench.stage.sealer.sealed.contains(sent));
    }
}
