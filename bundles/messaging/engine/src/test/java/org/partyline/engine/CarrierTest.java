package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Privacy;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.engine.kernel.StateGuard;
import org.partyline.engine.mailbox.MessageRecord;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;
import org.partyline.testkit.messaging.TestNetwork;

/** Carriers, caps, delays and cover traffic over a network with a mempool's rules of replacement. */
class CarrierTest extends CarrierStage {
    /** Time for the last version to travel; then the sender looks again, before more time passes. */
    private void spacing(TestServer server) throws Exception {
        clock.pass(Duration.ofSeconds(31));
        server.kick();
        server.round();
    }

    private void awaitReceived(List<String> texts) throws Exception {
        try {
            TestServer.await("received", () -> {
                boolean all = new HashSet<>(bob.received()).containsAll(texts);
                if (!all) {
                    // A long message is several versions, and a roll that ended begins anew.
                    spacing(alice);
                }
                return all;
            });
        } catch (AssertionError e) {
            throw new AssertionError(
                    bob.received() + " of " + texts + "; " + alice.messages().outbox(true), e);
        }
        assertEquals(texts.size(), bob.received().size(), "none twice");
        // What the last version left to write down is written before the clock goes on.
        alice.round();
    }

    @Test
    void aConversationRollsInOneTransactionAtExactlyTheLeastFee() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add("message " + i + " of a rolling conversation");
            roll(texts.get(i));
            awaitReceived(texts);
            spacing(alice);
        }
        assertEquals(1, network.waiting().size(), "one transaction for all of them");
        byte[] last = network.waiting().get(0);
        Set<Object> inputs = new HashSet<>();
        long fee = 0;
        int vsize = 0;
        for (byte[] version : network.broadcasts()) {
            inputs.add(TestNetwork.input(version));
            var paid = network.paid(TransactionScanner.id(version));
            long rule = fee == 0
                    ? (paid.vsize() + 9) / 10
                    : Math.max(fee + (paid.vsize() + 9) / 10, fee * paid.vsize() / vsize + 1);
            assertEquals(rule, paid.fee(), "to the sat");
            fee = paid.fee();
            vsize = paid.vsize();
        }
        assertEquals(1, inputs.size(), "every version spends the same coin");
        network.mine();
        TestServer.await(
                "the last is confirmed",
                () -> alice.messages().outbox(true).stream().anyMatch(out -> out.state() == State.CONFIRMED));
        TestServer.await(
                "the others have had their time",
                () -> alice.messages().outbox(true).stream()
                        .allMatch(out -> out.state() == State.CONFIRMED || out.state() == State.REPLACED));
        assertEquals(
                fee,
                alice.messages().outbox(true).stream()
                        .mapToLong(Messages.Outgoing::fee)
                        .sum(),
                "what the messages cost is what the transaction pays");
        assertEquals(fee, network.paid(TransactionScanner.id(last)).fee());
    }

    @Test
    void versionsKeepTheirDistance() throws Exception {
        roll("one");
        // While time stands still: else the next version might be due at once.
        TestServer.await("received", () -> bob.received().equals(List.of("one")));
        long waiting = roll("two");
        TestServer.await(
                "it says when",
                () -> alice.messages().outgoing(waiting).reason().contains("rides in the next version"));
        alice.round();
        bob.read();
        assertEquals(List.of("one"), bob.received());
        spacing(alice);
        awaitReceived(List.of("one", "two"));
    }

    @Test
    void whereTheNetworkCarriesItTheNewestPacketsAndTheChainsOpenerRideAgain() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        bob.close();
        for (int i = 0; i < 6; i++) {
            int before = network.broadcasts().size();
            roll("number " + i);
            TestServer.await("version " + i, () -> {
                spacing(alice);
                return network.broadcasts().size() > before;
            });
        }
        int[] outputs = {0};
        TransactionScanner.scan(network.waiting().get(0), (output, offset, length) -> outputs[0]++);
        assertEquals(3, outputs[0]);
        bob = bob.restart(nodeB);
        // Without the opener he could read none of them.
        TestServer.await(
                "what rides in the last version",
                () -> bob.received().equals(List.of("number 0", "number 4", "number 5")));
    }

    @Test
    void theNextVersionWaitsUntilTheLastWasSeenAndNothingIsLostWhenItNeverIs() throws Exception {
        network.hold();
        long first = roll("one");
        TestServer.await("out", () -> network.broadcasts().size() == 1);
        long second = roll("two");
        TestServer.await("it says why", () -> {
            spacing(alice);
            return alice.messages().outgoing(second).reason().contains("until another node shows");
        });
        assertEquals(1, new HashSet<>(network.broadcasts()).size());
        TestServer.await("patience ends", () -> {
            spacing(alice);
            return alice.state(second) == State.BROADCAST;
        });
        network.release(all -> all.subList(all.size() - 1, all.size()));
        TestServer.await("the first boards again", () -> {
            spacing(alice);
            // It may have had its time on the way already.
            return alice.state(first) == State.SEEN || alice.state(first) == State.REPLACED;
        });
        awaitReceived(List.of("one", "two"));
    }

    @Test
    void aVersionThatANodeKeepsToItselfGoesInByAnother() throws Exception {
        TestNetwork.Node other = network.node("other");
        alice.close();
        alice = alice.restart(nodeA, other);
        alice.settings.set("fee-band", "0");
        nodeA.keeps = true;
        nodeA.silent = true;
        other.keeps = false;
        List<String> texts = List.of("one", "two", "three");
        for (String text : texts) {
            roll(text);
            TestServer.await(text, () -> {
                spacing(alice);
                return bob.received().contains(text);
            });
        }
        awaitReceived(texts);
    }

    @Test
    void onlyTheLastVersionsChangeIsHeldAndNoneWhenTheRollIsOver() throws Exception {
        for (String text : List.of("one", "two", "three")) {
            roll(text);
            TestServer.await(text, () -> {
                spacing(alice);
                return bob.received().contains(text);
            });
        }
        byte[] first = network.broadcasts().get(0);
        TestServer.await("one", () -> nodeA.holds().size() == 1);
        assertTrue(
                nodeA.holds().contains(TransactionScanner.id(network.waiting().get(0))));
        network.mine(TransactionScanner.id(first), first);
        TestServer.await("none", () -> {
            // What came after the first version boards again; its change is held then.
            alice.kick();
            return !nodeA.holds().contains(TransactionScanner.id(first));
        });
        network.mine();
    }

    @Test
    void anyVersionMayBeMinedAndTheConversationRollsOn() throws Exception {
        Random random = new Random(5);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            texts.add("text " + i);
            roll(texts.get(i));
            awaitReceived(texts);
            if (random.nextInt(4) == 0) {
                List<byte[]> all = network.broadcasts();
                byte[] current = network.waiting().get(0);
                List<byte[]> versions = all.stream()
                        .filter(raw -> TestNetwork.input(raw).equals(TestNetwork.input(current)))
                        .toList();
                byte[] mined = versions.get(random.nextInt(versions.size()));
                network.mine(TransactionScanner.id(mined), mined);
            }
            spacing(alice);
        }
        network.mine();
        TestServer.await("all are settled", () -> {
            spacing(alice);
            network.mine();
            return alice.messages().outbox(true).stream()
                    .allMatch(out -> out.state() == State.CONFIRMED || out.state() == State.REPLACED);
        });
        awaitReceived(texts);
    }

    @Test
    void whenAnotherVersionStandsInTheNewChainWhatOnlyTheLostOneCarriedRidesAgain() throws Exception {
        anotherVersionStandsInTheNewChain();
    }

    @Test
    void whenAnotherVersionOfSeveralPacketsStandsInTheNewChainWhatOnlyTheLostOneCarriedRidesAgain() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        anotherVersionStandsInTheNewChain();
    }

    @Test
    void whatNodesHadUntilAnotherVersionWasMinedRidesAgainSoon() throws Exception {
        roll("text 0");
        awaitReceived(List.of("text 0"));
        byte[] first = network.waiting().get(0);
        spacing(alice);
        long last = roll("text 1");
        awaitReceived(List.of("text 0", "text 1"));
        network.mine();
        TestServer.await("settled", () -> alice.messages().outbox(false).isEmpty());
        network.disconnect(1, true);
        TestServer.await("taken back", () -> alice.state(last) == State.SEEN);
        // It waits in the mempool again, and was found there; then a block has the other version.
        alice.round();
        network.mine(TransactionScanner.id(first), first);
        clock.pass(Duration.ofSeconds(25));
        TestServer.await("it rides again", () -> {
            alice.kick();
            return network.waiting().size() == 1;
        });
    }

    private void anotherVersionStandsInTheNewChain() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            texts.add("text " + i);
            roll(texts.get(i));
            awaitReceived(texts);
            spacing(alice);
        }
        List<byte[]> versions = network.broadcasts();
        assertEquals(3, versions.size());
        network.mine();
        TestServer.await("settled", () -> alice.messages().outbox(false).isEmpty());
        network.disconnect(1, false);
        network.mine(TransactionScanner.id(versions.get(1)), versions.get(1));
        TestServer.await("in another transaction", () -> {
            spacing(alice);
            return network.waiting().stream()
                    .anyMatch(raw -> !TestNetwork.input(raw).equals(TestNetwork.input(versions.get(0))));
        });
        network.mine();
        TestServer.await("settled again", () -> {
            spacing(alice);
            return alice.messages().outbox(false).isEmpty();
        });
        awaitReceived(texts);
        List<ByteBuffer> lost = payloads(versions.get(2));
        ByteBuffer last = lost.get(lost.size() - 1);
        assertTrue(
                network.inBlocks().stream().anyMatch(raw -> payloads(raw).contains(last)),
                "the last message stands in the chain");
    }

    @Test
    void aVersionThatNodesLostComesBackTheSame() throws Exception {
        roll("one");
        awaitReceived(List.of("one"));
        byte[] version = network.waiting().get(0);
        network.evictAll();
        clock.pass(Duration.ofMinutes(11));
        alice.kick();
        TestServer.await("it is back", () -> network.waiting().size() == 1);
        assertArrayEquals(version, network.waiting().get(0));
    }

    @Test
    void aCompetingSpendStartsAnotherCoinAndNothingIsLost() throws Exception {
        roll("one");
        awaitReceived(List.of("one"));
        byte[] first = network.waiting().get(0);
        network.spendElsewhere(first);
        spacing(alice);
        roll("two");
        TestServer.await("another coin", () -> {
            spacing(alice);
            return network.waiting().stream()
                    .anyMatch(raw -> !TestNetwork.input(raw).equals(TestNetwork.input(first)));
        });
        TestServer.await("both", () -> {
            spacing(alice);
            return bob.received().size() == 2;
        });
        awaitReceived(List.of("one", "two"));
    }

    @Test
    void aCoinThatAnotherTransactionSpendsForMoreIsLeftAlone() throws Exception {
        roll("one");
        awaitReceived(List.of("one"));
        byte[] first = network.waiting().get(0);
        network.outbid(first);
        roll("two");
        TestServer.await("another coin", () -> {
            spacing(alice);
            return bob.received().size() == 2;
        });
        awaitReceived(List.of("one", "two"));
        assertTrue(
                network.broadcasts().stream()
                        .allMatch(
                                raw -> network.paid(TransactionScanner.id(raw)).fee() < 100),
                "no bidding");
    }

    @Test
    void aFloorThatRisesIsMet() throws Exception {
        roll("one");
        awaitReceived(List.of("one"));
        network.floor = 5_000;
        network.evictAll();
        clock.pass(Duration.ofMinutes(11));
        TestServer.await("a version over the floor", () -> {
            spacing(alice);
            return network.waiting().size() == 1
                    && overTheFloor(network.waiting().get(0));
        });
        roll("two");
        TestServer.await("two", () -> {
            spacing(alice);
            return bob.received().size() == 2;
        });
    }

    private boolean overTheFloor(byte[] raw) {
        var paid = network.paid(TransactionScanner.id(raw));
        return paid.fee() >= 5L * paid.vsize();
    }

    @Test
    void aCoinThatIsUsedUpIsLeftToBeMinedAndAnotherOneGoesOn() throws Exception {
        nodeA.coin = 60;
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            texts.add("text " + i);
            roll(texts.get(i));
            TestServer.await("received " + i, () -> {
                spacing(alice);
                return bob.received().size() == texts.size();
            });
        }
        assertTrue(network.waiting().size() >= 2, "several coins");
        awaitReceived(texts);
    }

    /** The wallet, or a node that refuses what comes next, may be the first to know of the block. */
    @Test
    void aPacketThatIsInABlockBeforeANodeShowedItBeginsItsTimeToLive() throws Exception {
        alice.settings.set("default-ttl", "2h");
        nodeA.dieAfterTaking = Integer.MAX_VALUE;
        nodeA.keeps = true;
        alice.settings.set("carrier", "rolling");
        long id = alice.send("lobby", "mined");
        TestServer.await("handed over", () -> !network.broadcasts().isEmpty());
        alice.round();
        OutgoingMessage sealed =
                alice.store.transact(tx -> OutgoingRecords.find(tx, id).orElseThrow());
        assertEquals(Messages.State.SEALED, sealed.state());
        clock.pass(Duration.ofMinutes(90));
        StateGuard guard = alice.engine.guard;
        Outbox outbox = alice.engine.stageContext.part(Outbox.class);
        guard.open(memory -> guard.transact(tx -> {
            OutgoingMessage now = OutgoingRecords.find(tx, id).orElseThrow();
            OutgoingPart part = now.parts().get(0);
            return outbox.update(tx, memory, now, now.with(0, part.minedIn(part.transaction())));
        }));
        assertEquals(Messages.State.CONFIRMED, alice.state(id));
        Instant end = clock.instant().plus(Duration.ofHours(2));
        OutgoingMessage confirmed =
                alice.store.transact(tx -> OutgoingRecords.find(tx, id).orElseThrow());
        assertEquals(end, Instant.ofEpochMilli(confirmed.expires()));
        MessageRecord words =
                alice.store.transact(tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                        .orElseThrow());
        assertEquals(end, Instant.ofEpochMilli(words.expires()));
    }

    @Test
    void aServerThatWasKilledBetweenSigningAndSendingSendsTheSameVersion() throws Exception {
        roll("one");
        awaitReceived(List.of("one"));
        nodeA.down = true;
        roll("two");
        spacing(alice);
        nodeA.down = false;
        nodeA.dieAfterTaking = 1000;
        alice.kick();
        TestServer.await("it was taken and no answer came", () -> bob.received().size() == 2);
        int versions = network.broadcasts().size();
        nodeA.dieAfterTaking = 0;
        alice = alice.restart(nodeA);
        alice.settings.set("fee-band", "0");
        alice.kick();
        TestServer.await("handed over again", () -> network.broadcasts().size() > versions);
        assertArrayEquals(
                network.broadcasts().get(versions - 1), network.broadcasts().get(versions));
        spacing(alice);
        roll("three");
        TestServer.await("three", () -> {
            spacing(alice);
            return bob.received().size() == 3;
        });
        assertEquals(1, network.waiting().size(), "still the same roll");
    }

    @Test
    void aRecalledMessageIsReplacedByNothing() throws Exception {
        long id = alice.send("lobby", "I should not have said this");
        awaitReceived(List.of("I should not have said this"));
        TestServer.await("seen", () -> alice.state(id) == State.SEEN);
        Messages.Recalled recalled = alice.messages().recall(id);
        assertEquals(State.RECALLED, recalled.outgoing().state());
        assertEquals(0, recalled.mined());
        for (byte[] raw : network.waiting()) {
            TransactionScanner.scan(raw, (output, offset, length) -> {
                throw new AssertionError("it still carries something");
            });
        }
        assertTrue(recalled.fee() > 0);
    }

    @Test
    void aMessageThatWasMinedInBetweenIsSaidToBeOnTheChainForEver() throws Exception {
        long id = alice.send("lobby", "too late");
        awaitReceived(List.of("too late"));
        network.mine();
        TestServer.await("confirmed", () -> alice.state(id) == State.CONFIRMED);
        Messages.Recalled recalled = alice.messages().recall(id);
        assertEquals(0, recalled.replaced());
        assertTrue(recalled.mined() > 0);
        assertEquals(State.CONFIRMED, recalled.outgoing().state());
    }

    @Test
    void aRecalledPacketLeavesTheRollAndTheOthersRideOn() throws Exception {
        nodeA.maxOutputs = 10;
        nodeB.maxOutputs = 10;
        roll("one");
        awaitReceived(List.of("one"));
        spacing(alice);
        long second = roll("two");
        awaitReceived(List.of("one", "two"));
        Messages.Recalled recalled = alice.messages().recall(second);
        assertEquals(1, recalled.replaced());
        int[] outputs = {0};
        TransactionScanner.scan(network.waiting().get(0), (output, offset, length) -> outputs[0]++);
        assertTrue(outputs[0] >= 1 && outputs[0] < 3, "without the recalled one");
    }

    @Test
    void aRollThatARecallLeftEmptyAndThatWasMinedStopsNoMessage() throws Exception {
        long first = roll("I take this back");
        awaitReceived(List.of("I take this back"));
        TestServer.await("seen", () -> alice.state(first) == State.SEEN);
        alice.messages().recall(first);
        network.mine();
        spacing(alice);
        roll("and say this");
        // Not for ever: a roll ends by itself after hours.
        int[] spacings = {20};
        TestServer.await("received", () -> {
            if (spacings[0]-- > 0) {
                spacing(alice);
            }
            return bob.received().contains("and say this");
        });
    }

    @Test
    void theChangeOfARollThatARecallLeftEmptyIsFreeSoonAfterItWasMined() throws Exception {
        long id = roll("I take this back");
        awaitReceived(List.of("I take this back"));
        TestServer.await("seen", () -> alice.state(id) == State.SEEN);
        alice.messages().recall(id);
        assertEquals(1, nodeA.holds().size());
        network.mine();
        clock.pass(Duration.ofMinutes(11));
        TestServer.await("free", () -> {
            alice.round();
            return nodeA.holds().isEmpty();
        });
    }

    @Test
    void whatHasNotLeftIsCancelledNotRecalled() throws Exception {
        nodeA.down = true;
        long id = alice.send("lobby", "not gone");
        assertThrows(NoSuchThingException.class, () -> alice.messages().recall(id));
    }

    @Test
    void anExpiredMessageIsRecalledWhereThatIsSet() throws Exception {
        alice.settings.set("expire-on-chain", "recall");
        long id = alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), "lobby", "for ten minutes", Optional.of(Duration.ofMinutes(10)), false))
                .id();
        TestServer.await("seen", () -> alice.state(id) == State.SEEN);
        clock.pass(Duration.ofMinutes(11));
        TestServer.await("recalled", () -> {
            alice.kick();
            return alice.state(id) == State.RECALLED;
        });
    }

    @Test
    void aDelayIsDrawnOnceAndShown() throws Exception {
        FixedTiming timing = new FixedTiming();
        timing.jitter = Duration.ofMinutes(7);
        alice = alice.restart(timing, nodeA);
        alice.settings.set("jitter", "10m");
        long id = alice.send("lobby", "later");
        // The test's clock stands at 12:00:00.
        String when = "it leaves at 12:07:00 UTC: a random delay";
        TestServer.await(
                "it says when", () -> alice.messages().outgoing(id).reason().equals(when));
        assertEquals(List.of(Duration.ofMinutes(10)), timing.means, "drawn with the mean that is set");
        FixedTiming other = new FixedTiming();
        other.jitter = Duration.ofMinutes(1);
        alice = alice.restart(other, nodeA);
        alice.settings.set("jitter", "10m");
        clock.pass(Duration.ofMinutes(6).plusSeconds(59));
        alice.round();
        alice.round();
        assertEquals(when, alice.messages().outgoing(id).reason(), "the same time");
        assertEquals(List.of(), other.means, "nothing is drawn again");
        assertEquals(0, network.broadcasts().size());
        clock.pass(Duration.ofSeconds(1));
        alice.round();
        TestServer.await("it leaves", () -> bob.received().contains("later"));
    }

    @Test
    void aBurstIsSlowedDown() throws Exception {
        alice.settings.set("rate-per-minute", "1");
        alice.settings.set("rate-burst", "2");
        for (int i = 0; i < 4; i++) {
            alice.send("lobby", "text " + i);
        }
        TestServer.await(
                "some wait",
                () -> alice.messages().outbox(false).stream()
                        .anyMatch(out -> out.reason().contains("a minute")));
        int before = network.broadcasts().size();
        assertTrue(before <= 2, "no more than the burst");
        TestServer.await("all leave", () -> {
            clock.pass(Duration.ofSeconds(61));
            alice.kick();
            return bob.received().size() == 4;
        });
    }

    private boolean isOverTheHour(long id, long spent) {
        try {
            String reason = alice.messages().outgoing(id).reason();
            return reason.contains("would pass fee-cap-hour=50sat: " + spent + " sat were spent in the last hour");
        } catch (PartylineException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nothingIsSentOverACap() throws Exception {
        alice.fees().limit(Fees.Cap.MESSAGE, 10);
        long id = alice.send("lobby", "too dear");
        TestServer.await(
                "it says which cap",
                () -> alice.messages().outgoing(id).reason().contains("cap"));
        assertEquals(0, network.broadcasts().size());
        alice.fees().limit(Fees.Cap.MESSAGE, 1000);
        // While time stands still: what was spent counts for an hour.
        TestServer.await("received", () -> bob.received().equals(List.of("too dear")));
        // 19 and 21 sat are spent: the next one still fits, the one after it does not.
        alice.fees().limit(Fees.Cap.HOUR, 50);
        long fits = alice.send("lobby", "it fits");
        alice.round();
        long over = alice.send("lobby", "the hour is full");
        alice.round();
        long spent = alice.fees().limits().hourSpent();
        int out = network.broadcasts().size();
        long waiting = List.of(fits, over).stream()
                .filter(id2 -> isOverTheHour(id2, spent))
                .findFirst()
                .orElseThrow(() -> new AssertionError("none waits for the hour, " + spent + " sat are spent"));
        assertTrue(spent <= 50, spent + " sat");
        for (int i = 0; i < 4; i++) {
            clock.pass(Duration.ofMinutes(14));
            alice.round();
        }
        assertEquals(out, network.broadcasts().size(), "nothing in this hour");
        clock.pass(Duration.ofMinutes(5));
        alice.round();
        TestServer.await("the hour is over", () -> alice.state(waiting) == State.SEEN);
        assertThrows(NoSuchThingException.class, () -> alice.fees().limit(Fees.Cap.DAY, 0));
    }

    @Test
    void withCoverPacketsLeaveAtPointsAndMessagesTakeThePlaceOfDecoys() throws Exception {
        Cover.Status started = alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 100_000);
        assertTrue(started.running());
        for (int i = 0; i < 10; i++) {
            point();
        }
        assertEquals(10, alice.cover().status().get(0).decoys());
        assertEquals(List.of(), bob.received());
        long id = alice.send("lobby", "hidden among them");
        TestServer.await(
                "it waits for a point",
                () -> alice.messages().outgoing(id).reason().contains("cover traffic"));
        int before = network.broadcasts().size();
        TestServer.await("it left at points", () -> {
            point();
            return bob.received().size() == 1;
        });
        Cover.Status status = alice.cover().status().get(0);
        assertEquals(network.broadcasts().size(), status.decoys() + status.messages(), "one packet a point");
        assertTrue(network.broadcasts().size() > before);
        assertTrue(
                status.spent() >= network.broadcasts().size() * 19L,
                "decoys were counted against the budget, at the floor at least");
        alice.cover().stop(Optional.empty());
        alice.send("lobby", "and at once");
        TestServer.await("at once", () -> bob.received().contains("and at once"));
    }

    /** Lets time pass until exactly one more point was due. */
    private void point() throws Exception {
        Cover.Status before = alice.cover().status().get(0);
        long done = before.decoys() + before.messages();
        clock.set(before.next().orElseThrow());
        alice.kick();
        TestServer.await(
                "the point is over",
                () -> alice.cover().status().get(0).decoys()
                                + alice.cover().status().get(0).messages()
                        > done);
        TestServer.await(
                "and its packet is out",
                () -> alice.messages().outbox(false).stream()
                        .noneMatch(out -> out.kind().equals("decoy") && out.state() == State.SEALED));
    }

    /** Lets time pass to the next point, at which nothing leaves. */
    private void emptyPoint() throws Exception {
        int before = network.broadcasts().size();
        // None is shown where the budget was met to the satoshi.
        alice.cover().status().get(0).next().ifPresent(clock::set);
        alice.round();
        assertEquals(before, network.broadcasts().size());
    }

    @Test
    void coverStopsAtItsBudget() throws Exception {
        // Two of the dearest packets, of 21 sat each.
        alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 42);
        for (int i = 0; i < 2; i++) {
            point();
        }
        emptyPoint();
        Cover.Status status = alice.cover().status().get(0);
        assertEquals(false, status.running(), status::toString);
        assertTrue(status.problem().contains("budget"), status.problem());
        assertTrue(status.spent() <= 42, status::toString);
        alice.send("lobby", "by its delay alone");
        TestServer.await("sent", () -> bob.received().size() == 1);
        clock.pass(Duration.ofHours(25));
        assertTrue(alice.cover().status().get(0).running(), "a new day");
    }

    @Test
    void aMessageCountsOnTheBudgetAsADecoyDoesSoThatItsEndTellsNothing() throws Exception {
        alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 42);
        alice.send("lobby", "one");
        TestServer.await("it left at a point", () -> {
            point();
            return bob.received().size() == 1;
        });
        while (network.broadcasts().size() < 2) {
            point();
        }
        emptyPoint();
        assertEquals(false, alice.cover().status().get(0).running());
        assertEquals(2, network.broadcasts().size(), "as many packets as with nothing said");
    }

    @Test
    void rollingDecoysCountOnTheBudgetToo() throws Exception {
        alice.settings.set("carrier", "rolling");
        alice.cover().start(Optional.empty(), Duration.ofMinutes(10), 30);
        TestServer.await("the budget is spent", () -> {
            Cover.Status status = alice.cover().status().get(0);
            if (status.running()) {
                clock.set(status.next().orElseThrow());
                alice.kick();
            }
            return !status.running();
        });
        assertTrue(alice.cover().status().get(0).problem().contains("budget"));
    }

    @Test
    void underCoverNothingIsRecalledWhenItExpires() throws Exception {
        alice.settings.set("expire-on-chain", "recall");
        alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 100_000);
        long id = alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), "lobby", "for ten minutes", Optional.of(Duration.ofMinutes(10)), false))
                .id();
        TestServer.await("seen", () -> {
            point();
            return alice.state(id) == State.SEEN;
        });
        clock.pass(Duration.ofMinutes(11));
        alice.round();
        alice.round();
        assertEquals(State.SEEN, alice.state(id));
        alice.cover().stop(Optional.empty());
        clock.pass(Duration.ofHours(13));
        alice.round();
        assertEquals(State.SEEN, alice.state(id), "nor later: it would still tell");
        clock.pass(Duration.ofHours(11));
        alice.round();
        assertEquals(State.SEEN, alice.state(id));
        assertTrue(network.waiting().stream().noneMatch(raw -> payloads(raw).isEmpty()));
    }

    @Test
    void decoysHaveTheSizeOfEverythingUnderCoverAlsoLongAfterTheOutboxForgotIt() throws Exception {
        for (int i = 0; i < 30; i++) {
            String text = "a text that is too long for sixty-four bytes " + i;
            alice.send("lobby", text);
            TestServer.await("received", () -> bob.received().contains(text));
        }
        clock.pass(Duration.ofHours(30));
        alice.keep();
        assertEquals(List.of(), alice.messages().outbox(true));
        alice.cover().start(Optional.empty(), Duration.ofSeconds(30), 100_000);
        int before = network.broadcasts().size();
        for (int i = 0; i < 40; i++) {
            point();
        }
        int[] large = {0};
        for (byte[] raw : network.broadcasts().subList(before, before + 40)) {
            TransactionScanner.scan(raw, (output, offset, length) -> large[0] += length == 80 ? 1 : 0);
        }
        assertEquals(40, large[0], "of 80 bytes");
    }

    @Test
    void profilesShowWhatTheyChangeAndSetIt() throws Exception {
        Privacy.Preview economy = alice.privacy().preview(Privacy.Profile.ECONOMY);
        assertTrue(economy.settings().stream().anyMatch(Privacy.Setting::changes));
        assertEquals("confirm", alice.settings.get().sending().carrier(), "a preview changes nothing");
        alice.privacy().apply(Privacy.Profile.ECONOMY);
        assertEquals("rolling", alice.settings.get().sending().carrier());
        assertEquals(Optional.of(Privacy.Profile.ECONOMY), alice.privacy().current());
        assertEquals(Optional.of(21L), economy.perMessage());
        alice.privacy().apply(Privacy.Profile.BALANCED);
        assertEquals("confirm", alice.settings.get().sending().carrier());
        assertEquals(80, alice.settings.get().sending().maxBucket());
        assertNotEquals(Optional.of(Privacy.Profile.ECONOMY), alice.privacy().current());
    }
}
