package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.mailbox.TransactionMined;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * Three nodes, one of them bad: when a transaction is believed to be relayed, when it is due again, and through which
 * node it is sent.
 */
class SeveralNodesTest {
    private static final Duration RESEND = Duration.ofMinutes(2);

    private MailboxBench bench;
    private TestNetwork network;
    private TestNetwork.Node one;
    private TestNetwork.Node two;
    private TestNetwork.Node three;

    @BeforeEach
    void open() throws Exception {
        bench = new MailboxBench();
        network = bench.network;
        one = bench.one;
        two = bench.two;
        three = bench.three;
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private TxId transaction(long id) throws Exception {
        return TxId.ofBytes(bench.part(id).transaction());
    }

    // ---- whether it is believed to be relayed

    @Test
    void theWordOfTheNodeThatTookItIsNotEnough() throws Exception {
        two.silent = true;
        three.silent = true;
        long id = bench.handed("who has it?", one);
        assertEquals(List.of("one"), bench.trace(id).reported(), "its own node showed it");
        assertEquals(State.SENT, bench.state(id));
        assertFalse(bench.tracker.isShown(Network.REGTEST, bench.part(id), bench.trace(id)));
        three.silent = false;
        bench.readAgain(three);
        assertEquals(State.RELAYED, bench.state(id));
        assertEquals(List.of("one"), bench.trace(id).entered());
    }

    @Test
    void aNodeWithoutOthersBesideItIsNoWitnessEither() throws Exception {
        for (TestNetwork.Node other : List.of(two, three)) {
            other.down = true;
            other.silent = true;
        }
        long id = bench.handed("alone", one);
        assertEquals(List.of("one"), bench.trace(id).reported(), "its own node showed it");
        assertEquals(State.SENT, bench.state(id));
        assertEquals(State.SENT, bench.find(id, true).orElseThrow().state(), "it is there, and nobody else has it");
    }

    @Test
    void aNodeThatIsItsWholeNetworkIsEveryoneThereIs() throws Exception {
        for (TestNetwork.Node other : List.of(two, three)) {
            other.down = true;
            other.silent = true;
        }
        one.whole = true;
        assertEquals(State.RELAYED, bench.state(bench.handed("to everyone", one)));
    }

    @Test
    void aNodeThatSaysThatAPeerHasItIsBelieved() throws Exception {
        two.silent = true;
        three.silent = true;
        long id = bench.handed("to a peer", one);
        assertFalse(bench.isRelayed(id), "no peer has it yet");
        one.relays = true;
        bench.clock.pass(Duration.ofSeconds(5));
        assertTrue(bench.isRelayed(id));
        bench.stage.nodes.setAside(one, NodeFault.OTHER_CHAIN, "it is on another chain");
        bench.clock.pass(Duration.ofMinutes(1));
        assertFalse(bench.isRelayed(id), "what a node says that is set aside");
    }

    @Test
    void nodesAreAskedAboutPeersAtGrowingIntervals() throws Exception {
        two.silent = true;
        three.silent = true;
        long id = bench.handed("to nobody", one);
        int before = one.located.get();
        for (int round = 0; round < 720; round++) {
            assertFalse(bench.isRelayed(id));
            bench.clock.pass(Duration.ofSeconds(5));
        }
        assertEquals(12, one.located.get() - before, "after 0, 5, 10, 20, 40, 80, 160, 320 and four times 600 seconds");
        assertEquals(0, two.located.get(), "it did not get it from us");
    }

    @Test
    void theWordOfANodeThatIsSetAsideDoesNotCount() throws Exception {
        bench.stage.nodes.setAside(two, NodeFault.OTHER_CHAIN, "it is on another chain");
        three.silent = true;
        long id = bench.handed("seen by a liar only", one);
        assertEquals(Set.of("one", "two"), Set.copyOf(bench.trace(id).reported()), "two has shown it");
        assertEquals(State.SENT, bench.state(id));
        three.silent = false;
        bench.readAgain(three);
        assertEquals(State.RELAYED, bench.state(id));
    }

    @Test
    void whatEveryNodeGotFromUsIsRelayedWhenAPeerOfOneHasIt() throws Exception {
        List.of(one, two, three).forEach(node -> node.silent = true);
        long id = bench.handed("by all", one);
        bench.hand(id, two);
        bench.hand(id, three);
        two.silent = false;
        bench.readAgain(two);
        assertEquals(State.SENT, bench.state(id));
        three.silent = false;
        bench.readAgain(three);
        assertEquals(State.SENT, bench.state(id), "both have it from us");
        three.relays = true;
        assertTrue(bench.isRelayed(id));
    }

    private PropagationTracker.Found found(long id, boolean others) throws Exception {
        return bench.find(id, others).orElseThrow();
    }

    @Test
    void whoGotItFromUsIsAskedOnlyWhereItsWordIsWanted() throws Exception {
        long id = bench.handed("who is asked?", one);
        int before = one.located.get();
        assertTrue(found(id, true).elsewhere());
        assertEquals(before, one.located.get());
        assertEquals("three", found(id, false).node(), "the word of another counts for more");
        assertEquals(before + 1, one.located.get());
        bench.hand(id, two);
        bench.hand(id, three);
        assertFalse(found(id, false).elsewhere(), "all of them have it from us");
        assertEquals("one", found(id, false).node());
        two.relays = true;
        assertEquals("two", found(id, false).node(), "a peer of it has it");
        assertTrue(found(id, false).elsewhere());
        bench.stage.nodes.setAside(two, NodeFault.OTHER_CHAIN, "it is on another chain");
        assertFalse(found(id, false).elsewhere());
        one.whole = true;
        assertTrue(found(id, false).elsewhere());
    }

    @Test
    void whatIsInABlockIsFoundThereAndKeptInItsTrace() throws Exception {
        List.of(one, two, three).forEach(node -> node.silent = true);
        long id = bench.handed("mined", one);
        PropagationTracker.Found waiting = new PropagationTracker.Found("two", TransactionPlace.MEMPOOL, true);
        bench.tracker.found(bench.stage.outgoing(id), bench.part(id), waiting);
        assertEquals(List.of("two"), bench.trace(id).reported());
        assertNull(bench.trace(id).block());
        BlockRef block = new BlockRef(7, transaction(id), bench.clock.instant());
        bench.stage.nodes.remove(two);
        bench.stage.nodes.addTransport((Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(),
                new Class<?>[] {Transport.class},
                (self, method, arguments) -> method.getName().equals("locate")
                        ? new TransactionPlace(TransactionPlace.Kind.CONFIRMED, Optional.of(block))
                        : method.invoke(two, arguments)));
        // It is asked after node two, and has it in its mempool.
        three.silent = false;
        bench.readAgain(three);
        PropagationTracker.Found found = found(id, false);
        assertEquals(State.CONFIRMED, found.state());
        bench.tracker.found(bench.stage.outgoing(id), bench.part(id), found);
        assertEquals(block.encode(), bench.trace(id).block());
        TxId transaction = transaction(id);
        bench.stage.guard.transact(tx -> NodePropagation.sighted(
                tx,
                OutgoingRecords.find(tx, id).orElseThrow(),
                OutgoingRecords.find(tx, id).orElseThrow().parts().get(0),
                Candidate.of(
                        Network.REGTEST, new byte[80], transaction, Optional.empty(), bench.clock.instant(), "three")));
        assertEquals(block.encode(), bench.trace(id).block(), "a node that is behind takes nothing back");
    }

    @Test
    void aTransactionIsKnownWhereANodeAnswersThatItHasIt() throws Exception {
        long id = bench.paid("not yet");
        TxId transaction = transaction(id);
        assertFalse(bench.tracker.isKnown(Network.REGTEST, transaction));
        bench.hand(id, one);
        assertTrue(bench.tracker.isKnown(Network.REGTEST, transaction));
        assertFalse(bench.tracker.isMined(Network.REGTEST, transaction));
        network.mine();
        assertTrue(bench.tracker.isMined(Network.REGTEST, transaction));
        List.of(one, two, three).forEach(node -> node.down = true);
        assertFalse(bench.tracker.isKnown(Network.REGTEST, transaction));
        assertFalse(bench.tracker.isMined(Network.REGTEST, transaction));
    }

    @Test
    void ofATraceThatWasNotKeptTheNodeThatTookItIsKnown() throws Exception {
        List.of(one, two, three).forEach(node -> node.silent = true);
        long id = bench.handed("of before", one);
        OutgoingPart part = bench.part(id);
        assertFalse(bench.tracker.isShown(Network.REGTEST, part, PropagationRecord.NOTHING.reportedBy("one")));
        assertTrue(bench.tracker.isShown(Network.REGTEST, part, PropagationRecord.NOTHING.reportedBy("two")));
        bench.tracker.overdue(Network.REGTEST, part, PropagationRecord.NOTHING);
        assertEquals(List.of("one"), bench.stage.nodes.suspected);
    }

    @Test
    void whatNobodyTookMakesNobodySuspect() throws Exception {
        OutgoingPart part =
                bench.part(bench.sealed("nobody has it")).signed(new byte[] {1}, new byte[32], 0, 0, "", "");
        bench.tracker.overdue(Network.REGTEST, part, PropagationRecord.NOTHING);
        assertEquals(List.of(), bench.stage.nodes.suspected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gone", "dear", "small"})
    void oneSilentNodeBesideItIsNoReasonToSuspectIt(String how) throws Exception {
        one.keeps = true;
        two.keeps = true;
        long id = bench.handed("kept", one);
        OutgoingPart part = bench.part(id);
        long rate = part.fee() * 1000 / part.vsize();
        switch (how) {
            case "gone" -> bench.stage.nodes.remove(three);
            // It would not relay a transaction that pays less, or carries more.
            case "dear" -> three.floor = new FeeRate(rate + 1);
            default -> three.maxPayload = 79;
        }
        bench.tracker.overdue(Network.REGTEST, bench.part(id), bench.trace(id));
        assertEquals(List.of(), bench.stage.nodes.suspected);
        three.floor = new FeeRate(rate);
        three.maxPayload = 80;
        bench.tracker.overdue(Network.REGTEST, bench.part(id), bench.trace(id));
        assertEquals(how.equals("gone") ? List.of() : List.of("one"), bench.stage.nodes.suspected);
    }

    // ---- whether it is due again

    @Test
    void whatEveryNodeHasIsDueNoSoonerThanWhatIsShown() throws Exception {
        List.of(one, two, three).forEach(node -> node.silent = true);
        long id = bench.handed("by all", one);
        bench.clock.pass(RESEND);
        assertTrue(bench.isDue(id), "to another");
        bench.hand(id, two);
        bench.hand(id, three);
        bench.clock.pass(RESEND.plusSeconds(1));
        assertFalse(bench.isDue(id));
        bench.clock.pass(bench.stage.settings.get().sending().rebroadcastAfter());
        assertTrue(bench.isDue(id));
    }

    @Test
    void aNodeThatKeepsATransactionToItselfIsFoundOutAndTheSameOneGoesInByAnother() throws Exception {
        one.keeps = true;
        long id = bench.handed("did it arrive?", one);
        assertEquals(State.SENT, bench.state(id));
        bench.clock.pass(RESEND.minusSeconds(1));
        assertFalse(bench.isDue(id), "not before its time");
        bench.clock.pass(Duration.ofSeconds(2));
        assertTrue(bench.isDue(id));
        assertEquals(Optional.empty(), bench.find(id, true));
        bench.tracker.overdue(Network.REGTEST, bench.part(id), bench.trace(id));
        assertEquals(List.of("one"), bench.stage.nodes.suspected);
        assertEquals(List.of("two", "three", "one"), bench.order(id));
        bench.hand(id, two);
        assertEquals(State.RELAYED, bench.state(id));
        assertEquals(List.of("one", "two"), bench.trace(id).entered());
        assertEquals(2, bench.stage.nodes.ours.size());
        assertEquals(Set.of(transaction(id)), Set.copyOf(bench.stage.nodes.ours));
    }

    @Test
    void aTransactionThatIsNotInTheMempoolOfTheNodeThatTookItIsNotLost() throws Exception {
        // As with -privatebroadcast: the node reports it to nobody until it comes back.
        one.silent = true;
        long id = bench.handed("private", one);
        assertEquals(State.RELAYED, bench.state(id));
        bench.clock.pass(RESEND.multipliedBy(2));
        assertFalse(bench.isDue(id));
        assertEquals(State.RELAYED, bench.find(id, false).orElseThrow().state());
    }

    @Test
    void whatNodesLostIsDueAgainAfterTheTimeThatIsSet() throws Exception {
        long id = bench.handed("evicted", one);
        network.evictAll();
        Duration time = bench.stage.settings.get().sending().rebroadcastAfter();
        bench.clock.pass(time.minusSeconds(1));
        assertFalse(bench.isDue(id));
        bench.clock.pass(Duration.ofSeconds(1));
        assertTrue(bench.isDue(id));
        assertEquals(Optional.empty(), bench.find(id, false));
    }

    @Test
    void whatANodeTookAndNobodyShowedMovesOnAtOnceWhenThatNodeIsRemoved() throws Exception {
        one.keeps = true;
        long id = bench.handed("in flight", one);
        assertFalse(bench.isDue(id));
        bench.stage.nodes.remove(one);
        assertTrue(bench.isDue(id));
        assertEquals(List.of("two", "three"), bench.order(id));
    }

    @Test
    void whatANodeTookMovesOnAtOnceWhenThatNodeIsPaused() throws Exception {
        one.keeps = true;
        long id = bench.handed("in flight", one);
        assertFalse(bench.isDue(id));
        bench.stage.nodes.pause("one");
        assertTrue(bench.isDue(id));
        assertEquals(List.of("two", "three"), bench.order(id));
    }

    @Test
    void afterARestartItIsStillKnownWhichNodesGotATransaction() throws Exception {
        one.keeps = true;
        long id = bench.handed("before the crash", one);
        try (MailboxBench next = new MailboxBench(bench.clock, bench.stage.store)) {
            assertEquals(State.SENT, next.state(id));
            assertEquals(List.of("one"), next.trace(id).entered());
            next.clock.pass(RESEND.plusSeconds(1));
            assertTrue(next.isDue(id));
            assertEquals(List.of("two", "three", "one"), next.order(id));
        }
    }

    /** As if it pays less than their minimum, or spends the change of one that does. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nodesThatDoNotWantATransactionAreToldOfWithTheNodeThatMayHaveKeptIt(boolean refuseIt) throws Exception {
        one.keeps = true;
        // Peers do not report that.
        two.keeps = true;
        long id = bench.handed("a stranger's change", one);
        bench.clock.pass(RESEND.plusSeconds(1));
        bench.tracker.overdue(Network.REGTEST, bench.part(id), bench.trace(id));
        assertEquals(List.of("one"), bench.stage.nodes.suspected);
        if (refuseIt) {
            bench.attempt(id, two);
            bench.tracker.refused(bench.stage.outgoing(id), bench.part(id), "two");
            assertEquals(List.of(transaction(id)), bench.stage.nodes.refused);
            assertEquals(List.of("one"), bench.trace(id).entered(), "it looked at it and does not have it");
        } else {
            bench.hand(id, two);
            assertEquals(List.of(), bench.stage.nodes.refused);
            bench.tracker.overdue(Network.REGTEST, bench.part(id), bench.trace(id));
            assertEquals(
                    List.of("one"), bench.stage.nodes.suspected, "two nodes have it now, and neither is blamed alone");
        }
    }

    // ---- through which node it is sent

    @Test
    void aMessageGoesInByTheNodeThatWasChosen() throws Exception {
        assertEquals(List.of("two"), bench.order(bench.sealed("by two", two)));
        assertEquals(List.of("one", "two", "three"), bench.order(bench.sealed("by any")));
    }

    @Test
    void aMessageWhoseChosenNodeDoesNotAnswerWaitsForItAndGoesByAnyWhenThatIsRemoved() throws Exception {
        two.down = true;
        long id = bench.sealed("by two", two);
        MessageWaitsException waits = assertThrows(MessageWaitsException.class, () -> bench.order(id));
        assertTrue(waits.getMessage().contains("chosen node 'two'"), waits.getMessage());
        bench.stage.nodes.remove(two);
        assertEquals(List.of("one", "three"), bench.order(id));
    }

    @Test
    void whatTheChosenNodeMayHaveWaitsForItAWhileBeforeItGoesByAnother() throws Exception {
        long id = bench.pay(bench.sealed("once", one));
        bench.attempt(id, one);
        assertEquals(List.of("one"), bench.order(id));
        one.down = true;
        bench.clock.pass(RESEND.minusSeconds(1));
        MessageWaitsException waits = assertThrows(MessageWaitsException.class, () -> bench.order(id));
        assertTrue(waits.getMessage().contains("chosen node 'one'"), waits.getMessage());
        bench.clock.pass(Duration.ofSeconds(2));
        assertEquals(List.of("two", "three"), bench.order(id));
    }

    @Test
    void whatAnotherNodeThanTheChosenOneWasTriedByGoesByAnyFromThenOn() throws Exception {
        long id = bench.pay(bench.sealed("once", one));
        bench.attempt(id, one);
        one.down = true;
        bench.clock.pass(RESEND.plusSeconds(1));
        bench.attempt(id, two);
        assertEquals(List.of("two", "three"), bench.order(id), "it does not wait for the chosen one again");
        one.down = false;
        assertEquals(List.of("one", "two", "three"), bench.order(id));
    }

    @Test
    void aSignedMessageGoesInByTheNodeThatCarriesItThoughOthersCarryLess() throws Exception {
        two.maxPayload = 128;
        bench.stage.sealer.bucket =
                bench.sizes.room(1, Network.REGTEST, true, "two").most();
        assertEquals(128, bench.stage.sealer.bucket);
        assertEquals(List.of("two"), bench.order(bench.sealed("signed", two)));
        assertEquals(List.of("two"), bench.order(bench.sealed("signed")));
    }

    @Test
    void aNodeThatCarriesNoPacketsHoldsUpNoOther() throws Exception {
        one.maxPayload = 0;
        three.maxPayload = 42;
        assertEquals(80, bench.sizes.maxBucket(Network.REGTEST));
        assertEquals(List.of("two"), bench.order(bench.sealed("by the other")));
    }

    @Test
    void whatNoNodeCarriesAnyMoreIsOfferedToThemAllTheSame() throws Exception {
        long id = bench.sealed("sealed while nodes carried it");
        List.of(one, two, three).forEach(node -> node.maxPayload = 42);
        assertEquals(List.of("one", "two", "three"), bench.order(id));
    }

    // ---- packet sizes that nodes relay

    @Test
    void packetsAreNoLargerThanWhatIsSetWhateverNodesCarry() throws Exception {
        List.of(one, two, three).forEach(node -> node.maxPayload = 256);
        assertEquals(80, bench.sizes.maxBucket(Network.REGTEST));
        assertEquals(80, bench.sizes.room(1, Network.REGTEST, false, "").most());
        bench.maxBucket(256);
        assertEquals(256, bench.sizes.maxBucket(Network.REGTEST));
        assertEquals(256, bench.sizes.room(1, Network.REGTEST, false, "").most());
    }

    @Test
    void whatGoesInByAChosenNodeIsOfTheSizeThatItCarries() throws Exception {
        two.maxPayload = 256;
        bench.maxBucket(256);
        assertEquals(256, bench.sizes.maxBucket(Network.REGTEST));
        assertEquals(80, bench.sizes.room(1, Network.REGTEST, false, "one").most());
        long id = bench.sealed("a longer one", one);
        assertEquals(80, bench.sizes.room(bench.lobby, bench.stage.outgoing(id)).most());
        assertEquals(List.of("one"), bench.order(id));
    }

    // ---- whose transaction counts

    /** Simulates someone else's transaction that carries the same packet. */
    private void carryOff(byte[] raw) {
        TransactionScanner.scan(
                raw,
                (output, offset, length) ->
                        network.takes(network.transaction(List.of(Arrays.copyOfRange(raw, offset, offset + length)))));
    }

    @Test
    void ourPacketInATransactionOfSomebodyElsesIsNotOurMessageArriving() throws Exception {
        one.keeps = true;
        long id = bench.handed("take me along", one);
        assertEquals(State.SENT, bench.state(id));
        carryOff(network.broadcasts().get(0));
        List<TransactionMined> mined = new ArrayList<>();
        bench.stage.bus.on(TransactionMined.class, mined::add);
        int traces = bench.stage.store.count(PropagationRecords.TRACES);
        network.mine();
        assertEquals(State.SENT, bench.state(id));
        assertEquals(List.of(), bench.trace(id).reported());
        assertEquals(traces, bench.stage.store.count(PropagationRecords.TRACES));
        assertEquals(List.of(), mined);
        assertEquals(-1, height(id));
    }

    @Test
    void aStateDoesNotGoBack() throws Exception {
        long id = bench.handed("there and back", one);
        assertEquals(State.RELAYED, bench.state(id));
        byte[] raw = network.broadcasts().get(0);
        network.mine();
        assertEquals(State.CONFIRMED, bench.state(id));
        OutgoingMessage now = bench.stage.outgoing(id);
        for (PacketEvent event : PacketEvent.values()) {
            if (event != PacketEvent.MINED && event != PacketEvent.BLOCK_GONE) {
                assertEquals(now, now.on(0, event), event.toString());
            }
        }
        carryOff(raw);
        assertEquals(State.CONFIRMED, bench.state(id));
    }

    // ---- blocks

    private int height(long id) throws Exception {
        return bench.stage
                .guard
                .<MessageRecord, StoreException>transact(
                        tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                                .orElseThrow())
                .block();
    }

    @Test
    void aConfirmationThatWasTakenBackIsGivenAgainByTheNewChain() throws Exception {
        List<TransactionMined> mined = new ArrayList<>();
        bench.stage.bus.on(TransactionMined.class, mined::add);
        network.mine(20);
        long id = bench.handed("mined twice", one);
        BlockRef block = network.mine();
        assertEquals(State.CONFIRMED, bench.state(id));
        assertEquals(21, height(id));
        assertEquals(block.encode(), bench.trace(id).block());
        assertArrayEquals(bench.part(id).transaction(), mined.get(0).transaction());

        // As the receiving side does when the block is gone.
        network.disconnect(3, true);
        bench.outbox.change(id, now -> now.on(0, PacketEvent.BLOCK_GONE));
        bench.stage.guard.<Void, StoreException>transact(tx -> {
            MessageRecord words = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                    .orElseThrow();
            MessageRecords.put(tx, words.in(-1, words.transactions()));
            return null;
        });
        assertEquals(State.RELAYED, bench.state(id));

        BlockRef other = network.mine();
        assertEquals(State.CONFIRMED, bench.state(id));
        assertEquals(19, height(id));
        assertEquals(other.encode(), bench.trace(id).block());
    }

    @Test
    void aBlockOfANodeOnAnotherChainConfirmsNothing() throws Exception {
        two.silent = true;
        three.silent = true;
        long id = bench.handed("in a block of a liar", one);
        bench.stage.nodes.setAside(two, NodeFault.OTHER_CHAIN, "it is on another chain");
        network.mineAt(two, 7);
        assertEquals(State.SENT, bench.state(id));
        assertEquals(null, bench.trace(id).block());
        bench.stage.nodes.useAgain(two);
        network.mineAt(two, 7);
        assertEquals(State.CONFIRMED, bench.state(id));
    }

    // ---- incoming packets

    @Test
    void theNodeThatShowedAMessageIsCounted() throws Exception {
        for (int i = 0; i < 5; i++) {
            arrives("message " + i, i < 2 ? one : two);
        }
        assertEquals(Map.of("one", 2, "two", 3), bench.stage.nodes.found);
    }

    /** Simulates that someone else's message is read. */
    private void arrives(String text, TestNetwork.Node node) throws Exception {
        byte[] packet = text.getBytes(StandardCharsets.UTF_8);
        Candidate candidate = Candidate.of(
                Network.REGTEST,
                packet,
                TransactionScanner.id(network.transaction(List.of(packet))),
                Optional.empty(),
                bench.clock.instant(),
                node.name());
        Inbox.Source source = new Inbox.Source(bench.lobby, candidate, candidate.id(), "bob", -1, 0, -1, "{}", 0);
        Inbox.Arrival arrival = bench.stage.guard.transact(
                tx -> bench.inbox.accept(tx, source, Content.of(PacketType.TEXT, bench.clock.instant(), packet)));
        assertTrue(arrival.message().isPresent());
        bench.inbox.arrived(source, arrival);
    }
}
