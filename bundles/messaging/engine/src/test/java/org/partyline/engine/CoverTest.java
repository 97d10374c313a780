package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.engine.conversation.CoverConversation;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.fees.ExactFeeMath;
import org.partyline.testkit.messaging.TestNetwork;

/** Cover traffic: whatever happens, who watches does not see which packet says something. */
class CoverTest extends CoverStage {
    // ---- one carrier

    @Test
    void messagesHandshakesKeyUpdatesReceiptsAndDecoysRollInTheSameTransaction() throws Exception {
        alice.settings.set("carrier", "rolling");
        alice.settings.set("send-receipts", "true");
        alice.settings.set("rekey-messages", "1");
        // However many points it takes.
        alice.settings.set("roll-max-age", "14d");
        alice.settings.set("roll-max-fee", "1000000sat");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 1_000_000);
        point();
        alice.send("lobby", "to all");
        alice.write("bob", "to you");
        TestServer.await("both arrive", () -> {
            point();
            return bob.received().containsAll(List.of("to all", "to you"));
        });
        bob.write("alice", "and back");
        TestServer.await("it is answered with a receipt", () -> {
            point();
            return alice.messages().outbox(true).stream()
                    .anyMatch(out -> out.kind().equals("control") && out.state() == State.SEEN);
        });
        point();
        Set<ByteBuffer> coins = new HashSet<>();
        network.handed().stream()
                .filter(handed -> handed.node().equals("a"))
                .forEach(handed -> coins.add(TestNetwork.input(handed.raw())));
        assertEquals(1, coins.size(), "one coin for everything");
        Set<String> kinds = new HashSet<>();
        for (Outgoing out : alice.messages().outbox(true)) {
            kinds.add(out.kind());
            assertEquals(Carrier.ROLLING, out.carrier(), out.kind());
        }
        assertEquals(Set.of("message", "handshake", "key update", "control", DECOY), kinds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void aMessageByAnotherCarrierThanTheDecoysIsRefused(String carrier) throws Exception {
        Carrier same = new Carrier(carrier);
        Carrier other = same.equals(Carrier.CONFIRM) ? Carrier.ROLLING : Carrier.CONFIRM;
        alice.settings.set("carrier", carrier);
        start(Duration.ofMinutes(1), 100_000);
        NoSuchThingException refused =
                assertThrows(NoSuchThingException.class, () -> send("hello", Optional.empty(), Optional.of(other)));
        assertTrue(refused.getMessage().contains("goes by the " + carrier + " carrier"), refused.getMessage());
        assertTrue(refused.getMessage().contains("leave --carrier out"), refused.getMessage());
        assertEquals(0, alice.messages().outbox(true).size(), "nothing is stored");
        send("hello", Optional.empty(), Optional.of(same));
        alice.cover().stop(Optional.empty());
        send("hello", Optional.empty(), Optional.of(other));
    }

    @Test
    void whatWaitedWhenCoverBeganGoesByTheDecoysCarrier() throws Exception {
        nodeA.down = true;
        long id = send("hello", Optional.empty(), Optional.of(Carrier.ROLLING));
        TestServer.await(
                "it waits", () -> alice.messages().outgoing(id).reason().contains("node"));
        start(Duration.ofMinutes(1), 100_000);
        nodeA.down = false;
        Set<ByteBuffer> coins = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            point().forEach(raw -> coins.add(TestNetwork.input(raw)));
        }
        TestServer.await("received", () -> bob.received().equals(List.of("hello")));
        assertEquals(4, coins.size(), "each in a transaction of its own");
        assertEquals(Carrier.CONFIRM, alice.messages().outgoing(id).carrier());
    }

