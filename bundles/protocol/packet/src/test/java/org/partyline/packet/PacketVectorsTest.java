package org.partyline.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.packet.RefusedContentException;

/** Known answers of PROTOCOL 2, 4, 5, 6 and 7 for packets. */
class PacketVectorsTest {
    private final WireCodec codec = new WireCodec(new PlainPadding());
    private final PacketFragmenter fragmenter = new PacketFragmenter();

    @TestFactory
    Stream<DynamicTest> sealedPacketsAreMadeAndOpened() {
        JsonNode channels = Vectors.load("channels.json").required("cases");
        JsonNode cases = Vectors.load("sealed.json").required("cases");
        return IntStream.range(0, cases.size())
                .mapToObj(i -> dynamicTest("sealed packet " + i, () -> {
                    JsonNode vector = cases.get(i);
                    Network network = Vectors.network(
                            channels.get(vector.required("channel").asInt()));
                    PacketKey key = new PacketKey(
                            Vectors.secret(vector, "packet_secret"),
                            PacketLabel.SEALED,
                            Vectors.bytes(vector, "locator"),
                            network);
                    OptionalInt ttl = OptionalInt.of(vector.required("ttl").asInt());
                    checkBothWays(
                            vector,
                            text(vector, false, ttl),
                            key,
                            vector.required("suite").asInt());
                }));
    }

    @TestFactory
    Stream<DynamicTest> packetsOnAChainAreMadeAndOpened() {
        JsonNode chain = Vectors.load("chain.json");
        return Vectors.each(chain.required("messages"))
                // The body of message 5 is random bytes. Its packet is sealed like any other, and rejected when it is
                // opened.
                .filter(vector -> vector.required("i").asInt() != 5)
                .map(vector -> dynamicTest("message " + vector.required("i"), () -> {
                    boolean burn = vector.required("burn").asBoolean();
                    checkBothWays(vector, text(vector, burn, OptionalInt.empty()), chainKey(chain, vector), 1);
                }));
    }

    @Test
    void aTextOfRandomBytesIsSealedAsKnownAndRefusedWhenOpened() {
        JsonNode chain = Vectors.load("chain.json");
        JsonNode vector = chain.required("messages").get(5);
        PacketKey key = chainKey(chain, vector);
        byte[] packet = Vectors.bytes(vector, "packet");
        Content content = text(vector, false, OptionalInt.empty());

        assertEquals(Vectors.hex(packet), Vectors.hex(codec.seal(content, key, suite(1), packet.length)));
        assertRefused("the text is not UTF-8", packet, key, content.timestamp());
    }

    @Test
    void theFirstPacketOfAChainCarriesSeedAndNickname() throws Exception {
        JsonNode chain = Vectors.load("chain.json");
        JsonNode channel = Vectors.load("channels.json").required("cases").get(1);
        PacketKey key = sealedKey(channel, Vectors.bytes(chain, "first_locator"));
        byte[] packet = Vectors.bytes(chain, "first_packet");
        long day = chain.required("day").asLong();

        OpenedPacket opened = codec.open(packet, key, suite(1), Instant.ofEpochSecond((day + 1) * 86_400 - 1));

        assertEquals(
                chain.required("seed").asText(),
                Vectors.hex(opened.content().newChain().orElseThrow().seed()));
        assertEquals(
                chain.required("nickname").asText(),
                opened.content().newChain().orElseThrow().nickname());
        assertEquals(Vectors.hex(packet), Vectors.hex(codec.seal(opened.content(), key, suite(1), packet.length)));
    }

    @Test
    void aSignedPacketCarriesASignatureOfWhatItSays() throws Exception {
        JsonNode vector = Vectors.load("signed.json");
        PacketKey key =
                sealedKey(Vectors.load("channels.json").required("cases").get(1), Vectors.bytes(vector, "locator"));
        byte[] packet = Vectors.bytes(vector, "packet");
        byte[] plaintext = Vectors.bytes(vector, "plaintext");
        Instant time = Instant.ofEpochSecond(ByteBuffer.wrap(plaintext).getInt(1) & 0xffffffffL);

        OpenedPacket opened = codec.open(packet, key, suite(1), time);

        byte[] signature = opened.content().signature().orElseThrow();
        byte[] input = codec.signatureInput(opened.content(), key, opened.suite());
        byte[] publicKey = Vectors.bytes(vector, "ed25519_public");
        assertTrue(Ed25519.verify(signature, 0, publicKey, 0, input, 0, input.length));
        assertEquals(
                vector.required("sender_id").asText(),
                Vectors.hex(opened.content().senderId().orElseThrow()));
        assertArrayEquals(signedWords(plaintext), opened.content().body());
        assertTrue(Vectors.hex(input).endsWith(Vectors.hex(opened.signedPart())));
        assertEquals(Vectors.hex(packet), Vectors.hex(codec.seal(opened.content(), key, suite(1), packet.length)));

        Content unsigned = unsigned(opened.content());
        assertArrayEquals(input, codec.signatureInput(unsigned, key, AeadId.XCHACHA20_POLY1305));
        input[input.length - 1] ^= 1;
        assertTrue(!Ed25519.verify(signature, 0, publicKey, 0, input, 0, input.length));
    }

