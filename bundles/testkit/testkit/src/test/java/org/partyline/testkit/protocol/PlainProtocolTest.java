package org.partyline.testkit.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.AuthenticationFailedException;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.OpenedPacket;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PacketView;
import org.partyline.api.packet.Packets;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.packet.RefusedContentException;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;
import org.partyline.testkit.KeyDerivationContract;

/** The plain services are consistent, and reject what the real ones reject. */
class PlainProtocolTest {
    private static final Network NETWORK = Network.REGTEST;
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final AeadSuite SUITE = new PlainSuite(AeadId.XCHACHA20_POLY1305);
    private static final AeadSuite OTHER_SUITE = new PlainSuite(AeadId.AES_256_GCM);

    /** In a HANDSHAKE_RESP. */
    private static final int RESP_SUITE_AT = 32;

    private final SecureRandom random = new SecureRandom();
    private final PlainCodec codec = new PlainCodec();
    private final PlainFragmenter fragmenter = new PlainFragmenter();
    private final PlainChannelKeys channelKeys = new PlainChannelKeys();
    private final PlainChains chains = new PlainChains();
    private final PlainIdentities identities = new PlainIdentities();
    private final PlainHandshakes handshakes = new PlainHandshakes();

    private SecretBytes secret(int length) {
        return SecretBytes.wrap(Plain.random(random, length));
    }

