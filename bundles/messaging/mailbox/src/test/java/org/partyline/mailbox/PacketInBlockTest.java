package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MinedTooLate;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.TransactionMined;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Packets in blocks, late reports, and packets that left in a slot of cover traffic. */
class PacketInBlockTest {
    private static final byte[] FIRST = id(1);
    private static final byte[] SECOND = id(2);

    private final StageBench stage = new StageBench();
    private final TestNetwork network = new TestNetwork(stage.clock);
    private Outbox outbox;
    private long id;

    private static byte[] id(int number) {
        byte[] id = new byte[TxId.LENGTH];
        id[0] = (byte) number;
        return id;
    }

    @BeforeEach
    void seal() throws Exception {
        stage.nodes.add(network.node("a"));
        outbox = StageBench.offered(stage.add(MailboxStage::new), Outbox.class);
        // Without a time to live.
        id = stage.queue(stage.join("lobby", Mode.RATCHET), "mined", "rolling", Duration.ZERO);
        stage.sealer.seal(id);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private OutgoingPart part() throws StoreException {
        return stage.outgoing(id).parts().get(0);
    }

    private void sign(byte[] transaction) throws StoreException {
        outbox.changePart(id, 0, part -> part.signed(new byte[1], transaction, 100, 21, "a", ""));
    }

    /** The wallet, or a node that rejects the next one, may be the first to know of the block. */
    @Test
    void aPacketThatIsInABlockBeforeANodeShowedItBeginsItsTimeToLive() throws Exception {
        sign(FIRST);
        outbox.changePart(id, 0, part -> part.attempt("a", stage.clock.instant().toEpochMilli()));
        assertEquals(State.SEALED, stage.state(id));
        stage.clock.pass(Duration.ofMinutes(90));
        stage.guard.open(() -> stage.guard.transact(tx -> {
            OutgoingMessage now = OutgoingRecords.find(tx, id).orElseThrow();
            return outbox.update(tx, now, now.with(0, now.parts().get(0).minedIn(FIRST)));
        }));
        assertEquals(State.CONFIRMED, stage.state(id));
        Instant end = stage.clock.instant().plus(stage.settings.get().sending().defaultTtl());
        assertEquals(end, Instant.ofEpochMilli(stage.outgoing(id).expires()));
        MessageRecord words =
                stage.store.transact(tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                        .orElseThrow());
        assertEquals(end, Instant.ofEpochMilli(words.expires()));
    }

    @Test
    void aVersionThatIsToldOfAfterABlockDoesNotKeepItsPacketsFromRidingAgain() throws Exception {
        sign(SECOND);
        outbox.changePart(id, 0, part -> part.on(PacketEvent.TAKEN));
        assertEquals(State.SENT, stage.state(id));
        // A block contains another version, which spends the same coin.
        outbox.changePart(id, 0, part -> part.on(PacketEvent.TRANSACTION_GONE));
        assertEquals(State.SEALED, stage.state(id), "it waits");
        sighted(SECOND, Optional.empty());
        assertFalse(
                stage.store
                        .transact(tx -> PropagationRecords.find(tx, SECOND))
                        .reported()
                        .isEmpty(),
                "it is told of");
        assertEquals(State.SEALED, stage.state(id));
        assertTrue(part().ridesAgain());
        // It is carried again, in a new version, which nodes report.
        sign(FIRST);
        sighted(FIRST, Optional.empty());
        assertEquals(State.RELAYED, stage.state(id));
    }

    /** It was erased, or never ours. */
    @Test
    void whatIsToldOfAPacketWithoutAMessageIsIgnored() throws Exception {
        sign(FIRST);
        byte[] ours = part().packet();
        stage.guard.<StoreException>update(tx -> tx.delete(OutgoingRecords.TABLE, Keys.of(id)));
        List<TransactionMined> mined = new ArrayList<>();
        stage.bus.on(TransactionMined.class, mined::add);
        sighted(ours, FIRST, Optional.of(network.mine()));
        sighted(new byte[80], FIRST, Optional.of(network.mine()));
        assertEquals(List.of(), mined);
    }

    @Test
    void anOldVersionThatIsMinedAllTheSameCounts() throws Exception {
        sign(SECOND);
        outbox.changePart(id, 0, part -> part.on(PacketEvent.TAKEN).on(PacketEvent.TRANSACTION_GONE));
        assertEquals(State.SEALED, stage.state(id));
        sighted(SECOND, Optional.of(network.mine()));
        assertEquals(State.CONFIRMED, stage.state(id));
    }

    /** Readers accept the packet for a day from when it was sealed, however long it waited before. */
    @Test
    void anAnswerIsLookedAfterForADayFromWhenItLeaves() throws Exception {
        seal(PacketType.HANDSHAKE_RESP);
        assertEquals(
                stage.clock.instant().plus(Duration.ofDays(1)),
                Instant.ofEpochMilli(stage.outgoing(id).expires()));
    }

    /** A session depends on it, unlike on a key update, which is repeated. */
    @ParameterizedTest
    @CsvSource({"HANDSHAKE_RESP,25,true", "HANDSHAKE_RESP,23,false", "KEY_UPDATE,25,false"})
    void anAnswerThatABlockHasTooLateIsReported(PacketType type, int hours, boolean reported) throws Exception {
        seal(type);
        List<OutgoingMessage> late = new ArrayList<>();
        stage.bus.on(MinedTooLate.class, event -> late.add(event.outgoing()));
        stage.clock.pass(Duration.ofHours(hours));
        sighted(FIRST, Optional.of(network.mine()));
        assertEquals(
                reported ? List.of(id) : List.of(),
                late.stream().map(OutgoingMessage::id).toList());
        assertEquals(reported ? State.REPLACED : State.CONFIRMED, stage.state(id));
    }

    private void seal(PacketType type) throws Exception {
        id = stage.queue(stage.join("another", Mode.RATCHET), type, new byte[8]);
        stage.sealer.seal(id);
        sign(FIRST);
        outbox.changePart(id, 0, part -> part.on(PacketEvent.TAKEN));
    }

    /** Its disappearance must reveal nothing, and it is looked after for as long as a decoy. */
    @Test
    void whatLeavesUnderCoverTrafficIsKnownToHaveLeftSoAndIsLookedAfterAsADecoyIs() throws Exception {
        sign(FIRST);
        outbox.changePart(id, 0, part -> part.on(PacketEvent.TAKEN));
        assertFalse(stage.store.transact(tx -> PropagationRecords.way(tx, id)).covered());

        long covered = stage.queue(stage.join("another", Mode.RATCHET), "under cover");
        stage.sealer.seal(covered);
        stage.cover.orders.put(StageBench.ALICE.id(), new CoverOrder(Duration.ofSeconds(30), 1000, 80));
        outbox.changePart(
                covered,
                0,
                part -> part.signed(new byte[1], SECOND, 100, 21, "a", "").on(PacketEvent.TAKEN));
        assertTrue(
                stage.store.transact(tx -> PropagationRecords.way(tx, covered)).covered());
        assertEquals(
                stage.clock.instant().plus(Outbox.COVERED_LIFE),
                Instant.ofEpochMilli(stage.outgoing(covered).expires()));
    }

    private void sighted(byte[] transaction, Optional<org.partyline.api.transport.BlockRef> block)
            throws StoreException {
        sighted(part().packet(), transaction, block);
    }

    private void sighted(byte[] packet, byte[] transaction, Optional<org.partyline.api.transport.BlockRef> block)
            throws StoreException {
        Candidate candidate =
                Candidate.of(Network.REGTEST, packet, TxId.ofBytes(transaction), block, stage.clock.instant(), "a");
        stage.guard.open(() -> {
            outbox.sighting(candidate.id(), candidate);
            return null;
        });
    }
}
