package org.partyline.suites;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.api.settings.SuiteSettings;
import org.partyline.testkit.TestSettings;
import org.partyline.testkit.protocol.PlainDerivation;
import org.partyline.testkit.protocol.PlainSuite;

/** Cipher suites and key derivations of bundles outside this repository, with codes that are not in the API. */
class OtherAlgorithmsTest {
    private static final AeadId WIDE_GCM = new AeadId(200, "WIDE_GCM", 16);
    private static final KdfId ROUNDS = new KdfId(201, "ROUNDS");

    private final TestSettings settings = new TestSettings();
    private final List<Bundle> installed = new ArrayList<>();
    private final SuiteRegistry registry = new SuiteRegistry(proxy(
            BundleContext.class,
            (method, arguments) -> method.equals("getBundles") ? installed.toArray(new Bundle[0]) : null));
    private final AeadSuite mine = new PlainSuite(WIDE_GCM);
    private final KeyDerivation pbkdf2 = new PlainDerivation(KdfId.PBKDF2_SHA256);
    private final AeadSuite gcm = new PlainSuite(AeadId.AES_256_GCM);

    private interface Handler {
        Object handle(String method, Object[] arguments);
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<?> type, Handler handler) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> handler.handle(method.getName(), arguments);
                });
    }

    private final Map<Object, ServiceReference<?>> references = new HashMap<>();

    /** A simple derivation with a limited number of rounds. */
    private record Rounds(KdfId id, int most) implements KeyDerivation {
        @Override
        public KdfParameters defaults() {
            return new KdfParameters(id, 3, 0, 0);
        }

        @Override
        public void requireLimits(KdfParameters parameters) {
            if (parameters.timeCost() < 2 || parameters.timeCost() > most) {
                throw new KdfLimitsException("key derivation " + id + ": rounds (time cost) must be 2 to " + most
                        + ", not " + parameters.timeCost());
            }
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            throw new UnsupportedOperationException("nobody asks for a key here");
        }
    }

    @BeforeEach
    void ours() {
        settings.suites(List.of("XCHACHA20_POLY1305", "AES_256_GCM"), Set.of());
        registry.setOperatorSettings(settings);
        start(new PlainSuite(AeadId.XCHACHA20_POLY1305));
        start(gcm);
        provide(new PlainDerivation(KdfId.ARGON2ID));
        provide(pbkdf2);
        provide(new PlainDerivation(KdfId.SCRYPT));
    }

    @SuppressWarnings("unchecked")
    private <S> ServiceReference<S> reference(Object service) {
        return (ServiceReference<S>)
                references.computeIfAbsent(service, one -> proxy(ServiceReference.class, (method, arguments) -> null));
    }

    private static Bundle bundle(String name, int state) {
        return proxy(Bundle.class, (method, arguments) -> switch (method) {
            case "getSymbolicName" -> name;
            case "getVersion" -> Version.valueOf("1.2.3");
            case "getState" -> state;
            default -> null;
        });
    }

    /** As if it were provided by a bundle. */
    private void of(Bundle bundle, Object service) {
        references.put(service, proxy(ServiceReference.class, (method, arguments) -> bundle));
    }

    private void start(AeadSuite suite) {
        registry.addSuite(suite, reference(suite));
    }

    private void stop(AeadSuite suite) {
        registry.removeSuite(suite, reference(suite));
    }

    private void provide(KeyDerivation derivation) {
        registry.addDerivation(derivation, reference(derivation));
    }

    private Suite listed(String name) {
        return registry.list().stream()
                .filter(suite -> suite.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> names() {
        return registry.list().stream().map(Suite::name).toList();
    }

    // ---- which one seals

    @Test
    void oneOfAPrivateCodeIsPreferredByItsNameHoweverThatIsWritten() throws Exception {
        start(mine);
        registry.prefer(List.of("wide-gcm"));
        assertEquals(Map.of(SuiteSettings.PREFERENCE, "WIDE_GCM,XCHACHA20_POLY1305,AES_256_GCM"), settings.changed());
        settings.suites(List.of("WIDE_GCM", "XCHACHA20_POLY1305", "AES_256_GCM"), Set.of());
        assertEquals(Optional.of(mine), registry.sealing());
        Suite suite = listed("WIDE_GCM");
        assertEquals(List.of(1, true, true), List.of(suite.rank(), suite.available(), suite.seals()));
        assertEquals("WIDE_GCM", registry.name(200));
        assertEquals(List.of(WIDE_GCM), registry.others(), "which is kept over a restart");
    }

    @Test
    void changesOfTheSettingsAreTold() throws Exception {
        AtomicInteger changes = new AtomicInteger();
        registry.onChange(changes::incrementAndGet);
        registry.prefer(List.of("AES_256_GCM"));
        registry.deny("AES_256_GCM");
        registry.allow("AES_256_GCM");
        assertEquals(3, changes.get(), "what waits is looked at again");
    }

    @Test
    void nothingIsForbiddenUntilASuiteThatSealsIsDenied() {
        assertFalse(registry.forbidsAny());
        settings.suites(List.of("AES_256_GCM"), Set.of("SCRYPT"));
        assertFalse(registry.forbidsAny(), "nothing is sealed with it");
        settings.suites(List.of("AES_256_GCM"), Set.of("CHACHA20_POLY1305"));
        assertTrue(registry.forbidsAny());
    }

    @Test
    void allThatIsNotDeniedIsAllowedThePreferredFirst() {
        settings.suites(List.of("AES_256_GCM"), Set.of("CHACHA20_POLY1305"));
        start(mine);
        assertEquals(List.of("AES_256_GCM", "XCHACHA20_POLY1305", "WIDE_GCM"), registry.allowed());
    }

    @Test
    void oneThatNobodyPrefersOpensAndHasNoRank() {
        start(mine);
        assertEquals(0, listed("WIDE_GCM").rank(), "it opens with it, and seals with what it prefers");
        assertEquals(Optional.of(mine), registry.suite("WIDE_GCM"));
        assertTrue(registry.every().contains("WIDE_GCM"));
    }

    @Test
    void whoUsesItIsListed() {
        start(mine);
        registry.setUsers(name -> name.equals("WIDE_GCM") ? List.of("lobby") : List.of());
        assertEquals(List.of("lobby"), listed("WIDE_GCM").usedBy());
        assertEquals(List.of(), listed("AES_256_GCM").usedBy());
    }

    /** The settings cannot know this of a bundle that is not installed yet. */
    @Test
    void aSuiteThatOnlyOpensIsNotSealedWithThoughItIsPreferred() {
        start(new PlainSuite(new AeadId(200, "WIDE_GCM", 16, false)));
        settings.suites(List.of("WIDE_GCM", "AES_256_GCM"), Set.of());
        assertEquals(0, listed("WIDE_GCM").rank());
        assertEquals(1, listed("AES_256_GCM").rank());
        assertThrows(NoSuchThingException.class, () -> registry.prefer(List.of("WIDE_GCM")));
        assertEquals(Optional.of(gcm), registry.sealing());
    }

    @Test
    void withoutItTheSenderTakesTheNextSuite() {
        settings.suites(List.of("WIDE_GCM", "AES_256_GCM"), Set.of());
        AtomicInteger changes = new AtomicInteger();
        registry.onChange(changes::incrementAndGet);
        start(mine);
        assertEquals(Optional.of(mine), registry.sealing());
        stop(mine);
        assertEquals(2, changes.get(), "what waits is looked at again");
        assertEquals(Optional.of(gcm), registry.sealing());
        assertEquals(1, listed("WIDE_GCM").rank());
        assertEquals("absent", listed("WIDE_GCM").bundleState());
        assertFalse(listed("WIDE_GCM").available());
        assertTrue(registry.every().contains("WIDE_GCM"), "what is sealed with it waits");
        assertEquals("WIDE_GCM", registry.name(200));
    }

    @Test
    void whatPolicyDeniesOpensNothingWhereverItComesFrom() throws Exception {
        start(mine);
        registry.deny("wide_gcm");
        assertEquals(Map.of(SuiteSettings.DENIED, "WIDE_GCM"), settings.changed());
        settings.suites(List.of("AES_256_GCM"), Set.of("WIDE_GCM"));
        assertEquals(Optional.empty(), registry.suite("WIDE_GCM"));
        assertTrue(registry.installed("WIDE_GCM").isPresent());
        assertTrue(registry.every().contains("WIDE_GCM"));
        registry.allow("WIDE_GCM");
        assertEquals(Map.of(SuiteSettings.DENIED, ""), settings.changed());
        settings.suites(List.of("AES_256_GCM"), Set.of());
        assertEquals(Optional.of(mine), registry.suite("WIDE_GCM"));
    }

    /** An offer is a byte: it has no bit for code 200, and the other side may not have the bundle. */
    @Test
    void aSessionTakesASuiteThatAnOfferCanName() {
        start(mine);
        AeadSuite sixth = new PlainSuite(new AeadId(6, "SIXTH", 16));
        start(sixth);
        settings.suites(List.of("WIDE_GCM", "XCHACHA20_POLY1305"), Set.of());
        assertEquals(Optional.of(mine), registry.sealing());
        assertEquals(
                "XCHACHA20_POLY1305",
                registry.sealingOffers().orElseThrow().id().name());
        assertFalse(registry.forSessions().contains(WIDE_GCM));
        settings.suites(List.of("WIDE_GCM", "SIXTH", "XCHACHA20_POLY1305"), Set.of());
        assertEquals(Optional.of(sixth), registry.sealingOffers());
        assertEquals(sixth.id(), registry.forSessions().get(0), "of another bundle, too");
        AeadId last = new AeadId(8, "EIGHTH", 16);
        AeadId none = new AeadId(9, "NINTH", 16);
        start(new PlainSuite(last));
        start(new PlainSuite(none));
        assertTrue(registry.forSessions().contains(last));
        assertFalse(registry.forSessions().contains(none));
    }

    // ---- codes and names

    /** Not a valid name: a name begins with a letter. */
    @Test
    void aCodeThatWasNeverHereIsCalledByItsNumber() {
        assertEquals("222", registry.name(222));
        assertEquals(Optional.empty(), registry.suite("222"));
    }

    @Test
    void whatTheStoreRemembersIsKnownAgain() {
        registry.recall(WIDE_GCM);
        assertEquals("WIDE_GCM", registry.name(200));
        assertFalse(listed("WIDE_GCM").available());
        assertTrue(registry.every().contains("WIDE_GCM"), "what is sealed with it waits");
        assertEquals(List.of(), registry.others(), "it is not here");
    }

    @Test
    void theSecondClaimOfACodeIsRefusedAndTakesItsPlaceWhenTheFirstGoes() {
        AeadSuite second = new PlainSuite(new AeadId(200, "LATER", 12));
        start(mine);
        start(second);
        assertEquals(Optional.of(mine), registry.installed("WIDE_GCM"));
        assertEquals(Optional.empty(), registry.installed("LATER"));
        assertRefused("LATER", "code 200 is used by WIDE_GCM");
        stop(mine);
        assertEquals(Optional.of(second), registry.installed("LATER"));
        assertEquals("LATER", registry.name(200));
        registry.recall(WIDE_GCM);
        assertFalse(names().contains("WIDE_GCM"));
        assertEquals("LATER", registry.name(200), "what the store remembers is older than what is here");
    }

    @Test
    void theSecondClaimOfANameIsRefused() {
        start(mine);
        start(new PlainSuite(new AeadId(203, "WIDE_GCM", 12)));
        assertEquals(Optional.of(mine), registry.installed("WIDE_GCM"));
        assertRefused("WIDE_GCM", "name WIDE_GCM is used by WIDE_GCM");
        provide(new Rounds(ROUNDS, 9));
        provide(new Rounds(new KdfId(202, "ROUNDS"), 9));
        assertRefused("ROUNDS", "name ROUNDS is used by ROUNDS");
        provide(new Rounds(new KdfId(201, "OTHER"), 9));
        assertRefused("OTHER", "code 201 is used by ROUNDS");
    }

    @Test
    void theBundleOfOneThatIsRefusedIsListed() {
        start(mine);
        AeadSuite second = new PlainSuite(new AeadId(200, "LATER", 12));
        of(bundle("com.example.later", Bundle.ACTIVE), second);
        start(second);
        assertEquals("com.example.later 1.2.3", listed("LATER").bundle());
    }

    @Test
    void oneWithoutAnIdIsLeftOut() {
        List<String> before = names();
        start(new PlainSuite(null));
        assertEquals(before, names());
    }

    /** Even while ours is stopped: a denied or preferred name means the protocol's. */
    @Test
    void whatTheProtocolNamesNobodyClaimsForSomethingElse() {
        stop(gcm);
        start(new PlainSuite(new AeadId(2, "NOT_GCM", 12)));
        assertRefused("NOT_GCM", "code 2 belongs to the protocol, for AES_256_GCM");
        start(new PlainSuite(new AeadId(204, "AES_256_GCM", 12)));
        assertRefused("AES_256_GCM", "name AES_256_GCM belongs to the protocol, for AES_256_GCM");
        start(new PlainSuite(new AeadId(2, "AES_256_GCM", 16)));
        assertEquals(Optional.empty(), registry.installed("AES_256_GCM"));
        provide(new Rounds(new KdfId(1, "ROUNDS"), 9));
        assertRefused("ROUNDS", "code 1 belongs to the protocol, for ARGON2ID");
    }

    private void assertRefused(String name, String reason) {
        List<Suite> refused = registry.list().stream()
                .filter(suite ->
                        suite.name().equals(name) && suite.bundleState().startsWith("refused: "))
                .toList();
        assertEquals(1, refused.size(), registry.list().toString());
        assertTrue(
                refused.get(0).bundleState().startsWith("refused: " + reason),
                refused.get(0).bundleState());
        assertFalse(refused.get(0).available());
    }

    @Test
    void aNameThatIsNotThereIsRefusedWithThoseThatAre() {
        start(mine);
        String all = "use one of XCHACHA20_POLY1305, AES_256_GCM, AES_256_EAX, CHACHA20_POLY1305, WIDE_GCM,"
                + " ARGON2ID, PBKDF2_SHA256, SCRYPT";
        assertEquals(
                "there is no suite 'NARROW_GCM': " + all,
                assertThrows(NoSuchThingException.class, () -> registry.prefer(List.of("NARROW_GCM")))
                        .getMessage());
        assertEquals(
                "there is no suite 'nonsense': " + all,
                assertThrows(NoSuchThingException.class, () -> registry.deny("nonsense"))
                        .getMessage());
        assertEquals(
                "there is no key derivation 'rounds': use one of ARGON2ID, PBKDF2_SHA256, SCRYPT",
                assertThrows(NoSuchThingException.class, () -> derivation("rounds", null))
                        .getMessage());
        assertEquals(Map.of(), settings.changed());
    }

    @Test
    void theBundleOfOneOfOursIsListedWhereItIsStoppedToo() {
        stop(gcm);
        installed.add(bundle("org.partyline.aead-aes256gcm", Bundle.RESOLVED));
        installed.add(bundle("org.partyline.kdf-pbkdf2", Bundle.INSTALLED));
        registry.removeDerivation(pbkdf2, reference(pbkdf2));
        assertEquals("org.partyline.aead-aes256gcm 1.2.3", listed("AES_256_GCM").bundle());
        assertEquals("stopped", listed("AES_256_GCM").bundleState());
        assertEquals("org.partyline.kdf-pbkdf2 1.2.3", listed("PBKDF2_SHA256").bundle());
        assertEquals("installed", listed("PBKDF2_SHA256").bundleState());
        assertEquals("", listed("AES_256_EAX").bundle());
        of(bundle("com.example.gcm", Bundle.ACTIVE), gcm);
        start(gcm);
        assertEquals("com.example.gcm 1.2.3", listed("AES_256_GCM").bundle(), "the one that provides it");
        assertEquals("active", listed("AES_256_GCM").bundleState());
    }

    /** Its bundle may have been removed for good: it is listed and can be allowed again. */
    @Test
    void aNameThatOnlyTheSettingsKnowIsListed() throws Exception {
        settings.suites(List.of("AES_256_GCM"), Set.of("ROT13"));
        Suite suite = listed("ROT13");
        assertEquals(List.of("unknown", "absent"), List.of(suite.kind(), suite.bundleState()));
        assertFalse(suite.allowed());
        registry.allow("rot13");
        assertEquals(Map.of(SuiteSettings.DENIED, ""), settings.changed());
        settings.suites(List.of("AES_256_GCM"), Set.of());
        assertFalse(names().contains("ROT13"));
    }

    // ---- derivations

    private KdfParameters derivation(String name, Integer timeCost) throws NoSuchThingException {
        return registry.derivation(
                Optional.ofNullable(name), Optional.ofNullable(timeCost), Optional.empty(), Optional.empty());
    }

    @Test
    void aDerivationStatesItsDefaultsAndItsLimits() throws Exception {
        provide(new Rounds(ROUNDS, 9));
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
    void aDerivationThatIsGoneHasNoParametersAndIsTold() {
        AtomicInteger changes = new AtomicInteger();
        registry.onChange(changes::incrementAndGet);
        KeyDerivation rounds = new Rounds(ROUNDS, 9);
        provide(rounds);
        registry.removeDerivation(rounds, reference(rounds));
        assertEquals(2, changes.get());
        assertEquals(Optional.empty(), registry.derivation(ROUNDS));
        assertEquals(
                "there is no key derivation 'ROUNDS': use one of ARGON2ID, PBKDF2_SHA256, SCRYPT",
                assertThrows(NoSuchThingException.class, () -> derivation("ROUNDS", null))
                        .getMessage());
    }

    @Test
    void aDerivationOfAnotherCodeIsAnotherOne() {
        provide(new Rounds(ROUNDS, 9));
        assertEquals(Optional.empty(), registry.derivation(new KdfId(202, "ROUNDS")));
    }

    @Test
    void withoutAnyDerivationTheReasonSaysSoAndTheProtocolsHaveTheirParameters() throws Exception {
        SuiteRegistry empty = new SuiteRegistry(proxy(BundleContext.class, (method, arguments) -> null));
        assertEquals(
                "there is no key derivation 'rounds': none is active (partyline:suite-list)",
                assertThrows(
                                NoSuchThingException.class,
                                () -> empty.derivation(
                                        Optional.of("rounds"), Optional.empty(), Optional.empty(), Optional.empty()))
                        .getMessage());
        assertEquals(
                KdfParameters.ARGON2ID_DEFAULT,
                empty.derivation(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    /** The parameters were stored, or restored from a backup, when the limits were unknown. */
    @Test
    void oneIsNotThereForWhatIsOutsideItsLimits() {
        KeyDerivation rounds = new Rounds(ROUNDS, 8);
        provide(rounds);
        assertEquals(Optional.of(rounds), registry.derivation(new KdfParameters(ROUNDS, 8, 0, 0)));
        assertEquals(Optional.empty(), registry.derivation(new KdfParameters(ROUNDS, 9, 0, 0)));
        assertEquals(Optional.of(ROUNDS), registry.otherDerivation(201));
        assertEquals(Optional.empty(), registry.otherDerivation(1), "the protocol's is known anyway");
    }
}
