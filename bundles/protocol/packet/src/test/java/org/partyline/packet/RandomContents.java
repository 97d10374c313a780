package org.partyline.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;

/** Contents, keys and texts drawn from a seed. */
final class RandomContents {
    private static final PacketType[] TYPES = {
        PacketType.HANDSHAKE_INIT,
        PacketType.HANDSHAKE_RESP,
        PacketType.KEY_UPDATE,
        PacketType.TEXT,
        PacketType.FRAGMENT,
        PacketType.DECOY,
        PacketType.CONTROL
    };
    private static final AeadId[] SEALING = {AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM, AeadId.CHACHA20_POLY1305};

    private RandomContents() {}

    static AeadId sealing(Random random) {
        return SEALING[random.nextInt(SEALING.length)];
    }

    static PacketKey key(Random random) {
        PacketLabel label = PacketLabel.values()[random.nextInt(PacketLabel.values().length)];
        Network network = Network.values()[random.nextInt(Network.values().length)];
        return new PacketKey(SecretBytes.wrap(bytes(random, 32)), label, bytes(random, label.locatorLength()), network);
    }

    static Content content(Random random, long timestamp) {
        PacketType type = TYPES[random.nextInt(TYPES.length)];
        int length = random.nextInt(random.nextBoolean() ? 30 : 500);
        return new Content(
                type,
                random.nextBoolean(),
                timestamp,
                random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(0xffff)) : OptionalInt.empty(),
                random.nextBoolean() ? Optional.of(bytes(random, 8)) : Optional.empty(),
                random.nextInt(4) == 0
                        ? Optional.of(new NewChain(bytes(random, 16), text(random, random.nextInt(33))))
                        : Optional.empty(),
                type == PacketType.FRAGMENT ? Optional.of(fragment(random)) : Optional.empty(),
                random.nextInt(4) == 0 ? Optional.of(bytes(random, 64)) : Optional.empty(),
                type == PacketType.TEXT
                        ? text(random, length).getBytes(StandardCharsets.UTF_8)
                        : bytes(random, length));
    }

    static FragmentHeader fragment(Random random) {
        int count = 1 + random.nextInt(16);
        return new FragmentHeader(random.nextInt(0x10000), random.nextInt(count), count);
    }

    /** A text of exactly this number of bytes in UTF-8, with characters of every length. */
    static String text(Random random, int bytes) {
        String[] letters = {"a", "ß", "☕", "😀"};
        StringBuilder text = new StringBuilder();
        int left = bytes;
        while (left > 0) {
            int length = 1 + random.nextInt(Math.min(letters.length, left));
            text.append(letters[length - 1]);
            left -= length;
        }
        return text.toString();
    }

    static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static void assertSame(Content expected, Content actual) {
        assertEquals(expected.type(), actual.type());
        assertEquals(expected.burn(), actual.burn());
        assertEquals(expected.timestamp(), actual.timestamp());
        assertEquals(expected.ttlMinutes(), actual.ttlMinutes());
        assertArrayEquals(expected.senderId().orElse(null), actual.senderId().orElse(null));
        assertEquals(
                expected.newChain().map(NewChain::nickname), actual.newChain().map(NewChain::nickname));
        assertArrayEquals(
                expected.newChain().map(NewChain::seed).orElse(null),
                actual.newChain().map(NewChain::seed).orElse(null));
        assertEquals(expected.fragment(), actual.fragment());
        assertArrayEquals(expected.signature().orElse(null), actual.signature().orElse(null));
        assertArrayEquals(expected.body(), actual.body());
    }
}
