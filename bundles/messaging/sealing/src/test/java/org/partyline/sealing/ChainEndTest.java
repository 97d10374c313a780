package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.sealing.MessageSealer;
import org.partyline.messaging.sealing.Sealers;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.messaging.StageBench;

/** When a chain ends that messages of a channel ride on. */
class ChainEndTest {
    private final StageBench stage = new StageBench();
    private final Sealers sealers = StageBench.offered(stage.add(SealingStage::new), Sealers.class);
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
        long id = stage.queue(lobby, text);
        OutgoingMessage sealed = sealers.of(lobby).seal(lobby, id);
        assertEquals(State.SEALED, sealed.state());
        return sealed;
    }

    private void sealAll(int from, int to) throws PartylineException {
        for (int i = from; i < to; i++) {
            seal("m" + i);
        }
    }

    /** How many chains were opened. */
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
        sealAll(4, 8);
        assertEquals(2, chains());
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

    @Test
    void aMessageThatIsTooLongIsRefusedBeforeItIsQueued() throws Exception {
        MessageSealer sealer = sealers.of(lobby);
        assertThrows(
                PayloadTooLargeException.class,
                () -> stage.guard.open(
                        memory -> sealer.outlook(memory, lobby, draft("words ".repeat(700)), new SizeRange(0, 80))));
        assertEquals(
                1,
                stage.guard
                        .open(memory -> sealer.outlook(memory, lobby, draft("words"), new SizeRange(0, 80)))
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
