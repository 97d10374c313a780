package org.partyline.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Outages.Outage;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.Logged;

class BundleWatchTest {
    private final HandSetClock clock = new HandSetClock();
    private final FakeBundle fees = new FakeBundle(7, "org.partyline.fees");
    private final FakeBundle strangers = new FakeBundle(8, "org.example.other");
    private final FakeBundle system = new FakeBundle(0, "org.apache.felix.framework");
    private final FakeBundle own = new FakeBundle(9, "org.partyline.vault");
    private final List<FakeBundle> installed = new ArrayList<>(List.of(system, strangers, own, fees));
    private final List<Object> listeners = new ArrayList<>();
    private boolean booted = true;
    private final BundleWatch watch = new BundleWatch(context(), clock, () -> booted);
    private final List<String> audited = new ArrayList<>();

    private static final class FakeBundle {
        final long id;
        final String name;
        int state = Bundle.ACTIVE;
        boolean startsByItself = true;
        final Dictionary<String, String> headers = new Hashtable<>();
        final List<String> provides = new ArrayList<>();
        final List<String> needs = new ArrayList<>();
        /** Of these, the ones it does not require. */
        final List<String> optional = new ArrayList<>();

        FakeBundle(long id, String name) {
            this.id = id;
            this.name = name;
        }

        private BundleStartLevel level() {
            return (BundleStartLevel) Proxy.newProxyInstance(
                    BundleStartLevel.class.getClassLoader(),
                    new Class<?>[] {BundleStartLevel.class},
                    (self, method, arguments) -> startsByItself);
        }

        /**
         * As bnd generates it from components: a capability for each provided service, and a requirement for each
         * required one.
         */
        private BundleRevision revision() {
            return proxy(BundleRevision.class, (method, arguments) -> switch (method) {
                case "getDeclaredCapabilities" ->
                    provides.stream()
                            .map(type ->
                                    proxy(BundleCapability.class, (name, none) -> Map.of("objectClass", List.of(type))))
                            .toList();
                case "getDeclaredRequirements" ->
                    needs.stream()
                            .map(type -> proxy(
                                    BundleRequirement.class,
                                    (name, none) -> Map.of(
                                            "filter",
                                            "(objectClass=" + type + ")",
                                            "resolution",
                                            optional.contains(type) ? "optional" : "mandatory")))
                            .toList();
                default -> null;
            });
        }

