package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KemKeyException;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.Handshakes;
import org.partyline.kemmlkem768.MlKem768;

/** The known answers of PROTOCOL 6.2, byte for byte, from both sides. */
class KemVectorsTest {
    private static final byte KEM_KEY = 8;
    private static final byte KEM_ANSWER = 9;

    private final NoiseHandshakes handshakes = new NoiseHandshakes();
    private final Kem kem = new MlKem768();
    private final JsonNode known = Vectors.load("/vectors/kem.json");
    private final Network network =
            Network.ofCode((byte) known.required("network").asInt()).orElseThrow();
    private final byte[] key = Vectors.bytes(known, "encapsulation_key");
    private final byte[] ciphertext = Vectors.bytes(known, "ciphertext");
    private final Instant time =
            Instant.ofEpochSecond(known.required("timestamp").asLong());

    @Test
    void theProposerMakesTheKnownKeyAndFindsTheSecret() {
        assertArrayEquals(key, kem.encapsulationKey(seed()));
        assertEquals(secret(), kem.decapsulate(seed(), ciphertext));
    }

    @Test
    void theAnswererMakesTheKnownCiphertext() throws Exception {
        Kem.Encapsulated made =
                kem.encapsulate(key, new ScriptedRandom(Vectors.bytes(known, "encapsulation_random_m")));
        assertArrayEquals(ciphertext, made.ciphertext());
        assertEquals(secret(), made.secret());
    }

    @Test
    void theExchangeHasTheKnownId() {
        assertArrayEquals(Vectors.bytes(known, "exchange_id"), handshakes.exchangeId(key));
    }

    @Test
    void thePiecesAreTheKnownPackets() throws Exception {
        SecretBytes alice = Vectors.secret(known, "alice_chain_key");
        SecretBytes bob = Vectors.secret(known, "bob_chain_key");
        assertPackets(KEM_KEY, key, alice, "key_pieces", "update_packet_alice", "update_body_alice");
        assertPackets(KEM_KEY, key, Vectors.secret(known, "key_pieces_512_chain_key"), "key_pieces_512", null, null);
        assertPackets(KEM_ANSWER, ciphertext, bob, "answer_pieces", "update_packet_bob", "update_body_bob");
    }

    private void assertPackets(
            byte code, byte[] whole, SecretBytes chainKey, String pieces, String updatePacket, String updateBody)
            throws Exception {
        SendChain send = Bundles.CHAINS.sendSession(chainKey, time);
        ReceiveChain receive = Bundles.CHAINS.receive(chainKey, time);
        int position = 0;
        ByteBuffer gathered = ByteBuffer.allocate(whole.length);
        for (JsonNode piece : known.required(pieces)) {
            int offset = piece.required("offset").asInt();
            int length = piece.required("length").asInt();
            byte[] body = ByteBuffer.allocate(5 + length)
                    .put(code)
                    .put(handshakes.exchangeId(key))
                    .putShort((short) offset)
                    .put(whole, offset, length)
                    .array();
            assertPacket(send, receive, position++, PacketType.CONTROL, body, Vectors.bytes(piece, "packet"));
            gathered.put(offset, body, 5, length);
        }
        assertArrayEquals(whole, gathered.array());
        if (updatePacket != null) {
            byte[] body = Vectors.bytes(known, updateBody);
            assertPacket(send, receive, position, PacketType.KEY_UPDATE, body, Vectors.bytes(known, updatePacket));
        }
    }

    private void assertPacket(
            SendChain send, ReceiveChain receive, int position, PacketType type, byte[] body, byte[] packet)
            throws Exception {
        byte[] locator = Arrays.copyOfRange(packet, 1, 9);
        PacketKey opening = new PacketKey(receive.secret(position), PacketLabel.RATCHET, locator, network);
        Content opened =
                Bundles.CODEC.open(packet, opening, Bundles.XCHACHA, time).content();
        assertEquals(type, opened.type());
        assertArrayEquals(body, opened.body());
        SendChain.Step step = send.step();
        PacketKey sealing = new PacketKey(step.secret(), PacketLabel.RATCHET, step.locator(), network);
        Content content = Content.of(type, Instant.ofEpochSecond(opened.timestamp()), body);
        assertArrayEquals(packet, Bundles.CODEC.seal(content, sealing, Bundles.XCHACHA, packet.length));
    }

