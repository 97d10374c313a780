package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.settings.SuiteSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.engine.recognition.HeldPackets;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Cipher suites and key derivations of bundles that this repository does not know, with codes that are not in the api. */
class OtherAlgorithmsTest {
    private static final char[] PASSPHRASE = "channel passphrase".toCharArray();
    private static final AeadId WIDE_GCM = new AeadId(200, "WIDE_GCM", 16);
    private static final KdfId ROUNDS = new KdfId(201, "ROUNDS");

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final PrivateSuite alices = new PrivateSuite(WIDE_GCM);
    private final PrivateSuite bobs = new PrivateSuite(WIDE_GCM);
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServersInOneChannel() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Both have the bundle, and alice seals with it. */
    private void bothHaveIt() throws Exception {
        alice.start(alices);
        bob.start(bobs);
        alice.suites.prefer(List.of("wide-gcm"));
    }

    private static void awaitReceived(TestServer server, String... texts) throws Exception {
        TestServer.await("received", () -> server.received().size() >= texts.length);
        assertEquals(List.of(texts), server.received());
    }

    private static Suite listed(TestServer server, String name) {
        return server.suites.list().stream()
                .filter(suite -> suite.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMessageGoesAndArrivesWithASuiteOfAPrivateCode() throws Exception {
        bothHaveIt();
        alice.send("lobby", "opens a chain");
        alice.send("lobby", "rides on it");
        awaitReceived(bob, "opens a chain", "rides on it");
        for (byte[] raw : network.broadcasts()) {
            String json = bob.messages()
                    .inspect(TransactionScanner.id(raw).toString())
                    .get(0)
                    .json()
                    .orElseThrow();
            assertTrue(json.contains("\"cipher_suite\":\"WIDE_GCM\""), json);
        }
        Suite mine = listed(alice, "WIDE_GCM");
        assertEquals(List.of(1, true, true), List.of(mine.rank(), mine.available(), mine.seals()));
        assertEquals(List.of("lobby"), listed(bob, "WIDE_GCM").usedBy());
        assertEquals(0, listed(bob, "WIDE_GCM").rank(), "it opens with it, and seals with what it prefers");
    }

    @Test
    void itGoesAwayWhileAMessageIsUnderWayAndTheMessageWaits() throws Exception {
        bothHaveIt();
        network.hold();
        alice.send("lobby", "opens a chain");
        alice.send("lobby", "rides on it");
        TestServer.await("both are out", () -> network.broadcasts().size() == 2);
        bob.stop(bobs);
        network.release(all -> all);
        assertOneWaits(bob);
        assertEquals(List.of(), bob.received());
        bob.start(bobs);
        awaitReceived(bob, "opens a chain", "rides on it");
        assertEquals(0, parked(bob));
    }

    @Test
    void whatRidesOnAChainWaitsToo() throws Exception {
        bothHaveIt();
        alice.send("lobby", "opens a chain");
        awaitReceived(bob, "opens a chain");
        bob.stop(bobs);
        alice.send("lobby", "rides on it");
        assertOneWaits(bob);
        assertEquals(List.of("opens a chain"), bob.received());
        bob.start(bobs);
        awaitReceived(bob, "opens a chain", "rides on it");
    }

    /** Neither the settings nor a chain name the suite here, and the process that knew it is gone. */
    @Test
    void aRestartWithoutTheBundleForgetsNothing() throws Exception {
        bothHaveIt();
        bob.read();
        bob.stop(bobs);
        alice.send("lobby", "opens a chain");
        assertOneWaits(bob);
        bob = bob.restart(nodeB);
        bob.suites.deny("CHACHA20_POLY1305");
        bob.suites.allow("CHACHA20_POLY1305");
        bob.read();
        assertEquals(1, parked(bob));
        assertFalse(listed(bob, "WIDE_GCM").available());
        bob.start(bobs);
        awaitReceived(bob, "opens a chain");
    }

    @Test
    void aRegistryThatTakesThePlaceOfAnotherLearnsWhatWasHereBeforeAnythingIsRead() throws Exception {
        bothHaveIt();
        bob.read();
        bob.stop(bobs);
        bob.stop(SuiteDirectory.class);
        alice.send("lobby", "opens a chain");
        TestServer.await("it is out", () -> network.broadcasts().size() == 1);
        bob.barrier();
        bob.replaceSuites(bobs);
        assertOneWaits(bob);
        assertEquals("WIDE_GCM", bob.suites.name(200));
        bob.start(bobs);
        awaitReceived(bob, "opens a chain");
    }

    /** The settings cannot know it of a bundle that is not there yet. */
    @Test
    void aSuiteThatOnlyOpensIsNotSealedWithThoughItIsPreferred() throws Exception {
        alice.start(new PrivateSuite(new AeadId(200, "WIDE_GCM", 16, false)));
        alice.settings.set(SuiteSettings.PREFERENCE, "WIDE_GCM,AES_256_GCM");
        assertEquals(0, listed(alice, "WIDE_GCM").rank());
        assertEquals(1, listed(alice, "AES_256_GCM").rank());
        assertThrows(NoSuchThingException.class, () -> alice.suites.prefer(List.of("WIDE_GCM")));
        alice.send("lobby", "with the next one");
        awaitReceived(bob, "with the next one");
    }

    @Test
    void withoutItTheSenderTakesTheNextSuite() throws Exception {
        bothHaveIt();
        alice.stop(alices);
        alice.send("lobby", "with the next one");
        awaitReceived(bob, "with the next one");
        assertEquals(1, listed(alice, "WIDE_GCM").rank());
        assertEquals("absent", listed(alice, "WIDE_GCM").bundleState());
    }

    @Test
    void whatPolicyDeniesOpensNothingWhereverItComesFrom() throws Exception {
        bothHaveIt();
        bob.suites.deny("wide_gcm");
        alice.send("lobby", "sealed with what bob denies");
        assertOneWaits(bob);
        bob.suites.allow("WIDE_GCM");
        awaitReceived(bob, "sealed with what bob denies");
    }

    /** Nobody's name: a name begins with a letter. */
    @Test
    void aCodeThatWasNeverHereIsCalledByItsNumber() {
        assertEquals("222", alice.suites.name(222));
        assertEquals(Optional.empty(), alice.suites.suite("222"));
    }

    @Test
    void theSecondClaimOfACodeIsRefusedAndTakesItsPlaceWhenTheFirstGoes() {
        PrivateSuite second = new PrivateSuite(new AeadId(200, "LATER", 12));
        alice.start(alices);
        alice.start(second);
        assertEquals(Optional.of(alices), alice.suites.installed("WIDE_GCM"));
        assertEquals(Optional.empty(), alice.suites.installed("LATER"));
        assertRefused("LATER", "code 200 is taken by WIDE_GCM");
        alice.stop(alices);
        assertEquals(Optional.of(second), alice.suites.installed("LATER"));
        assertEquals("LATER", alice.suites.name(200));
        alice.suites.recall(WIDE_GCM);
        assertTrue(alice.suites.list().stream().noneMatch(suite -> suite.name().equals("WIDE_GCM")));
        assertEquals("LATER", alice.suites.name(200), "what the store remembers is older than what is here");
    }

    @Test
    void theSecondClaimOfANameIsRefused() {
        PrivateSuite second = new PrivateSuite(new AeadId(203, "WIDE_GCM", 12));
        alice.start(alices);
        alice.start(second);
        assertEquals(Optional.of(alices), alice.suites.installed("WIDE_GCM"));
        assertRefused("WIDE_GCM", "name WIDE_GCM is taken by WIDE_GCM");
        alice.provide(new PrivateDerivation(ROUNDS, 9));
        alice.provide(new PrivateDerivation(new KdfId(202, "ROUNDS"), 9));
        assertRefused("ROUNDS", "name ROUNDS is taken by ROUNDS");
        alice.provide(new PrivateDerivation(new KdfId(201, "OTHER"), 9));
        assertRefused("OTHER", "code 201 is taken by ROUNDS");
    }

    /** Even while ours is stopped: who denies or prefers a name means the protocol's. */
    @Test
    void whatTheProtocolNamesNobodyClaimsForSomethingElse() {
        alice.stop(alice.suite("AES_256_GCM"));
        alice.start(new PrivateSuite(new AeadId(2, "NOT_GCM", 12)));
        assertRefused("NOT_GCM", "code 2 is the protocol's, for AES_256_GCM");
        alice.start(new PrivateSuite(new AeadId(204, "AES_256_GCM", 12)));
        assertRefused("AES_256_GCM", "name AES_256_GCM is the protocol's, for AES_256_GCM");
        alice.start(new PrivateSuite(new AeadId(2, "AES_256_GCM", 16)));
        assertEquals(Optional.empty(), alice.suites.installed("AES_256_GCM"));
        alice.provide(new PrivateDerivation(new KdfId(1, "ROUNDS"), 9));
        assertRefused("ROUNDS", "code 1 is the protocol's, for ARGON2ID");
    }

    private void assertRefused(String name, String reason) {
        List<Suite> refused = alice.suites.list().stream()
                .filter(suite ->
                        suite.name().equals(name) && suite.bundleState().startsWith("refused: "))
                .toList();
        assertEquals(1, refused.size(), alice.suites.list().toString());
        assertTrue(
                refused.get(0).bundleState().startsWith("refused: " + reason),
                refused.get(0).bundleState());
        assertFalse(refused.get(0).available());
    }

    @Test
    void aNameThatIsNotThereIsRefusedWithThoseThatAre() {
        alice.start(alices);
        String names = "the names are [XCHACHA20_POLY1305, AES_256_GCM, AES_256_EAX, CHACHA20_POLY1305, WIDE_GCM,"
                + " ARGON2ID, PBKDF2_SHA256, SCRYPT]";
        assertEquals(
                "there is no suite 'NARROW_GCM': " + names,
                assertThrows(NoSuchThingException.class, () -> alice.suites.prefer(List.of("NARROW_GCM")))
                        .getMessage());
        assertEquals(
                "there is no suite 'nonsense': " + names,
                assertThrows(NoSuchThingException.class, () -> alice.suites.deny("nonsense"))
                        .getMessage());
        assertEquals(
                "there is no key derivation 'rounds': take one of ARGON2ID, PBKDF2_SHA256, SCRYPT",
                assertThrows(NoSuchThingException.class, () -> derivation("rounds", null))
                        .getMessage());
    }

    /** Its bundle may be gone for good: it is seen in the list and can be allowed again. */
    @Test
    void aNameThatOnlyTheSettingsKnowIsListed() throws Exception {
        alice.settings.set(SuiteSettings.DENIED, "ROT13");
        Suite suite = listed(alice, "ROT13");
        assertEquals(List.of("unknown", "absent"), List.of(suite.kind(), suite.bundleState()));
        assertFalse(suite.allowed());
        alice.suites.allow("rot13");
        assertTrue(
                alice.suites.list().stream().noneMatch(listed -> listed.name().equals("ROT13")));
    }

    private KdfParameters derivation(String name, Integer timeCost) throws NoSuchThingException {
        return alice.suites.derivation(
                Optional.ofNullable(name), Optional.ofNullable(timeCost), Optional.empty(), Optional.empty());
    }

    @Test
    void aDerivationStatesItsDefaultsAndItsLimits() throws Exception {
        alice.provide(new PrivateDerivation(ROUNDS, 9));
        assertEquals(new KdfParameters(ROUNDS, 3, 0, 0), derivation("rounds", null));
        assertEquals(new KdfParameters(ROUNDS, 9, 0, 0), derivation("ROUNDS", 9));
        assertEquals(
                "key derivation ROUNDS: rounds (time cost) must be 2 to 9, not 10",
                assertThrows(NoSuchThingException.class, () -> derivation("ROUNDS", 10))
                        .getMessage());
        assertEquals(KdfParameters.ARGON2ID_DEFAULT, derivation(null, null));
        assertTrue(assertThrows(NoSuchThingException.class, () -> derivation("ARGON2ID", 255))
                .getMessage()
                .startsWith("key derivation ARGON2ID: time cost times memory in KiB must be 36864 to 2097152"));
    }

    @Test
    void aChannelOfAnotherDerivationIsMadeAndJoinedByInvite() throws Exception {
        PrivateDerivation rounds = new PrivateDerivation(ROUNDS, 9);
        alice.provide(rounds);
        KdfParameters costs = new KdfParameters(ROUNDS, 5, 7, 0);
        alice.channels()
                .create(
                        new Channels.Create(Optional.empty(), "den", Mode.RATCHET, costs, Optional.of(Network.REGTEST)),
                        PASSPHRASE);
        String invite = alice.channels().invite(Optional.empty(), "den");
        Channels.Join join =
                new Channels.Join(Optional.empty(), invite, Mode.RATCHET, Optional.empty(), Optional.empty());
        assertTrue(assertThrows(NoSuchThingException.class, () -> bob.channels().terms(join))
                .getMessage()
                .contains("there is no key derivation 201"));
        bob.provide(rounds);
        assertEquals(costs, bob.channels().terms(join).kdf());
        bob.channels().join(join, PASSPHRASE);
        alice.send("den", "hello");
        awaitReceived(bob, "hello");
        bob = bob.restart(nodeB);
        Channels.Channel kept = bob.channels().list(Optional.empty()).stream()
                .filter(channel -> channel.name().equals("den"))
                .findFirst()
                .orElseThrow();
        assertEquals(costs, kept.kdf());
        assertTrue(assertThrows(NoSuchThingException.class, () -> bob.channels().terms(join))
                .getMessage()
                .contains("there is no key derivation 201"));
    }

    @Test
    void anInviteOutsideTheLimitsOfAnotherDerivationIsRefusedBeforeAPassphraseIsAskedFor() throws Exception {
        alice.provide(new PrivateDerivation(ROUNDS, 9));
        String invite = alice.engine
                .stageContext
                .part(ChannelKeys.class)
                .encode(new Invite(Network.REGTEST, new KdfParameters(ROUNDS, 200, 0, 0), 20_454, new byte[16], "den"));
        Channels.Join join =
                new Channels.Join(Optional.empty(), invite, Mode.RATCHET, Optional.empty(), Optional.empty());
        assertEquals(
                "key derivation ROUNDS: rounds (time cost) must be 2 to 9, not 200",
                assertThrows(NoSuchThingException.class, () -> alice.channels().terms(join))
                        .getMessage());
        assertThrows(NoSuchThingException.class, () -> alice.channels().join(join, PASSPHRASE));
    }

    /** The parameters were stored, or put back from a backup, when nobody knew the limits. */
    @Test
    void whatIsStoredIsHeldToTheLimitsBeforeItIsDerived() throws Exception {
        alice.provide(new PrivateDerivation(ROUNDS, 9));
        KdfParameters costs = new KdfParameters(ROUNDS, 9, 0, 0);
        alice.channels()
                .create(
                        new Channels.Create(Optional.empty(), "den", Mode.RATCHET, costs, Optional.of(Network.REGTEST)),
                        PASSPHRASE);
        alice = alice.restart(nodeA);
        alice.provide(new PrivateDerivation(ROUNDS, 8));
        long id = alice.send("den", "hello");
        TestServer.await(
                "it waits",
                () -> alice.messages().outgoing(id).reason().contains("it waits for the key derivation ROUNDS"));
        alice.provide(new PrivateDerivation(ROUNDS, 9));
        TestServer.await("it is out", () -> alice.messages().outgoing(id).state() == Messages.State.SEEN);
    }

    /** An offer is a byte: it has no bit for code 200, and the other side may not have the bundle. */
    @Test
    void aSessionTakesASuiteThatAnOfferCanName() throws Exception {
        alice.start(alices);
        alice.suites.prefer(List.of("WIDE_GCM"));
        assertEquals("XCHACHA20_POLY1305", suiteOfASession());
    }

    @Test
    void aSessionTakesASuiteOfAnotherBundleThatAnOfferCanName() throws Exception {
        AeadId sixth = new AeadId(6, "SIXTH", 16);
        alice.start(new PrivateSuite(sixth));
        PrivateSuite theirs = new PrivateSuite(sixth);
        bob.start(theirs);
        bob.suites.prefer(List.of("SIXTH"));
        assertEquals("SIXTH", suiteOfASession());
        bob.stop(theirs);
        alice.write("bob", "waits for it");
        assertOneWaits(bob);
        bob.start(theirs);
        awaitReceived(bob, "hello", "waits for it");
        alice.stop(alice.suite("SIXTH"));
        long id = alice.write("bob", "waits here");
        TestServer.await(
                "it says for what",
                () -> alice.messages()
                        .outgoing(id)
                        .reason()
                        .contains("it waits for the cipher suite SIXTH, which the session with 'bob' uses"));
        assertEquals(
                "SIXTH", alice.sessions().list(Optional.empty()).get(0).suite().orElseThrow());
    }

    private String suiteOfASession() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.write("bob", "hello");
        awaitReceived(bob, "hello");
        return alice.sessions().list(Optional.empty()).get(0).suite().orElseThrow();
    }

    /** While its key is derived a packet waits too: that is not what is meant. */
    private static void assertOneWaits(TestServer server) throws Exception {
        TestServer.await("it is parked", () -> parked(server) == 1);
        server.read();
        assertEquals(1, parked(server));
    }

    private static int parked(TestServer server) throws Exception {
        server.flush();
        return server.engine.guard.transact(tx -> tx.list(HeldPackets.PARKED).size());
    }
}
