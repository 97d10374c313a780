package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionRejectedException.Reason;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/** Which transactions' coins are freed, and count as not spent, when a message ends or is funded again. */
class CoinsTest {
    private static final Duration LIFE = Duration.ofHours(1);

    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
        bench.settle();
        bench.stage.nodes.unwatch();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long spent() throws StoreException {
        return bench
                .stage
                .guard
                .<List<SpentRecord>, StoreException>transact(tx -> Tables.all(tx, SpentRecord.TABLE, SpentRecord.class))
                .stream()
                .filter(spent -> !spent.unpaid())
                .mapToLong(SpentRecord::fee)
                .sum();
    }

    /** As a checked exception of a node. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> void fail(Exception why) throws X {
        throw (X) why;
    }

    private static List<String> ids(List<SignedTransaction> all) {
        return all.stream().map(one -> one.id().toString()).toList();
    }

    private long queue(String text) throws StoreException {
        return bench.stage.queue(lobby, text, "confirm", LIFE);
    }

    private OutgoingMessage now(long id) throws PartylineException {
        return bench.stage.outgoing(id);
    }

    private void change(long id, int index, UnaryOperator<OutgoingPart> change) {
        try {
            bench.stage.outbox.changePart(id, index, change);
        } catch (StoreException e) {
            throw new IllegalStateException(e);
        }
    }

    private void over() throws PartylineException {
        bench.pass(LIFE.plusMinutes(2));
    }

    private void assertKept() throws StoreException {
        assertEquals(List.of(), bench.node.released);
        assertEquals(List.of(), bench.node.discarded);
        assertEquals(
                bench.node.signed.stream().mapToLong(SignedTransaction::fee).sum(), spent());
    }

    /** Queues a message whose first packet others show, or a block, in the moment in which a node refuses it. */
    private long shownButRefused(String text, Reason reason, boolean mined) throws Exception {
        // The sender may be faster than the caller.
        CompletableFuture<Long> queued = new CompletableFuture<>();
        bench.node.onBroadcast = () -> {
            change(
                    queued.join(),
                    0,
                    part -> mined
                            ? part.minedIn(part.requireTransaction())
                            : part.on(PacketEvent.TAKEN).on(PacketEvent.SHOWN));
            fail(new TransactionRejectedException(reason, "refused"));
        };
        long id = queue(text);
        queued.complete(id);
        bench.round();
        return id;
    }

    /** Other nodes may have it although one refuses it, and so may a block. */
    @ParameterizedTest
    @CsvSource({"FEE_TOO_LOW,false", "FEE_TOO_LOW,true", "INPUTS_GONE,true", "NOT_STANDARD,true"})
    void whatIsShownInTheMomentInWhichANodeRefusesItKeepsItsCoins(Reason reason, boolean mined) throws Exception {
        long id = shownButRefused("out after all", reason, mined);
        assertEquals(mined ? State.CONFIRMED : State.RELAYED, bench.stage.state(id));
        assertKept();
    }

