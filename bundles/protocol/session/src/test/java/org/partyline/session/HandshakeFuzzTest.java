package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes.Acceptance;
import org.partyline.api.session.Handshakes.Completion;
import org.partyline.api.session.Handshakes.Initiation;

/** Any handshake message is answered, or rejected with the one exception that the interface names. */
class HandshakeFuzzTest {
    private static final Network NETWORK = Network.REGTEST;
    private static final List<AeadId> ALLOWED = List.of(AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM);

    private final NoiseHandshakes handshakes = new NoiseHandshakes();
    private final IdentityKeys alice = person("alice");
    private final IdentityKeys bob = person("bob");
    private final byte[] bobPublic = bob.identity().agreement();

    @FuzzTest(maxDuration = "10m")
    void anyInitIsAcceptedOrRefused(byte[] body) {
        accept(body);
    }

    /** A well-formed INIT of someone who knows Noise: the fuzzer chooses the offer, the reply secret and both keys. */
    @FuzzTest(maxDuration = "10m")
    void anyWellMadeInitIsAcceptedOrRefused(byte[] input) {
        byte[] fields = Arrays.copyOf(input, 1 + 16 + 32 + 32);
        SecretBytes reply = SecretBytes.wrap(Arrays.copyOfRange(fields, 1, 17));
        byte[] ephemeral = Arrays.copyOfRange(fields, 17, 49);
        byte[] peer = Arrays.copyOfRange(fields, 49, 81);
        byte[] message = new PlainNoise(
                        SessionKeys.prologue(NETWORK, new Offer(fields[0]), reply, bob.identity()), bobPublic)
                .first(ephemeral, shared(ephemeral), peer, shared(peer));
        accept(ByteBuffer.allocate(113).put(fields, 0, 17).put(message).array());
    }

    @FuzzTest(maxDuration = "10m")
    void anyAnswerCompletesOrIsRefused(byte[] body) throws HandshakeRefusedException {
        Initiation initiation = handshakes.initiate(
                NETWORK,
                alice,
                bob.identity(),
                Set.of(AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM, AeadId.CHACHA20_POLY1305),
                new ScriptedRandom(key("reply").expose(), key("ephemeral").expose()));
        try (Completion completion = handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), body)) {
            assertEquals(32, completion.sendChainKey().length());
        } catch (HandshakeRefusedException e) {
            assertEquals(1, e.getMessage().lines().count());
        }
    }

    private void accept(byte[] body) {
        try (Acceptance acceptance = handshakes.accept(NETWORK, bob, body, ALLOWED, new ScriptedRandom(new byte[32]))) {
            assertEquals(49, acceptance.response().length);
            assertEquals(32, acceptance.peerPublic().length);
        } catch (HandshakeRefusedException e) {
            assertEquals(1, e.getMessage().lines().count());
        }
    }

    private byte[] shared(byte[] publicKey) {
        try {
            return Curve.agree(bob.agreementPrivate(), publicKey).expose();
        } catch (HandshakeRefusedException e) {
            return new byte[32];
        }
    }

    private static IdentityKeys person(String who) {
        return Vectors.person(Vectors.load("/vectors/session.json").required(who));
    }

    /** The keys of the protocol's known answers. */
    private static SecretBytes key(String who) {
        var session = Vectors.load("/vectors/session.json");
        return switch (who) {
            case "reply" -> Vectors.secret(session, "reply_secret");
            case "ephemeral" -> Vectors.secret(session, "initiator_ephemeral");
            default -> Vectors.secret(session.required(who), "x25519_private");
        };
    }
}
