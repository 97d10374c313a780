package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.southernstorm.noise.protocol.CipherState;
import com.southernstorm.noise.protocol.CipherStatePair;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.session.HandshakeRefusedException;

/** The published vectors of Noise_IK_25519_ChaChaPoly_SHA256, from both sides. */
class NoiseVectorsTest {
    @TestFactory
    Stream<DynamicTest> publishedVectorsOfTheHandshake() {
        return Vectors.each(Vectors.load("/noise/ik.json").required("vectors"))
                .map(vector -> dynamicTest("prologue " + vector.required("init_prologue"), () -> check(vector)));
    }

    @TestFactory
    Stream<DynamicTest> publishedVectorsWithAByteChangedAreRefused() {
        return Vectors.each(Vectors.load("/noise/ik.json").required("vectors"))
                .map(vector -> dynamicTest("prologue " + vector.required("init_prologue"), () -> {
                    byte[] first = Vectors.bytes(vector.required("messages").get(0), "ciphertext");
                    for (int i = 0; i < first.length; i++) {
                        byte[] changed = first.clone();
                        changed[i] ^= 1;
                        try (NoiseIk responder = responder(vector)) {
                            assertThrows(HandshakeRefusedException.class, () -> responder.read(changed), "byte " + i);
                        }
                    }
                    try (NoiseIk responder = responder(vector)) {
                        byte[] cut = Arrays.copyOf(first, NoiseIk.FIRST_OVERHEAD - 1);
                        assertThrows(HandshakeRefusedException.class, () -> responder.read(cut));
                    }
                }));
    }

    private static void check(JsonNode vector) throws Exception {
        JsonNode messages = vector.required("messages");
        try (NoiseIk initiator = initiator(vector);
                NoiseIk responder = responder(vector)) {
            pass(initiator, responder, messages.get(0));
            assertEquals(
                    Vectors.hex(Curve.publicKey(Vectors.secret(vector, "init_static"))),
                    Vectors.hex(responder.peerStatic()));
            pass(responder, initiator, messages.get(1));
            CipherStatePair ours = initiator.split();
            CipherStatePair theirs = responder.split();
            for (int i = 2; i < messages.size(); i++) {
                boolean fromInitiator = i % 2 == 0;
                pass(
                        fromInitiator ? ours.getSender() : theirs.getSender(),
                        fromInitiator ? theirs.getReceiver() : ours.getReceiver(),
                        messages.get(i));
            }
        }
    }

    private static NoiseIk initiator(JsonNode vector) throws Exception {
        return NoiseIk.initiator(
                Vectors.bytes(vector, "init_prologue"),
                Vectors.secret(vector, "init_static"),
                Vectors.secret(vector, "init_ephemeral"),
                Vectors.bytes(vector, "init_remote_static"));
    }

    private static NoiseIk responder(JsonNode vector) {
        return NoiseIk.responder(
                Vectors.bytes(vector, "resp_prologue"),
                Vectors.secret(vector, "resp_static"),
                Vectors.secret(vector, "resp_ephemeral"));
    }

    private static void pass(NoiseIk from, NoiseIk to, JsonNode message) throws Exception {
        byte[] written = from.write(Vectors.bytes(message, "payload"));
        assertEquals(message.required("ciphertext").asText(), Vectors.hex(written));
        assertArrayEquals(Vectors.bytes(message, "payload"), to.read(written));
    }

    private static void pass(CipherState from, CipherState to, JsonNode message) throws Exception {
        byte[] payload = Vectors.bytes(message, "payload");
        byte[] sealed = new byte[payload.length + 16];
        from.encryptWithAd(null, payload, 0, sealed, 0, payload.length);
        assertEquals(message.required("ciphertext").asText(), Vectors.hex(sealed));
        byte[] opened = new byte[payload.length];
        to.decryptWithAd(null, sealed, 0, opened, 0, sealed.length);
        assertArrayEquals(payload, opened);
    }
}
