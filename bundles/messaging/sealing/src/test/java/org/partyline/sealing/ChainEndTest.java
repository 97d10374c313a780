package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.RemarkRecord;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.sealing.MessageSealer;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;

/** When a chain ends that carries a channel's messages. */
class ChainEndTest {
    private final StageBench stage = new StageBench();
    private final QueueSealer sealer = StageBench.offered(stage.add(SealingStage::new), QueueSealer.class);
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private OutgoingMessage seal(String text) throws PartylineException {
        return seal(text, "confirm");
    }

    private OutgoingMessage seal(String text, String carrier) throws PartylineException {
        long id = stage.queue(lobby, text, carrier, Duration.ofDays(2));
        OutgoingMessage sealed = sealer.of(lobby).seal(lobby, id);
        assertEquals(State.SEALED, sealed.state());
        return sealed;
    }

    private void sealAll(int from, int to) throws PartylineException {
        for (int i = from; i < to; i++) {
            seal("m" + i);
        }
    }

    /** Returns how many chains were opened. */
    private long chains() throws Exception {
        return stage.guard.<Long, StoreException>transact(tx -> tx.count(SeenChains.TABLE));
    }

    private void chainMessages(int most) {
        SendingSettings now = stage.settings.get().sending();
        stage.settings.sending(new SendingSettings(
                now.defaultTtl(),
                now.maxBucket(),
                most,
                now.within(),
                now.recallsExpired(),
                now.carrier(),
                now.jitter(),
                now.perMinute(),
                now.burst(),
                now.rebroadcastAfter()));
    }

    @Test
    void aChainEndsAfterSoManyMessages() throws Exception {
        chainMessages(3);
        sealAll(0, 4);
        assertEquals(1, chains(), "an opener and three messages");
        assertTrue(seal("m4").opens());
        sealAll(5, 8);
        assertEquals(2, chains());
    }

    /** On a running chain, sealing is stored together with the data that was read for it. */
    @Test
    void whatFailsToBeStoredIsSealedOnceAndMemoryDoesNotKnowIt() throws Exception {
        seal("opens the chain");
        long id = stage.queue(lobby, "fails", "confirm", Duration.ofDays(2));
        long last = lobby.lastTimestamp();
        long signed = signed();
        stage.clock.pass(Duration.ofSeconds(5));
        stage.store.failCommits(1);
        assertThrows(StoreException.class, () -> sealer.of(lobby).seal(lobby, id));
        assertEquals(State.QUEUED, stage.outgoing(id).state());
        assertEquals(last, lobby.lastTimestamp());
        assertEquals(signed, signed());

        OutgoingMessage sealed = sealer.of(lobby).seal(lobby, id);
        assertEquals(State.SEALED, sealed.state());
        assertEquals(signed + 1, signed());
        assertTrue(lobby.lastTimestamp() > last);
        assertEquals(1, chains());
        assertEquals(
                0,
                stage.guard.<Integer, StoreException>transact(
                        tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                                .orElseThrow()
                                .sequence()),
                "the first position of the chain, which the failure did not use up");
    }

    private long signed() {
        return stage.guard.people().personas.keys(lobby.persona()).messages;
    }

    @Test
    void noChainHasMoreThanAHundredMessages() throws Exception {
        chainMessages(100);
        sealAll(0, 99);
        assertEquals(1, chains());
        OutgoingMessage pieces = seal("in pieces, of which there is no room for all " + "on the chain ".repeat(6));
        assertTrue(pieces.parts().size() > 2);
        assertEquals(2, chains());
    }

    @Test
    void theLastTwoOfAHundredAreTakenByAMessageOfTwoPackets() throws Exception {
        chainMessages(100);
        sealAll(0, 99);
        OutgoingMessage pieces = seal("in two pieces, for which there is just enough room");
        assertEquals(2, pieces.parts().size());
        assertFalse(pieces.opens());
        assertTrue(seal("the next one").opens());
    }

    @Test
    void aChainEndsAfterADay() throws Exception {
        sealAll(0, 1);
        stage.clock.pass(Duration.ofHours(23));
        sealAll(1, 2);
        assertEquals(1, chains());
        stage.clock.pass(Duration.ofHours(1));
        sealAll(2, 3);
        assertEquals(2, chains());
    }

    @Test
    void aChainEndsWithItsSuite() throws Exception {
        sealAll(0, 2);
        assertEquals(1, chains());
        stage.suites.deny("XCHACHA20_POLY1305");
        sealAll(2, 3);
        assertEquals(2, chains());
    }

    @Test
    void whereTheChainIsGoneANewOneBegins() throws Exception {
        sealAll(0, 2);
        assertEquals(1, chains());
        // As when a message is cancelled: nobody has the chain's opener.
        stage.guard.<Void, StoreException>transact(tx -> {
            tx.delete(SendChainRecord.TABLE, Keys.of(lobby.id()));
            return null;
        });
        assertTrue(seal("this").opens());
        assertEquals(2, chains());
    }

    // ---- openers must last (PROTOCOL 5)

    private void opener(OutgoingMessage opener, Outbox.Change change) throws StoreException {
        stage.outbox.change(opener.id(), change);
    }

    private static OutgoingMessage shown(OutgoingMessage now) {
        return now.on(0, PacketEvent.SHOWN);
    }

