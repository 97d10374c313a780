package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.carrier.rolling.RollingCarriers;
import org.partyline.testkit.messaging.TestNetwork;

/** Whatever becomes of what a packet says, it rides, and comes back, as a decoy does. */
class CoverRollTest extends CoverStage {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String LONG = "a long message in pieces ".repeat(10);

    @BeforeEach
    void severalPacketsInAVersion() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        alice.settings.set("carrier", "rolling");
        timing.gap = MINUTE;
    }

    /** The packets of the only version that leaves at the next point, oldest first. */
    private List<ByteBuffer> version() throws Exception {
        List<byte[]> left = point();
        assertEquals(1, left.size(), "one version a point");
        return payloads(left.get(0));
    }

    private static ByteBuffer last(List<ByteBuffer> version) {
        return version.get(version.size() - 1);
    }

    private void mine(byte[] version) {
        network.mine(TransactionScanner.id(version), version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void noPacketIsSmallerThanThePiecesOfALongMessage(String carrier) throws Exception {
        alice.settings.set("carrier", carrier);
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        nodeA.poor = true;
        long before = alice.send("lobby", "old");
        TestServer.await(
                "sealed while packets may be small",
                () -> alice.messages().outgoing(before).parts().size() == 1);
        assertEquals(64, alice.messages().outgoing(before).parts().get(0).bytes());
        timing.size = OptionalInt.of(64);
        start(MINUTE, 1_000_000);
        alice.round();
        nodeA.poor = false;
        alice.send("lobby", "hi");
        alice.write("bob", "hi");
        alice.send("lobby", LONG);
        TestServer.await("all is read", () -> {
            point();
            return bob.received().containsAll(List.of("old", "hi", LONG));
        });
        assertEquals(1, bob.received().stream().filter("old"::equals).count(), "once");
        point();
        point();
        for (TestNetwork.Handed handed : network.handed()) {
            if (handed.node().equals("a")) {
                payloads(handed.raw()).forEach(packet -> assertEquals(80, packet.remaining()));
            }
        }
        assertTrue(decoys().size() > 1);
    }

    @Test
    void aPacketOfAConversationThatWasErasedRidesOn() throws Exception {
        start(MINUTE, 1_000_000);
        version();
        alice.send("lobby", "nobody is to know");
        ByteBuffer packet = last(version());
        alice.channels().leave(Optional.empty(), "lobby");
        alice.join("elsewhere", Mode.RATCHET);
        assertTrue(version().contains(packet), "the second version");
        assertTrue(version().contains(packet), "the third");
        assertFalse(version().contains(packet), "and no more");
        assertEquals(DECOY, kinds().get(packet), "nothing tells what it was");
    }

    /** What it was not told of it is told when it returns. */
    @Test
    void aPacketOfAConversationThatWasErasedWhileTheCarrierWasAwayRidesOn() throws Exception {
        start(MINUTE, 1_000_000);
        version();
        alice.send("lobby", "nobody is to know");
        ByteBuffer packet = last(version());
        alice.stop(alice.rolling);
        alice.channels().leave(Optional.empty(), "lobby");
        alice.join("elsewhere", Mode.RATCHET);
        alice.start(new RollingCarriers());
        assertTrue(version().contains(packet), "the second version");
        assertTrue(version().contains(packet), "the third");
        assertFalse(version().contains(packet), "and no more");
        assertEquals(DECOY, kinds().get(packet), "nothing tells what it was");
    }

    /** A carrier of another bundle may not know better. */
    @Test
    void whatWouldLeaveTwoPacketsInOneSlotIsNotSigned() throws Exception {
        List<String> refused = new ArrayList<>();
        Pigeon greedy = new Pigeon() {
            @Override
            public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
                try {
                    context.payments()
                            .sign(
                                    wanted(
                                            message,
                                            Set.of(message.ref(index), new PacketRef(message.id(), index + 1)),
                                            nodes),
                                    (tx, signed) -> new byte[0]);
                } catch (IllegalStateException e) {
                    refused.add(e.getMessage());
                    throw e;
                }
            }
        };
        alice.start(greedy);
        alice.settings.set("carrier", "pigeon");
        start(MINUTE, 1_000_000);
        assertEquals(List.of(), point());
        assertEquals(List.of("several packets are to leave in one slot of the cover traffic"), refused);
        assertEquals(List.of(), nodeA.signed);
    }

    /** Who recalls does so by hand: the end of the cover must not tell. */
    @Test
    void whatLeavesAtAPointIsOnTheBudgetAndTakingItBackIsNot() throws Exception {
        start(MINUTE, 1_000_000);
        version();
        long one = status().spent();
        assertTrue(one > 0, "a decoy is on it");
        long id = alice.send("lobby", "nobody is to know");
        version();
        long two = status().spent();
        assertTrue(two > one, "so is a message");
        alice.messages().recall(id);
        assertEquals(two, status().spent());
        assertEquals(State.RECALLED, alice.messages().outgoing(id).state());
    }

    @Test
    void theHandshakeWithAContactWhoWasForgottenRidesOn() throws Exception {
        alice.know(bob, "bob");
        start(MINUTE, 1_000_000);
        alice.write("bob", "hello");
        ByteBuffer packet = last(version());
        assertEquals("handshake", kinds().get(packet));
        alice.contacts().remove(Optional.empty(), "bob");
        assertTrue(version().contains(packet), "the second version");
        assertTrue(version().contains(packet), "the third");
        assertFalse(version().contains(packet), "and no more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whatAConversationThatWasErasedSentComesBackAsDecoysDo(String carrier) throws Exception {
        alice.settings.set("carrier", carrier);
        start(MINUTE, 1_000_000);
        alice.send("lobby", "nobody is to know");
        byte[] left = point().get(0);
        alice.channels().leave(Optional.empty(), "lobby");
        timing.gap = Duration.ofDays(100);
        alice.join("elsewhere", Mode.RATCHET);
        point();
        clock.pass(Duration.ofHours(12));
        alice.keep();
        network.evictAll();
        look();
        look();
        assertTrue(network.waiting().stream().anyMatch(raw -> payloads(raw).containsAll(payloads(left))), "it is back");
    }

    @Test
    void whatANodeTookWithoutAnAnswerBeforeItsConversationWasErasedComesBackToo() throws Exception {
        alice.settings.set("carrier", "confirm");
        start(MINUTE, 1_000_000);
        alice.send("lobby", "nobody is to know");
        nodeA.dieAfterTaking = 1000;
        nodeA.silent = true;
        byte[] left = point().get(0);
        alice.channels().leave(Optional.empty(), "lobby");
        alice.join("elsewhere", Mode.RATCHET);
        nodeA.dieAfterTaking = 0;
        nodeA.silent = false;
        network.evictAll();
        TestServer.await("it is back", () -> {
            point();
            return network.waiting().stream().anyMatch(raw -> payloads(raw).containsAll(payloads(left)));
        });
    }

    @Test
    void whatLeftOfAMessageThatExpiredBeforeTheRestRidesOn() throws Exception {
        alice.fees().limit(Fees.Cap.MESSAGE, 45);
        start(MINUTE, 1_000_000);
        long id = send(LONG, Optional.of(Duration.ofMinutes(20)), Optional.empty());
        ByteBuffer packet = last(version());
        assertEquals("message", kinds().get(packet));
        clock.pass(Duration.ofMinutes(25));
        assertTrue(payloads(look().get(0)).contains(packet), "the second version");
        assertEquals(State.EXPIRED, alice.state(id));
        assertTrue(version().contains(packet), "the third");
        assertFalse(version().contains(packet), "and no more");
    }

    @Test
    void anOpenerRidesNoLongerThanOthersOnceCoverHasBegun() throws Exception {
        long id = send("before", Optional.empty(), Optional.of(Carrier.ROLLING));
        TestServer.await("seen", () -> alice.state(id) == State.SEEN);
        ByteBuffer opener = payloads(network.waiting().get(0)).get(0);
        start(MINUTE, 1_000_000);
        assertTrue(version().contains(opener), "the second version");
        assertTrue(version().contains(opener), "the third");
        assertFalse(version().contains(opener), "and no more");
    }

    @Test
    void whereAVersionHasOnePacketWhatABlockLeftOutGoesAtOnceAndTakesNoPoint() throws Exception {
        nodeA.maxOutputs = 1;
        nodeB.maxOutputs = 1;
        alice.fees().limit(Fees.Cap.MESSAGE, 30);
        start(MINUTE, 1_000_000);
        // It has a lower number than the decoy, and waits.
        alice.send("lobby", LONG);
        byte[] first = point().get(0);
        ByteBuffer decoy = last(version());
        assertEquals(DECOY, kinds().get(decoy));
        Optional<Instant> next = status().next();
        int before = network.handed().size();
        mine(first);
        TestServer.await(
                "it rides again",
                () -> network.handed().subList(before, network.handed().size()).stream()
                        .filter(handed -> handed.node().equals("a"))
                        .map(handed -> payloads(handed.raw()))
                        .toList()
                        .equals(List.of(List.of(decoy))));
        assertEquals(next, status().next(), "before the next point");
        alice.fees().limit(Fees.Cap.MESSAGE, 10_000);
        assertEquals("message", kinds().get(last(version())), "which is the message's");
    }

    @Test
    void aMessageThatLeftAfterALaterDecoyRidesAgainAfterIt() throws Exception {
        // A message whose session is still being opened has a lower number than decoys that leave before it.
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        start(MINUTE, 1_000_000);
        byte[] first = point().get(0);
        long id = alice.write("bob", "to you");
        TestServer.await("it leaves", () -> {
            point();
            return alice.state(id) == State.SEEN;
        });
        List<ByteBuffer> order = network.handed().stream()
                .filter(handed -> handed.node().equals("a"))
                .flatMap(handed -> payloads(handed.raw()).stream())
                .distinct()
                .toList();
        assertTrue(order.size() > 3, "decoys left before it: " + order.size());
        mine(first);
        TestServer.await(
                "they wait again",
                () -> alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.SEALED));
        int last = order.size() - 1;
        List<ByteBuffer> next = version();
        assertEquals(order.subList(last - 2, last), next.subList(0, 2), "what left first comes along first");
        assertFalse(order.contains(last(next)), "with a new one, so that nothing waits longer for it");
        next = version();
        assertEquals(order.get(last), next.get(1));
        assertFalse(order.contains(last(next)));
        for (int i = 0; i < 4; i++) {
            assertFalse(order.contains(last(version())), "and none once more");
        }
    }

    @Test
    void whatLeftLongAgoRidesAgainAsADecoyDoes() throws Exception {
        start(MINUTE, 1_000_000);
        byte[] first = point().get(0);
        alice.send("lobby", "hello");
        ByteBuffer message = last(version());
        ByteBuffer decoy = last(version());
        TestServer.await("shown", () -> bob.told().equals(List.of("hello")));
        timing.gap = Duration.ofHours(21);
        point();
        // 21 hours later, when its readers take it no more.
        mine(first);
        TestServer.await(
                "they wait again",
                () -> alice.messages().outbox(false).stream()
                                .filter(out -> out.state() == State.SEALED)
                                .count()
                        == 3);
        timing.gap = MINUTE;
        assertEquals(List.of(message, decoy), version().subList(0, 2));
        assertEquals(List.of("hello"), bob.told(), "and is not sealed again");
    }

    @Test
    void aDecoyWhosePlaceAMessageTookHasHadItsTime() throws Exception {
        nodeA.maxOutputs = 1;
        nodeB.maxOutputs = 1;
        alice.fees().limit(Fees.Cap.MESSAGE, 30);
        start(MINUTE, 1_000_000);
        // A lower number than the decoy's, at whose place in a round the decoy was read already.
        alice.join("square", Mode.RATCHET);
        alice.send("square", LONG);
        last(version());
        ByteBuffer decoy = last(version());
        assertEquals(DECOY, kinds().get(decoy));
        alice.fees().limit(Fees.Cap.MESSAGE, 10_000);
        assertEquals("message", kinds().get(last(version())));
        for (int i = 0; i < 20; i++) {
            assertFalse(version().contains(decoy), "it does not ride again");
        }
    }
}