    @Test
    void theKeyUpdatesCarryTheKnownTags() {
        assertUpdate("ephemeral_alice", "update_body_alice");
        assertUpdate("ephemeral_bob", "update_body_bob");
    }

    private void assertUpdate(String ephemeral, String body) {
        byte[] publicKey = Curve.publicKey(Vectors.secret(known, ephemeral));
        assertArrayEquals(
                Vectors.bytes(known, body),
                ByteBuffer.allocate(Handshakes.PROTECTED_UPDATE_LENGTH)
                        .put(publicKey)
                        .put(handshakes.exchangeId(key))
                        .put(handshakes.exchangeTag(secret(), publicKey))
                        .array());
    }

    @Test
    void bothEndsGetTheKnownChains() throws Exception {
        assertChain("alice_chain_key_after_update", "seed_alice_to_bob", "chain_key_0_alice_to_bob");
        assertChain("bob_chain_key_after_update", "seed_bob_to_alice", "chain_key_0_bob_to_alice");
    }

    private void assertChain(String after, String seed, String expected) throws Exception {
        SecretBytes alice = Vectors.secret(known, "ephemeral_alice");
        SecretBytes bob = Vectors.secret(known, "ephemeral_bob");
        byte[] hash = handshakes.exchangeHash(key, ciphertext);
        assertEquals(Vectors.secret(known, "x25519_shared"), Curve.agree(alice, Curve.publicKey(bob)));
        SecretBytes salt = Bundles.CHAINS
                .sendSession(Vectors.secret(known, after), Instant.EPOCH)
                .rekeySalt();
        assertEquals(
                Vectors.secret(known, seed),
                SessionKeys.rekeySeed(Vectors.secret(known, "x25519_shared"), secret(), salt, hash));
        SecretBytes chainKey = Vectors.secret(known, expected);
        assertEquals(chainKey, handshakes.rekey(network, alice, Curve.publicKey(bob), salt, secret(), hash));
        assertEquals(chainKey, handshakes.rekey(network, bob, Curve.publicKey(alice), salt, secret(), hash));
        assertFalse(chainKey.equals(handshakes.rekey(network, alice, Curve.publicKey(bob), salt)));
    }

    @Test
    void aChainIsWhereItsKeyUpdateLeavesIt() {
        assertSalt("alice_chain_key", "key_pieces", "alice_chain_key_after_update");
        assertSalt("bob_chain_key", "answer_pieces", "bob_chain_key_after_update");
    }

    private void assertSalt(String chainKey, String pieces, String after) {
        SendChain chain = Bundles.CHAINS.sendSession(Vectors.secret(known, chainKey), time);
        for (int i = 0; i < known.required(pieces).size() + 1; i++) {
            chain.step();
        }
        assertEquals(
                Bundles.CHAINS.sendSession(Vectors.secret(known, after), time).rekeySalt(), chain.rekeySalt());
    }

    @Test
    void whatMustBeRefusedIsRefused() {
        JsonNode refuse = known.required("refuse");
        SecretBytes other = kem.decapsulate(seed(), Vectors.bytes(refuse, "ciphertext_changed"));
        assertEquals(Vectors.secret(refuse, "its_shared_secret"), other);
        assertThrows(
                KemKeyException.class,
                () -> kem.encapsulate(Vectors.bytes(refuse, "encapsulation_key_out_of_range"), new SecureRandom()));
        byte[] update = Vectors.bytes(refuse, "update_with_wrong_tag");
        byte[] tag = Arrays.copyOfRange(update, 34, 42);
        assertFalse(Arrays.equals(tag, handshakes.exchangeTag(secret(), Arrays.copyOf(update, 32))));
        byte[] right = Vectors.bytes(known, "update_body_alice");
        assertTrue(Arrays.equals(
                Arrays.copyOfRange(right, 34, 42), handshakes.exchangeTag(secret(), Arrays.copyOf(update, 32))));
    }

    private SecretBytes seed() {
        byte[] d = Vectors.bytes(known, "seed_d");
        byte[] z = Vectors.bytes(known, "seed_z");
        return SecretBytes.wrap(ByteBuffer.allocate(64).put(d).put(z).array());
    }

    private SecretBytes secret() {
        return Vectors.secret(known, "shared_secret");
    }
}
