package org.partyline.api.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;

/** What a receiver may say, and what it is asked for. */
class ReadingTest {
    private static final Instant SENT = Instant.ofEpochSecond(1_800_000_000);

    private static ReadMessage message(String sender, String text, Instant sent, Optional<Duration> timeToLive) {
        return new ReadMessage(Place.EVERY_CHANNEL, sender, text, sent, timeToLive);
    }

    private static String refusal(Runnable made) {
        return assertThrows(IllegalArgumentException.class, made::run).getMessage();
    }

    @Test
    void aFormMatchesByItsPrefixAndLengths() {
        PacketForm form = new PacketForm(new byte[] {1, 2}, 3, 5);
        assertTrue(form.matches(new byte[] {1, 2, 9}));
        assertTrue(form.matches(new byte[] {1, 2, 9, 9, 9}));
        assertFalse(form.matches(new byte[] {1, 2}));
        assertFalse(form.matches(new byte[] {1, 2, 9, 9, 9, 9}));
        assertFalse(form.matches(new byte[] {1, 3, 9}));
        assertTrue(form.matches(new byte[] {7, 7, 1, 2, 9, 7}, 2, 3));
        assertFalse(form.matches(new byte[] {7, 7, 1, 2, 9, 7}, 1, 3));
    }

    @Test
    void aFormOutOfItsRangeIsRefused() {
        assertEquals("a form's prefix has 1 to 16 bytes, not 0", refusal(() -> new PacketForm(new byte[0], 1, 5)));
        assertEquals("a form's prefix has 1 to 16 bytes, not 17", refusal(() -> new PacketForm(new byte[17], 20, 30)));
        for (int[] lengths : new int[][] {{1, 5}, {5, 4}, {5, 4097}}) {
            assertEquals(
                    "a form's lengths go from its prefix's, 2, to 4096: not from " + lengths[0] + " to " + lengths[1],
                    refusal(() -> new PacketForm(new byte[2], lengths[0], lengths[1])));
        }
    }

    @Test
    void aFormIsAValueThatNobodyChanges() {
        byte[] prefix = {1, 2};
        PacketForm form = new PacketForm(prefix, 3, 5);
        prefix[0] = 9;
        form.prefix()[0] = 9;
        assertEquals(new PacketForm(new byte[] {1, 2}, 3, 5), form);
        assertEquals(new PacketForm(new byte[] {1, 2}, 3, 5).hashCode(), form.hashCode());
        assertNotEquals(new PacketForm(new byte[] {1, 2}, 3, 6), form);
        assertEquals("0102…, 3 to 5 bytes", form.toString());
    }

    @Test
    void aMessageHasItsLimits() {
        assertEquals(
                "a sender has at most 32 characters, not 33",
                refusal(() -> message("x".repeat(33), "text", SENT, Optional.empty())));
        assertEquals("a text has 1 to 4096 bytes, not 0", refusal(() -> message("", "", SENT, Optional.empty())));
        assertEquals(
                "a text has 1 to 4096 bytes, not 4098",
                refusal(() -> message("", "ü".repeat(2049), SENT, Optional.empty())));
        assertEquals(
                "a time is from 1970 to 2106, not 1969-12-31T23:59:59Z",
                refusal(() -> message("", "x", Instant.ofEpochSecond(-1), Optional.empty())));
        assertEquals(
                "a time to live is 1 minute to 45 days, not PT59S",
                refusal(() -> message("", "x", SENT, Optional.of(Duration.ofSeconds(59)))));
        assertEquals(
                "a time to live is 1 minute to 45 days, not PT1080H0.000000001S",
                refusal(() ->
                        message("", "x", SENT, Optional.of(Duration.ofDays(45).plusNanos(1)))));
        message("\uD83D\uDE00".repeat(32), "x".repeat(4096), SENT, Optional.of(Duration.ofDays(45)));
    }

    @Test
    void aPacketHoldsOneToSixteenMessages() {
        ReadMessage one = message("", "x", SENT, Optional.empty());
        assertEquals("a packet holds 1 to 16 messages, not 0", refusal(() -> Reading.of(List.of())));
        assertEquals(
                "a packet holds 1 to 16 messages, not 17", refusal(() -> Reading.of(Collections.nCopies(17, one))));
        assertEquals(16, Reading.of(Collections.nCopies(16, one)).messages().size());
    }

    @Test
    void theThreeAnswersAreToldApart() {
        Reading said = Reading.of(message("", "x", SENT, Optional.empty()));
        assertTrue(Reading.notMine().isNotMine() && !Reading.notMine().isWaiting());
        assertTrue(Reading.waits().isWaiting() && !Reading.waits().isNotMine());
        assertFalse(said.isNotMine() || said.isWaiting());
    }

    @Test
    void noWordIsInAStringThatALogMayHold() {
        ReadMessage message = message("eve", "words", SENT, Optional.empty());
        assertEquals("ReadMessage[5 characters]", message.toString());
        assertEquals("Reading[1 messages]", Reading.of(message).toString());
        assertEquals("Place", Place.channel("me", "lobby").toString());
    }

    @Test
    void aReceiverCannotChangeThePacketForOthers() {
        byte[] payload = {1, 2, 3};
        MetPacket packet = new MetPacket(Network.REGTEST, payload, TxId.ofBytes(new byte[32]), Optional.empty(), SENT);
        packet.payload()[0] = 9;
        payload[0] = 9;
        assertArrayEquals(new byte[] {1, 2, 3}, packet.payload());
        assertEquals("MetPacket[3 bytes on regtest]", packet.toString());
    }
}
