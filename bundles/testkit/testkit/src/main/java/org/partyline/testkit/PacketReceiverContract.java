package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.packet.Packets;
import org.partyline.api.receive.MetPacket;
import org.partyline.api.receive.PacketForm;
import org.partyline.api.receive.PacketReceiver;
import org.partyline.api.receive.ReadMessage;
import org.partyline.api.receive.Reading;
import org.partyline.api.transport.BlockRef;

/** What every {@link PacketReceiver} does, with what it can read and with what strangers send it. */
public abstract class PacketReceiverContract {
    private static final int ROUNDS = 2_000;
    private static final Instant MET = Instant.parse("2026-11-20T12:00:00Z");

    /** For what a test needs and does not care about. */
    protected final Random random = new Random(20260101);

    /** The one that is tested; a new one, with the keys that the samples need. */
    protected abstract PacketReceiver receiver();

    /** Payloads that it reads on regtest, and the texts that they hold. */
    protected abstract Map<byte[], List<String>> samples();

    /** A payload as a node tells of it. */
    protected final MetPacket met(byte[] payload) {
        return new MetPacket(Network.REGTEST, payload, TxId.ofBytes(bytes(TxId.LENGTH)), Optional.empty(), MET);
    }

    @Test
    void itsIdIsAName() {
        assertTrue(receiver().id().matches("[a-z][a-z0-9-]{0,23}"), receiver().id());
    }

    @Test
    void itsRankIsOne() {
        assertTrue(
                receiver().rank() >= 0 && receiver().rank() <= PacketReceiver.MAX_RANK,
                "" + receiver().rank());
    }

    @Test
    void itHasFormsAndTheSameEachTime() {
        List<PacketForm> forms = receiver().forms();
        assertTrue(!forms.isEmpty() && forms.size() <= PacketReceiver.MAX_FORMS, forms.toString());
        assertEquals(forms, receiver().forms());
        assertEquals(forms.size(), new HashSet<>(forms).size(), "one of them is there twice");
    }

    @Test
    void everySampleHasOneOfItsForms() {
        assertFalse(samples().isEmpty());
        for (byte[] payload : samples().keySet()) {
            assertTrue(receiver().forms().stream().anyMatch(form -> form.matches(payload)));
        }
    }

    @Test
    void itReadsItsSamplesInAMempoolAndInABlock() {
        samples().forEach((payload, texts) -> {
            assertEquals(texts, texts(receiver().open(met(payload))));
            MetPacket mined = new MetPacket(
                    Network.REGTEST,
                    payload,
                    TxId.ofBytes(bytes(TxId.LENGTH)),
                    Optional.of(new BlockRef(7, TxId.ofBytes(bytes(TxId.LENGTH)), MET)),
                    MET);
            assertEquals(texts, texts(receiver().open(mined)));
        });
    }

    @Test
    void itReadsTheSameTwice() {
        PacketReceiver one = receiver();
        samples().forEach((payload, texts) -> {
            assertEquals(texts, texts(one.open(met(payload))));
            assertEquals(texts, texts(one.open(met(payload))), "it is asked again after a restart");
        });
    }

    @Test
    void whatStrangersSendInItsFormsIsNotItsOwn() {
        PacketReceiver one = receiver();
        for (PacketForm form : one.forms()) {
            for (int i = 0; i < ROUNDS; i++) {
                int length = form.minLength() + random.nextInt(form.maxLength() - form.minLength() + 1);
                byte[] payload = bytes(length);
                System.arraycopy(form.prefix(), 0, payload, 0, form.prefix().length);
                Reading reading = one.open(met(payload));
                assertNotNull(reading);
                assertTrue(reading.messages().isEmpty(), "a stranger's bytes are shown as a message");
            }
        }
    }

    @Test
    void aCopyThatSomebodyChangedAsMuchAsABitIsNotReadAsTheSame() {
        PacketReceiver one = receiver();
        samples().forEach((payload, texts) -> {
            byte[] changed = payload.clone();
            for (int bit = 0; bit < 8 * changed.length; bit++) {
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                Reading reading = one.open(met(changed));
                assertNotNull(reading);
                assertFalse(texts.equals(texts(reading)), "bit " + bit + " does not matter: it would be shown twice");
                changed[bit / 8] ^= (byte) (1 << bit % 8);
            }
        });
    }

    @Test
    void whatIsCutOrLongerIsAnswered() {
        PacketReceiver one = receiver();
        for (byte[] payload : samples().keySet()) {
            for (int length = 0; length < payload.length + 40; length++) {
                assertNotNull(one.open(met(Arrays.copyOf(payload, length))));
            }
        }
    }

    @Test
    void strangersPacketsOfVersionTwoStayTheirs() {
        PacketReceiver one = receiver();
        for (int bucket : Packets.BUCKETS) {
            for (int i = 0; i < ROUNDS / 10; i++) {
                byte[] payload = bytes(bucket);
                payload[0] = Packets.VERSION;
                assertTrue(one.open(met(payload)).isNotMine());
            }
        }
    }

    private static List<String> texts(Reading reading) {
        return reading.messages().stream().map(ReadMessage::text).toList();
    }

    /** Random ones. */
    protected final byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