        private static <T> T proxy(Class<T> type, BiFunction<String, Object[], Object> handler) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (self, method, arguments) -> handler.apply(method.getName(), arguments)));
        }

        Bundle bundle() {
            return (Bundle) Proxy.newProxyInstance(
                    Bundle.class.getClassLoader(),
                    new Class<?>[] {Bundle.class},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "getBundleId" -> id;
                        case "getSymbolicName" -> name;
                        case "getVersion" -> new Version("0.1.0");
                        case "getState" -> state;
                        case "getHeaders" -> headers;
                        case "adapt" -> arguments[0] == BundleRevision.class ? revision() : level();
                        case "hashCode" -> (int) id;
                        case "equals" -> arguments[0] instanceof Bundle other && other.getBundleId() == id;
                        case "toString" -> name;
                        default -> null;
                    });
        }
    }

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getBundles" ->
                        installed.stream().map(FakeBundle::bundle).toArray(Bundle[]::new);
                    case "getBundle" -> arguments == null ? own.bundle() : system.bundle();
                    case "addBundleListener" -> listeners.add(arguments[0]) ? null : null;
                    case "removeBundleListener" -> listeners.remove(arguments[0]) ? null : null;
                    default -> null;
                });
    }

    private AuditLog log() {
        return new AuditLog() {
            @Override
            public void record(String event, String detail) {
                audited.add(event + " " + detail);
            }

            @Override
            public List<Entry> newest(int most) {
                return List.of();
            }

            @Override
            public AutoCloseable follow(Consumer<Entry> listener) {
                return () -> {};
            }
        };
    }

    private void happens(FakeBundle bundle, int type, int state) {
        bundle.state = state;
        watch.bundleChanged(new BundleEvent(type, bundle.bundle()));
    }

    @Test
    void eachStopStartAndUpdateOfABundleOfOursIsAudited() {
        watch.setAuditLog(log());
        happens(fees, BundleEvent.STOPPED, Bundle.RESOLVED);
        happens(fees, BundleEvent.UPDATED, Bundle.INSTALLED);
        happens(fees, BundleEvent.STARTED, Bundle.ACTIVE);
        happens(strangers, BundleEvent.STOPPED, Bundle.RESOLVED);
        assertEquals(
                List.of(
                        "bundle-stopped org.partyline.fees 0.1.0",
                        "bundle-updated org.partyline.fees 0.1.0",
                        "bundle-started org.partyline.fees 0.1.0"),
                audited);
    }

    @Test
    void whatHappensWhileTheAuditLogIsAwayIsWrittenWhenItReturnsWithItsTime() {
        happens(fees, BundleEvent.STOPPED, Bundle.RESOLVED);
        watch.setAuditLog(log());
        assertEquals(List.of("bundle-stopped org.partyline.fees 0.1.0 (at 2026-11-20T12:00:00Z)"), audited);
    }

    @Test
    void whatIsStoppedIsListedWithItsTimeAndNamedAsWhatIsWaitedFor() {
        assertEquals(List.of(), watch.list());
        assertEquals(Optional.empty(), watch.stopped("fees"));
        happens(fees, BundleEvent.STOPPED, Bundle.RESOLVED);
        assertEquals(
                List.of(new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(clock.instant()))),
                watch.list());
        assertEquals(
                Optional.of("it waits for bundle org.partyline.fees, which is stopped since 12:00:00 UTC"),
                watch.stopped("fees"));
        happens(fees, BundleEvent.STARTED, Bundle.ACTIVE);
        assertEquals(List.of(), watch.list());
    }

    @Test
    void whatIsMissingIsFoundByWhatBundlesProvideAndNeed() {
        FakeBundle packet = new FakeBundle(20, "org.partyline.packet");
        FakeBundle padding = new FakeBundle(21, "org.partyline.padding");
        installed.addAll(List.of(packet, padding));
        packet.provides.add("org.example.Codec");
        packet.needs.addAll(List.of("org.example.Codec", "org.example.Padding"));
        padding.provides.add("org.example.Padding");
        assertEquals(Optional.empty(), watch.missing("org.example.Codec"));
        assertEquals(1, watch.providers("org.example.Codec"));
        assertEquals(0, watch.providers("org.example.Nothing"));
        assertEquals(Optional.empty(), watch.missing("org.example.Nothing"));
        FakeBundle colours = new FakeBundle(22, "org.partyline.colours");
        installed.add(1, colours);
        colours.provides.add("org.example.Colours");
        packet.needs.add(0, "org.example.Colours");
        packet.optional.add("org.example.Colours");
        happens(colours, BundleEvent.STOPPED, Bundle.RESOLVED);
        assertEquals(Optional.empty(), watch.missing("org.example.Codec"), "it can do without");
        happens(padding, BundleEvent.STOPPED, Bundle.RESOLVED);
        assertEquals(
                Optional.of("it waits for bundle org.partyline.padding, which is stopped since 12:00:00 UTC"),
                watch.missing("org.example.Codec"),
                "the one that runs waits for it");
        happens(packet, BundleEvent.STOPPED, Bundle.RESOLVED);
        assertEquals(
                Optional.of("it waits for bundle org.partyline.packet, which is stopped since 12:00:00 UTC"),
                watch.missing("org.example.Codec"));
        assertEquals(1, watch.providers("org.example.Codec"), "it counts, whether it runs or not");
    }

    @Test
    void whoStartsWhatWasStoppedBeforeTheServerStartedIsAudited() {
        watch.setAuditLog(log());
        fees.state = Bundle.RESOLVED;
        fees.startsByItself = false;
        booted = false;
        watch.start();
        booted = true;
        assertTrue(watch.hasBooted(), "nothing more starts by itself");
        happens(fees, BundleEvent.STARTED, Bundle.ACTIVE);
        assertEquals(List.of("bundle-started org.partyline.fees 0.1.0"), audited);
    }

    @Test
    void aStartOfTheWholeServerOrItsEndIsNotOneLineForEachBundle() {
        watch.setAuditLog(log());
        fees.state = Bundle.RESOLVED;
        watch.start();
        assertFalse(watch.hasBooted());
        happens(fees, BundleEvent.STARTED, Bundle.ACTIVE);
        assertTrue(watch.hasBooted());
        system.state = Bundle.STOPPING;
        happens(fees, BundleEvent.STOPPED, Bundle.RESOLVED);
        assertEquals(List.of(), audited);
    }

    @Test
    void whatIsInstalledStartedAndRemovedByHandIsAudited() {
        watch.setAuditLog(log());
        FakeBundle padding = new FakeBundle(12, "org.partyline.padding");
        installed.add(padding);
        happens(padding, BundleEvent.INSTALLED, Bundle.INSTALLED);
        happens(padding, BundleEvent.STARTED, Bundle.ACTIVE);
        installed.remove(padding);
        happens(padding, BundleEvent.UNINSTALLED, Bundle.UNINSTALLED);
        assertEquals(
                List.of("bundle-started org.partyline.padding 0.1.0", "bundle-uninstalled org.partyline.padding 0.1.0"),
                audited);
    }

    @Test
    void whatIsInstalledAsTheServerStartsForTheFirstTimeIsNot() {
        watch.setAuditLog(log());
        booted = false;
        happens(fees, BundleEvent.INSTALLED, Bundle.INSTALLED);
        happens(fees, BundleEvent.STARTED, Bundle.ACTIVE);
        assertEquals(List.of(), audited);
        assertFalse(watch.hasBooted(), "not all was started that starts by itself");
        booted = true;
        assertTrue(watch.hasBooted());
    }

    @Test
    void eachReturnOfABundleIsAuditedOnce() {
        watch.setAuditLog(log());
        happens(fees, BundleEvent.STOPPED, Bundle.RESOLVED);
        happens(fees, BundleEvent.STARTED, Bundle.ACTIVE);
        audited.clear();
        happens(fees, BundleEvent.STARTED, Bundle.ACTIVE);
        assertEquals(List.of(), audited);
    }

    @Test
    void fragmentsAndBundlesWithoutANameAndStrangersAreNotOurs() {
        watch.setAuditLog(log());
        FakeBundle fragment = new FakeBundle(13, "org.partyline.branding");
        fragment.headers.put("Fragment-Host", "org.apache.karaf.shell.console");
        FakeBundle nameless = new FakeBundle(14, null);
        installed.addAll(List.of(fragment, nameless));
        for (FakeBundle bundle : List.of(fragment, nameless, strangers)) {
            happens(bundle, BundleEvent.STOPPED, Bundle.RESOLVED);
        }
        assertEquals(List.of(), audited);
        assertEquals(List.of(), watch.list());
        assertTrue(watch.hasBooted(), "a fragment never runs by itself");
    }

    @Test
    void whatIsStoppedIsListedByName() {
        FakeBundle cover = new FakeBundle(15, "org.partyline.cover");
        installed.add(cover);
        happens(fees, BundleEvent.STOPPED, Bundle.RESOLVED);
        happens(cover, BundleEvent.STOPPED, Bundle.RESOLVED);
        assertEquals(
                List.of("org.partyline.cover", "org.partyline.fees"),
                watch.list().stream().map(Outage::bundle).toList());
    }

    @Test
    void whatHappensAgainWhileTheAuditLogIsAwayIsWrittenOnceAndTheOldestOfVeryManyIsLost() {
        watch.setAuditLog(log());
        AuditLog gone = log();
        watch.setAuditLog(gone);
        watch.unsetAuditLog(log());
        happens(fees, BundleEvent.UPDATED, Bundle.ACTIVE);
        assertEquals(1, audited.size(), "another one than the one in use went");
        watch.unsetAuditLog(gone);
        for (int i = 0; i < 101; i++) {
            happens(fees, i == 0 ? BundleEvent.STOPPED : BundleEvent.UPDATED, Bundle.RESOLVED);
        }
        assertEquals(1, audited.size(), "the log that went gets nothing more");
        watch.setAuditLog(log());
        assertEquals(1 + 100, audited.size());
        assertTrue(audited.stream().noneMatch(entry -> entry.startsWith("bundle-stopped")));
        watch.setAuditLog(log());
        assertEquals(1 + 100, audited.size(), "nothing is written twice");
    }

    @Test
    void theEngineSaysItselfThatItWasStartedAndStopped() {
        watch.setAuditLog(log());
        watch.start();
        assertEquals(List.of("bundle-started org.partyline.vault 0.1.0"), audited);
        assertEquals(List.of(watch), listeners);
        watch.stop();
        assertEquals("bundle-stopped org.partyline.vault 0.1.0", audited.get(1));
        assertEquals(List.of(), listeners);
    }

    @Test
    void theServerHasBootedOnceKarafSaysSo() {
        boolean[] finished = {false};
        BundleWatch karafs =
                new BundleWatch(FakeBundle.proxy(BundleContext.class, (method, arguments) -> switch (method) {
                    case "getServiceReference" ->
                        finished[0] && arguments[0].equals("org.apache.karaf.features.BootFinished")
                                ? FakeBundle.proxy(ServiceReference.class, (name, none) -> null)
                                : null;
                    case "getBundles" -> new Bundle[0];
                    default -> null;
                }));
        assertFalse(karafs.hasBooted());
        finished[0] = true;
        assertTrue(karafs.hasBooted());
    }

    @Test
    void theEngineThatStopsWithTheWholeServerSaysNothing() {
        watch.setAuditLog(log());
        system.state = Bundle.STOPPING;
        watch.stop();
        assertEquals(List.of(), audited);
    }

    @Test
    void eachIsALineInTheLogToo() throws Exception {
        String lines = Logged.during(() -> happens(fees, BundleEvent.STOPPED, Bundle.RESOLVED));
        assertTrue(lines.contains("bundle-stopped: org.partyline.fees 0.1.0"), lines);
    }
}