    @Test
    void aSignedDraftBecomesThePacketThatIsKnown() throws Exception {
        JsonNode vector = Vectors.load("signed.json");
        JsonNode alice = Vectors.load("session.json").required("alice");
        PacketKey key =
                sealedKey(Vectors.load("channels.json").required("cases").get(1), Vectors.bytes(vector, "locator"));
        byte[] plaintext = Vectors.bytes(vector, "plaintext");
        Draft draft = new Draft(
                PacketType.TEXT,
                false,
                ByteBuffer.wrap(plaintext).getInt(1) & 0xffffffffL,
                OptionalInt.empty(),
                Optional.of(Vectors.bytes(vector, "sender_id")),
                Optional.empty(),
                signedWords(plaintext),
                true);

        List<PlannedPacket> planned = fragmenter.plan(draft, PacketLabel.SEALED, 512, new SecureRandom());

        assertEquals(1, planned.size());
        byte[] input = codec.signatureInput(planned.get(0).content(), key, AeadId.XCHACHA20_POLY1305);
        byte[] signature = new byte[Content.SIGNATURE_LENGTH];
        Ed25519.sign(Vectors.bytes(alice, "ed25519_seed"), 0, input, 0, input.length, signature, 0);
        Content content = planned.get(0).content().withSignature(signature);
        assertEquals(
                vector.required("packet").asText(),
                Vectors.hex(codec.seal(content, key, suite(1), planned.get(0).bucket())));
    }

    @Test
    void aSignatureOnAChainCoversLabelAndSuite() throws Exception {
        JsonNode file = Vectors.load("signed.json");
        JsonNode vector = file.required("on_chain");
        PacketKey key =
                TestChain.key(Vectors.bytes(vector, "chain_key"), 0, PacketLabel.RATCHET, Vectors.network(vector));
        byte[] packet = Vectors.bytes(vector, "packet");
        byte[] plaintext = Vectors.bytes(vector, "plaintext");
        Instant time = Instant.ofEpochSecond(ByteBuffer.wrap(plaintext).getInt(1) & 0xffffffffL);

        OpenedPacket opened = codec.open(packet, key, suite(2), time);

        byte[] publicKey = Vectors.bytes(file, "ed25519_public");
        byte[] signature = opened.content().signature().orElseThrow();
        assertArrayEquals(signedWords(plaintext), opened.content().body());
        assertTrue(isSigned(codec.signatureInput(opened.content(), key, opened.suite()), signature, publicKey));
        assertEquals(Vectors.hex(packet), Vectors.hex(codec.seal(opened.content(), key, suite(2), packet.length)));

        byte[] other = codec.signatureInput(opened.content(), key, AeadId.XCHACHA20_POLY1305);
        assertFalse(isSigned(other, signature, publicKey), "under another suite");
        PacketKey reply = new PacketKey(key.secret(), PacketLabel.REPLY, key.locator(), key.network());
        byte[] elsewhere = codec.signatureInput(opened.content(), reply, opened.suite());
        assertFalse(isSigned(elsewhere, signature, publicKey), "under another label");
    }

    /** The part of a known plaintext after type, time, sender and signature, without its padding. */
    private static byte[] signedWords(byte[] plaintext) {
        int end = plaintext.length - 1;
        while (plaintext[end] == 0) {
            end--;
        }
        return Arrays.copyOfRange(plaintext, 1 + 4 + 8 + Content.SIGNATURE_LENGTH, end);
    }

    private static boolean isSigned(byte[] input, byte[] signature, byte[] publicKey) {
        return Ed25519.verify(signature, 0, publicKey, 0, input, 0, input.length);
    }

