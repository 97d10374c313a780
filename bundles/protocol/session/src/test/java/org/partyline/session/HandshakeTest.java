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
import java.util.Comparator;
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
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
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
    private final IdentityKeys alice = Bundles.person(random);
    private final IdentityKeys bob = Bundles.person(random);
    private final byte[] alicePublic = alice.identity().agreement();
    private final byte[] bobPublic = bob.identity().agreement();

    @ParameterizedTest
    @EnumSource(Network.class)
    void bothEndsMatchOnEveryNetwork(Network network) throws Exception {
        Initiation initiation = handshakes.initiate(network, alice, bob.identity(), OFFER, random);
        Acceptance acceptance = handshakes.accept(network, bob, initiation.body(), ALLOWED, random);
        Completion completion =
                handshakes.complete(network, initiation.state(), alice, bob.identity(), acceptance.response());
        assertEquals(113, initiation.body().length);
        assertEquals(49, acceptance.response().length);
        assertArrayEquals(alicePublic, acceptance.peerPublic());
        assertEquals(initiation.replyChainKey(), acceptance.replyChainKey());
        assertEquals(completion.sendChainKey(), receiveKey(network, acceptance, alice.identity()));
        assertEquals(completion.receiveChainKey(), sendKey(network, acceptance, alice.identity()));
        assertNotEquals(completion.sendChainKey(), completion.receiveChainKey());
    }

    /** A card does not prove that its author has its X25519 key: both sides must have the other's whole card. */
    @Test
    void aSessionOpensOnlyBetweenTheTwoIdentitiesThatBothSidesHold() throws Exception {
        PublicIdentity thief = new PublicIdentity(Bundles.draw(random, 32).expose(), alicePublic);
        Initiation initiation = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        Acceptance acceptance = handshakes.accept(NETWORK, bob, initiation.body(), ALLOWED, random);
        Completion completion =
                handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), acceptance.response());
        assertArrayEquals(thief.agreement(), acceptance.peerPublic());
        assertEquals(completion.sendChainKey(), receiveKey(NETWORK, acceptance, alice.identity()));
        assertNotEquals(completion.sendChainKey(), receiveKey(NETWORK, acceptance, thief));
        assertNotEquals(completion.receiveChainKey(), sendKey(NETWORK, acceptance, thief));
    }

    /**
     * Someone whose card shows another person's X25519 key can pass on a handshake made for it: the key's owner must
     * reject it.
     */
    @Test
    void aHandshakeThatWasMadeForAnotherCardWithTheSameKeyIsRefused() throws Exception {
        PublicIdentity thief = new PublicIdentity(Bundles.draw(random, 32).expose(), bobPublic);
        Initiation initiation = handshakes.initiate(NETWORK, alice, thief, OFFER, random);
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.accept(NETWORK, bob, initiation.body(), ALLOWED, random));
    }

    @Test
    void eachPartOfBothIdentitiesIsInTheKeys() {
        SecretBytes seed = Bundles.draw(random, 32);
        PublicIdentity initiator = alice.identity();
        PublicIdentity responder = bob.identity();
        byte[] other = Bundles.draw(random, 32).expose();
        SecretBytes key = handshakes.sessionChainKey(NETWORK, seed, initiator, responder);
        List<SecretBytes> others = List.of(
                handshakes.sessionChainKey(NETWORK, seed, new PublicIdentity(other, initiator.agreement()), responder),
                handshakes.sessionChainKey(NETWORK, seed, new PublicIdentity(initiator.signing(), other), responder),
                handshakes.sessionChainKey(NETWORK, seed, initiator, new PublicIdentity(other, responder.agreement())),
                handshakes.sessionChainKey(NETWORK, seed, initiator, new PublicIdentity(responder.signing(), other)),
                handshakes.sessionChainKey(NETWORK, seed, responder, initiator),
                handshakes.sessionChainKey(Network.MAINNET, seed, initiator, responder));
        assertEquals(key, handshakes.sessionChainKey(NETWORK, seed, initiator, responder));
        others.forEach(different -> assertNotEquals(key, different));
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
                Initiation initiation = handshakes.initiate(NETWORK, alice, bob.identity(), offer, random);
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
                        handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), acceptance.response());
                assertEquals(usable.get(0), acceptance.chosen());
                assertEquals(usable.get(0).code(), completion.chosen());
                AeadId lowest = offer.stream()
                        .min(Comparator.comparingInt(AeadId::code))
                        .orElseThrow();
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
        // Suite 3 opens old messages and never seals.
        acceptance = handshakes.accept(NETWORK, bob, init((byte) 0x0c, alice), AeadId.PROTOCOL, random);
        assertEquals(AeadId.CHACHA20_POLY1305, acceptance.chosen());
        assertEquals(AeadId.CHACHA20_POLY1305, acceptance.replySuite());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x04, 0xf0, 0xf4})
    void anOfferOfNothingThatCouldBeUsedIsRefused(int offer) {
        byte[] body = init((byte) offer, alice);
        assertThrows(
                HandshakeRefusedException.class, () -> handshakes.accept(NETWORK, bob, body, AeadId.PROTOCOL, random));
    }

    @Test
    void anInitiatorOffersSomethingAndNothingThatCannotSeal() {
        for (Set<AeadId> offer :
                List.of(Set.<AeadId>of(), Set.of(AeadId.AES_256_EAX), Set.of(AeadId.AES_256_EAX, AeadId.AES_256_GCM))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> handshakes.initiate(NETWORK, alice, bob.identity(), offer, random));
        }
    }

    @Test
    void anInitWithAnyByteChangedIsRefused() throws Exception {
        byte[] body = handshakes
                .initiate(NETWORK, alice, bob.identity(), OFFER, random)
                .body();
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
        Initiation initiation = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        byte[] response = handshakes
                .accept(NETWORK, bob, initiation.body(), ALLOWED, random)
                .response();
        for (int i = 0; i < response.length; i++) {
            for (int flip : new int[] {0x01, 0x80, 0xff}) {
                byte[] changed = response.clone();
                changed[i] ^= (byte) flip;
                assertThrows(
                        HandshakeRefusedException.class,
                        () -> handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), changed),
                        "byte " + i);
            }
        }
        for (int length : new int[] {0, 32, 48, 50}) {
            byte[] other = Arrays.copyOf(response, length);
            assertThrows(
                    HandshakeRefusedException.class,
                    () -> handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), other));
        }
        // The rejected message has not damaged the state.
        assertDoesNotThrow(() -> handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), response));
    }

    @Test
    void nobodyButTheReceiverAcceptsAndNobodyButTheInitiatorCompletes() throws Exception {
        IdentityKeys carol = Bundles.person(random);
        Initiation initiation = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        Initiation other = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
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
                () -> handshakes.complete(NETWORK, other.state(), alice, bob.identity(), response));
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), carol, bob.identity(), response));
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), alice, carol.identity(), response));
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(Network.MAINNET, initiation.state(), alice, bob.identity(), response));
    }

    @Test
    void anAnswerOfSomebodyElseIsRefused() throws Exception {
        IdentityKeys mallory = Bundles.person(random);
        Initiation initiation = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        Initiation forMallory = handshakes.initiate(NETWORK, alice, mallory.identity(), OFFER, random);
        byte[] response = handshakes
                .accept(NETWORK, mallory, forMallory.body(), ALLOWED, random)
                .response();
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), response));
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
                bob.identity(),
                offer,
                new ScriptedRandom(reply.expose().clone(), ephemeral.expose().clone()));
        HandshakeRefusedException refusal = assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(
                        NETWORK, initiation.state(), alice, bob.identity(), response(ephemeral, reply, (byte) 3, (byte)
                                suite)));
        assertEquals("the answer chose suite " + suite + ", which was not offered", refusal.getMessage());
        Completion good = handshakes.complete(
                NETWORK, initiation.state(), alice, bob.identity(), response(ephemeral, reply, (byte) 3, (byte) 2));
        assertEquals(AeadId.AES_256_GCM.code(), good.chosen());
    }

    @Test
    void anAnswerOfAnotherLengthIsRefusedHoweverWellItIsMade() throws Exception {
        SecretBytes ephemeral = Bundles.draw(random, 32);
        SecretBytes reply = Bundles.draw(random, 16);
        Initiation initiation = handshakes.initiate(
                NETWORK,
                alice,
                bob.identity(),
                Set.of(AeadId.AES_256_GCM),
                new ScriptedRandom(reply.expose().clone(), ephemeral.expose().clone()));
        for (byte[] payload : new byte[][] {{}, {2, 0}}) {
            byte[] response = response(ephemeral, reply, (byte) 2, payload);
            HandshakeRefusedException refusal = assertThrows(
                    HandshakeRefusedException.class,
                    () -> handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), response));
            assertEquals("a HANDSHAKE_RESP has 49 bytes, not " + response.length, refusal.getMessage());
        }
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
                        HandshakeRefusedException.class,
                        () -> handshakes.rekey(NETWORK, alice.agreementPrivate(), weak, salt)));
        for (int length : new int[] {0, 31, 33}) {
            assertThrows(
                    HandshakeRefusedException.class,
                    () -> handshakes.rekey(NETWORK, alice.agreementPrivate(), new byte[length], salt));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> handshakes.rekey(NETWORK, alice.agreementPrivate(), bobPublic, SecretBytes.wrap(new byte[31])));
    }

    @Test
    void aKeyUpdateOfAKeyExchangeChecksWhatItIsMadeOf() {
        SecretBytes own = alice.agreementPrivate();
        SecretBytes salt = Bundles.draw(random, 32);
        SecretBytes secret = Bundles.draw(random, 32);
        byte[] hash = new byte[32];
        assertDoesNotThrow(() -> handshakes.rekey(NETWORK, own, bobPublic, salt, secret, hash));
        LowOrder.keys()
                .forEach(weak -> assertThrows(
                        HandshakeRefusedException.class,
                        () -> handshakes.rekey(NETWORK, own, weak, salt, secret, hash)));
        for (int length : new int[] {0, 31, 33}) {
            SecretBytes other = SecretBytes.wrap(new byte[length]);
            assertThrows(
                    HandshakeRefusedException.class,
                    () -> handshakes.rekey(NETWORK, own, new byte[length], salt, secret, hash));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> handshakes.rekey(NETWORK, own, bobPublic, other, secret, hash));
            assertThrows(
                    IllegalArgumentException.class, () -> handshakes.rekey(NETWORK, own, bobPublic, salt, other, hash));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> handshakes.rekey(NETWORK, own, bobPublic, salt, secret, new byte[length]));
            assertThrows(IllegalArgumentException.class, () -> handshakes.exchangeTag(secret, new byte[length]));
        }
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
        Initiation one = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        Initiation two = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        assertNotEquals(one.replyChainKey(), two.replyChainKey());
        assertFalse(Arrays.equals(one.body(), 17, 49, two.body(), 17, 49));
        Acceptance first = handshakes.accept(NETWORK, bob, one.body(), ALLOWED, random);
        Acceptance again = handshakes.accept(NETWORK, bob, one.body(), ALLOWED, random);
        assertNotEquals(first.sendSeed(), again.sendSeed());
        assertFalse(Arrays.equals(first.response(), again.response()));
    }

    @Test
    void whatIsClosedIsWipedAndTheCallersKeysAreNot() throws Exception {
        Initiation initiation = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        byte[] state = initiation.state().expose();
        Acceptance acceptance = handshakes.accept(NETWORK, bob, initiation.body(), ALLOWED, random);
        Completion completion =
                handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), acceptance.response());
        initiation.close();
        acceptance.close();
        completion.close();
        assertArrayEquals(new byte[state.length], state);
        for (SecretBytes secret : List.of(
                initiation.state(),
                initiation.replyChainKey(),
                acceptance.replyChainKey(),
                acceptance.sendSeed(),
                acceptance.receiveSeed(),
                completion.sendChainKey(),
                completion.receiveChainKey())) {
            assertThrows(IllegalStateException.class, secret::expose);
        }
        assertThrows(
                IllegalStateException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), acceptance.response()));
        assertArrayEquals(alicePublic, Curve.publicKey(alice.agreementPrivate()));
        assertArrayEquals(bobPublic, Curve.publicKey(bob.agreementPrivate()));
    }

    @Test
    void theLibrarysKeysAreWipedWithTheirOwner() throws Exception {
        NoiseIk noise = NoiseIk.initiator(new byte[0], alice.agreementPrivate(), Bundles.draw(random, 32), bobPublic);
        assertArrayEquals(bobPublic, noise.peerStatic());
        noise.close();
        assertArrayEquals(new byte[32], noise.peerStatic());
    }

    @Test
    void aStateThatIsNoneIsAMistakeOfTheCaller() throws Exception {
        Initiation initiation = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        byte[] state = initiation.state().expose();
        byte[] version = state.clone();
        version[0] = 2;
        for (byte[] wrong : List.of(version, new byte[0], Arrays.copyOf(state, state.length + 1))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> handshakes.complete(NETWORK, SecretBytes.copyOf(wrong), alice, bob.identity(), new byte[49]));
        }
    }

    @Test
    void keysOfAnotherLengthAreMistakesOfTheCaller() {
        SecretBytes tooLong = SecretBytes.wrap(new byte[33]);
        IdentityKeys wrong = new IdentityKeys(tooLong, tooLong, tooLong, alice.identity());
        assertThrows(
                IllegalArgumentException.class,
                () -> handshakes.initiate(NETWORK, wrong, bob.identity(), OFFER, random));
        byte[] body = init((byte) 1, alice);
        assertThrows(IllegalArgumentException.class, () -> handshakes.accept(NETWORK, wrong, body, ALLOWED, random));
        assertThrows(
                IllegalArgumentException.class,
                () -> handshakes.sessionChainKey(NETWORK, tooLong, alice.identity(), bob.identity()));
        assertThrows(
                IllegalArgumentException.class,
                () -> NoiseIk.responder(new byte[0], alice.agreementPrivate(), tooLong));
        assertThrows(IllegalArgumentException.class, () -> handshakes.inboxRoot(tooLong, NETWORK));
        assertThrows(IllegalArgumentException.class, () -> handshakes.inboxBeacon(tooLong));
        assertThrows(IllegalArgumentException.class, () -> handshakes.inboxPacketSecret(tooLong, new byte[16]));
        assertThrows(
                IllegalArgumentException.class,
                () -> handshakes.inboxPacketSecret(alice.agreementPrivate(), new byte[8]));
    }

    @Test
    void nothingSecretIsShown() throws Exception {
        Initiation initiation = handshakes.initiate(NETWORK, alice, bob.identity(), OFFER, random);
        Acceptance acceptance = handshakes.accept(NETWORK, bob, initiation.body(), ALLOWED, random);
        Completion completion =
                handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), acceptance.response());
        try (Ephemeral ephemeral = handshakes.ephemeral(random)) {
            for (Object shown : List.of(initiation, acceptance, completion, ephemeral)) {
                String text = shown.toString();
                assertFalse(text.matches("(?s).*[0-9a-fA-F]{10,}.*"), text);
                assertFalse(text.matches("(?s).*-?\\d+, -?\\d+.*"), text);
            }
        }
    }

    /** Wherever the other side's key is from, a weak one must be rejected, even in an otherwise valid message. */
    private void assertRefusedEverywhere(byte[] weak) throws Exception {
        byte[] zeros = new byte[32];
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.initiate(NETWORK, alice, new PublicIdentity(new byte[32], weak), OFFER, random));

        SecretBytes ephemeral = Bundles.draw(random, 32);
        SecretBytes reply = Bundles.draw(random, 16);
        byte[] ephemeralPublic = Curve.publicKey(ephemeral);
        byte[] es = Curve.agree(ephemeral, bobPublic).expose();
        byte[] ss = Curve.agree(alice.agreementPrivate(), bobPublic).expose();
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
                bob.identity(),
                Set.of(AeadId.XCHACHA20_POLY1305),
                new ScriptedRandom(reply.expose().clone(), ephemeral.expose().clone()));
        PlainNoise dishonest = noise(reply, (byte) 1);
        dishonest.first(ephemeralPublic, es, alicePublic, ss);
        byte[] response = dishonest.second(weak, zeros, zeros, new byte[] {1});
        assertThrows(
                HandshakeRefusedException.class,
                () -> handshakes.complete(NETWORK, initiation.state(), alice, bob.identity(), response));
    }

    private SecretBytes sendKey(Network network, Acceptance acceptance, PublicIdentity initiator) {
        return handshakes.sessionChainKey(network, acceptance.sendSeed(), initiator, bob.identity());
    }

    private SecretBytes receiveKey(Network network, Acceptance acceptance, PublicIdentity initiator) {
        return handshakes.sessionChainKey(network, acceptance.receiveSeed(), initiator, bob.identity());
    }

    private byte[] init(byte offer, IdentityKeys from) {
        try {
            SecretBytes ephemeral = Bundles.draw(random, 32);
            SecretBytes reply = Bundles.draw(random, 16);
            byte[] message = noise(reply, offer)
                    .first(
                            Curve.publicKey(ephemeral),
                            Curve.agree(ephemeral, bobPublic).expose(),
                            from.identity().agreement(),
                            Curve.agree(from.agreementPrivate(), bobPublic).expose());
            return body(offer, reply, message);
        } catch (HandshakeRefusedException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] response(SecretBytes ephemeral, SecretBytes reply, byte offer, byte... payload)
            throws HandshakeRefusedException {
        SecretBytes answering = Bundles.draw(random, 32);
        PlainNoise noise = noise(reply, offer);
        noise.first(
                Curve.publicKey(ephemeral),
                Curve.agree(ephemeral, bobPublic).expose(),
                alicePublic,
                Curve.agree(alice.agreementPrivate(), bobPublic).expose());
        return noise.second(
                Curve.publicKey(answering),
                Curve.agree(answering, Curve.publicKey(ephemeral)).expose(),
                Curve.agree(answering, alicePublic).expose(),
                payload);
    }

    private PlainNoise noise(SecretBytes reply, byte offer) {
        return new PlainNoise(SessionKeys.prologue(NETWORK, new Offer(offer), reply, bob.identity()), bobPublic);
    }

    private static byte[] body(byte offer, SecretBytes reply, byte[] message) {
        return ByteBuffer.allocate(17 + message.length)
                .put(offer)
                .put(reply.expose())
                .put(message)
                .array();
    }
}