    /** The message fails, but what it has paid stays paid. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPacketOfSeveralThatIsShownInTheMomentInWhichANodeRefusesItKeepsItsCoins(boolean mined) throws Exception {
        long id = shownButRefused("a text that needs more packets than one ".repeat(6), Reason.NOT_STANDARD, mined);
        assertEquals(State.FAILED, bench.stage.state(id));
        assertKept();
    }

    /** An old copy lacks the recall of a message that no other node had shown yet: paying again would undo it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatATransactionThatACopyLacksHasReplacedIsNotPaidForAgain(boolean copy) throws Exception {
        long id = queue("perhaps recalled");
        bench.round();
        assertEquals(State.SENT, bench.stage.state(id));
        if (copy) {
            bench.stage.keys().restored = bench.clock.millis();
        }
        bench.network.spendElsewhere(now(id).parts().get(0).requireRaw());
        for (int i = 0; i < 10; i++) {
            bench.pass(Duration.ofMinutes(5));
        }
        assertEquals(copy, bench.stage.state(id) == State.FAILED);
        assertEquals(copy ? 1 : 2, bench.node.signed.size());
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"FEE_TOO_LOW", "NOT_STANDARD"})
    void whatANodeRefusesIsNotSpent(Reason reason) throws Exception {
        bench.node.onBroadcast = () -> {
            bench.node.poor = true;
            fail(new TransactionRejectedException(reason, "refused"));
        };
        long id = queue("refused");
        bench.round();
        assertEquals(ids(bench.node.signed), ids(bench.node.released));
        assertEquals(0, spent());
        assertEquals(0, now(id).fee());
    }

    @Test
    void whatLeftStaysSpentWhenItsMessageEnds() throws Exception {
        long id = queue("out");
        bench.round();
        assertEquals(State.SENT, bench.stage.state(id));
        bench.stage.guard.open(() -> bench.stage.outbox.giveUp(id, MessageEvent.FAILED, "as a test wants it"));
        StageBench.offered(bench.delivery, SendQueue.class).release(now(id));
        assertKept();
        assertEquals(bench.node.signed.get(0).fee(), now(id).fee());
    }

    /** The node broke off: only a question can tell whether it has the transaction. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasHandedOverWithoutAnAnswerIsFreedWhenItsTimeEndsUnlessANodeHasIt(boolean has) throws Exception {
        if (has) {
            bench.node.dieAfterTaking = Integer.MAX_VALUE;
        } else {
            bench.node.onBroadcast = () -> fail(new NodeUnavailableException("it broke off"));
        }
        long id = queue("out?");
        bench.round();
        assertEquals(State.SEALED, bench.stage.state(id));
        assertEquals(1, bench.node.signed.size());
        over();
        assertEquals(State.EXPIRED, bench.stage.state(id));
        if (has) {
            assertKept();
        } else {
            assertEquals(ids(bench.node.signed), ids(bench.node.released));
            assertEquals(List.of(), bench.node.discarded);
            assertEquals(0, spent());
            assertEquals(0, now(id).fee());
        }
    }

    @Test
    void ofAMessageThatLeftInPartOnlyTheRestIsFreed() throws Exception {
        bench.node.onSigned = () -> bench.node.poor = true;
        long id = queue("a text that needs more packets than one ".repeat(6));
        bench.round();
        assertEquals(State.SENT, now(id).parts().get(0).state());
        long first = bench.node.signed.get(0).fee();
        byte[] second = bench.network.transaction(List.of(now(id).parts().get(1).packet()));
        byte[] name = new byte[32];
        change(id, 1, part -> part.signed(second, name, 100, 21, "a", ""));
        bench.stage.guard.<StoreException>update(tx -> SpentRecords.add(
                tx, name, new SpentRecord(bench.clock.millis(), 21, false, StageBench.ALICE.id(), null, null, false)));
        assertEquals(first + 21, spent());
        // Nodes may have it again.
        bench.network.evictAll();
        over();
        assertEquals(State.EXPIRED, bench.stage.state(id));
        assertEquals(List.of(), bench.node.released);
        assertEquals(1, bench.node.discarded.size());
        assertEquals(first, spent());
        assertEquals(first, now(id).fee());
    }

    /** An address that is given back may be used by the next transaction. */
    @ParameterizedTest
    @CsvSource({"true,false,false,true", "false,false,false,false", "true,true,false,false", "true,false,true,false"})
    void anAddressIsGivenBackOnlyIfNobodyHasTheTransactionAndNobodyWill(
            boolean ended, boolean attempted, boolean another, boolean back) throws Exception {
        bench.node.down = true;
        long id = queue("signed");
        bench.round();
        byte[] raw = bench.network.transaction(List.of(now(id).parts().get(0).packet()));
        change(id, 0, part -> part.signed(raw, new byte[32], 100, 21, "a", ""));
        OutgoingMessage before = now(id);
        if (attempted) {
            change(id, 0, part -> part.attempt("a", 1));
        }
        if (another) {
            byte[] other = new byte[32];
            other[0] = 1;
            change(id, 0, part -> part.withTransaction(other));
        }
        if (ended) {
            bench.stage.guard.open(() -> bench.stage.outbox.giveUp(id, MessageEvent.RECALLED, "cancelled"));
        }
        StageBench.offered(bench.delivery, SendQueue.class).release(before);
        assertEquals(back ? 1 : 0, bench.node.discarded.size());
        assertEquals(back ? 0 : 1, bench.node.released.size());
    }
}