    @Test
    void aLongMessageIsCutAndJoined() throws Exception {
        JsonNode vector = Vectors.load("fragments.json");
        Draft draft = draft(
                vector.required("timestamp").asLong(), vector.required("body").asText());
        int messageId = vector.required("message_id").asInt();
        byte[] chainKey = Vectors.bytes(vector, "chain_key");

        List<PlannedPacket> planned = fragmenter.plan(draft, PacketLabel.RATCHET, 80, new FixedRandom(messageId));

        assertEquals(vector.required("packets").size(), planned.size());
        List<Content> opened = new ArrayList<>();
        for (int i = 0; i < planned.size(); i++) {
            PacketKey key = TestChain.key(chainKey, i, PacketLabel.RATCHET, Vectors.network(vector));
            String packet = vector.required("packets").get(i).asText();
            PlannedPacket piece = planned.get(i);
            assertEquals(packet, Vectors.hex(codec.seal(piece.content(), key, suite(2), piece.bucket())), "piece " + i);
            opened.add(
                    0,
                    codec.open(Vectors.hex(packet), key, suite(2), Instant.ofEpochSecond(draft.timestamp()))
                            .content());
        }
        Draft joined = fragmenter.join(opened);
        assertEquals(PacketType.TEXT, joined.type());
        assertEquals(vector.required("body").asText(), new String(joined.body(), StandardCharsets.UTF_8));
    }

    @TestFactory
    Stream<DynamicTest> contentThatBreaksARuleIsRefused() {
        Map<String, String> rules = new HashMap<>();
        rules.put("padding marker missing", "the padding is not 0x80 followed by zero bytes");
        rules.put("padding not zero after marker", "the padding is not 0x80 followed by zero bytes");
        rules.put("all zero", "the padding is not 0x80 followed by zero bytes");
        rules.put("type 0", "there is no packet type 0");
        rules.put("time to live flag with 0", "a time to live of 0 minutes is not allowed");
        rules.put("nickname longer than 32", "a nickname has at most 32 bytes, not 33");
        rules.put("nickname with control character", "a nickname has no control characters");
        rules.put("nickname not UTF-8", "the nickname is not UTF-8");
        rules.put("fragment without its fields", "fields are missing: the packet ends before its header does");
        rules.put("fragment index beyond count", "fragment index 3 is not below the count 2");
        rules.put("signature cut short", "fields are missing: the packet ends before its header does");
        rules.put("timestamp 301 s ahead", "the timestamp is 301 s in the future; the maximum is 300 s");
        rules.put("timestamp 86401 s old", "the timestamp is 86401 s old; the maximum is 86400 s");
        rules.put("text not UTF-8", "the text is not UTF-8");
        JsonNode file = Vectors.load("refuse.json");
        PacketKey key = TestChain.key(Vectors.bytes(file, "chain_key"), 0, PacketLabel.RATCHET, Vectors.network(file));
        return Vectors.each(file.required("cases")).map(vector -> {
            String why = vector.required("why").asText();
            return dynamicTest(
                    why,
                    () -> assertRefused(
                            rules.get(why),
                            Vectors.bytes(vector, "packet"),
                            key,
                            file.required("now").asLong()));
        });
    }

    @TestFactory
    Stream<DynamicTest> packetsThatAreNotWellFormedDoNotAuthenticate() {
        JsonNode file = Vectors.load("refuse.json");
        PacketKey key =
                TestChain.key(Vectors.bytes(file, "wire_chain_key"), 0, PacketLabel.RATCHET, Vectors.network(file));
        Instant now = Instant.ofEpochSecond(file.required("now").asLong());
        return Vectors.each(file.required("wire"))
                .map(vector -> dynamicTest(
                        vector.required("why").asText(),
                        () -> assertThrows(
                                AuthenticationFailedException.class,
                                () -> codec.open(Vectors.bytes(vector, "packet"), key, suite(1), now))));
    }

    @Test
    void aHandshakeStartsInOnePacketUnderTheInbox() throws Exception {
        JsonNode session = Vectors.load("session.json");
        PacketKey key = inboxKey(session, Vectors.bytes(session, "init_packet"));

        Content content = codec.open(
                        Vectors.bytes(session, "init_packet"), key, suite(1), instant(session, "timestamp_init"))
                .content();

        assertEquals(PacketType.HANDSHAKE_INIT, content.type());
        assertEquals(handshakeBody(session), Vectors.hex(content.body()));
        assertEquals(session.required("init_packet").asText(), Vectors.hex(codec.seal(content, key, suite(1), 256)));
    }

