package org.partyline.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.RefusedContentException;

/** Any packet of a member or a stranger has a result, or an exception that the interface names. */
class PacketFuzzTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_770_164_200);
    private static final AeadId SUITE = AeadId.CHACHA20_POLY1305;

    private final WireCodec codec = new WireCodec(new PlainPadding());
    private final AeadSuite suite = new BouncySuites(SUITE);

    @FuzzTest(maxDuration = "10m")
    void aStrangersPacketIsTurnedAway(byte[] packet) throws RefusedContentException {
        byte[] locator = packet.length < 9 ? new byte[8] : Arrays.copyOfRange(packet, 1, 9);
        try {
            codec.open(packet, key(locator), suite, NOW);
        } catch (AuthenticationFailedException e) {
            return;
        }
        throw new AssertionError("a packet that nobody sealed was opened");
    }

    @FuzzTest(maxDuration = "10m")
    void aMembersContentIsReadOrRefused(byte[] plaintext) throws AuthenticationFailedException {
        PacketKey key = key(new byte[8]);
        int bucket = Packets.BUCKETS.stream()
                .filter(b -> Packets.capacity(b, 8) >= plaintext.length)
                .findFirst()
                .orElse(512);
        byte[] padded = Arrays.copyOf(plaintext, Packets.capacity(bucket, 8));
        byte[] packet = sealRaw(padded, key, bucket);
        OpenedPacket opened;
        try {
            opened = codec.open(packet, key, suite, NOW);
        } catch (RefusedContentException e) {
            return;
        }
        // An accepted packet has only one form: sealing it again returns the same bytes.
        assertArrayEquals(packet, codec.seal(opened.content(), key, suite, bucket));
    }

    @FuzzTest(maxDuration = "10m")
    void piecesAreJoinedOrRefused(byte[] input) {
        List<Content> pieces = new ArrayList<>();
        int at = 0;
        while (at < input.length) {
            int length = Math.min(input[at] & 0xff, input.length - at - 1);
            try {
                pieces.add(Layout.read(Arrays.copyOfRange(input, at + 1, at + 1 + length))
                        .content());
            } catch (RefusedContentException e) {
                return;
            }
            at += 1 + length;
        }
        try {
            Draft joined = new PacketFragmenter().join(pieces);
            assertEquals(pieces.stream().mapToInt(piece -> piece.body().length).sum() - 1, joined.body().length);
            assertTrue(joined.type() != PacketType.TEXT || Utf8.isValid(joined.body()));
        } catch (RefusedContentException e) {
            assertEquals(1, e.getMessage().lines().count());
        }
    }

    private byte[] sealRaw(byte[] padded, PacketKey key, int bucket) {
        try (DerivedKey derived = DerivedKey.of(key, SUITE)) {
            byte[] packet = new byte[bucket];
            packet[0] = Packets.VERSION;
            byte[] sealed = suite.seal(derived.key(), derived.nonce(), derived.associatedData(), padded);
            System.arraycopy(sealed, 0, packet, 9, sealed.length);
            return packet;
        }
    }

    private static PacketKey key(byte[] locator) {
        return new PacketKey(SecretBytes.wrap(new byte[32]), PacketLabel.RATCHET, locator, Network.REGTEST);
    }
}
