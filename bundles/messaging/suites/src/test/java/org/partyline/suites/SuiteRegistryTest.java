package org.partyline.suites;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.Kem;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Suites;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.TestSettings;

class SuiteRegistryTest {
    private final List<Class<?>> offered = new ArrayList<>();
    private final SuiteRegistry registry =
            new SuiteRegistry(proxy(BundleContext.class, (method, arguments) -> switch (method) {
                case "registerService" -> {
                    Class<?> type = (Class<?>) arguments[0];
                    offered.add(type);
                    yield proxy(ServiceRegistration.class, (name, none) -> {
                        offered.remove(type);
                        return null;
                    });
                }
                case "getBundles" -> new Bundle[0];
                default -> null;
            }));

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

    private static OperatorSettings settings(List<String> preference, Set<String> denied) {
        TestSettings settings = new TestSettings();
        settings.suites(preference, denied);
        return settings;
    }

    private AeadSuite provide(String name, int code) {
        AeadId id = new AeadId(code, name, 12);
        AeadSuite suite = proxy(AeadSuite.class, (method, arguments) -> method.equals("id") ? id : null);
        registry.addSuite(suite, proxy(ServiceReference.class, (method, arguments) -> null));
        return suite;
    }

    @Test
    void itIsOfferedOnceTheSettingsAreKnownAndStaysWhenTheyGo() {
        registry.start();
        assertEquals(List.of(), offered);
        OperatorSettings settings = settings(List.of(), Set.of());
        registry.setOperatorSettings(settings);
        assertEquals(List.of(SuiteDirectory.class, Suites.class), offered);
        registry.unsetOperatorSettings(settings);
        registry.setOperatorSettings(settings);
        assertEquals(2, offered.size());
        registry.stop();
        assertEquals(List.of(), offered);
    }

    @Test
    void itIsOfferedOnceItStartsWhereTheSettingsCameFirst() {
        registry.setOperatorSettings(settings(List.of(), Set.of()));
        assertEquals(List.of(), offered);
        registry.start();
        assertEquals(2, offered.size());
    }

    private Suites.Suite kem() {
        return registry.list().stream()
                .filter(suite -> suite.kind().equals("kem"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void thePostQuantumAlgorithmIsListedWithItsBundleAndNoCommandDeniesIt() {
        registry.setOperatorSettings(settings(List.of(), Set.of()));
        assertFalse(kem().available());
        assertEquals("absent", kem().bundleState());
        Bundle bundle = proxy(Bundle.class, (method, arguments) -> switch (method) {
            case "getSymbolicName" -> "org.partyline.kem-mlkem768";
            case "getState" -> Bundle.ACTIVE;
            default -> null;
        });
        ServiceReference<Kem> reference = proxy(ServiceReference.class, (method, arguments) -> bundle);
        registry.setKem(reference);
        assertEquals("ML_KEM_768", kem().name());
        assertTrue(kem().available());
        assertEquals("active", kem().bundleState());
        String refused = assertThrows(PartylineException.class, () -> registry.deny("ml-kem-768"))
                .getMessage();
        assertTrue(refused.contains("set post-quantum"), refused);
        registry.unsetKem(reference);
        assertFalse(kem().available());
    }

    @Test
    void aKeyDerivationThatIsDeniedIsNotUsed() {
        registry.setOperatorSettings(settings(List.of(), Set.of("SCRYPT")));
        for (KdfId id : List.of(KdfId.SCRYPT, KdfId.PBKDF2_SHA256)) {
            KeyDerivation derivation =
                    proxy(KeyDerivation.class, (method, arguments) -> method.equals("id") ? id : null);
            registry.addDerivation(derivation, proxy(ServiceReference.class, (method, arguments) -> null));
        }
        assertEquals(Optional.empty(), registry.derivation(KdfId.SCRYPT));
        assertEquals(Optional.empty(), registry.derivation(KdfParameters.defaults(KdfId.SCRYPT)));
        assertTrue(registry.derivation(KdfId.PBKDF2_SHA256).isPresent());
    }

    @Test
    void whatIsPreferredAndAllowedSealsAndStaysSoWhileTheSettingsAreAway() {
        OperatorSettings settings = settings(List.of("FIRST", "SECOND"), Set.of("FIRST"));
        registry.setOperatorSettings(settings);
        provide("FIRST", 201);
        assertEquals(Optional.empty(), registry.sealing());
        assertTrue(registry.whyNoneSeals().startsWith("it waits for a cipher suite: none of FIRST, SECOND"));
        AeadSuite second = provide("SECOND", 202);
        registry.unsetOperatorSettings(settings);
        assertEquals(Optional.of(second), registry.sealing());
        assertEquals(Optional.empty(), registry.suite("FIRST"));
        assertTrue(registry.installed("FIRST").isPresent());
        assertTrue(registry.forbidsAny());
        assertFalse(registry.allowed().contains("FIRST"));
        assertTrue(registry.every().contains("FIRST"));
        PartylineException refused = assertThrows(PartylineException.class, () -> registry.allow("FIRST"));
        assertTrue(refused.getMessage().contains("org.partyline.settings"), refused.getMessage());
    }

    /** From two consoles, or from a console and the page. */
    @Test
    void ofTwoThatAreDeniedAtOnceBothAre() throws Exception {
        TestSettings stored = new TestSettings();
        Thread other = new Thread(() -> assertDoesNotThrow(() -> registry.deny("SCRYPT")));
        registry.setOperatorSettings(proxy(OperatorSettings.class, (method, arguments) -> switch (method) {
            case "get" -> stored.get();
            case "set" -> {
                if (other.getState() == Thread.State.NEW) {
                    other.start();
                    Eventually.that(
                            "the other one waits or is done",
                            () -> Set.of(Thread.State.BLOCKED, Thread.State.TERMINATED)
                                    .contains(other.getState()));
                }
                stored.suites(List.of(), Set.of(((String) arguments[1]).split(",")));
                yield null;
            }
            default -> null;
        }));
        registry.deny("ARGON2ID");
        other.join();
        assertEquals(Set.of("ARGON2ID", "SCRYPT"), stored.get().suites().denied());
    }
}