    @Test
    void aHandshakeStartsInThreeFragmentsOfEightyBytes() throws Exception {
        JsonNode session = Vectors.load("session.json");
        List<Content> pieces = new ArrayList<>();
        for (JsonNode packet : session.required("init_fragments_80")) {
            byte[] bytes = Vectors.hex(packet.asText());
            pieces.add(codec.open(bytes, inboxKey(session, bytes), suite(1), instant(session, "timestamp_init"))
                    .content());
        }

        Draft joined = fragmenter.join(pieces);

        assertEquals(PacketType.HANDSHAKE_INIT, joined.type());
        assertEquals(handshakeBody(session), Vectors.hex(joined.body()));
        int messageId = pieces.get(0).fragment().orElseThrow().messageId();
        List<PlannedPacket> again = fragmenter.plan(joined, PacketLabel.SEALED, 80, new FixedRandom(messageId));
        for (int i = 0; i < again.size(); i++) {
            byte[] bytes =
                    Vectors.hex(session.required("init_fragments_80").get(i).asText());
            PlannedPacket piece = again.get(i);
            assertEquals(
                    Vectors.hex(bytes),
                    Vectors.hex(codec.seal(piece.content(), inboxKey(session, bytes), suite(1), piece.bucket())));
        }
    }

    @Test
    void theAnswerToAHandshakeFillsEightyBytesExactly() throws Exception {
        JsonNode session = Vectors.load("session.json");
        PacketKey key = TestChain.key(
                Vectors.bytes(session, "reply_chain_key_0"), 0, PacketLabel.REPLY, Vectors.network(session));
        byte[] packet = Vectors.bytes(session, "resp_packet");

        Content content = codec.open(packet, key, suite(1), instant(session, "timestamp_resp"))
                .content();

        assertEquals(PacketType.HANDSHAKE_RESP, content.type());
        assertEquals(session.required("noise_2").asText(), Vectors.hex(content.body()));
        assertEquals(Vectors.hex(packet), Vectors.hex(codec.seal(content, key, suite(1), 80)));
        assertThrows(IllegalArgumentException.class, () -> codec.seal(content, key, suite(1), 64));
    }

    @Test
    void theFirstMessageOfASessionOpensOnItsChain() throws Exception {
        JsonNode session = Vectors.load("session.json");
        PacketKey key = TestChain.key(
                Vectors.bytes(session, "chain_initiator_to_responder"),
                0,
                PacketLabel.RATCHET,
                Vectors.network(session));

        Content content = codec.open(
                        Vectors.bytes(session, "first_message_alice_to_bob"),
                        key,
                        suite(1),
                        instant(session, "timestamp_resp"))
                .content();

        assertEquals(PacketType.TEXT, content.type());
    }

    private void checkBothWays(JsonNode vector, Content content, PacketKey key, int suite) throws Exception {
        byte[] packet = Vectors.bytes(vector, "packet");
        assertEquals(Vectors.hex(packet), Vectors.hex(codec.seal(content, key, suite(suite), packet.length)));
        byte[] plaintext = Vectors.bytes(vector, "plaintext");
        assertArrayEquals(plaintext, new PlainPadding().pad(Layout.write(content), plaintext.length));

        Instant time = Instant.ofEpochSecond(content.timestamp());
        OpenedPacket opened = codec.open(packet, key, suite(suite), time);

        assertEquals(
                vector.required("body").asText(), Vectors.hex(opened.content().body()));
        assertEquals(content.burn(), opened.content().burn());
        assertEquals(content.ttlMinutes(), opened.content().ttlMinutes());
        assertEquals(content.timestamp(), opened.content().timestamp());
        assertEquals(0, opened.signedPart().length);
        assertEquals(
                Vectors.hex(packet),
                "02" + Vectors.hex(key.locator()) + Vectors.hex(opened.ciphertext()) + Vectors.hex(opened.tag()));
        for (AeadId other : AeadId.PROTOCOL) {
            if (other.code() != suite) {
                assertThrows(
                        AuthenticationFailedException.class,
                        () -> codec.open(packet, key, new BouncySuites(other), time));
            }
        }
    }

