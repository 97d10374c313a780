package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes.Acceptance;
import org.partyline.api.session.Handshakes.Completion;
import org.partyline.api.session.Handshakes.Ephemeral;
import org.partyline.api.session.Handshakes.Initiation;

class HandshakeTest {
    private static final Network NETWORK = Network.REGTEST;
    private static final Set<AeadId> OFFER =
            Set.of(AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM, AeadId.CHACHA20_POLY1305);
    private static final List<AeadId> ALLOWED =
            List.of(AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM, AeadId.CHACHA20_POLY1305);

    private final SecureRandom random = new SecureRandom();
    private final NoiseHandshakes handshakes = new NoiseHandshakes();
    private final SecretBytes alice = Bundles.draw(random, 32);
    private final SecretBytes bob = Bundles.draw(random, 32);
    private final byte[] alicePublic = Curve.publicKey(alice);
    private final byte[] bobPublic = Curve.publicKey(bob);

    @ParameterizedTest
    @EnumSource(Network.class)
    void bothEndsMatchOnEveryNetwork(Network network) throws Exception {
        Initiation initiation = handshakes.initiate(network, alice, bobPublic, OFFER, random);
        Acceptance acceptance = handshakes.accept(network, bob, initiation.body(), ALLOWED, random);
        Completion completion =
                handshakes.complete(network, initiation.state(), alice, bobPublic, acceptance.response());
        assertEquals(113, initiation.body().length);
        assertEquals(49, acceptance.response().length);
        assertArrayEquals(alicePublic, acceptance.peerPublic());
        assertEquals(initiation.replyChainKey(), acceptance.replyChainKey());
        assertEquals(completion.sendChainKey(), acceptance.receiveChainKey());
        assertEquals(completion.receiveChainKey(), acceptance.sendChainKey());
        assertNotEquals(completion.sendChainKey(), completion.receiveChainKey());
    }

