package org.partyline.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Padding;
import org.partyline.api.packet.RefusedContentException;

/** Plaintexts and keys are wiped when sealing and opening end, successfully or not. */
class WipingTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_770_164_200);

    private final List<byte[]> held = new ArrayList<>();
    private final WireCodec codec = new WireCodec(new Holding());
    private final AeadSuite suite = new HoldingSuite();
    private boolean failing;

    private static PacketKey key() {
        byte[] secret = new byte[32];
        secret[0] = 1;
        return new PacketKey(SecretBytes.wrap(secret), PacketLabel.RATCHET, new byte[8], Network.REGTEST);
    }

    private static Content text(long timestamp) {
        return new Content(
                PacketType.TEXT,
                false,
                timestamp,
                java.util.OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "a word".getBytes(StandardCharsets.UTF_8));
    }

    private void assertWiped(int arrays) {
        assertEquals(arrays, held.size());
        held.forEach(array -> assertArrayEquals(new byte[array.length], array));
        held.clear();
    }

    @Test
    void sealingLeavesNeitherPlaintextNorKey() {
        codec.seal(text(NOW.getEpochSecond()), key(), suite, 64);
        // The content, with its padding, and the key.
        assertWiped(3);
    }

    @Test
    void norDoesSealingThatFails() {
        failing = true;
        assertThrows(IllegalStateException.class, () -> codec.seal(text(NOW.getEpochSecond()), key(), suite, 64));
        assertWiped(3);
    }

    @Test
    void openingLeavesNeitherPlaintextNorKey() throws Exception {
        byte[] packet = codec.seal(text(NOW.getEpochSecond()), key(), suite, 64);
        held.clear();
        codec.open(packet, key(), suite, NOW);
        assertWiped(3);
    }

    @Test
    void norDoesOpeningThatIsRefused() {
        byte[] packet = codec.seal(text(NOW.getEpochSecond() + 1000), key(), suite, 64);
        held.clear();
        assertThrows(RefusedContentException.class, () -> codec.open(packet, key(), suite, NOW));
        assertWiped(3);
        packet[60] ^= 1;
        assertThrows(AuthenticationFailedException.class, () -> codec.open(packet, key(), suite, NOW));
        assertWiped(1);
    }

    /** Keeps its arguments and results. */
    private final class Holding implements Padding {
        private final Padding padding = new PlainPadding();

        @Override
        public byte[] pad(byte[] content, int capacity) {
            held.add(content);
            return padding.pad(content, capacity);
        }

        @Override
        public byte[] unpad(byte[] padded) throws RefusedContentException {
            byte[] content = padding.unpad(padded);
            held.add(content);
            return content;
        }
    }

    private final class HoldingSuite implements AeadSuite {
        private final AeadSuite suite = new BouncySuites(AeadId.XCHACHA20_POLY1305);

        @Override
        public AeadId id() {
            return suite.id();
        }

        @Override
        public byte[] seal(byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext) {
            held.add(key);
            held.add(plaintext);
            if (failing) {
                throw new IllegalStateException("the cipher went away");
            }
            return suite.seal(key, nonce, associatedData, plaintext);
        }

        @Override
        public byte[] open(byte[] key, byte[] nonce, byte[] associatedData, byte[] ciphertext)
                throws AuthenticationFailedException {
            held.add(key);
            byte[] plaintext = suite.open(key, nonce, associatedData, ciphertext);
            held.add(plaintext);
            return plaintext;
        }
    }
}
