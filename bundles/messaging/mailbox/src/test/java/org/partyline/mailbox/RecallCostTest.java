package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.testkit.messaging.StageBench;

/** A transaction that was to recall a packet, and lost against a miner, costs nothing. */
class RecallCostTest {
    private static final long MORE = 20;

    private MailboxBench bench;
    private long id;
    private OutgoingPart carried;

    @BeforeEach
    void beingTakenBack() throws Exception {
        bench = new MailboxBench();
        id = bench.handed("faster", bench.one);
        carried = bench.part(id);
        count(carried.transaction(), null, carried.fee());
        byte[] raw = bench.network.transaction(List.of());
        SignedTransaction nothing =
                new SignedTransaction(TransactionScanner.id(raw), raw, carried.vsize(), carried.fee() + MORE);
        bench.outbox.change(
                id,
                now -> now.ended(MessageEvent.RECALLED, "it is being recalled")
                        .with(0, now.parts().get(0).emptied(nothing, "one")));
        // Its additional fee is counted before anyone has it.
        count(nothing.id().bytes(), carried.transaction(), MORE);
        assertEquals(carried.fee() + MORE, spent());
        assertEquals(carried.fee() + MORE, bench.stage.outgoing(id).fee());
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void count(byte[] transaction, byte[] replaces, long fee) throws StoreException {
        count(transaction, replaces, fee, 0);
    }

    /** @param message whose first packet has it in its price */
    private void count(byte[] transaction, byte[] replaces, long fee, long message) throws StoreException {
        bench.stage.guard.<Void, StoreException>transact(tx -> {
            SpentRecords.add(
                    tx,
                    transaction,
                    new SpentRecord(
                            bench.clock.millis(),
                            fee,
                            false,
                            StageBench.ALICE.id(),
                            replaces,
                            null,
                            false,
                            message,
                            0,
                            0));
            return null;
        });
    }

    private long spent() throws StoreException {
        return bench.stage.guard.<Long, StoreException>transact(
                tx -> SpentRecords.sums(bench.clock.instant(), tx, -1).hour());
    }

    private void assertNothingMore() throws PartylineException {
        assertEquals(State.CONFIRMED, bench.state(id));
        assertEquals(
                "it was mined before it could be recalled",
                bench.stage.outgoing(id).reason());
        assertEquals(carried.fee(), spent());
        assertEquals(carried.fee(), bench.stage.outgoing(id).fee());
        assertArrayEquals(carried.transaction(), bench.part(id).transaction());
    }

    @Test
    void whatIsMinedBeforeTheNodeHasTheReplacementCostsNothingMore() throws Exception {
        // As the node reports it to the recalling side.
        bench.outbox.change(id, now -> now.with(0, now.parts().get(0).minedIn(carried.transaction())));
        assertNothingMore();
    }

    @Test
    void whoTellsOfTheBlockIsToldThePriceThatIsLeft() throws Exception {
        assertEquals(
                carried.fee(),
                bench.outbox
                        .change(id, now -> now.with(0, now.parts().get(0).minedIn(carried.transaction())))
                        .fee());
    }

    /** As if messages share a transaction, and one of them pays for its next version. */
    @Test
    void itsPriceIsToldWithoutWhatAnotherVersionWasToAdd() throws Exception {
        long shared = bench.handed("shared", bench.one);
        OutgoingPart part = bench.part(shared);
        count(part.transaction(), null, part.fee());
        count(new byte[32], part.transaction(), MORE, shared);
        bench.outbox.change(shared, now -> now.costing(0, MORE));
        OutgoingMessage mined = bench.outbox.change(
                shared, now -> now.with(0, now.parts().get(0).minedIn(part.transaction())));
        assertEquals(part.fee(), mined.fee());
    }

    /** A block contained one version, and after a reorganisation another one contains the other. */
    @Test
    void anotherVersionThatIsMinedLaterIsSettledToo() throws Exception {
        byte[] nothing = bench.part(id).transaction();
        bench.outbox.change(id, now -> now.with(0, now.parts().get(0).minedIn(nothing)));
        assertEquals(State.CONFIRMED, bench.part(id).state());
        bench.outbox.change(id, now -> now.with(0, now.parts().get(0).minedIn(carried.transaction())));
        assertEquals(carried.fee(), spent());
    }

    /** The other version may be in the next block, and is not reported if it carries nothing. */
    @Test
    void aVersionThatMayBeMinedAgainIsCountedAgain() throws Exception {
        bench.outbox.change(id, now -> now.with(0, now.parts().get(0).minedIn(carried.transaction())));
        assertEquals(carried.fee(), spent());
        bench.outbox.change(id, now -> now.with(0, now.parts().get(0).on(PacketEvent.BLOCK_GONE)));
        assertEquals(carried.fee() + MORE, spent());
        bench.outbox.change(id, now -> now.with(0, now.parts().get(0).minedIn(carried.transaction())));
        assertEquals(carried.fee(), spent());
    }

    @Test
    void aBlockOfAnotherChainThatIsReadChangesNothingOfWhatIsMined() throws Exception {
        byte[] nothing = bench.part(id).transaction();
        bench.outbox.change(id, now -> now.with(0, now.parts().get(0).minedIn(nothing)));
        bench.network.mine();
        assertArrayEquals(nothing, bench.part(id).transaction());
    }

    @Test
    void whatABlockTellsOfThatIsReadCostsNothingMore() throws Exception {
        bench.network.mine();
        assertNothingMore();
    }
}