    private int planned(String carrier) throws PartylineException {
        return stage.guard
                .<SendPlan, PartylineException>open(() -> sealer.of(lobby)
                        .outlook(lobby, draft("this has no room beside a chain"), new SizeRange(0, 80), carrier))
                .packets();
    }

    @Test
    void whatIsMeantToStayRidesOnAChainThatWasOpenedToStay() throws Exception {
        assertTrue(seal("one", "rolling").opens());
        assertFalse(seal("two", "rolling").opens());
        assertEquals(1, planned("rolling"));
        assertEquals(2, planned("confirm"), "the price says so");
        assertTrue(seal("three", "confirm").opens());
        for (int i = 0; i < 4; i++) {
            assertFalse(seal("in turn", "rolling").opens());
            assertFalse(seal("in turn", "confirm").opens());
        }
        assertEquals(2, chains());
        assertEquals(1, planned("confirm"));
    }

    @Test
    void aChainThatARollOpenedCarriesWhatIsMeantToStayOnceABlockHasItsOpener() throws Exception {
        OutgoingMessage opener = seal("one", "rolling");
        opener(opener, now -> now.with(0, shown(now).parts().get(0).minedIn(new byte[32])));
        assertFalse(seal("two", "confirm").opens());
        stage.guard.<Void, StoreException>transact(tx -> {
            tx.delete(OutgoingRecords.TABLE, Keys.of(opener.id()));
            return null;
        });
        assertFalse(seal("three", "confirm").opens(), "its opener is mined, and forgotten since");
        assertEquals(1, chains());
    }

    @Test
    void aChainWhoseOpenerIsForgottenBeforeABlockHadItEnds() throws Exception {
        OutgoingMessage opener = seal("one");
        assertFalse(seal("two").opens());
        stage.guard.<Void, StoreException>transact(tx -> {
            tx.delete(OutgoingRecords.TABLE, Keys.of(opener.id()));
            return null;
        });
        assertTrue(seal("three", "rolling").opens());
    }

    @Test
    void aChainEndsWithItsOpenerHoweverThatIsLost() throws Exception {
        List<Outbox.Change> losses = List.of(
                now -> shown(now).on(0, PacketEvent.SUPERSEDED),
                now -> shown(now).ended(MessageEvent.RECALLED, "recalled"),
                now -> now.ended(MessageEvent.FAILED, "refused"),
                now -> now.ended(MessageEvent.EXPIRED, "late"),
                now -> shown(now).expiring(stage.clock.millis()));
        for (int i = 0; i < losses.size(); i++) {
            OutgoingMessage opener = seal("one", "rolling");
            assertTrue(opener.opens());
            assertFalse(seal("two", "rolling").opens());
            opener(opener, losses.get(i));
            assertEquals(2, planned("rolling"));
            OutgoingMessage next = seal("three", "rolling");
            assertTrue(next.opens(), "loss " + i);
            opener(next, now -> now.ended(MessageEvent.RECALLED, "for the next round"));
        }
    }

    @Test
    void anOpenerThatIsSealedAgainOpensAnotherChain() throws Exception {
        OutgoingMessage opener = seal("one");
        stage.outbox.change(opener.id(), now -> now.unsealed("anew"));
        assertTrue(sealer.of(lobby).seal(lobby, opener.id()).opens());
        assertEquals(2, chains());
        assertFalse(opener.session().equals(stage.outgoing(opener.id()).session()));
        assertFalse(seal("two").opens());
        assertEquals(stage.outgoing(opener.id()).session(), seal("three").session());
    }

    @Test
    void whatIsSaidOfAMessageRidesOnItsChainByAnyCarrierWhileThatHasAnOpener() throws Exception {
        OutgoingMessage opener = seal("one", "rolling");
        OutgoingMessage rides = remark(opener.session());
        assertEquals(State.SEALED, rides.state());
        assertFalse(rides.opens());
        opener(opener, now -> shown(now).on(0, PacketEvent.SUPERSEDED));
        assertEquals(State.RECALLED, remark(opener.session()).state());
    }

    /** Creates an edit of a message, which is accepted only on its chain. */
    private OutgoingMessage remark(String session) throws PartylineException {
        long id = stage.queue(
                lobby, PacketType.CONTROL, new ControlBody.Edit(Locator.of(new byte[8], 0, 8), "x").encode());
        stage.guard.<Void, StoreException>transact(tx -> {
            new RemarkRecord(id, lobby.id(), 1, session, (byte) 0, 0)
                    .put(tx, stage.clock.instant().plus(Duration.ofDays(1)));
            return null;
        });
        sealer.of(lobby).seal(lobby, id);
        return stage.outgoing(id);
    }

    @Test
    void aMessageThatIsTooLongIsRefusedBeforeItIsQueued() throws Exception {
        MessageSealer lobbys = sealer.of(lobby);
        assertThrows(
                PayloadTooLargeException.class,
                () -> stage.guard.open(
                        () -> lobbys.outlook(lobby, draft("words ".repeat(700)), new SizeRange(0, 80), "confirm")));
        assertEquals(
                1,
                stage.guard
                        .open(() -> lobbys.outlook(lobby, draft("words"), new SizeRange(0, 80), "confirm"))
                        .packets());
    }

    private Draft draft(String text) {
        return new Draft(
                PacketType.TEXT,
                false,
                stage.clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                text.getBytes(StandardCharsets.UTF_8),
                false);
    }
}