    @Test
    void theSuiteIsTheRespondersFirstChoiceAmongThoseOffered() throws Exception {
        List<Set<AeadId>> offers = List.of(
                OFFER,
                Set.of(AeadId.AES_256_GCM),
                Set.of(AeadId.CHACHA20_POLY1305, AeadId.AES_256_GCM),
                Set.of(AeadId.XCHACHA20_POLY1305, AeadId.CHACHA20_POLY1305));
        List<List<AeadId>> policies = List.of(
                ALLOWED,
                List.of(AeadId.AES_256_GCM, AeadId.XCHACHA20_POLY1305),
                List.of(AeadId.CHACHA20_POLY1305, AeadId.AES_256_EAX),
                List.of(AeadId.AES_256_GCM));
        for (Set<AeadId> offer : offers) {
            for (List<AeadId> policy : policies) {
                Initiation initiation = handshakes.initiate(NETWORK, alice, bobPublic, offer, random);
                List<AeadId> usable = policy.stream().filter(offer::contains).toList();
                if (usable.isEmpty()) {
                    HandshakeRefusedException refusal = assertThrows(
                            HandshakeRefusedException.class,
                            () -> handshakes.accept(NETWORK, bob, initiation.body(), policy, random));
                    offer.forEach(suite -> assertTrue(refusal.getMessage().contains(suite.name())));
                    continue;
                }
                Acceptance acceptance = handshakes.accept(NETWORK, bob, initiation.body(), policy, random);
                Completion completion =
                        handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, acceptance.response());
                assertEquals(usable.get(0), acceptance.chosen());
                assertEquals(usable.get(0), completion.chosen());
                AeadId lowest = offer.stream().sorted().findFirst().orElseThrow();
                assertEquals(lowest, initiation.replySuite());
                assertEquals(lowest, acceptance.replySuite());
            }
        }
    }

    @Test
    void bitsOfUnknownSuitesInAnOfferMeanNothing() throws Exception {
        byte[] body = init((byte) 0xf2, alice);
        Acceptance acceptance = handshakes.accept(NETWORK, bob, body, ALLOWED, random);
        assertEquals(AeadId.AES_256_GCM, acceptance.chosen());
        assertEquals(AeadId.AES_256_GCM, acceptance.replySuite());
        // Suite 3 opens old messages and seals nothing.
        acceptance = handshakes.accept(NETWORK, bob, init((byte) 0x0c, alice), List.of(AeadId.values()), random);
        assertEquals(AeadId.CHACHA20_POLY1305, acceptance.chosen());
        assertEquals(AeadId.CHACHA20_POLY1305, acceptance.replySuite());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x04, 0xf0, 0xf4})
    void anOfferOfNothingThatCouldBeUsedIsRefused(int offer) {
        byte[] body = init((byte) offer, alice);
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.accept(NETWORK, bob, body, List.of(AeadId.values()), random));
    }

    @Test
    void anInitiatorOffersSomethingAndNothingThatCannotSeal() {
        for (Set<AeadId> offer :
                List.of(Set.<AeadId>of(), Set.of(AeadId.AES_256_EAX), Set.of(AeadId.AES_256_EAX, AeadId.AES_256_GCM))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> handshakes.initiate(NETWORK, alice, bobPublic, offer, random));
        }
    }

    @Test
    void anInitWithAnyByteChangedIsRefused() throws Exception {
        byte[] body =
                handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random).body();
        for (int i = 0; i < body.length; i++) {
            for (int flip : new int[] {0x01, 0x80, 0xff}) {
                byte[] changed = body.clone();
                changed[i] ^= (byte) flip;
                assertThrows(
                        HandshakeRefusedException.class,
                        () -> handshakes.accept(NETWORK, bob, changed, ALLOWED, random),
                        "byte " + i);
            }
        }
        for (int length : new int[] {0, 1, 17, 112, 114}) {
            byte[] other = Arrays.copyOf(body, length);
            assertThrows(
                    HandshakeRefusedException.class, () -> handshakes.accept(NETWORK, bob, other, ALLOWED, random));
        }
        assertDoesNotThrow(() -> handshakes.accept(NETWORK, bob, body, ALLOWED, random));
    }

    @Test
    void anAnswerWithAnyByteChangedIsRefused() throws Exception {
        Initiation initiation = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        byte[] response = handshakes
                .accept(NETWORK, bob, initiation.body(), ALLOWED, random)
                .response();
        for (int i = 0; i < response.length; i++) {
            for (int flip : new int[] {0x01, 0x80, 0xff}) {
                byte[] changed = response.clone();
                changed[i] ^= (byte) flip;
                assertThrows(
                        HandshakeRefusedException.class,
                        () -> handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, changed),
                        "byte " + i);
            }
        }
        for (int length : new int[] {0, 32, 48, 50}) {
            byte[] other = Arrays.copyOf(response, length);
            assertThrows(
                    HandshakeRefusedException.class,
                    () -> handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, other));
        }
        // What was refused has not spoilt the state.
        assertDoesNotThrow(() -> handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, response));
    }

    @Test
    void nobodyButTheReceiverAcceptsAndNobodyButTheInitiatorCompletes() throws Exception {
        SecretBytes carol = Bundles.draw(random, 32);
        Initiation initiation = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        Initiation other = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.accept(NETWORK, carol, initiation.body(), ALLOWED, random));
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.accept(Network.MAINNET, bob, initiation.body(), ALLOWED, random));
        byte[] response = handshakes
                .accept(NETWORK, bob, initiation.body(), ALLOWED, random)
                .response();
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, other.state(), alice, bobPublic, response));
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), carol, bobPublic, response));
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), alice, Curve.publicKey(carol), response));
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(Network.MAINNET, initiation.state(), alice, bobPublic, response));
    }

    @Test
    void anAnswerOfSomebodyElseIsRefused() throws Exception {
        SecretBytes mallory = Bundles.draw(random, 32);
        Initiation initiation = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        Initiation forMallory = handshakes.initiate(NETWORK, alice, Curve.publicKey(mallory), OFFER, random);
        byte[] response = handshakes
                .accept(NETWORK, mallory, forMallory.body(), ALLOWED, random)
                .response();
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, response));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 5, 255})
    void anAnswerWithASuiteThatWasNotOfferedIsRefused(int suite) throws Exception {
        SecretBytes ephemeral = Bundles.draw(random, 32);
        SecretBytes reply = Bundles.draw(random, 16);
        Set<AeadId> offer = Set.of(AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM);
        Initiation initiation = handshakes.initiate(
                NETWORK,
                alice,
                bobPublic,
                offer,
                new ScriptedRandom(reply.expose().clone(), ephemeral.expose().clone()));
        HandshakeRefusedException refusal = assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(
                        NETWORK, initiation.state(), alice, bobPublic, response(ephemeral, reply, (byte) 3, (byte)
                                suite)));
        assertEquals("the answer chose suite " + suite + ", which was not offered", refusal.getMessage());
        Completion good = handshakes.complete(
                NETWORK, initiation.state(), alice, bobPublic, response(ephemeral, reply, (byte) 3, (byte) 2));
        assertEquals(AeadId.AES_256_GCM, good.chosen());
    }

    @ParameterizedTest
    @MethodSource("org.partyline.session.LowOrder#keys")
    void keysOfLowOrderAreRefusedWhereverTheyStand(byte[] weak) throws Exception {
        assertRefusedEverywhere(weak);
    }

    @ParameterizedTest
    @MethodSource("org.partyline.session.LowOrder#keysWithTheTopBit")
    void keysOfLowOrderInDisguiseAreRefusedWhereverTheyStand(byte[] weak) throws Exception {
        assertRefusedEverywhere(weak);
    }

    @Test
    void aKeyUpdateWithAKeyOfLowOrderIsRefused() {
        SecretBytes salt = Bundles.draw(random, 32);
        LowOrder.keys()
                .forEach(weak -> assertThrows(
                        HandshakeRefusedException.class, () -> handshakes.rekey(NETWORK, alice, weak, salt)));
        for (int length : new int[] {0, 31, 33}) {
            assertThrows(
                    HandshakeRefusedException.class, () -> handshakes.rekey(NETWORK, alice, new byte[length], salt));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> handshakes.rekey(NETWORK, alice, bobPublic, SecretBytes.wrap(new byte[31])));
    }

    @Test
    void aKeyUpdateDependsOnItsKeysItsSaltAndItsNetwork() throws Exception {
        try (Ephemeral one = handshakes.ephemeral(random);
                Ephemeral two = handshakes.ephemeral(random)) {
            SecretBytes salt = Bundles.draw(random, 32);
            SecretBytes key = handshakes.rekey(NETWORK, one.privateKey(), two.publicKey(), salt);
            assertEquals(key, handshakes.rekey(NETWORK, two.privateKey(), one.publicKey(), salt));
            assertNotEquals(key, handshakes.rekey(NETWORK, one.privateKey(), one.publicKey(), salt));
            assertNotEquals(
                    key, handshakes.rekey(NETWORK, one.privateKey(), two.publicKey(), Bundles.draw(random, 32)));
            assertNotEquals(key, handshakes.rekey(Network.MAINNET, one.privateKey(), two.publicKey(), salt));
        }
    }

    @Test
    void noTwoHandshakesShareAnything() throws Exception {
        Initiation one = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        Initiation two = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        assertNotEquals(one.replyChainKey(), two.replyChainKey());
        assertFalse(Arrays.equals(one.body(), 17, 49, two.body(), 17, 49));
        Acceptance first = handshakes.accept(NETWORK, bob, one.body(), ALLOWED, random);
        Acceptance again = handshakes.accept(NETWORK, bob, one.body(), ALLOWED, random);
        assertNotEquals(first.sendChainKey(), again.sendChainKey());
        assertFalse(Arrays.equals(first.response(), again.response()));
    }

    @Test
    void whatIsClosedIsWipedAndTheCallersKeysAreNot() throws Exception {
        Initiation initiation = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        byte[] state = initiation.state().expose();
        Acceptance acceptance = handshakes.accept(NETWORK, bob, initiation.body(), ALLOWED, random);
        Completion completion =
                handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, acceptance.response());
        initiation.close();
        acceptance.close();
        completion.close();
        assertArrayEquals(new byte[state.length], state);
        for (SecretBytes secret : List.of(
                initiation.state(),
                initiation.replyChainKey(),
                acceptance.replyChainKey(),
                acceptance.sendChainKey(),
                acceptance.receiveChainKey(),
                completion.sendChainKey(),
                completion.receiveChainKey())) {
            assertThrows(IllegalStateException.class, secret::expose);
        }
        assertThrows(
                IllegalStateException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, acceptance.response()));
        assertArrayEquals(alicePublic, Curve.publicKey(alice));
        assertArrayEquals(bobPublic, Curve.publicKey(bob));
    }

    @Test
    void theLibrarysKeysAreWipedWithTheirOwner() throws Exception {
        NoiseIk noise = NoiseIk.initiator(new byte[0], alice, Bundles.draw(random, 32), bobPublic);
        assertArrayEquals(bobPublic, noise.peerStatic());
        noise.close();
        assertArrayEquals(new byte[32], noise.peerStatic());
    }

    @Test
    void aStateThatIsNoneIsAMistakeOfTheCaller() throws Exception {
        Initiation initiation = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        byte[] state = initiation.state().expose();
        byte[] version = state.clone();
        version[0] = 2;
        for (byte[] wrong : List.of(version, new byte[0], Arrays.copyOf(state, state.length + 1))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> handshakes.complete(NETWORK, SecretBytes.copyOf(wrong), alice, bobPublic, new byte[49]));
        }
    }

    @Test
    void keysOfAnotherLengthAreMistakesOfTheCaller() {
        SecretBytes tooLong = SecretBytes.wrap(new byte[33]);
        assertThrows(
                IllegalArgumentException.class, () -> handshakes.initiate(NETWORK, tooLong, bobPublic, OFFER, random));
        assertThrows(
                IllegalArgumentException.class, () -> handshakes.initiate(NETWORK, alice, new byte[31], OFFER, random));
        byte[] body = init((byte) 1, alice);
        assertThrows(IllegalArgumentException.class, () -> handshakes.accept(NETWORK, tooLong, body, ALLOWED, random));
        assertThrows(IllegalArgumentException.class, () -> handshakes.inboxRoot(tooLong, NETWORK));
        assertThrows(IllegalArgumentException.class, () -> handshakes.inboxBeacon(tooLong));
        assertThrows(IllegalArgumentException.class, () -> handshakes.inboxPacketSecret(tooLong, new byte[16]));
        assertThrows(IllegalArgumentException.class, () -> handshakes.inboxPacketSecret(alice, new byte[8]));
    }

    @Test
    void nothingSecretIsShown() throws Exception {
        Initiation initiation = handshakes.initiate(NETWORK, alice, bobPublic, OFFER, random);
        Acceptance acceptance = handshakes.accept(NETWORK, bob, initiation.body(), ALLOWED, random);
        Completion completion =
                handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, acceptance.response());
        try (Ephemeral ephemeral = handshakes.ephemeral(random)) {
            for (Object shown : List.of(initiation, acceptance, completion, ephemeral)) {
                String text = shown.toString();
                assertFalse(text.matches("(?s).*[0-9a-fA-F]{10,}.*"), text);
                assertFalse(text.matches("(?s).*-?\\d+, -?\\d+.*"), text);
            }
        }
    }

    /** Wherever the key of the other side comes from, a weak one must not get through, however well the rest is made. */
    private void assertRefusedEverywhere(byte[] weak) throws Exception {
        byte[] zeros = new byte[32];
        assertThrows(HandshakeRefusedException.class, () -> handshakes.initiate(NETWORK, alice, weak, OFFER, random));

        SecretBytes ephemeral = Bundles.draw(random, 32);
        SecretBytes reply = Bundles.draw(random, 16);
        byte[] ephemeralPublic = Curve.publicKey(ephemeral);
        byte[] es = Curve.agree(ephemeral, bobPublic).expose();
        byte[] ss = Curve.agree(alice, bobPublic).expose();
        byte[] weakEphemeral = noise(reply, (byte) 1).first(weak, zeros, alicePublic, ss);
        byte[] weakStatic = noise(reply, (byte) 1).first(ephemeralPublic, es, weak, zeros);
        for (byte[] message : List.of(weakEphemeral, weakStatic)) {
            byte[] body = body((byte) 1, reply, message);
            assertThrows(HandshakeRefusedException.class, () -> handshakes.accept(NETWORK, bob, body, ALLOWED, random));
        }
        byte[] honest = body((byte) 1, reply, noise(reply, (byte) 1).first(ephemeralPublic, es, alicePublic, ss));
        assertDoesNotThrow(() -> handshakes.accept(NETWORK, bob, honest, ALLOWED, random));

        Initiation initiation = handshakes.initiate(
                NETWORK,
                alice,
                bobPublic,
                Set.of(AeadId.XCHACHA20_POLY1305),
                new ScriptedRandom(reply.expose().clone(), ephemeral.expose().clone()));
        PlainNoise dishonest = noise(reply, (byte) 1);
        dishonest.first(ephemeralPublic, es, alicePublic, ss);
        byte[] response = dishonest.second(weak, zeros, zeros, new byte[] {1});
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), alice, bobPublic, response));
    }

    private byte[] init(byte offer, SecretBytes from) {
        try {
            SecretBytes ephemeral = Bundles.draw(random, 32);
            SecretBytes reply = Bundles.draw(random, 16);
            byte[] message = noise(reply, offer)
                    .first(
                            Curve.publicKey(ephemeral),
                            Curve.agree(ephemeral, bobPublic).expose(),
                            Curve.publicKey(from),
                            Curve.agree(from, bobPublic).expose());
            return body(offer, reply, message);
        } catch (HandshakeRefusedException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] response(SecretBytes ephemeral, SecretBytes reply, byte offer, byte suite)
            throws HandshakeRefusedException {
        SecretBytes answering = Bundles.draw(random, 32);
        PlainNoise noise = noise(reply, offer);
        noise.first(
                Curve.publicKey(ephemeral),
                Curve.agree(ephemeral, bobPublic).expose(),
                alicePublic,
                Curve.agree(alice, bobPublic).expose());
        return noise.second(
                Curve.publicKey(answering),
                Curve.agree(answering, Curve.publicKey(ephemeral)).expose(),
                Curve.agree(answering, alicePublic).expose(),
                new byte[] {suite});
    }

    private PlainNoise noise(SecretBytes reply, byte offer) {
        return new PlainNoise(SessionKeys.prologue(NETWORK, new Offer(offer), reply), bobPublic);
    }

    private static byte[] body(byte offer, SecretBytes reply, byte[] message) {
        return ByteBuffer.allocate(17 + message.length)
                .put(offer)
                .put(reply.expose())
                .put(message)
                .array();
    }
}
