package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.Handshakes.Acceptance;
import org.partyline.api.session.Handshakes.Completion;
import org.partyline.api.session.Handshakes.Ephemeral;
import org.partyline.api.session.Handshakes.Initiation;

/** The known answers of PROTOCOL 6, byte for byte, from both sides. */
class SessionVectorsTest {
    private final NoiseHandshakes handshakes = new NoiseHandshakes();
    private final JsonNode session = Vectors.load("/vectors/session.json");
    private final Network network =
            Network.ofCode((byte) session.required("network").asInt()).orElseThrow();
    private final JsonNode alice = session.required("alice");
    private final JsonNode bob = session.required("bob");
    private final JsonNode update = Vectors.load("/vectors/key_update.json");

    @Test
    void aliceInitiatesAsKnown() throws Exception {
        Initiation initiation = initiation();
        assertEquals(
                String.format("%02x", session.required("offer").asInt())
                        + session.required("reply_secret").asText()
                        + session.required("noise_1").asText(),
                Vectors.hex(initiation.body()));
        assertEquals(Vectors.secret(session, "reply_chain_key_0"), initiation.replyChainKey());
        assertEquals(AeadId.XCHACHA20_POLY1305, initiation.replySuite());
    }

    @Test
    void bobAcceptsAsKnown() throws Exception {
        Acceptance acceptance = acceptance();
        assertEquals(alice.required("x25519_public").asText(), Vectors.hex(acceptance.peerPublic()));
        assertEquals(session.required("noise_2").asText(), Vectors.hex(acceptance.response()));
        assertEquals(AeadId.XCHACHA20_POLY1305, acceptance.chosen());
        assertEquals(AeadId.XCHACHA20_POLY1305, acceptance.replySuite());
        assertEquals(Vectors.secret(session, "reply_chain_key_0"), acceptance.replyChainKey());
        assertEquals(Vectors.secret(session, "chain_responder_to_initiator"), chainKey(acceptance.sendSeed()));
        assertEquals(Vectors.secret(session, "chain_initiator_to_responder"), chainKey(acceptance.receiveSeed()));
    }

    @Test
    void aliceCompletesAsKnown() throws Exception {
        Completion completion = completion();
        assertEquals(AeadId.XCHACHA20_POLY1305.code(), completion.chosen());
        assertEquals(Vectors.secret(session, "chain_initiator_to_responder"), completion.sendChainKey());
        assertEquals(Vectors.secret(session, "chain_responder_to_initiator"), completion.receiveChainKey());
    }

    @Test
    void publicKeysAreThoseOfTheCards() {
        for (JsonNode person : List.of(alice, bob)) {
            assertEquals(
                    person.required("x25519_public").asText(),
                    Vectors.hex(Curve.publicKey(Vectors.secret(person, "x25519_private"))));
        }
    }

    @Test
    void theInitIsOnePacketOf256Bytes() throws Exception {
        byte[] packet = Vectors.bytes(session, "init_packet");
        Content content = Content.of(
                PacketType.HANDSHAKE_INIT,
                instant("timestamp_init"),
                initiation().body());
        PacketKey key = inboxKey(Vectors.bytes(session, "r"));
        assertArrayEquals(packet, Bundles.CODEC.seal(content, key, Bundles.XCHACHA, 256));

        assertBobRecognises(packet);
        Content opened = Bundles.CODEC
                .open(packet, key, Bundles.XCHACHA, instant("timestamp_init"))
                .content();
        assertArrayEquals(initiation().body(), opened.body());
    }

    @Test
    void theInitIsThreeFragmentsOf80Bytes() throws Exception {
        List<byte[]> packets = new ArrayList<>();
        session.required("init_fragments_80").forEach(packet -> packets.add(Vectors.hex(packet.asText())));
        List<Content> pieces = new ArrayList<>();
        for (byte[] packet : packets) {
            assertBobRecognises(packet);
            pieces.add(Bundles.CODEC
                    .open(packet, inboxKey(r(packet)), Bundles.XCHACHA, instant("timestamp_init"))
                    .content());
        }
        assertArrayEquals(initiation().body(), Bundles.FRAGMENTER.join(pieces).body());

        Draft draft = new Draft(
                PacketType.HANDSHAKE_INIT,
                false,
                session.required("timestamp_init").asLong(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                initiation().body());
        List<PlannedPacket> planned =
                Bundles.FRAGMENTER.plan(draft, PacketLabel.SEALED, 80, new java.security.SecureRandom() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public int nextInt(int bound) {
                        return pieces.get(0).fragment().orElseThrow().messageId();
                    }
                });
        assertEquals(3, planned.size());
        for (int i = 0; i < 3; i++) {
            PacketKey key = inboxKey(r(packets.get(i)));
            assertArrayEquals(
                    packets.get(i),
                    Bundles.CODEC.seal(
                            planned.get(i).content(),
                            key,
                            Bundles.XCHACHA,
                            planned.get(i).bucket()));
        }
    }

    @Test
    void theAnswerIsOnePacketOf80BytesOnItsOwnChain() throws Exception {
        byte[] packet = Vectors.bytes(session, "resp_packet");
        Acceptance acceptance = acceptance();
        SendChain.Step step = Bundles.CHAINS
                .send(acceptance.replyChainKey(), instant("timestamp_resp"))
                .step();
        PacketKey sealing = new PacketKey(step.secret(), PacketLabel.REPLY, step.locator(), network);
        Content content = Content.of(PacketType.HANDSHAKE_RESP, instant("timestamp_resp"), acceptance.response());
        assertArrayEquals(packet, Bundles.CODEC.seal(content, sealing, Bundles.XCHACHA, 80));

        ReceiveChain expecting = Bundles.CHAINS.receive(initiation().replyChainKey(), instant("timestamp_init"));
        PacketKey opening = new PacketKey(expecting.secret(0), PacketLabel.REPLY, locator(packet), network);
        assertArrayEquals(
                acceptance.response(),
                Bundles.CODEC
                        .open(packet, opening, Bundles.XCHACHA, instant("timestamp_resp"))
                        .content()
                        .body());
    }