    private PacketKey key(PacketLabel label) {
        return new PacketKey(secret(32), label, Plain.random(random, label.locatorLength()), NETWORK);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- packets

    @Test
    void whatIsSealedOpensWithItsKeyAndSuiteOnly() throws Exception {
        PacketKey key = key(PacketLabel.RATCHET);
        Content content = new Content(
                PacketType.TEXT,
                true,
                NOW.getEpochSecond(),
                OptionalInt.of(90),
                Optional.of(new byte[8]),
                Optional.of(new NewChain(new byte[16], "Zoë")),
                Optional.empty(),
                Optional.of(Plain.random(random, 64)),
                utf8("hello"));
        assertEquals(5 + 2 + 8 + 16 + 1 + 4 + 64 + 5 + 1, codec.length(content));
        byte[] packet = codec.seal(content, key, SUITE, 256);
        assertTrue(Packets.isCandidate(packet));
        OpenedPacket opened = codec.open(packet, key, SUITE, NOW);
        assertTrue(opened.content().burn());
        assertEquals(90, opened.content().ttlMinutes().getAsInt());
        assertEquals("Zoë", opened.content().newChain().orElseThrow().nickname());
        assertArrayEquals(
                content.signature().orElseThrow(), opened.content().signature().orElseThrow());
        assertArrayEquals(content.body(), opened.content().body());
        assertEquals(codec.length(content) - 1 - 64, opened.signedPart().length);
        assertArrayEquals(
                codec.signatureInput(content, key, SUITE.id()),
                codec.signatureInput(opened.content(), key, opened.suite()));

        PacketKey another = new PacketKey(secret(32), key.label(), key.locator(), NETWORK);
        assertThrows(AuthenticationFailedException.class, () -> codec.open(packet, another, SUITE, NOW));
        PacketKey elsewhere = new PacketKey(key.secret(), key.label(), key.locator(), Network.MAINNET);
        assertThrows(AuthenticationFailedException.class, () -> codec.open(packet, elsewhere, SUITE, NOW));
        assertThrows(AuthenticationFailedException.class, () -> codec.open(packet, key, OTHER_SUITE, NOW));
        packet[40] ^= 1;
        assertThrows(AuthenticationFailedException.class, () -> codec.open(packet, key, SUITE, NOW));
    }

    @Test
    void whatTheProtocolForbidsIsRefusedOnceItIsOpen() {
        PacketKey key = key(PacketLabel.SEALED);
        byte[] packet = codec.seal(Content.of(PacketType.TEXT, NOW, utf8("x")), key, SUITE, 64);
        assertThrows(RefusedContentException.class, () -> codec.open(packet, key, SUITE, NOW.minusSeconds(301)));
        assertThrows(RefusedContentException.class, () -> codec.open(packet, key, SUITE, NOW.plusSeconds(86_401)));
        byte[] noText = codec.seal(Content.of(PacketType.TEXT, NOW, new byte[] {(byte) 0xff}), key, SUITE, 64);
        assertThrows(RefusedContentException.class, () -> codec.open(noText, key, SUITE, NOW));
        Content full = Content.of(PacketType.TEXT, NOW, new byte[64]);
        assertThrows(IllegalArgumentException.class, () -> codec.seal(full, key, SUITE, 64));
    }

    @Test
    void aPacketHasAView() {
        PacketView view = new PacketView(
                2,
                PacketType.TEXT,
                Optional.of(new byte[] {1}),
                Optional.empty(),
                OptionalInt.of(3),
                7,
                SUITE.id(),
                Optional.empty(),
                new byte[0],
                new byte[0],
                new byte[] {10},
                new byte[] {11},
                OptionalLong.empty(),
                Optional.empty());
        assertEquals(
                "{\"version\":2,\"msg_type\":\"TEXT\",\"sender_id\":\"01\",\"sequence\":3,\"timestamp\":7,"
                        + "\"cipher_suite\":\"XCHACHA20_POLY1305\",\"payload\":\"0a\",\"tag\":\"0b\"}",
                codec.json(view));
    }

    private static Draft draft(int length, boolean signed) {
        return new Draft(
                PacketType.TEXT,
                false,
                NOW.getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                utf8("x".repeat(length)),
                signed);
    }

    @Test
    void aLongMessageIsCutAndJoined() throws Exception {
        List<PlannedPacket> one = fragmenter.plan(draft(40, false), PacketLabel.RATCHET, 512, random);
        assertEquals(80, one.get(0).bucket());
        List<PlannedPacket> packets = fragmenter.plan(draft(300, true), PacketLabel.RATCHET, 128, random);
        List<Content> pieces = new ArrayList<>();
        for (PlannedPacket packet : packets) {
            PacketKey key = key(PacketLabel.RATCHET);
            byte[] sealed = codec.seal(packet.content(), key, SUITE, packet.bucket());
            assertEquals(packet.bucket(), sealed.length);
            pieces.add(codec.open(sealed, key, SUITE, NOW).content());
        }
        Collections.reverse(pieces);
        Draft joined = fragmenter.join(pieces);
        assertEquals(PacketType.TEXT, joined.type());
        assertTrue(joined.signed());
        assertArrayEquals(draft(300, true).body(), joined.body());
        assertThrows(RefusedContentException.class, () -> fragmenter.join(pieces.subList(1, pieces.size())));
    }

    @Test
    void aMessageThatIsTooLongIsToldTheLimit() throws Exception {
        int limit = fragmenter.limit(draft(0, false), PacketLabel.SEALED, 80);
        List<PlannedPacket> most = fragmenter.plan(draft(limit, false), PacketLabel.SEALED, 80, random);
        assertEquals(Packets.MAX_FRAGMENTS, most.size());
        PayloadTooLargeException refusal = assertThrows(
                PayloadTooLargeException.class,
                () -> fragmenter.plan(draft(limit + 1, false), PacketLabel.SEALED, 80, random));
        assertEquals(limit, refusal.limit());
        assertEquals(Packets.MAX_MESSAGE, fragmenter.limit(draft(0, false), PacketLabel.SEALED, 512));
    }

    // ---- channels

    @Test
    void rootsMoveForwardAndBeaconsAreRecognised() {
        PlainDerivation kdf = new PlainDerivation(KdfId.ARGON2ID);
        byte[] salt = channelKeys.salt(NETWORK, "club");
        try (SecretBytes root =
                channelKeys.startingRoot(kdf, KdfParameters.ARGON2ID_DEFAULT, salt, "passphrase".toCharArray())) {
            assertEquals(1, kdf.calls());
            assertEquals(channelKeys.advance(root, 3), channelKeys.advance(channelKeys.advance(root, 1), 2));
            SecretBytes beacon = channelKeys.beacon(root);
            byte[] locator = channelKeys.newLocator(beacon, random);
            channelKeys.sealedSecret(kdf, KdfParameters.ARGON2ID_DEFAULT, root, locator);
            assertEquals(2, kdf.calls());

            PacketKey key = new PacketKey(secret(32), PacketLabel.SEALED, locator, NETWORK);
            byte[] packet = codec.seal(Content.of(PacketType.TEXT, NOW, utf8("x")), key, SUITE, 64);
            BeaconTable beacons = chains.newBeaconTable();
            beacons.add(4, channelKeys.beacon(channelKeys.advance(root, 1)));
            assertEquals(-1, beacons.match(packet));
            beacons.add(7, beacon);
            assertEquals(7, beacons.match(packet));
            beacons.remove(7);
            assertEquals(-1, beacons.match(packet));
            assertEquals(1, beacons.size());
        }
    }

    @Test
    void anInviteComesBackFromItsText() {
        Invite invite = new Invite(NETWORK, KdfParameters.ARGON2ID_DEFAULT, 20_500, new byte[20], "café");
        String text = channelKeys.encode(invite);
        assertTrue(text.startsWith("plchan1"), text);
        Invite read = channelKeys.decodeInvite(text.toUpperCase(Locale.ROOT));
        assertEquals(invite.kdf(), read.kdf());
        assertEquals(20_500, read.startDay());
        assertEquals("café", read.name());
        assertArrayEquals(invite.salt(), read.salt());
        assertThrows(IllegalArgumentException.class, () -> channelKeys.decodeInvite(text + "q"));

        KdfId own = new KdfId(200, "OWN");
        String foreign = channelKeys.encode(new Invite(NETWORK, new KdfParameters(own, 1, 2, 3), 0, salt(), "x"));
        assertThrows(IllegalArgumentException.class, () -> channelKeys.decodeInvite(foreign));
        assertEquals(
                own,
                channelKeys
                        .decodeInvite(foreign, code -> Optional.of(own))
                        .kdf()
                        .id());
    }

    private static byte[] salt() {
        return new byte[16];
    }

    // ---- chains

    @Test
    void bothEndsOfAChainAgreeInAnyOrder() {
        SecretBytes first = chains.channelChainKey(new byte[16], secret(32), NETWORK);
        SendChain sender = chains.send(first, NOW);
        ReceiveChain receiver = chains.receive(first, NOW);
        LocatorTable locators = chains.newLocatorTable();
        receiver.forEachExpected((position, hint) -> locators.add(hint, 1, position));
        assertEquals(64, locators.size());
        List<SendChain.Step> steps = new ArrayList<>();
        List<SecretBytes> salts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            steps.add(sender.step());
            salts.add(sender.rekeySalt());
            sender = chains.decodeSend(sender.encode().expose());
        }
        assertThrows(IllegalStateException.class, sender::step);

        for (int position : new int[] {5, 2, 50, 99, 3}) {
            SendChain.Step step = steps.get(position);
            assertEquals(1, locators.find(step.hint(), (chain, found) -> assertEquals(step.position(), found)));
            assertEquals(step.secret(), receiver.secret(position));
            assertEquals(salts.get(position), receiver.rekeySalt(position));
            receiver.use(
                    position,
                    NOW,
                    (added, hint) -> locators.add(hint, 1, added),
                    (dropped, hint) -> locators.remove(hint, 1, dropped));
            ReceiveChain used = receiver;
            assertThrows(NoSuchElementException.class, () -> used.secret(position));
            receiver = chains.decodeReceive(receiver.encode().expose());
        }
        assertEquals(99, receiver.highest());
        assertEquals(Packets.hint(packet(steps.get(4).locator())), steps.get(4).hint());
        assertEquals(steps.get(4).secret(), receiver.secret(4));

        List<Integer> expired = new ArrayList<>();
        receiver.expire(NOW.plus(Duration.ofHours(24)), (position, hint) -> expired.add(position));
        assertEquals(List.of(), expired);
        receiver.expire(NOW.plus(Duration.ofHours(25)), (position, hint) -> expired.add(position));
        assertEquals(95, expired.size());
    }