    private void assertRefused(String rule, byte[] packet, PacketKey key, long now) {
        RefusedContentException refusal = assertThrows(
                RefusedContentException.class, () -> codec.open(packet, key, suite(1), Instant.ofEpochSecond(now)));
        assertEquals(rule, refusal.getMessage());
    }

    private static Content text(JsonNode vector, boolean burn, OptionalInt ttl) {
        return new Content(
                PacketType.TEXT,
                burn,
                vector.required("timestamp").asLong(),
                ttl,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Vectors.bytes(vector, "body"));
    }

    private static Content unsigned(Content content) {
        return new Content(
                content.type(),
                content.burn(),
                content.timestamp(),
                content.ttlMinutes(),
                content.senderId(),
                content.newChain(),
                content.fragment(),
                Optional.empty(),
                content.body());
    }

    private static Draft draft(long timestamp, String text) {
        return new Draft(
                PacketType.TEXT,
                false,
                timestamp,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                text.getBytes(StandardCharsets.UTF_8));
    }

    @TestFactory
    Stream<DynamicTest> controlPacketsAreMadeAndOpened() {
        JsonNode control = Vectors.load("control.json");
        JsonNode cases = control.required("cases");
        return IntStream.range(0, cases.size())
                .mapToObj(i -> dynamicTest(cases.get(i).required("name").asText(), () -> {
                    byte[] packet = Vectors.bytes(cases.get(i), "packet");
                    PacketKey key = TestChain.key(
                            Vectors.bytes(control, "chain_key"), i, PacketLabel.RATCHET, Vectors.network(control));
                    Instant time =
                            Instant.ofEpochSecond(control.required("timestamp").asLong());
                    Content content = codec.open(packet, key, suite(1), time).content();
                    assertEquals(PacketType.CONTROL, content.type());
                    assertEquals(cases.get(i).required("body").asText(), Vectors.hex(content.body()));
                    assertEquals(time.getEpochSecond(), content.timestamp());
                    assertEquals(Vectors.hex(packet), Vectors.hex(codec.seal(content, key, suite(1), packet.length)));
                }));
    }

    private static PacketKey chainKey(JsonNode chain, JsonNode message) {
        return TestChain.key(
                Vectors.bytes(chain, "chain_key_0"),
                message.required("i").asInt(),
                PacketLabel.RATCHET,
                Network.REGTEST);
    }

    /** PROTOCOL 4 for a channel of channels.json, on the day of that file. */
    private static PacketKey sealedKey(JsonNode channel, byte[] locator) {
        JsonNode kdf = channel.required("kdf");
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withSalt(locator)
                .withIterations(kdf.required("t").asInt())
                .withMemoryAsKB(kdf.required("m").asInt())
                .withParallelism(kdf.required("p").asInt())
                .build());
        byte[] secret = new byte[32];
        argon2.generateBytes(Vectors.bytes(channel, "root_day"), secret);
        return new PacketKey(SecretBytes.wrap(secret), PacketLabel.SEALED, locator, Vectors.network(channel));
    }

    /** PROTOCOL 6 for Bob's inbox. */
    private static PacketKey inboxKey(JsonNode session, byte[] packet) {
        Network network = Vectors.network(session);
        byte[] locator = Arrays.copyOfRange(packet, 1, 17);
        byte[] inboxInfo = ("partyline/2 inbox\0" + (char) network.code()).getBytes(StandardCharsets.US_ASCII);
        byte[] root = Hkdf.derive(Vectors.bytes(session.required("bob"), "inbox"), new byte[0], inboxInfo, 32);
        byte[] packetInfo = "partyline/2 inbox packet".getBytes(StandardCharsets.US_ASCII);
        return new PacketKey(
                SecretBytes.wrap(Hkdf.derive(root, locator, packetInfo, 32)), PacketLabel.SEALED, locator, network);
    }

    private static String handshakeBody(JsonNode session) {
        return String.format("%02x", session.required("offer").asInt())
                + session.required("reply_secret").asText()
                + session.required("noise_1").asText();
    }

    private static Instant instant(JsonNode node, String field) {
        return Instant.ofEpochSecond(node.required(field).asLong());
    }

    private static BouncySuites suite(int code) {
        return new BouncySuites(Vectors.suite(code));
    }

    /** Always returns the same number. */
    private static final class FixedRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final int value;

        FixedRandom(int value) {
            this.value = value;
        }

        @Override
        public int nextInt(int bound) {
            return value;
        }
    }
}
