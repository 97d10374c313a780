package org.partyline.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.RefusedContentException;

class WireCodecTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_770_164_200);

    private final WireCodec codec = new WireCodec(new PlainPadding());
    private final AeadSuite suite = new BouncySuites(AeadId.XCHACHA20_POLY1305);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsSealedIsOpenedAgainWhateverItSays(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 250; round++) {
            PacketKey key = RandomContents.key(random);
            int bucket = Packets.BUCKETS.get(random.nextInt(Packets.BUCKETS.size()));
            AeadSuite any = new BouncySuites(RandomContents.sealing(random));
            Content content = RandomContents.content(random, NOW.getEpochSecond());
            int capacity = Packets.capacity(bucket, key.locator().length);
            if (codec.length(content) > capacity) {
                assertThrows(IllegalArgumentException.class, () -> codec.seal(content, key, any, bucket));
                continue;
            }

            byte[] packet = codec.seal(content, key, any, bucket);
            OpenedPacket opened = codec.open(packet, key, any, NOW);

            assertEquals(bucket, packet.length);
            assertTrue(Packets.isCandidate(packet));
            assertArrayEquals(key.locator(), Arrays.copyOfRange(packet, 1, 1 + key.locator().length));
            RandomContents.assertSame(content, opened.content());
            assertEquals(any.id(), opened.suite());
            assertEquals(any.id().nonceLength(), opened.nonce().length);
            assertEquals(content.signature().isPresent(), opened.signedPart().length > 0);
            if (content.signature().isPresent()) {
                String input = Vectors.hex(codec.signatureInput(content, key, any.id()));
                String prefix = Vectors.hex("partyline/2 sig".getBytes(StandardCharsets.US_ASCII));
                String label = Vectors.hex(key.label().text().getBytes(StandardCharsets.US_ASCII));
                byte[] where = {key.network().code(), (byte) any.id().code()};
                String bound = "00" + label + "00" + Vectors.hex(where) + Vectors.hex(key.locator());
                assertEquals(prefix + bound + Vectors.hex(opened.signedPart()), input);
            }
        }
    }

    @Test
    void aChangedBitAnywhereIsNoticed() {
        Random random = new Random(1);
        PacketKey key = RandomContents.key(random);
        byte[] packet = codec.seal(text("hello"), key, suite, 64);
        for (int bit = 0; bit < packet.length * 8; bit++) {
            byte[] changed = packet.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(AuthenticationFailedException.class, () -> codec.open(changed, key, suite, NOW), "bit " + bit);
        }
    }

    @Test
    void theKeyIsBoundToLabelNetworkSecretAndSuite() {
        SecretBytes secret = SecretBytes.wrap(new byte[32]);
        PacketKey key = new PacketKey(secret, PacketLabel.RATCHET, new byte[8], Network.REGTEST);
        byte[] packet = codec.seal(text("hello"), key, new BouncySuites(AeadId.AES_256_GCM), 64);
        byte[] otherSecret = new byte[32];
        otherSecret[31] = 1;

        assertDoesNotThrow(() -> codec.open(packet, key, new BouncySuites(AeadId.AES_256_GCM), NOW));
        assertDoesNotOpen(packet, new PacketKey(secret, PacketLabel.REPLY, new byte[8], Network.REGTEST));
        assertDoesNotOpen(packet, new PacketKey(secret, PacketLabel.RATCHET, new byte[8], Network.MAINNET));
        assertDoesNotOpen(
                packet,
                new PacketKey(SecretBytes.wrap(otherSecret), PacketLabel.RATCHET, new byte[8], Network.REGTEST));
        assertThrows(
                AuthenticationFailedException.class,
                () -> codec.open(packet, key, new BouncySuites(AeadId.CHACHA20_POLY1305), NOW));
    }

    private void assertDoesNotOpen(byte[] packet, PacketKey key) {
        assertThrows(
                AuthenticationFailedException.class,
                () -> codec.open(packet, key, new BouncySuites(AeadId.AES_256_GCM), NOW));
    }

    @Test
    void aTimestampIsAcceptedFromADayBackToFiveMinutesAhead() {
        PacketKey key = RandomContents.key(new Random(2));
        for (long offset : new long[] {300, 0, -86_400}) {
            byte[] packet = codec.seal(textAt(NOW.plusSeconds(offset)), key, suite, 64);
            assertDoesNotThrow(() -> codec.open(packet, key, suite, NOW), "offset " + offset);
        }
        for (long offset : new long[] {301, -86_401}) {
            byte[] packet = codec.seal(textAt(NOW.plusSeconds(offset)), key, suite, 64);
            assertThrows(RefusedContentException.class, () -> codec.open(packet, key, suite, NOW), "offset " + offset);
        }
    }

    @Test
    void aTimestampPastTheYear2038IsRead() throws Exception {
        PacketKey key = RandomContents.key(new Random(3));
        Instant late = Instant.ofEpochSecond(0xffffffffL);
        byte[] packet = codec.seal(textAt(late), key, suite, 64);
        assertEquals(0xffffffffL, codec.open(packet, key, suite, late).content().timestamp());
    }

    @Test
    void theLegacyCipherNeitherSealsNorOpensPackets() {
        PacketKey key = RandomContents.key(new Random(4));
        AeadSuite eax = new BouncySuites(AeadId.AES_256_EAX);
        assertThrows(IllegalArgumentException.class, () -> codec.seal(text("hello"), key, eax, 64));

        DerivedKey derived = DerivedKey.of(key, AeadId.AES_256_EAX);
        byte[] padded = new PlainPadding().pad(Layout.write(text("hello")), Packets.capacity(64, key.locator().length));
        byte[] ciphertext = eax.seal(derived.key(), derived.nonce(), derived.associatedData(), padded);
        byte[] packet = new byte[64];
        packet[0] = Packets.VERSION;
        System.arraycopy(key.locator(), 0, packet, 1, key.locator().length);
        System.arraycopy(ciphertext, 0, packet, 1 + key.locator().length, ciphertext.length);
        assertThrows(AuthenticationFailedException.class, () -> codec.open(packet, key, eax, NOW));
    }

    @Test
    void aContentFillsItsBucketToTheLastByteAndNoFurther() throws Exception {
        PacketKey key = RandomContents.key(new Random(5));
        for (int bucket : Packets.BUCKETS) {
            int room = Packets.capacity(bucket, key.locator().length) - 1 - 5;
            Content full = text("x".repeat(room));
            Content over = text("x".repeat(room + 1));
            assertEquals(Packets.capacity(bucket, key.locator().length), codec.length(full));
            byte[] packet = codec.seal(full, key, suite, bucket);
            assertEquals(room, codec.open(packet, key, suite, NOW).content().body().length);
            assertThrows(IllegalArgumentException.class, () -> codec.seal(over, key, suite, bucket));
        }
    }

    @Test
    void onlyTheFiveBucketsAreSealed() {
        PacketKey key = RandomContents.key(new Random(6));
        for (int bucket : new int[] {0, 63, 81, 513, -1}) {
            assertThrows(IllegalArgumentException.class, () -> codec.seal(text("hello"), key, suite, bucket));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = PacketType.class,
            names = {"DECOY", "CONTROL", "KEY_UPDATE", "HANDSHAKE_INIT", "HANDSHAKE_RESP"})
    void onlyATextMustBeUtf8(PacketType type) throws Exception {
        PacketKey key = RandomContents.key(new Random(7));
        byte[] body = {(byte) 0xff, (byte) 0xc0, (byte) 0x80, 0};
        byte[] packet = codec.seal(Content.of(type, NOW, body), key, suite, 64);
        assertArrayEquals(body, codec.open(packet, key, suite, NOW).content().body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"c080", "c1bf", "e08080", "eda080", "f08fbfbf", "f4908080", "80", "e282", "f5808080", "fe"})
    void aTextInBrokenUtf8IsRefused(String body) {
        PacketKey key = RandomContents.key(new Random(8));
        byte[] packet = codec.seal(Content.of(PacketType.TEXT, NOW, Vectors.hex(body)), key, suite, 64);
        RefusedContentException refusal =
                assertThrows(RefusedContentException.class, () -> codec.open(packet, key, suite, NOW));
        assertEquals("the text is not UTF-8", refusal.getMessage());
    }

    @Test
    void everyTruncationOfAHeaderIsRefused() {
        Content content = new Content(
                PacketType.FRAGMENT,
                true,
                NOW.getEpochSecond(),
                OptionalInt.of(5),
                Optional.of(new byte[8]),
                Optional.of(new NewChain(new byte[16], "zoë")),
                Optional.of(new FragmentHeader(1, 0, 2)),
                Optional.of(new byte[64]),
                new byte[0]);
        byte[] whole = Layout.write(content);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            RefusedContentException refusal =
                    assertThrows(RefusedContentException.class, () -> Layout.read(cut), "length " + length);
            assertEquals("fields are missing: the packet ends before its header does", refusal.getMessage());
        }
        assertDoesNotThrow(() -> Layout.read(whole));
    }

    @Test
    void aFragmentIndexIsBelowItsCount() throws Exception {
        for (int place = 0; place < 256; place++) {
            int index = place >>> 4;
            int count = (place & 0x0f) + 1;
            byte[] plaintext = {5, 0, 0, 0, 0, 3, 23, (byte) place};
            if (index < count) {
                assertEquals(
                        Optional.of(new FragmentHeader(791, index, count)),
                        Layout.read(plaintext).content().fragment());
            } else {
                assertThrows(RefusedContentException.class, () -> Layout.read(plaintext), "place " + place);
            }
        }
    }

    @Test
    void aPacketIsFoundNotToBeOursBeforeTheCipherIsAsked() {
        PacketKey key = RandomContents.key(new Random(10));
        byte[] packet = codec.seal(text("hello"), key, suite, 64);
        AeadSuite untouched = new AeadSuite() {
            @Override
            public AeadId id() {
                return AeadId.XCHACHA20_POLY1305;
            }

            @Override
            public byte[] seal(byte[] k, byte[] nonce, byte[] associatedData, byte[] plaintext) {
                throw new AssertionError("sealed");
            }

            @Override
            public byte[] open(byte[] k, byte[] nonce, byte[] associatedData, byte[] ciphertext) {
                throw new AssertionError("opened");
            }
        };
        byte[] otherVersion = packet.clone();
        otherVersion[0] = 3;
        byte[] otherLocator = packet.clone();
        otherLocator[key.locator().length] ^= 1;
        for (byte[] foreign : new byte[][] {{}, {2}, otherVersion, otherLocator, Arrays.copyOf(packet, 65)}) {
            assertThrows(AuthenticationFailedException.class, () -> codec.open(foreign, key, untouched, NOW));
        }
    }

    private static Content text(String text) {
        return Content.of(PacketType.TEXT, NOW, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Content textAt(Instant time) {
        return Content.of(PacketType.TEXT, time, new byte[] {'h', 'i'});
    }
}
