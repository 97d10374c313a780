package org.partyline.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.packet.RefusedContentException;

class PacketFragmenterTest {
    private static final long TIME = 1_770_164_200;

    private final PacketFragmenter fragmenter = new PacketFragmenter();
    private final WireCodec codec = new WireCodec(new PlainPadding());
    private final SecureRandom ids = new SecureRandom();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aMessageOfAnyLengthComesBackAsItWas(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            PacketLabel label = PacketLabel.values()[random.nextInt(3)];
            int maxBucket = Packets.BUCKETS.get(random.nextInt(5));
            Draft settings = draft(random, 0);
            int limit = fragmenter.limit(settings, label, maxBucket);
            if (limit == 0) {
                continue;
            }
            Draft draft = withBody(settings, RandomContents.bytes(random, random.nextInt(limit + 1)));

            List<PlannedPacket> planned = fragmenter.plan(draft, label, maxBucket, ids);

            assertEquals(planned.size() == 1, fragmenter.fitsOne(draft, label, maxBucket));
            assertBuckets(planned, label, maxBucket);
            Draft back = planned.size() == 1 ? single(planned.get(0)) : fragmenter.join(shuffled(planned, random));
            assertEquals(draft.type(), back.type());
            assertEquals(draft.burn(), back.burn());
            assertEquals(draft.timestamp(), back.timestamp());
            assertEquals(draft.ttlMinutes(), back.ttlMinutes());
            assertArrayEquals(draft.senderId().orElse(null), back.senderId().orElse(null));
            assertArrayEquals(draft.body(), back.body());
            assertEquals(draft.signed(), back.signed());
            for (PlannedPacket packet : planned) {
                assertEquals(draft.burn(), packet.content().burn());
                assertEquals(draft.ttlMinutes(), packet.content().ttlMinutes());
                assertArrayEquals(
                        draft.senderId().orElse(null),
                        packet.content().senderId().orElse(null));
            }
        }
    }

    @Test
    void theLimitIsAcceptedAndOneByteMoreIsNot() throws Exception {
        Random random = new Random(7);
        for (PacketLabel label : PacketLabel.values()) {
            for (int maxBucket : Packets.BUCKETS) {
                for (int round = 0; round < 8; round++) {
                    Draft settings = draft(random, 0);
                    int limit = fragmenter.limit(settings, label, maxBucket);
                    assertTrue(limit <= 4096);
                    if (limit == 0) {
                        assertTrue(settings.signed() && maxBucket <= 80, "only a signature fills a packet");
                        continue;
                    }
                    List<PlannedPacket> full =
                            fragmenter.plan(withBody(settings, new byte[limit]), label, maxBucket, ids);
                    assertTrue(full.size() == 16 || limit == 4096, "pieces " + full.size());
                    assertBuckets(full, label, maxBucket);
                    PayloadTooLargeException refusal = assertThrows(
                            PayloadTooLargeException.class,
                            () -> fragmenter.plan(withBody(settings, new byte[limit + 1]), label, maxBucket, ids));
                    assertEquals(limit, refusal.limit());
                }
            }
        }
    }

    @Test
    void theLimitsOfAPlainTextAreTheseNumbers() {
        Draft plain = text("");
        // 16 fragments of capacity - marker - header - fragment fields, less the inner type.
        assertEquals(16 * 30 - 1, fragmenter.limit(plain, PacketLabel.RATCHET, 64));
        assertEquals(16 * 46 - 1, fragmenter.limit(plain, PacketLabel.RATCHET, 80));
        assertEquals(16 * 38 - 1, fragmenter.limit(plain, PacketLabel.SEALED, 80));
        assertEquals(16 * 222 - 1, fragmenter.limit(plain, PacketLabel.RATCHET, 256));
        assertEquals(4096, fragmenter.limit(plain, PacketLabel.RATCHET, 512));
    }

    @Test
    void theLimitsOfASignedTextAreTheseNumbers() {
        Draft signed = signed(text(""));
        assertEquals(0, fragmenter.limit(signed, PacketLabel.RATCHET, 64));
        assertEquals(0, fragmenter.limit(signed, PacketLabel.RATCHET, 80));
        assertEquals(16 * 30 - 1, fragmenter.limit(signed, PacketLabel.RATCHET, 128));
        assertEquals(16 * 22 - 1, fragmenter.limit(signed, PacketLabel.SEALED, 128));
        assertEquals(16 * 158 - 1, fragmenter.limit(signed, PacketLabel.RATCHET, 256));
        assertEquals(4096, fragmenter.limit(signed, PacketLabel.RATCHET, 512));
    }

    @Test
    void whereASignatureHasNoRoomTheRefusalSaysSo() {
        for (int maxBucket : new int[] {64, 80}) {
            for (String text : new String[] {"", "hello"}) {
                Draft signed = signed(text(text));
                assertFalse(fragmenter.fitsOne(signed, PacketLabel.RATCHET, maxBucket));
                PayloadTooLargeException refusal = assertThrows(
                        PayloadTooLargeException.class,
                        () -> fragmenter.plan(signed, PacketLabel.RATCHET, maxBucket, ids));
                assertEquals(0, refusal.limit());
                assertEquals(
                        "the allowed packets are too small for this message: allow larger ones, or send it without a signature",
                        refusal.getMessage());
            }
        }
        assertTrue(fragmenter.fitsOne(signed(text("x".repeat(33))), PacketLabel.RATCHET, 128));
        assertFalse(fragmenter.fitsOne(signed(text("x".repeat(34))), PacketLabel.RATCHET, 128));
    }

    @Test
    void everyPacketOfASignedMessageHasRoomForItsSignature() throws Exception {
        Draft one = signed(text("hello"));
        Draft many = signed(text("hello ".repeat(40)));
        for (Draft draft : List.of(one, many)) {
            List<PlannedPacket> planned = fragmenter.plan(draft, PacketLabel.RATCHET, 128, ids);
            assertEquals(draft == one, planned.size() == 1);
            assertBuckets(planned, PacketLabel.RATCHET, 128);
            for (PlannedPacket packet : planned) {
                assertArrayEquals(new byte[64], packet.content().signature().orElseThrow());
            }
        }
    }

    @Test
    void aMessageIsSignedOnlyWhenEachOfItsPiecesIs() throws Exception {
        Draft draft = signed(text("hello ".repeat(40)));
        List<Content> pieces = new ArrayList<>();
        fragmenter.plan(draft, PacketLabel.RATCHET, 128, ids).forEach(packet -> pieces.add(packet.content()));
        assertTrue(fragmenter.join(pieces).signed());
        for (int i = 0; i < pieces.size(); i++) {
            List<Content> mixed = new ArrayList<>(pieces);
            mixed.set(
                    i,
                    piece(pieces.get(i).fragment().orElseThrow(), pieces.get(i).body()));
            assertFalse(fragmenter.join(mixed).signed());
        }
        assertFalse(fragmenter.join(pieces(text("hello ".repeat(40)))).signed());
    }

    @Test
    void theSmallestBucketThatFitsIsTaken() throws Exception {
        for (PacketLabel label : PacketLabel.values()) {
            for (int length = 0; length <= 470; length++) {
                PlannedPacket packet = fragmenter
                        .plan(text("x".repeat(length)), label, 512, ids)
                        .get(0);
                int needed = codec.length(packet.content());
                int smallest = Packets.BUCKETS.stream()
                        .filter(bucket -> Packets.capacity(bucket, label.locatorLength()) >= needed)
                        .findFirst()
                        .orElseThrow();
                assertEquals(smallest, packet.bucket(), "length " + length);
            }
        }
    }

    @Test
    void aMessageThatStartsAChainIsNeverCut() throws Exception {
        Draft empty = starting("zoë", "");
        int limit = fragmenter.limit(empty, PacketLabel.SEALED, 80);
        assertEquals(80 - 1 - 16 - 16 - 1 - 5 - 16 - 1 - 4, limit);
        Draft full = starting("zoë", "x".repeat(limit));
        assertEquals(1, fragmenter.plan(full, PacketLabel.SEALED, 80, ids).size());
        Draft over = starting("zoë", "x".repeat(limit + 1));
        assertFalse(fragmenter.fitsOne(over, PacketLabel.SEALED, 80));
        assertThrows(IllegalArgumentException.class, () -> fragmenter.plan(over, PacketLabel.SEALED, 80, ids));

        Draft tooMuch = starting("a nickname of 32 bytes, no less.", "");
        assertFalse(fragmenter.fitsOne(tooMuch, PacketLabel.SEALED, 64));
        assertEquals(0, fragmenter.limit(tooMuch, PacketLabel.SEALED, 64));
    }

    @Test
    void aBucketThatIsNoneIsRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> fragmenter.plan(text("hello"), PacketLabel.SEALED, 100, ids));
        assertThrows(IllegalArgumentException.class, () -> fragmenter.limit(text(""), PacketLabel.SEALED, 0));
    }

    @Test
    void aCharacterMayBeCutInTwoButATextMustBeWhole() throws Exception {
        Draft coffee = text("☕".repeat(60));
        List<Content> pieces = pieces(coffee);
        assertEquals("☕".repeat(60), new String(fragmenter.join(pieces).body(), StandardCharsets.UTF_8));

        Content last = pieces.get(pieces.size() - 1);
        byte[] cut = Arrays.copyOf(last.body(), last.body().length - 1);
        pieces.set(pieces.size() - 1, piece(last.fragment().orElseThrow(), cut));
        assertRefused("the text is not UTF-8", pieces);
    }

    @Test
    void piecesThatDoNotBelongTogetherAreRefused() throws Exception {
        assertRefused("only fragments can be joined", List.of());
        assertRefused(
                "only fragments can be joined",
                List.of(Content.of(PacketType.TEXT, Instant.ofEpochSecond(TIME), new byte[] {4})));
        assertRefused(
                "the message has 3 fragments, and 2 are here",
                List.of(piece(new FragmentHeader(1, 0, 3), 4, 'a'), piece(new FragmentHeader(1, 1, 3), 'b')));
        assertRefused(
                "the fragments do not agree on their message and its count",
                List.of(piece(new FragmentHeader(1, 0, 2), 4, 'a'), piece(new FragmentHeader(2, 1, 2), 'b')));
        assertRefused(
                "the fragments do not agree on their message and its count",
                List.of(piece(new FragmentHeader(1, 0, 2), 4, 'a'), piece(new FragmentHeader(1, 1, 3), 'b')));
        assertRefused(
                "fragment 0 occurs twice",
                List.of(piece(new FragmentHeader(1, 0, 2), 4, 'a'), piece(new FragmentHeader(1, 0, 2), 4, 'a')));
        assertRefused(
                "fields are missing: the first fragment has no inner type",
                List.of(piece(new FragmentHeader(1, 0, 2)), piece(new FragmentHeader(1, 1, 2), 4, 'a')));
    }

    @Test
    void onlyATypeThatStandsAloneCanBeFragmented() throws Exception {
        for (int code = 0; code < 256; code++) {
            List<Content> pieces =
                    List.of(piece(new FragmentHeader(1, 0, 2), code, 'a'), piece(new FragmentHeader(1, 1, 2), 'b'));
            if (code >= 1 && code <= 7 && code != 5) {
                assertEquals(code, fragmenter.join(pieces).type().code());
                assertArrayEquals(new byte[] {'a', 'b'}, fragmenter.join(pieces).body());
            } else {
                assertRefused("a fragmented message cannot have the inner type " + code, pieces);
            }
        }
    }

    @Test
    void aMessageAtTheLimitIsJoinedAndOneByteMoreIsNot() throws Exception {
        assertEquals(4096, fragmenter.join(sixteenPieces(257)).body().length);
        assertRefused("a message can have 4096 bytes, not 4097", sixteenPieces(257 + 1));
    }

    private static List<Content> sixteenPieces(int first) {
        List<Content> pieces = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            byte[] body = new byte[i == 0 ? first : 256];
            body[0] = 7;
            pieces.add(piece(new FragmentHeader(1, i, 16), body));
        }
        return pieces;
    }

    @Test
    void senderAndTimeToLiveMustAgreeAndOneBurnIsEnough() throws Exception {
        Content first = full(0, false, OptionalInt.of(5), new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
        Content burning = full(1, true, OptionalInt.of(5), new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
        Content longer = full(1, false, OptionalInt.of(6), new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
        Content stranger = full(1, false, OptionalInt.of(5), new byte[] {2, 0, 0, 0, 0, 0, 0, 0});

        assertTrue(fragmenter.join(List.of(burning, first)).burn());
        assertRefused("the fragments do not agree on their time to live", List.of(first, longer));
        assertRefused("the fragments do not agree on their sender", List.of(first, stranger));
    }

    private void assertBuckets(List<PlannedPacket> planned, PacketLabel label, int maxBucket) {
        for (int i = 0; i < planned.size(); i++) {
            PlannedPacket packet = planned.get(i);
            int needed = codec.length(packet.content());
            assertTrue(needed <= Packets.capacity(packet.bucket(), label.locatorLength()));
            if (i < planned.size() - 1) {
                assertEquals(maxBucket, packet.bucket());
                assertEquals(Packets.capacity(maxBucket, label.locatorLength()), needed, "a piece is full");
            } else {
                assertTrue(packet.bucket() <= maxBucket);
                assertTrue(Packets.BUCKETS.stream()
                        .filter(bucket -> bucket < packet.bucket())
                        .allMatch(bucket -> Packets.capacity(bucket, label.locatorLength()) < needed));
            }
        }
    }

    private void assertRefused(String rule, List<Content> pieces) {
        RefusedContentException refusal = assertThrows(RefusedContentException.class, () -> fragmenter.join(pieces));
        assertEquals(rule, refusal.getMessage());
    }

    private List<Content> pieces(Draft draft) throws PayloadTooLargeException {
        List<Content> pieces = new ArrayList<>();
        fragmenter.plan(draft, PacketLabel.RATCHET, 80, ids).forEach(packet -> pieces.add(packet.content()));
        return pieces;
    }

    private static List<Content> shuffled(List<PlannedPacket> planned, Random random) {
        List<Content> pieces =
                new ArrayList<>(planned.stream().map(PlannedPacket::content).toList());
        Collections.shuffle(pieces, random);
        return pieces;
    }

    private static Draft single(PlannedPacket packet) {
        Content c = packet.content();
        return new Draft(
                c.type(),
                c.burn(),
                c.timestamp(),
                c.ttlMinutes(),
                c.senderId(),
                c.newChain(),
                c.body(),
                c.signature().isPresent());
    }

    private static Draft draft(Random random, int length) {
        return new Draft(
                random.nextBoolean() ? PacketType.CONTROL : PacketType.HANDSHAKE_INIT,
                random.nextBoolean(),
                TIME,
                random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(0xffff)) : OptionalInt.empty(),
                random.nextBoolean() ? Optional.of(RandomContents.bytes(random, 8)) : Optional.empty(),
                Optional.empty(),
                new byte[length],
                random.nextInt(3) == 0);
    }

    private static Draft withBody(Draft draft, byte[] body) {
        return new Draft(
                draft.type(),
                draft.burn(),
                draft.timestamp(),
                draft.ttlMinutes(),
                draft.senderId(),
                draft.newChain(),
                body,
                draft.signed());
    }

    private static Draft signed(Draft draft) {
        return new Draft(
                draft.type(),
                draft.burn(),
                draft.timestamp(),
                draft.ttlMinutes(),
                draft.senderId(),
                draft.newChain(),
                draft.body(),
                true);
    }

    private static Draft text(String text) {
        return new Draft(
                PacketType.TEXT,
                false,
                TIME,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                text.getBytes(StandardCharsets.UTF_8));
    }

    private static Draft starting(String nickname, String text) {
        return new Draft(
                PacketType.TEXT,
                false,
                TIME,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(new NewChain(new byte[16], nickname)),
                text.getBytes(StandardCharsets.UTF_8));
    }

    private static Content piece(FragmentHeader header, int... body) {
        byte[] bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) {
            bytes[i] = (byte) body[i];
        }
        return piece(header, bytes);
    }

    private static Content piece(FragmentHeader header, byte[] body) {
        return new Content(
                PacketType.FRAGMENT,
                false,
                TIME,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(header),
                Optional.empty(),
                body);
    }

    private static Content full(int index, boolean burn, OptionalInt ttl, byte[] sender) {
        return new Content(
                PacketType.FRAGMENT,
                burn,
                TIME,
                ttl,
                Optional.of(sender),
                Optional.empty(),
                Optional.of(new FragmentHeader(1, index, 2)),
                Optional.empty(),
                new byte[] {7});
    }
}