    private static byte[] packet(byte[] locator) {
        byte[] packet = new byte[64];
        System.arraycopy(locator, 0, packet, 1, locator.length);
        return packet;
    }

    @Test
    void aSessionsChainGoesOnAndItsReceiverHoldsAThousand() {
        SecretBytes first = secret(32);
        SendChain sender = chains.sendSession(first, NOW);
        ReceiveChain receiver = chains.receive(first, NOW);
        List<Integer> dropped = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            SendChain.Step step = sender.step();
            if (i % 50 == 49) {
                assertEquals(step.secret(), receiver.secret(i));
                receiver.use(i, NOW, (position, hint) -> {}, (position, hint) -> dropped.add(position));
            }
        }
        // 22 were used.
        assertEquals(78, dropped.size());
        assertEquals(0, dropped.get(0));
        assertThrows(NoSuchElementException.class, () -> receiver.rekeySalt(0));
        receiver.close();
        assertThrows(IllegalStateException.class, receiver::encode);
    }

    // ---- identities

    @Test
    void aCardComesBackFromItsText() {
        try (IdentityKeys keys = identities.generate(random);
                IdentityKeys other = identities.generate(random)) {
            ContactCard card =
                    new ContactCard(NETWORK, keys.identity(), keys.inboxSecret().expose(), "Zoë");
            String text = identities.encode(card);
            assertTrue(text.startsWith("plcard1"), text);
            ContactCard read = identities.decode(text);
            assertEquals(keys.identity(), read.identity());
            assertEquals("Zoë", read.nickname());
            assertArrayEquals(card.inboxSecret(), read.inboxSecret());
            assertThrows(IllegalArgumentException.class, () -> identities.decode(text.replace('1', '2')));

            IdentityKeys restored = identities.restore(keys.signingSeed(), keys.agreementPrivate(), keys.inboxSecret());
            assertEquals(keys.identity(), restored.identity());
            assertEquals(
                    identities.safetyNumber(keys.identity(), other.identity()),
                    identities.safetyNumber(other.identity(), keys.identity()));
            assertTrue(
                    identities.safetyNumber(keys.identity(), other.identity()).matches("\\d{5}( \\d{5}){11}"));

            byte[] signature = identities.sign(keys, utf8("words"));
            assertEquals(64, signature.length);
            assertTrue(identities.verify(keys.identity(), utf8("words"), signature));
            assertFalse(identities.verify(other.identity(), utf8("words"), signature));
            assertFalse(identities.verify(keys.identity(), utf8("swords"), signature));
        }
    }

    @Test
    void aRotationComesBackFromItsBody() {
        try (IdentityKeys old = identities.generate(random);
                IdentityKeys next = identities.generate(random)) {
            byte[] body = identities.rotation(NETWORK, old, next, true);
            assertEquals(210, body.length);
            assertEquals(3, body[0]);
            Identities.Rotation rotation =
                    identities.openRotation(NETWORK, old.identity(), body).orElseThrow();
            assertEquals(next.identity(), rotation.identity());
            assertArrayEquals(next.inboxSecret().expose(), rotation.inboxSecret());
            assertTrue(rotation.compromised());
            assertTrue(identities.openRotation(NETWORK, next.identity(), body).isEmpty());
            assertTrue(identities
                    .openRotation(Network.MAINNET, old.identity(), body)
                    .isEmpty());
            body[1] ^= 1;
            assertTrue(identities.openRotation(NETWORK, old.identity(), body).isEmpty());
        }
    }

    // ---- sessions

    @Test
    void bothSidesOfAHandshakeAgreeCrosswise() throws Exception {
        Set<AeadId> offer = Set.of(AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM);
        try (IdentityKeys alice = identities.generate(random);
                IdentityKeys bob = identities.generate(random)) {
            Handshakes.Initiation begun = handshakes.initiate(NETWORK, alice, bob.identity(), offer, random);
            assertEquals(Handshakes.INIT_LENGTH, begun.body().length);
            Handshakes.Acceptance accepted =
                    handshakes.accept(NETWORK, bob, begun.body(), List.of(AeadId.AES_256_GCM), random);
            assertEquals(Handshakes.RESP_LENGTH, accepted.response().length);
            assertArrayEquals(alice.identity().agreement(), accepted.peerPublic());
            assertEquals(AeadId.AES_256_GCM, accepted.chosen());
            assertEquals(begun.replySuite(), accepted.replySuite());
            assertEquals(begun.replyChainKey(), accepted.replyChainKey());

            Handshakes.Completion done =
                    handshakes.complete(NETWORK, begun.state(), alice, bob.identity(), accepted.response());
            assertEquals(AeadId.AES_256_GCM.code(), done.chosen());
            assertEquals(done.sendChainKey(), chainKey(accepted.receiveSeed(), alice, bob));
            assertEquals(done.receiveChainKey(), chainKey(accepted.sendSeed(), alice, bob));
            assertNotEquals(done.sendChainKey(), done.receiveChainKey());

            byte[] wrong = accepted.response().clone();
            wrong[RESP_SUITE_AT] = 1;
            assertThrows(
                    HandshakeRefusedException.class,
                    () -> handshakes.complete(NETWORK, begun.state(), alice, bob.identity(), wrong));
        }
    }

    private SecretBytes chainKey(SecretBytes seed, IdentityKeys initiator, IdentityKeys responder) {
        return handshakes.sessionChainKey(NETWORK, seed, initiator.identity(), responder.identity());
    }

    @Test
    void aHandshakeForAnotherCardOrAnotherSuiteIsRefused() throws Exception {
        Set<AeadId> offer = Set.of(AeadId.AES_256_GCM);
        List<AeadId> allowed = List.of(AeadId.AES_256_GCM);
        try (IdentityKeys alice = identities.generate(random);
                IdentityKeys bob = identities.generate(random);
                IdentityKeys carol = identities.generate(random)) {
            byte[] body = handshakes
                    .initiate(NETWORK, alice, bob.identity(), offer, random)
                    .body();
            assertThrows(
                    HandshakeRefusedException.class, () -> handshakes.accept(NETWORK, carol, body, allowed, random));
            assertThrows(
                    HandshakeRefusedException.class,
                    () -> handshakes.accept(NETWORK, bob, body, List.of(AeadId.XCHACHA20_POLY1305), random));
            // A card with Bob's agreement key and another's signing key is not Bob's.
            PublicIdentity mixed = new PublicIdentity(
                    carol.identity().signing(), bob.identity().agreement());
            byte[] forMixed =
                    handshakes.initiate(NETWORK, alice, mixed, offer, random).body();
            assertThrows(
                    HandshakeRefusedException.class, () -> handshakes.accept(NETWORK, bob, forMixed, allowed, random));
            PublicIdentity zero = new PublicIdentity(bob.identity().signing(), new byte[32]);
            assertThrows(
                    HandshakeRefusedException.class, () -> handshakes.initiate(NETWORK, alice, zero, offer, random));
        }
    }

    @Test
    void bothSidesOfAKeyUpdateAgree() throws Exception {
        SecretBytes salt = secret(32);
        try (Handshakes.Ephemeral one = handshakes.ephemeral(random);
                Handshakes.Ephemeral other = handshakes.ephemeral(random)) {
            SecretBytes key = handshakes.rekey(NETWORK, one.privateKey(), other.publicKey(), salt);
            assertEquals(key, handshakes.rekey(NETWORK, other.privateKey(), one.publicKey(), salt));
            assertNotEquals(key, handshakes.rekey(NETWORK, other.privateKey(), one.publicKey(), secret(32)));
            assertThrows(
                    HandshakeRefusedException.class,
                    () -> handshakes.rekey(NETWORK, one.privateKey(), new byte[32], salt));
        }
    }

    @Test
    void anInboxIsRecognisedLikeAChannel() {
        SecretBytes root = handshakes.inboxRoot(secret(16), NETWORK);
        SecretBytes beacon = handshakes.inboxBeacon(root);
        byte[] locator = channelKeys.newLocator(beacon, random);
        BeaconTable beacons = chains.newBeaconTable();
        beacons.add(0, beacon);
        assertEquals(0, beacons.match(packet(locator)));
        assertEquals(32, handshakes.inboxPacketSecret(root, locator).length());
    }

    // ---- algorithms

    @Test
    void aSuiteOpensWhatItSealed() throws Exception {
        byte[] key = new byte[32];
        byte[] nonce = new byte[24];
        byte[] plaintext = utf8("x".repeat(70));
        byte[] sealed = SUITE.seal(key, nonce, utf8("data"), plaintext);
        assertEquals(86, sealed.length);
        assertArrayEquals(plaintext, SUITE.open(key, nonce, utf8("data"), sealed));
        assertThrows(AuthenticationFailedException.class, () -> SUITE.open(key, nonce, utf8("other"), sealed));
        assertThrows(AuthenticationFailedException.class, () -> SUITE.open(key, nonce, utf8("data"), new byte[15]));
        assertThrows(IllegalArgumentException.class, () -> SUITE.open(key, new byte[12], utf8("data"), sealed));
    }

    /** Runs the contract of key derivations. */
    @Nested
    class TheDerivation extends KeyDerivationContract {
        TheDerivation() {
            super(new PlainDerivation(KdfId.ARGON2ID), KdfParameters.ARGON2ID_DEFAULT, KdfParameters.SCRYPT_DEFAULT);
        }
    }

    @Test
    void suitesComeGoAndAreForbidden() {
        PlainSuites suites = new PlainSuites();
        List<String> told = new ArrayList<>();
        suites.onChange(() -> told.add("change"));
        assertEquals("XCHACHA20_POLY1305", sealing(suites));
        suites.deny("XCHACHA20_POLY1305");
        assertEquals("AES_256_GCM", sealing(suites));
        assertTrue(suites.forbidsAny());
        assertEquals(List.of("AES_256_GCM"), suites.allowed());
        suites.remove("AES_256_GCM");
        assertEquals("none", sealing(suites));
        assertEquals(List.of("XCHACHA20_POLY1305", "AES_256_GCM"), suites.every());
        suites.add(new PlainSuite(new AeadId(200, "OWN", 12)));
        assertEquals("OWN", sealing(suites));
        assertEquals(Optional.empty(), suites.sealingOffers());
        suites.allow("XCHACHA20_POLY1305");
        assertEquals("XCHACHA20_POLY1305", sealing(suites));
        assertEquals(4, told.size());
        assertEquals(List.of(AeadId.XCHACHA20_POLY1305, AeadId.AES_256_GCM), suites.forSessions());
        assertEquals("OWN", suites.name(200));
        assertEquals("9", suites.name(9));
        suites.recall(new AeadId(201, "GONE", 12));
        assertTrue(suites.every().contains("GONE"));
        assertEquals(Optional.of(suites.argon2id()), suites.derivation(KdfParameters.ARGON2ID_DEFAULT));
    }

    private static String sealing(PlainSuites suites) {
        return suites.sealing().map(suite -> suite.id().name()).orElse("none");
    }

    // ---- pace

    @Test
    void nothingWaitsUntilATestSaysSo() {
        NoPace pace = new NoPace();
        Pace.RateLimit limit = pace.newRateLimit(1, 1);
        limit.take(NOW);
        assertEquals(NOW, limit.earliest(NOW));
        assertEquals(Duration.ZERO, pace.delay(Duration.ofHours(1), random));
        pace.delayBy(Duration.ofSeconds(9));
        assertEquals(Duration.ofSeconds(9), pace.delay(Duration.ofHours(1), random));
        pace.limitPerMinute(6);
        assertEquals(NOW.plusSeconds(10), limit.earliest(NOW.plusSeconds(3)));
        assertEquals(NOW.plusSeconds(11), limit.earliest(NOW.plusSeconds(11)));
    }
}
