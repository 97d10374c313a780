package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Version;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Outages.Outage;

class BundleWatchTest {
    private final TestClock clock = new TestClock();
    private final FakeBundle fees = new FakeBundle(7, "org.partyline.fees");
    private final FakeBundle strangers = new FakeBundle(8, "org.example.other");
    private final FakeBundle system = new FakeBundle(0, "org.apache.felix.framework");
    private boolean booted = true;
    private final BundleWatch watch = new BundleWatch(context(), clock, () -> booted);
    private final List<String> audited = new ArrayList<>();

    private static final class FakeBundle {
        final long id;
        final String name;
        int state = Bundle.ACTIVE;
        boolean startsByItself = true;

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

        Bundle bundle() {
            Dictionary<String, String> headers = new Hashtable<>();
            return (Bundle) Proxy.newProxyInstance(
                    Bundle.class.getClassLoader(),
                    new Class<?>[] {Bundle.class},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "getBundleId" -> id;
                        case "getSymbolicName" -> name;
                        case "getVersion" -> new Version("0.1.0");
                        case "getState" -> state;
                        case "getHeaders" -> headers;
                        case "adapt" -> level();
                        case "hashCode" -> (int) id;
                        case "equals" -> self == arguments[0];
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
                    case "getBundles" -> new Bundle[] {system.bundle(), fees.bundle(), strangers.bundle()};
                    case "getBundle" -> system.bundle();
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
        assertEquals(Optional.empty(), watch.first(List.of("fees")));
        happens(fees, BundleEvent.STOPPED, Bundle.RESOLVED);
        assertEquals(
                List.of(new Outage("org.partyline.fees", "0.1.0", "stopped", Optional.of(clock.instant()))),
                watch.list());
        assertEquals(
                Optional.of("it waits for bundle org.partyline.fees, which is stopped since 12:00:00 UTC"),
                watch.first(List.of("packet", "fees")));
        happens(fees, BundleEvent.STARTED, Bundle.ACTIVE);
        assertEquals(List.of(), watch.list());
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
}
