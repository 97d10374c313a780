package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverTraffic.Covered;
import org.partyline.api.cover.CoverTraffic.Over;
import org.partyline.api.cover.CoverTraffic.Use;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.SendingSettings;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.CoverConversation;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.TestNetwork;

/** Cover traffic: a slot is used by a message or a decoy, and nothing else leaves. */
class CoverTest extends UnderCover {
    // ---- one carrier

    @Test
    void whatWaitedWhenCoverBeganGoesByTheDecoysCarrier() throws Exception {
        bench.add(new PlainCarrier("rolling"));
        bench.node.down = true;
        long id = bench.stage.queue(lobby, "hello", "rolling", Duration.ofDays(1), 0);
        bench.round();
        assertTrue(reason(id).contains("node"), () -> reason(id));
        start(Duration.ofMinutes(1));
        bench.node.down = false;
        Set<ByteBuffer> coins = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            point().forEach(raw -> coins.add(TestNetwork.input(raw)));
        }
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(4, coins.size(), "each in a transaction of its own");
        assertEquals("confirm", bench.stage.outgoing(id).carrier());
    }

    @Test
    void aPointBeforeTheCarriersTurnPassesUnused() throws Exception {
        start(Duration.ofSeconds(20));
        assertEquals(1, point().size());
        // Like a carrier whose transactions need time to propagate.
        bench.carrier.turn = bench.clock.instant().plusSeconds(30);
        assertEquals(0, point().size());
        assertEquals(List.of(ALICE), cover.left);
        assertEquals(0, pass(Duration.ofSeconds(12)).size(), "nothing is made up for");
        write("hello");
        assertEquals(0, look().size(), "nor for a message");
        assertEquals(1, point().size(), "40 s after it");
    }

    // ---- nothing is lost

    @Test
    void withAShortTimeToLiveNoMessageExpiresBeforeItsPoint() throws Exception {
        defaults(Duration.ofMinutes(15), Optional.empty());
        start(Duration.ofMinutes(20));
        for (int i = 0; i < 3; i++) {
            long id = write("number " + i);
            bench.round();
            assertEquals(0, pass(Duration.ofMinutes(19)).size());
            assertFalse(bench.stage.state(id).isSettled(), "it waits for longer than it lives");
            assertEquals(1, point().size());
            assertEquals(State.RELAYED, bench.stage.state(id), "it left");
        }
        assertEquals(List.of(), bench.stage.outbox.givenUp);
        assertEquals(List.of(Use.MESSAGE, Use.MESSAGE, Use.MESSAGE), cover.uses);
    }

    /** Settings of sending. @param jitter empty: the network's default */
    private void defaults(Duration ttl, Optional<Duration> jitter) {
        bench.stage.settings.sending(new SendingSettings(
                ttl,
                80,
                25,
                Duration.ofHours(24),
                false,
                "confirm",
                jitter,
                Optional.empty(),
                20,
                Duration.ofMinutes(10)));
    }

    @Test
    void aTimeToLiveThatReadersAreToldBeginsWhenTheMessageLeaves() throws Exception {
        start(Duration.ofMinutes(40));
        long id = bench.stage.queue(lobby, "soon gone", "confirm", Duration.ofDays(1), 15);
        assertEquals(0, pass(Duration.ofMinutes(30)).size());
        assertEquals(State.QUEUED, bench.stage.state(id), "it is sealed when it leaves");
        assertTrue(reason(id).contains("a point of the cover traffic"), () -> reason(id));
        assertEquals(1, point().size());
        assertEquals(State.RELAYED, bench.stage.state(id));
        OutgoingMessage left = bench.stage.outgoing(id);
        assertEquals(bench.clock.instant().getEpochSecond(), left.stamped(), "readers count from then");
        assertEquals(
                bench.clock.instant().plus(Duration.ofMinutes(15)).toEpochMilli(),
                left.dropped().orElseThrow());
    }

    @Test
    void aMessageThatCannotLeaveIsGivenUpAtItsEnd() throws Exception {
        bench.node.poor = true;
        long id = write("without coins", Duration.ofHours(2));
        pass(Duration.ofMinutes(119));
        assertFalse(bench.stage.state(id).isSettled());
        pass(Duration.ofMinutes(1));
        assertEquals(State.EXPIRED, bench.stage.state(id));
        assertEquals(List.of(id), bench.stage.outbox.givenUp);
        assertEquals(List.of(id), bench.stage.sealer.abandoned);
    }

    @Test
    void whatWasSealedBeforeCoverBeganAndIsSmallIsSealedAgain() throws Exception {
        bench.node.poor = true;
        bench.stage.sealer.bucket = 64;
        long id = write("old");
        bench.round();
        assertEquals(64, bench.stage.outgoing(id).parts().get(0).packet().length);
        bench.stage.sealer.bucket = 80;
        bench.stage.sizes.least = 80;
        start(GAP);
        bench.node.poor = false;
        assertEquals(0, pass(Duration.ofSeconds(10)).size());
        assertEquals(1, point().size());
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(List.of(id), bench.stage.outbox.unsealed);
        assertEquals(80, bench.stage.outgoing(id).parts().get(0).packet().length);
        bench.network
                .handed()
                .forEach(handed -> payloads(handed.raw()).forEach(packet -> assertEquals(80, packet.remaining())));
    }

    // ---- the budget

    @Test
    void whereTheBudgetEndsADelayBeginsWithTheEnd() throws Exception {
        defaults(Duration.ofHours(1), Optional.of(Duration.ofMinutes(7)));
        bench.stage.pace.delayBy(Duration.ofMinutes(7));
        start(Duration.ofMinutes(5));
        assertEquals(1, point().size());
        long id = write("hi");
        bench.round();
        assertTrue(reason(id).contains("a point of the cover traffic"), () -> reason(id));
        // It is checked when a slot is due: whether there is a message makes no difference.
        atOnce(() -> {
            bench.clock.set(next());
            cover.slots.clear();
        });
        assertEquals(0, look().size());
        assertTrue(reason(id).contains("a random delay"), () -> reason(id));
        assertEquals(0, pass(Duration.ofMinutes(6)).size(), "its delay begins with the end");
        assertEquals(1, pass(Duration.ofMinutes(1)).size());
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(1, decoys().size());
    }

    @Test
    void aPacketThatIsDearerThanThoughtIsRefusedAndNoSmallerOneTakesItsPoint() throws Exception {
        bench.node.heavier = 1000;
        bench.stage.fees.budget = 100;
        start(GAP);
        long id = write("many small coins");
        assertEquals(0, point().size());
        assertEquals(List.of(121L), cover.refused, "the cover traffic is told what it would have cost");
        assertEquals(List.of(Use.SPOILT), cover.uses);
        assertEquals(List.of(), decoys(), "a smaller one is not tried");
        assertEquals(List.of(), bench.stage.fees.counted);
        assertEquals(State.SEALED, bench.stage.state(id));
        assertFalse(reason(id).isEmpty());
        assertEquals(1, bench.node.discarded.size(), "what was signed is not sent");
    }

    @Test
    void whatIsTakenBackIsNotOnTheBudget() throws Exception {
        start(GAP);
        point();
        assertEquals(1, bench.stage.fees.counted.size(), "a decoy is on it");
        long id = write("nobody is to know");
        point();
        List<Long> two = List.copyOf(bench.stage.fees.counted);
        assertEquals(2, two.size(), "so is a message");
        bench.stage.guard.open(() -> bench.stage.guard.transact(tx -> {
            OutgoingMessage now = OutgoingRecords.find(tx, id).orElseThrow();
            OutgoingRecords.put(tx, now.ended(MessageEvent.RECALLED, ""));
            return null;
        }));
        bench.round();
        assertTrue(bench.carrier.calls.contains("recall " + id), () -> bench.carrier.calls.toString());
        assertEquals(two, bench.stage.fees.counted);
        assertEquals(1, bench.stage.fees.recalled.size());
    }

    // ---- points

    @Test
    void aDecoyThatCannotLeaveAtItsPointNeverLeaves() throws Exception {
        start(GAP);
        bench.node.poor = true;
        for (int i = 0; i < 4; i++) {
            assertEquals(0, point().size());
        }
        assertEquals(4, decoys().size());
        assertTrue(decoys().stream().allMatch(out -> out.state() == State.EXPIRED), "given up at once");
        assertEquals(List.of(), cover.left, "none is counted");
        bench.node.poor = false;
        assertEquals(0, look().size(), "none is made up for");
        long id = write("hello");
        assertEquals(1, point().size());
        assertEquals(State.RELAYED, bench.stage.state(id), "the message has the point");
        cover.slots.clear();
        cover.orders.clear();
        assertEquals(0, pass(Duration.ofMinutes(5)).size(), "nor after the end");
    }

    @Test
    void aDecoyThatACrashLeftBehindIsGivenUp() throws Exception {
        start(GAP);
        // As if the process had stopped between the decoy and its transaction.
        put(decoy(99, OutgoingPart.of(packet(99))));
        assertEquals(0, look().size());
        assertEquals(State.EXPIRED, bench.stage.state(99));
        assertEquals(List.of(99L), bench.stage.outbox.givenUp);
    }

    private void put(OutgoingMessage outgoing) throws PartylineException {
        bench.stage.guard.transact(tx -> {
            OutgoingRecords.put(tx, outgoing);
            return null;
        });
    }

    private OutgoingMessage decoy(long id, OutgoingPart part) {
        Instant now = bench.clock.instant();
        return new OutgoingMessage(
                id,
                CoverConversation.id(ALICE, Network.REGTEST),
                State.SEALED,
                "",
                now.toEpochMilli(),
                now.plus(Outbox.COVERED_LIFE).toEpochMilli(),
                0,
                false,
                0,
                List.of(part),
                PacketType.DECOY.code(),
                null,
                false,
                now.getEpochSecond(),
                "confirm",
                false);
    }

    @Test
    void aMessageThatFailsToLeaveGivesItsPointToADecoy() throws Exception {
        start(GAP);
        long id = write(LONG);
        assertEquals(1, point().size());
        bench.stage.fees.mostOfMessage = 30;
        for (int i = 0; i < 3; i++) {
            assertEquals(1, point().size(), "a packet at each point");
        }
        assertEquals("a message may not cost as much", reason(id));
        assertEquals(List.of(Use.MESSAGE, Use.FREE, Use.FREE, Use.FREE), cover.uses, "one packet of it left");
        assertEquals(3, cover.left.size());
    }

    @Test
    void aMessageThatMayNotLeaveWholeLeavesItsPointsToDecoys() throws Exception {
        bench.stage.fees.mostOfMessage = 30;
        start(GAP);
        long id = write(LONG);
        for (int i = 0; i < 2; i++) {
            assertEquals(1, point().size(), "a packet at each point");
        }
        assertEquals("a message may not cost as much", reason(id));
        assertEquals(List.of(Use.FREE, Use.FREE), cover.uses, "none of its packets left");
    }

    @Test
    void whenANodeComesBackOnePacketLeavesNotAllThatWaited() throws Exception {
        start(GAP);
        point();
        bench.node.down = true;
        // As cover traffic reports it while no node is ready.
        cover.slots.set(0, new Covered(ALICE, Optional.empty(), next()));
        for (int i = 0; i < 3; i++) {
            bench.stage.queue(bench.stage.join("room " + i, Mode.OPEN), "text " + i, "confirm", Duration.ofDays(1), 0);
        }
        assertEquals(0, pass(Duration.ofMinutes(10)).size());
        bench.node.down = false;
        assertEquals(0, look().size(), "not before the cover traffic knows");
        int before = handed();
        cover.slots.set(0, new Covered(ALICE, Optional.of(Network.REGTEST), next()));
        assertEquals(1, look(before).size());
        assertEquals(0, look().size());
    }

    @Test
    void whenANodeComesBackInTheMiddleOfARoundNothingLeavesBeforeItsPoint() throws Exception {
        ForeignCover foreign = new ForeignCover(bench.clock);
        foreign.looksForNodes = true;
        foreign.next = bench.clock.instant().plus(Duration.ofHours(1));
        bench.delivery.setCoverFactory(foreign);
        for (int i = 0; i < 3; i++) {
            bench.stage.queue(bench.stage.join("room " + i, Mode.OPEN), "text " + i, "confirm", Duration.ofDays(1), 0);
        }
        bench.round();
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger downFor = new AtomicInteger();
        bench.node.onStatus = () -> bench.node.down = asked.getAndIncrement() < downFor.get();
        for (int i = 0; i < 20; i++) {
            downFor.set(i);
            asked.set(0);
            assertEquals(0, look().size(), "ready when asked for the " + (i + 1) + ". time");
        }
        assertTrue(asked.get() > 0);
        bench.node.onStatus = () -> bench.node.down = false;
        assertEquals(1, pass(Duration.ofHours(1)).size());
    }

    @Test
    void coverThatIsStoppedInTheMiddleOfAPointStaysStopped() throws Exception {
        start(GAP);
        long id = write("hello");
        bench.node.onBroadcast = () -> {
            cover.orders.clear();
            // It no longer has a plan whose slot could be over.
            cover.next = slot -> new Over(Optional.empty(), Optional.empty());
        };
        assertEquals(1, point().size());
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(List.of(), cover.slots);
        int before = handed();
        write("by its delay");
        assertEquals(1, look(before).size());
    }

    @Test
    void aMessageOnAnotherNetworkLeavesTheDecoysTheirPoint() throws Exception {
        TestNetwork second = new TestNetwork(bench.clock);
        bench.stage.nodes.add(second.node("s", Network.SIGNET));
        ChannelMembership there = bench.stage.join("there", Mode.OPEN, Network.SIGNET);
        defaults(Duration.ofHours(1), Optional.of(Duration.ZERO));
        start(GAP);
        assertEquals(1, point().size());
        long id = bench.stage.queue(there, "elsewhere", "confirm", Duration.ofDays(1), 0);
        assertEquals(1, point().size(), "a decoy at the point");
        assertEquals(1, second.handed().size(), "and the message, by its delay");
        assertEquals(List.of(ALICE, ALICE), cover.left);
        assertEquals(List.of(Use.FREE, Use.FREE), cover.uses);
        assertEquals(1, bench.stage.outgoing(id).parts().size());
        assertEquals(State.RELAYED, bench.stage.state(id));
    }

    // ---- afterwards

    @Test
    void whatNodesLostComesBackForADayWhateverItSays() throws Exception {
        start(Duration.ofMinutes(1));
        point();
        OutgoingMessage decoy = decoys().get(0);
        Instant left = bench.clock.instant();
        assertEquals(left.plus(Outbox.COVERED_LIFE).toEpochMilli(), decoy.expires(), "as what says something");
        // As in the mailbox: whatever its time to live, a message that left in a slot is tracked for a day.
        long id = write("for ten minutes", Duration.ofDays(1).plusMinutes(1));
        point();
        cover.slots.set(0, new Covered(ALICE, Optional.of(Network.REGTEST), left.plus(Duration.ofDays(100))));
        Set<ByteBuffer> all = Set.copyOf(packets(bench.stage.allOutgoing()));
        assertEquals(2, all.size());
        assertEquals(State.RELAYED, bench.stage.state(id));
        for (int hours : new int[] {12, 23, 25, 40}) {
            bench.clock.set(left.plus(Duration.ofHours(hours)));
            bench.network.evictAll();
            look();
            look();
            Set<ByteBuffer> back = new HashSet<>();
            bench.network.waiting().forEach(raw -> back.addAll(payloads(raw)));
            assertEquals(hours < 24 ? all : Set.of(), back, "all or none, " + hours + " h later");
        }
    }
}
