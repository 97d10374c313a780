package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.LaterException;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.testkit.messaging.TestNetwork;

/** Messages in versions of one transaction, as a carrier requests them. */
class SharedTransactionTest {
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

    private long write(String text) throws Exception {
        return bench.stage.queue(lobby, text, "boat", Duration.ofDays(2));
    }

    private long sent(String text) throws Exception {
        long id = write(text);
        bench.pass();
        assertEquals(
                State.RELAYED, bench.stage.state(id), bench.stage.outgoing(id).reason());
        return id;
    }

    private TxId waiting() {
        return TransactionScanner.id(bench.network.waiting().get(0));
    }

    @Test
    void onlyTheLastVersionsChangeIsHeldAndNoneWhenTheRollIsOver() throws Exception {
        Boat boat = new Boat();
        bench.add(boat);
        for (String text : List.of("one", "two", "three")) {
            sent(text);
            assertEquals(Set.of(waiting()), bench.node.holds());
        }
        boat.land();
        assertEquals(Set.of(), bench.node.holds());
    }

    /** As a checked exception of a node. */
    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void fail(Throwable why) throws X {
        throw (X) why;
    }

    /** Another payment would spend it, and be lost with the version that is replaced. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changeIsHeldAsSoonAsItsWalletAnswersAfterAStart(boolean absent) throws Exception {
        bench.add(new Boat());
        long id = sent("one");
        TxId version = waiting();
        bench.stage.guard.open(() -> bench.stage.outbox.giveUp(id, MessageEvent.FAILED, "as a test wants it"));
        bench.node.holds().clear();
        if (absent) {
            bench.stage.nodes.removeWallet(bench.node);
        } else {
            bench.node.onHeld = () -> fail(new NodeUnavailableException("it does not answer"));
        }
        bench.sender().opened();
        bench.settle();
        assertEquals(Set.of(), bench.node.holds());
        if (absent) {
            bench.stage.nodes.addWallet(bench.node);
        }
        bench.node.onHeld = () -> {};
        bench.settle();
        assertEquals(Set.of(version), bench.node.holds());
        bench.node.onHeld = () -> fail(new AssertionError("once is enough"));
        bench.settle();
    }

    @Test
    void whatEveryNodeLostIsHandedOverAgainTheSame() throws Exception {
        Boat boat = new Boat();
        bench.add(boat);
        sent("one");
        sent("two");
        byte[] version = bench.network.waiting().get(0);
        int before = bench.network.handed().size();
        bench.network.evictAll();
        assertEquals(List.of(), bench.network.waiting());
        boat.again();
        assertEquals(before + 1, bench.network.handed().size());
        assertArrayEquals(version, bench.network.waiting().get(0));
    }

    /** Readers may have seen it, and would be shown it twice. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "forgotten",
                "superseded",
                "replaced without it",
                "replaced with it, and forgotten",
                "rejected later, and forgotten"
            })
    void aMessageThatANodeMayHaveHadIsNotSealedAgain(String transaction) throws Exception {
        Boat boat = new Boat();
        bench.add(boat);
        sent("one");
        bench.node.silent = true;
        bench.node.dieAfterTaking = 1;
        bench.node.onBroadcast = () -> bench.node.down = true;
        long id = write("two");
        bench.pass();
        bench.node.onBroadcast = () -> {};
        bench.node.down = false;
        byte[] packet = bench.stage.outgoing(id).parts().get(0).packet();
        assertFalse(bench.stage.outgoing(id).isOut());
        switch (transaction) {
            case "forgotten" -> boat.lose(id, false);
            case "superseded" -> boat.lose(id, true);
            case "replaced without it" -> boat.replace(id, true);
            case "rejected later, and forgotten" -> {
                bench.node.refuse = true;
                bench.pass(Duration.ofMinutes(30));
                bench.node.refuse = false;
                boat.lose(id, false);
            }
            default -> {
                boat.replace(id, false);
                boat.lose(id, false);
            }
        }
        bench.pass(Duration.ofHours(21));
        bench.pass();
        assertEquals(State.REPLACED, bench.stage.state(id));
        assertArrayEquals(packet, bench.stage.outgoing(id).parts().get(0).packet());
    }

    @Test
    void aMessageThatNodesRejectedIsSealedAgain() throws Exception {
        Boat boat = new Boat();
        bench.add(boat);
        sent("one");
        bench.node.refuse = true;
        long id = write("two");
        bench.pass();
        bench.node.down = true;
        byte[] packet = bench.stage.outgoing(id).parts().get(0).packet();
        boat.lose(id, false);
        bench.pass(Duration.ofHours(21));
        bench.node.refuse = false;
        bench.node.down = false;
        bench.pass();
        bench.pass();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertFalse(
                Arrays.equals(packet, bench.stage.outgoing(id).parts().get(0).packet()));
    }

    @Test
    void aNodeThatDoesNotHaveItGetsItAndOneThatHasItDoesNot() throws Exception {
        Boat boat = new Boat();
        bench.add(boat);
        sent("one");
        assertEquals(List.of("a"), bench.network.entrances());
        TestNetwork.Node other = bench.network.node("b");
        other.silent = true;
        bench.stage.nodes.add(other);
        boat.spread();
        assertEquals(List.of("a", "b"), bench.network.entrances());
        assertArrayEquals(
                bench.network.handed().get(0).raw(),
                bench.network.handed().get(1).raw());
        other.silent = false;
        boat.spread();
        assertEquals(List.of("a", "b"), bench.network.entrances(), "both have it");
    }

    @Test
    void aNodeThatRefusesDoesNotKeepAnotherOneFromTakingIt() throws Exception {
        TestNetwork.Node dear = bench.network.node("dear");
        dear.refuse = true;
        bench.stage.nodes.remove(bench.node);
        bench.stage.nodes.add(dear);
        bench.stage.nodes.add(bench.node);
        bench.add(new Boat());
        sent("one");
        sent("two");
        assertEquals(1, bench.network.waiting().size());
    }

    @Test
    void whatTheMessagesCostIsWhatTheTransactionPays() throws Exception {
        bench.add(new Boat());
        List<Long> all = new ArrayList<>();
        for (String text : List.of("one", "two", "three")) {
            all.add(sent(text));
        }
        SignedTransaction last = bench.network.paid(waiting());
        assertTrue(last.fee() > bench.node.signed.get(0).fee());
        long sum = 0;
        for (long id : all) {
            sum += bench.stage.outgoing(id).fee();
        }
        assertEquals(last.fee(), sum);
        assertEquals(
                last.fee(),
                bench.stage.fees.counted.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void whatTheNextVersionLeavesOutHasHadItsTimeWhereANodeShowedIt() throws Exception {
        bench.add(new Boat());
        long shown = sent("one");
        bench.network.hold();
        bench.node.whole = false;
        long unseen = write("two");
        bench.pass();
        assertEquals(State.REPLACED, bench.stage.state(shown));
        assertEquals(State.SENT, bench.stage.state(unseen));
        long next = write("three");
        bench.pass();
        bench.network.release(all -> List.of());
        bench.node.whole = true;
        for (int i = 0; i < 3; i++) {
            bench.pass();
        }
        assertEquals(
                bench.network.paid(waiting()).fee(),
                bench.stage.outgoing(shown).fee()
                        + bench.stage.outgoing(unseen).fee()
                        + bench.stage.outgoing(next).fee(),
                "what it cost before it boarded again is in its price");
        // The second may have reached nobody, and joined again.
        assertEquals(Set.of(State.RELAYED, State.REPLACED), Set.of(bench.stage.state(unseen), bench.stage.state(next)));
    }

    private void cancel(long id) {
        try {
            bench.stage.guard.open(
                    () -> bench.stage.outbox.giveUp(id, MessageEvent.RECALLED, "cancelled before it was sent"));
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsCancelledWhileAVersionIsBeingSignedDoesNotRide() throws Exception {
        Boat boat = new Boat();
        bench.add(boat);
        for (String text : List.of("the first version", "another version")) {
            int handed = bench.network.broadcasts().size();
            int counted = bench.stage.fees.counted.size();
            boat.waits = new WaitsException("it waits for the tide");
            long id = write("cancelled in " + text);
            bench.node.onSigned = () -> cancel(id);
            bench.node.onReplaced = () -> cancel(id);
            boat.waits = null;
            bench.pass();
            bench.node.onSigned = () -> {};
            bench.node.onReplaced = () -> {};
            assertEquals(State.RECALLED, bench.stage.state(id), "while it is signed");
            bench.pass();
            assertEquals(handed, bench.network.broadcasts().size());
            assertEquals(counted, bench.stage.fees.counted.size(), "and costs nothing");
            sent("not cancelled, after " + text);
            assertEquals(State.RECALLED, bench.stage.state(id));
        }
        assertEquals(1, bench.node.discarded.size(), "the coin of the first version is free");
        assertEquals(1, bench.network.waiting().size());
    }

    /** The message that is being signed for. */
    private long sealedLast() {
        List<Long> sealed = bench.stage.sealer.sealed;
        return sealed.get(sealed.size() - 1);
    }