    @Test
    void decoysThatRollCannotBeToldFromMessagesByOutputsFeeStepSpacingOrCoin() throws Exception {
        FeeMath math = TestServer.make(ExactFeeMath.class);
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        alice.settings.set("carrier", "rolling");
        timing.gap = Duration.ofMinutes(2);
        start(Duration.ofMinutes(2), 1_000_000);
        Random random = new Random(7);
        List<byte[]> versions = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            if (random.nextInt(3) == 0) {
                alice.send("lobby", "words " + "and more of them ".repeat(random.nextInt(3)));
            }
            List<byte[]> left = point();
            assertEquals(1, left.size(), "one version a point");
            versions.add(left.get(0));
        }
        Map<ByteBuffer, String> kinds = kinds();
        Map<String, Integer> counts = new HashMap<>();
        List<ByteBuffer> order = new ArrayList<>();
        long fee = 0;
        int vsize = 0;
        for (byte[] version : versions) {
            List<ByteBuffer> packets = payloads(version);
            List<ByteBuffer> fresh =
                    packets.stream().filter(packet -> !order.contains(packet)).toList();
            assertEquals(1, fresh.size(), "one new packet");
            order.addAll(fresh);
            String kind = kinds.get(fresh.get(0));
            counts.merge(kind, 1, Integer::sum);
            assertEquals(
                    new HashSet<>(order.subList(Math.max(0, order.size() - 3), order.size())),
                    new HashSet<>(packets),
                    "the three newest, whatever they say: " + kind);
            assertEquals(TestNetwork.input(versions.get(0)), TestNetwork.input(version), "the same coin: " + kind);
            var paid = network.paid(TransactionScanner.id(version));
            FeeRate rate = new FeeRate(100);
            assertEquals(
                    fee == 0 ? rate.fee(paid.vsize()) : math.replacement(fee, vsize, paid.vsize(), rate, rate),
                    paid.fee(),
                    "the least fee: " + kind);
            fee = paid.fee();
            vsize = paid.vsize();
        }
        assertTrue(counts.get("message") > 20 && counts.get(DECOY) > 20, counts::toString);
        assertEquals(2, counts.size(), counts::toString);
    }

    @Test
    void whatRodeAfterTheVersionThatWasMinedRidesAgainDecoysToo() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        alice.settings.set("carrier", "rolling");
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 100_000);
        byte[] first = point().get(0);
        alice.send("lobby", "after it");
        point();
        List<ByteBuffer> last = payloads(point().get(0));
        assertEquals(3, last.size());
        ByteBuffer message = last.get(1);
        ByteBuffer decoy = last.get(2);
        network.mine(TransactionScanner.id(first), first);
        TestServer.await(
                "they wait again",
                () -> alice.messages().outbox(false).stream()
                                .filter(out -> out.state() == State.SEALED)
                                .count()
                        == 2);
        List<ByteBuffer> next = payloads(point().get(0));
        assertEquals(List.of(message, decoy), next.subList(0, 2), "with the next packet");
        assertEquals(3, next.size());
        assertEquals(DECOY, kinds().get(decoy));
        assertEquals("message", kinds().get(message));
    }

    @Test
    void aPointBeforeTheNextVersionMayFollowPassesUnused() throws Exception {
        alice.settings.set("carrier", "rolling");
        timing.gap = Duration.ofSeconds(20);
        start(Duration.ofSeconds(30), 100_000);
        assertEquals(1, point().size());
        // 20 s after the last version, which needs 30.
        assertEquals(0, point().size());
        assertEquals(1, status().decoys());
        clock.pass(Duration.ofSeconds(12));
        assertEquals(0, look().size(), "nothing is made up for");
        alice.send("lobby", "hello");
        assertEquals(0, look().size(), "nor for a message");
        assertEquals(1, point().size(), "40 s after it");
    }

    @Test
    void whereARollEndsItsPointIsNotLost() throws Exception {
        alice.settings.set("carrier", "rolling");
        nodeA.coin = 60;
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 100_000);
        Set<ByteBuffer> coins = new HashSet<>();
        for (int i = 0; i < 12; i++) {
            List<byte[]> left = point();
            assertEquals(1, left.size(), "with nothing to say, too");
            coins.add(TestNetwork.input(left.get(0)));
        }
        assertTrue(coins.size() > 2, coins.size() + " coins");
        assertEquals(12, status().decoys());
    }

    // ---- nothing is lost

    @Test
    void withAShortTimeToLiveNoMessageExpiresBeforeItsPoint() throws Exception {
        alice.settings.set("default-ttl", "15m");
        start(Duration.ofMinutes(10), 100_000_000);
        int slow = 0;
        // The points are real ones: most often two of ten messages are slow, but none of forty may be.
        for (int i = 0; i < 40 || slow == 0 && i < 200; i++) {
            Instant written = clock.instant();
            long id = alice.send("lobby", "number " + i);
            while (alice.state(id) == State.QUEUED || alice.state(id) == State.SEALED) {
                point();
            }
            assertEquals(State.SEEN, alice.state(id), "it left");
            slow += Duration.between(written, clock.instant()).compareTo(Duration.ofMinutes(15)) > 0 ? 1 : 0;
            int count = i + 1;
            TestServer.await("received", () -> bob.told().size() == count);
        }
        assertTrue(slow > 0, "some waited for longer than they live");
    }

    @Test
    void aTimeToLiveThatReadersAreToldBeginsWhenTheMessageLeaves() throws Exception {
        timing.gap = Duration.ofMinutes(40);
        start(Duration.ofMinutes(40), 100_000);
        long id = send("soon gone", Optional.of(Duration.ofMinutes(15)), Optional.empty());
        clock.pass(Duration.ofMinutes(30));
        look();
        assertEquals(State.QUEUED, alice.state(id), "it is sealed when it leaves");
        assertEquals(1, point().size());
        Instant left = clock.instant();
        TestServer.await("received", () -> bob.received().size() == 1);
        Messages.Message read = bob.messages().messages(Messages.Query.ALL).get(0);
        assertEquals(left, read.sent());
        assertEquals(left.plus(Duration.ofMinutes(15)), read.expires());
        assertEquals(1, alice.messages().messages(Messages.Query.ALL).size(), "our own words live as long");
        clock.pass(Duration.ofMinutes(15));
        assertEquals(0, alice.messages().messages(Messages.Query.ALL).size());
    }

    @Test
    void aMessageThatCannotLeaveIsGivenUpAfterSendWithin() throws Exception {
        alice.settings.set("send-within", "2h");
        nodeA.poor = true;
        long id = alice.send("lobby", "without coins");
        clock.pass(Duration.ofMinutes(119));
        alice.round();
        assertFalse(alice.state(id).isSettled());
        clock.pass(Duration.ofMinutes(1));
        alice.round();
        assertEquals(State.EXPIRED, alice.state(id));
    }

    @Test
    void piecesThatLeaveOverHoursAreOneMessageToAReaderWhoKeepsNothing() throws Exception {
        bob.settings.set("default-ttl", "15m");
        timing.gap = Duration.ofMinutes(50);
        start(Duration.ofMinutes(50), 100_000);
        String text = "a long message in pieces ".repeat(10);
        long id = alice.send("lobby", text);
        int points = 0;
        while (alice.state(id) == State.QUEUED || alice.state(id) == State.SEALED) {
            point();
            bob.keep();
            points++;
        }
        assertTrue(points > 4, points + " points");
        TestServer.await("whole", () -> bob.received().equals(List.of(text)));
    }

    @Test
    void aLongMessageThatDoesNotLeaveInItsTimeToLiveIsRefused() throws Exception {
        String text = "a long message in pieces ".repeat(10);
        timing.gap = Duration.ofMinutes(10);
        start(Duration.ofMinutes(10), 100_000);
        NoSuchThingException refused = assertThrows(
                NoSuchThingException.class, () -> send(text, Optional.of(Duration.ofMinutes(30)), Optional.empty()));
        assertTrue(
                refused.getMessage().matches(".*one in 10m on average.* give it [0-9]+m or more.*"),
                refused.getMessage());
        assertEquals(0, alice.messages().outbox(true).size());
        start(Duration.ofHours(3), 100_000);
        NoSuchThingException slow =
                assertThrows(NoSuchThingException.class, () -> send(text, Optional.empty(), Optional.empty()));
        assertTrue(slow.getMessage().contains("readers take none that is a day old"), slow.getMessage());
        start(Duration.ofMinutes(10), 100_000);
        send("short", Optional.of(Duration.ofMinutes(1)), Optional.empty());
        long id = send(text, Optional.of(Duration.ofHours(5)), Optional.empty());
        while (alice.state(id) != State.SEEN) {
            point();
        }
        TestServer.await("whole", () -> bob.received().contains(text));
    }

    // ---- the budget

    @Test
    void aPersonasBudgetHasNothingToDoWithAnothersCover() throws Exception {
        alice.personas().create("work");
        alice.channels()
                .join(
                        new Channels.Join(
                                Optional.of("work"),
                                "square",
                                Mode.RATCHET,
                                Optional.of(TestServer.CHEAP),
                                Optional.of(Network.REGTEST)),
                        "channel passphrase".toCharArray());
        start(Duration.ofSeconds(30), 1_000_000);
        alice.cover().start(Optional.of("work"), Duration.ofHours(23), 1_000_000);
        assertFalse(point().isEmpty());
        Map<String, Long> spent = new HashMap<>();
        alice.cover().status().forEach(status -> spent.put(status.persona(), status.spent()));
        assertTrue(spent.get(status().persona()) > 0, spent::toString);
        assertEquals(0, spent.get("work"));
    }

    @Test
    void aBudgetThatHasNoRoomForOnePacketPaysForNone() throws Exception {
        network.floor = 40_000;
        start(Duration.ofSeconds(30), 100);
        assertEquals(0, point().size());
        Cover.Status status = status();
        assertFalse(status.running());
        assertEquals(0, status.spent());
        assertTrue(
                status.problem()
                        .startsWith("the budget of 100 sat a day is spent (0 sat; another packet may cost 8080 sat)"),
                status.problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hi", "words that fill a packet of a hundred and twenty-eight bytes, or nearly so"})
    void theBudgetEndsAtTheSamePointWhateverIsSaid(String text) throws Exception {
        // Decoys of 80 bytes cost 21 sat. After one, 24 are left, which a packet of 128 bytes would pass.
        timing.size = OptionalInt.of(80);
        alice.settings.set("max-bucket", "128");
        nodeA.maxPayload = 128;
        nodeB.maxPayload = 128;
        timing.jitter = Duration.ofMinutes(7);
        alice.settings.set("jitter", "7m");
        start(Duration.ofSeconds(30), 45);
        assertEquals(1, point().size());
        if (!text.isEmpty()) {
            alice.send("lobby", text);
        }
        assertEquals(0, point().size());
        Cover.Status status = status();
        assertFalse(status.running());
        assertEquals(21, status.spent());
        assertEquals(1, decoys().size());
        clock.pass(Duration.ofMinutes(6));
        assertEquals(0, look().size(), "its delay begins with the end");
        clock.pass(Duration.ofMinutes(1));
        assertEquals(text.isEmpty(), look().isEmpty());
    }

    @Test
    void aPacketThatIsDearerThanThoughtIsRefusedAndNoSmallerOneTakesItsPoint() throws Exception {
        nodeA.heavier = 1000;
        start(Duration.ofSeconds(30), 100);
        long id = alice.send("lobby", "many small coins");
        assertEquals(0, point().size());
        assertTrue(alice.messages().outgoing(id).reason().contains("budget of 100 sat a day"), () -> reason(id));
        assertEquals(List.of(), decoys(), "a smaller one is not tried");
        assertFalse(status().running());
        assertEquals(0, status().spent());
        assertEquals(0, status().messages());
    }

    @Test
    void coverGoesOnWhenFeesFallAndWhenADayHasPassed() throws Exception {
        network.floor = 1_000;
        timing.size = OptionalInt.of(80);
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 250);
        assertEquals(1, point().size());
        assertEquals(202, status().spent());
        assertEquals(0, point().size());
        assertFalse(status().running());
        network.floor = 100;
        clock.pass(Duration.ofMinutes(11));
        assertEquals(1, look().size(), "the fees fell");
        assertTrue(status().running());
        assertEquals(1, point().size());
        assertEquals(0, point().size());
        assertFalse(status().running());
        clock.pass(Duration.ofHours(25));
        assertTrue(status().running(), "a new day");
        assertEquals(1, look().size());
    }

    // ---- points

    @Test
    void aDecoyThatCannotLeaveAtItsPointNeverLeaves() throws Exception {
        start(Duration.ofSeconds(30), 100_000);
        nodeA.poor = true;
        for (int i = 0; i < 4; i++) {
            assertEquals(0, point().size());
        }
        assertEquals(4, decoys().size());
        assertTrue(decoys().stream().allMatch(out -> out.state() == State.EXPIRED), "given up at once");
        assertEquals(0, status().decoys(), "none is counted");
        nodeA.poor = false;
        assertEquals(0, look().size(), "none is made up for");
        alice.send("lobby", "hello");
        assertEquals(1, point().size());
        TestServer.await("the message has the point", () -> bob.received().equals(List.of("hello")));
        alice.cover().stop(Optional.empty());
        clock.pass(Duration.ofMinutes(5));
        assertEquals(0, look().size(), "nor after the end");
    }

    @Test
    void aDecoyThatACrashLeftBehindIsGivenUp() throws Exception {
        start(Duration.ofSeconds(30), 100_000);
        int before = network.handed().size();
        nodeA.onBroadcast = () -> {};
        // As if the process had ended between the decoy and its transaction.
        alice.close();
        alice.store.transact(tx -> {
            OutgoingRecords.put(
                    tx,
                    new OutgoingMessage(
                            99,
                            CoverConversation.id(1, Network.REGTEST),
                            State.SEALED,
                            "",
                            clock.millis(),
                            clock.millis() + Duration.ofHours(24).toMillis(),
                            0,
                            false,
                            0,
                            List.of(OutgoingPart.of(new byte[64])),
                            6,
                            null,
                            false,
                            clock.millis() / 1000,
                            "confirm",
                            false));
            return null;
        });
        alice = alice.restart(timing, nodeA);
        alice.round();
        assertEquals(before, network.handed().size());
        assertEquals(State.EXPIRED, alice.state(99));
    }

    @Test
    void aMessageThatFailsToLeaveGivesItsPointToADecoy() throws Exception {
        alice.fees().limit(Fees.Cap.MESSAGE, 30);
        start(Duration.ofSeconds(30), 100_000);
        long id = alice.send("lobby", "a long message in pieces ".repeat(10));
        for (int i = 0; i < 4; i++) {
            assertEquals(1, point().size(), "a packet at each point");
        }
        assertTrue(reason(id).contains("fee-cap-message=30sat"), () -> reason(id));
        assertEquals(1, status().messages(), "one packet of it left");
        assertEquals(3, status().decoys());
    }

    @Test
    void whenANodeComesBackOnePacketLeavesNotAllThatWaited() throws Exception {
        start(Duration.ofSeconds(30), 100_000);
        point();
        nodeA.down = true;
        for (int i = 0; i < 3; i++) {
            alice.join("room " + i, Mode.OPEN);
            alice.send("room " + i, "text " + i);
        }
        clock.pass(Duration.ofMinutes(10));
        assertEquals(0, look().size());
        assertEquals("no node is ready", status().problem());
        nodeA.down = false;
        assertEquals(1, look().size());
        assertEquals(0, look().size());
    }

    @Test
    void whenANodeComesBackInTheMiddleOfARoundNothingLeavesBeforeItsPoint() throws Exception {
        timing.gap = Duration.ofHours(1);
        start(Duration.ofHours(1), 100_000);
        for (int i = 0; i < 3; i++) {
            alice.join("room " + i, Mode.OPEN);
            alice.send("room " + i, "text " + i);
        }
        alice.round();
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger downFor = new AtomicInteger();
        nodeA.onStatus = () -> nodeA.down = asked.getAndIncrement() < downFor.get();
        for (int i = 0; i < 20; i++) {
            downFor.set(i);
            asked.set(0);
            assertEquals(0, look().size(), "ready when asked for the " + (i + 1) + ". time");
        }
        assertTrue(asked.get() > 0);
        nodeA.onStatus = () -> nodeA.down = false;
        assertEquals(1, point().size());
    }

    @Test
    void coverThatIsStoppedInTheMiddleOfAPointStaysStopped() throws Exception {
        start(Duration.ofSeconds(30), 100_000);
        alice.send("lobby", "hello");
        nodeA.onBroadcast = () -> {
            try {
                alice.cover().stop(Optional.empty());
            } catch (PartylineException e) {
                throw new AssertionError(e);
            }
        };
        assertEquals(1, point().size());
        Cover.Status status = status();
        assertFalse(status.running() || !status.problem().isEmpty(), status::toString);
    }

    @Test
    void aMessageOnAnotherNetworkLeavesTheDecoysTheirPoint() throws Exception {
        TestNetwork second = new TestNetwork(clock);
        TestNetwork.Node nodeS = second.node("s", Network.SIGNET);
        alice.close();
        alice = alice.restart(timing, nodeA, nodeS);
        alice.settings.set("jitter", "0s");
        alice.awaitCursor(nodeS);
        alice.channels()
                .join(
                        new Channels.Join(
                                Optional.empty(),
                                "there",
                                Mode.RATCHET,
                                Optional.of(TestServer.CHEAP),
                                Optional.of(Network.SIGNET)),
                        "channel passphrase".toCharArray());
        start(Duration.ofSeconds(30), 100_000);
        clock.set(status().next().orElseThrow());
        alice.round();
        boolean decoysHere = network.handed().size() == 1;
        assertEquals(1, network.handed().size() + second.handed().size());
        TestNetwork covered = decoysHere ? network : second;
        TestNetwork other = decoysHere ? second : network;
        long id = alice.send(decoysHere ? "there" : "lobby", "elsewhere");
        long spent = status().spent();
        clock.set(status().next().orElseThrow());
        alice.round();
        assertEquals(2, covered.handed().size(), "a decoy at the point");
        assertEquals(1, other.handed().size(), "and the message, by its delay");
        assertEquals(2, status().decoys());
        assertEquals(0, status().messages());
        assertEquals(
                decoys().stream().mapToLong(Outgoing::fee).sum(), status().spent(), "the message is not on the budget");
        assertTrue(status().spent() > spent);
        assertEquals(1, alice.messages().outgoing(id).parts().size());
    }

    // ---- afterwards

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void whatNodesLostComesBackForADayWhateverItSays(String carrier) throws Exception {
        alice.settings.set("carrier", carrier);
        alice.settings.set("default-ttl", "15m");
        List<byte[]> left = new ArrayList<>();
        timing.gap = Duration.ofMinutes(1);
        start(Duration.ofMinutes(1), 100_000);
        left.addAll(point());
        send("for ten minutes", Optional.of(Duration.ofMinutes(10)), Optional.empty());
        left.addAll(point());
        send("for a week", Optional.of(Duration.ofDays(7)), Optional.empty());
        left.addAll(point());
        // Nothing more leaves.
        timing.gap = Duration.ofDays(100);
        left.addAll(point());
        assertEquals(4, left.size());
        List<ByteBuffer> all =
                left.stream().flatMap(raw -> payloads(raw).stream()).toList();
        for (int hours : new int[] {12, 23, 25, 40}) {
            clock.set(Instant.parse("2026-11-20T12:10:00Z").plus(Duration.ofHours(hours)));
            alice.keep();
            network.evictAll();
            look();
            look();
            Set<ByteBuffer> back = new HashSet<>();
            network.waiting().forEach(raw -> back.addAll(payloads(raw)));
            if (carrier.equals("rolling")) {
                // The last version is all that there is: it is looked after until it is mined.
                assertEquals(Set.of(all.get(3)), back);
                continue;
            }
            Set<ByteBuffer> expected = hours < 24 ? Set.copyOf(all) : Set.of();
            assertEquals(expected, back, "all or none, " + hours + " h later");
        }
    }
}