    @Test
    void theFirstMessageGoesFromAliceToBob() throws Exception {
        byte[] packet = Vectors.bytes(session, "first_message_alice_to_bob");
        ReceiveChain receiving =
                Bundles.CHAINS.receive(chainKey(acceptance().receiveSeed()), instant("timestamp_resp"));
        PacketKey opening = new PacketKey(receiving.secret(0), PacketLabel.RATCHET, locator(packet), network);
        Content content = Bundles.CODEC
                .open(packet, opening, Bundles.XCHACHA, instant("timestamp_resp"))
                .content();
        assertEquals(PacketType.TEXT, content.type());

        SendChain.Step step = Bundles.CHAINS
                .sendSession(completion().sendChainKey(), instant("timestamp_resp"))
                .step();
        PacketKey sealing = new PacketKey(step.secret(), PacketLabel.RATCHET, step.locator(), network);
        assertArrayEquals(packet, Bundles.CODEC.seal(content, sealing, Bundles.XCHACHA, packet.length));
    }

    @Test
    void aKeyUpdateGivesBothEndsTheKnownChain() throws Exception {
        SecretBytes a = Vectors.secret(update, "ephemeral_a");
        SecretBytes b = Vectors.secret(update, "ephemeral_b");
        SecretBytes chainKey = Vectors.secret(update, "chain_key_after_update");
        assertEquals(Vectors.secret(update, "shared"), Curve.agree(a, Curve.publicKey(b)));
        SecretBytes salt = Bundles.CHAINS.sendSession(chainKey, Instant.EPOCH).rekeySalt();
        assertEquals(Vectors.secret(update, "seed"), SessionKeys.rekeySeed(Vectors.secret(update, "shared"), salt));
        SecretBytes expected = Vectors.secret(update, "chain_key_0");
        assertEquals(expected, handshakes.rekey(network, a, Curve.publicKey(b), salt));
        assertEquals(expected, handshakes.rekey(network, b, Curve.publicKey(a), salt));
    }

    @Test
    void anEphemeralKeyIsDrawnFromTheGivenSource() {
        Ephemeral ephemeral = handshakes.ephemeral(new ScriptedRandom(Vectors.bytes(update, "ephemeral_a")));
        assertEquals(Vectors.secret(update, "ephemeral_a"), ephemeral.privateKey());
        assertArrayEquals(Curve.publicKey(Vectors.secret(update, "ephemeral_a")), ephemeral.publicKey());
        ephemeral.close();
        assertArrayEquals(
                Curve.publicKey(SecretBytes.wrap(Vectors.bytes(update, "ephemeral_a"))), ephemeral.publicKey());
    }

    private Initiation initiation() throws Exception {
        return handshakes.initiate(
                network,
                Vectors.person(alice),
                Vectors.person(bob).identity(),
                offered(),
                new ScriptedRandom(
                        Vectors.bytes(session, "reply_secret"), Vectors.bytes(session, "initiator_ephemeral")));
    }

    private Set<AeadId> offered() {
        int bits = session.required("offer").asInt();
        return AeadId.PROTOCOL.stream()
                .filter(suite -> (bits & 1 << suite.code() - 1) != 0)
                .collect(Collectors.toSet());
    }

    private Acceptance acceptance() throws Exception {
        return handshakes.accept(
                network,
                Vectors.person(bob),
                initiation().body(),
                List.of(AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM),
                new ScriptedRandom(Vectors.bytes(session, "responder_ephemeral")));
    }

    private Completion completion() throws Exception {
        return handshakes.complete(
                network,
                initiation().state(),
                Vectors.person(alice),
                Vectors.person(bob).identity(),
                Vectors.bytes(session, "noise_2"));
    }

    private SecretBytes chainKey(SecretBytes seed) {
        return handshakes.sessionChainKey(
                network,
                seed,
                Vectors.person(alice).identity(),
                Vectors.person(bob).identity());
    }

    private void assertBobRecognises(byte[] packet) {
        BeaconTable beacons = Bundles.CHAINS.newBeaconTable();
        beacons.add(5, handshakes.inboxBeacon(handshakes.inboxRoot(Vectors.secret(bob, "inbox"), network)));
        assertEquals(5, beacons.match(packet));
        beacons.clear();
        beacons.add(6, handshakes.inboxBeacon(handshakes.inboxRoot(Vectors.secret(alice, "inbox"), network)));
        assertEquals(-1, beacons.match(packet));
    }

    private PacketKey inboxKey(byte[] r) {
        SecretBytes root = handshakes.inboxRoot(Vectors.secret(bob, "inbox"), network);
        byte[] locator = Bundles.CHANNEL_KEYS.newLocator(handshakes.inboxBeacon(root), new ScriptedRandom(r));
        return new PacketKey(handshakes.inboxPacketSecret(root, locator), PacketLabel.SEALED, locator, network);
    }

    private static byte[] r(byte[] packet) {
        return Arrays.copyOfRange(packet, 1, 9);
    }

    private static byte[] locator(byte[] packet) {
        return Arrays.copyOfRange(packet, 1, 9);
    }

    private Instant instant(String field) {
        return Instant.ofEpochSecond(session.required(field).asLong());
    }
}