    private void sealAgain(long id) {
        try {
            bench.stage.guard.open(() -> bench.stage.outbox.unseal(id, "its session has ended"));
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    /** The previous packet is sent to nobody: together with the next one it would be shown twice. */
    @Test
    void whatIsToBeSealedAgainWhileAVersionIsSignedGoesOnceAsItIsThen() throws Exception {
        Boat boat = new Boat();
        bench.add(boat);
        for (String text : List.of("in the first version", "in the next one")) {
            int handed = bench.network.broadcasts().size();
            // Before it is stored: the sender's own thread may be faster.
            bench.node.onSigned = () -> sealAgain(sealedLast());
            bench.node.onReplaced = () -> sealAgain(sealedLast());
            long id = write(text);
            bench.round();
            boat.waits = new WaitsException("it waits for the tide");
            bench.round();
            bench.node.onSigned = () -> {};
            bench.node.onReplaced = () -> {};
            assertEquals(handed, bench.network.broadcasts().size(), "nothing left as it was");
            boat.waits = null;
            bench.pass();
            assertEquals(State.RELAYED, bench.stage.state(id));
            List<byte[]> payloads = new ArrayList<>();
            TransactionScanner.scan(
                    bench.network.broadcasts().get(handed),
                    (output, offset, length) -> payloads.add(
                            Arrays.copyOfRange(bench.network.broadcasts().get(handed), offset, offset + length)));
            assertArrayEquals(bench.stage.outgoing(id).parts().get(0).packet(), payloads.get(payloads.size() - 1));
        }
    }

    /** Between storing a version and handing it to a node, a session may end. */
    @Test
    void whatIsInAVersionThatIsStoredIsNotSealedAgain() throws Exception {
        bench.add(new Boat());
        long id = write("once");
        bench.node.onHeld = () -> sealAgain(id);
        bench.round();
        assertEquals(1, Collections.frequency(bench.stage.sealer.sealed, id));
        assertEquals(1, bench.network.broadcasts().size());
        assertEquals(State.RELAYED, bench.stage.state(id));
    }

    @Test
    void aMessageWaitsUntilTheTimeThatItsCarrierSays() throws Exception {
        Instant turn = bench.clock.instant().plusSeconds(30);
        bench.add(new Boat() {
            @Override
            public void awaitTurn(CarriedMessage message, int index) throws LaterException {
                if (context.now().isBefore(turn)) {
                    throw new LaterException("it is sent with the next version", turn);
                }
            }
        });
        long id = write("one");
        bench.round();
        assertEquals(
                "it is sent with the next version", bench.stage.outgoing(id).reason());
        bench.pass(Duration.ofSeconds(29));
        assertEquals(State.SEALED, bench.stage.state(id));
        bench.pass(Duration.ofSeconds(1));
        assertEquals(State.RELAYED, bench.stage.state(id));
    }

    /** Drops what no node has any more. */
    private static final class Leaking extends Boat {
        volatile boolean lost;
        volatile boolean again;

        @Override
        public void dispatchAgain(CarriedMessage message, int index, List<CarrierNode> nodes)
                throws PartylineException {
            again = true;
            super.dispatchAgain(message, index, nodes);
        }

        @Override
        public boolean looksAfter(CarriedMessage message, int index) {
            return false;
        }

        @Override
        public boolean isDue(CarriedMessage message, int index) {
            return true;
        }

        @Override
        public boolean isLost(CarriedMessage message, int index) throws StoreException {
            lost = true;
            context.transact(tx -> {
                tx.gone(message.ref(index), "it rides again");
                return null;
            });
            return true;
        }
    }

    @Test
    void whatNoNodeHasAnyMoreRidesAgainWhereItsCarrierSaysSo() throws Exception {
        Leaking boat = new Leaking();
        bench.add(boat);
        long id = sent("one");
        assertFalse(boat.lost, "nodes have it");
        int handed = bench.network.broadcasts().size();
        bench.network.evictAll();
        bench.node.poor = true;
        boat.land();
        bench.pass();
        assertTrue(boat.lost);
        assertEquals(State.SEALED, bench.stage.state(id));
        assertFalse(boat.again, "it is not handed over as it was");
        assertEquals(handed, bench.network.broadcasts().size());
        bench.node.poor = false;
        bench.pass();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(handed + 1, bench.network.broadcasts().size());
    }

    @Test
    void whatHasLeftAndWaitsToRideAgainIsNotSealedAgainAndHasItsTime() throws Exception {
        Leaking boat = new Leaking();
        bench.add(boat);
        long id = sent("two");
        bench.network.evictAll();
        // There is no other coin for now.
        bench.node.poor = true;
        boat.land();
        bench.pass();
        OutgoingMessage waits = bench.stage.outgoing(id);
        assertEquals(State.SEALED, waits.state());
        assertTrue(waits.left());
        // Its readers no longer accept its packet.
        bench.clock.pass(Duration.ofHours(21));
        bench.node.poor = false;
        bench.round();
        assertEquals(State.REPLACED, bench.stage.state(id), "it has had its time");
        assertEquals(List.of(), bench.network.waiting());
        assertEquals(List.of(id), bench.stage.sealer.sealed, "once");
        assertEquals(List.of(), bench.stage.outbox.unsealed);
    }

    private long price(long id) throws Exception {
        return bench.stage.outgoing(id).fee();
    }

    /** It is included as long as it is paid for: the previous version may be mined. */
    @Test
    void whatARecallAddsIsInThePriceOfTheMessageThatItTakesBack() throws Exception {
        bench.add(new SharedCarrier());
        long stays = bench.stage.queue(lobby, "it stays", SharedCarrier.ID, Duration.ofDays(2));
        bench.pass();
        long back = bench.stage.queue(lobby, "it is taken back", SharedCarrier.ID, Duration.ofDays(2));
        bench.pass();
        TxId carried = waiting();
        long before = price(back);
        bench.recall(back);
        assertTrue(price(back) > before);
        assertEquals(bench.network.paid(waiting()).fee(), price(stays) + price(back));
        bench.stage.guard.<Void, StoreException>transact(tx -> {
            SpentRecords.mined(tx, carried.bytes());
            return null;
        });
        assertEquals(before, price(back));
        assertEquals(bench.network.paid(carried).fee(), price(stays) + price(back));
    }
}
