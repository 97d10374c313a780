package org.partyline.foreignbundles;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.bundles.ForeignBundles;

class ForeignBundleAuditTest {
    private static final String SUM = "0123456789abcdef".repeat(4);
    private static final String DETAIL = "bundle 7, com.example 1.0.0, SHA-256 0123456789abcdef…";

    private final List<String> audited = new ArrayList<>();
    private List<ForeignBundles.ForeignBundle> now = List.of();

    private final AuditLog log = new AuditLog() {
        @Override
        public void record(String event, String detail) {
            audited.add(event + ": " + detail);
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

    private final ForeignBundles foreign = new ForeignBundles() {
        @Override
        public List<ForeignBundle> list() {
            return now;
        }

        @Override
        public String allowList() {
            return "";
        }

        @Override
        public List<String> problems() {
            return List.of();
        }
    };

    private static <T> T none(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, args) -> method.getReturnType() == long.class ? 7L : null));
    }

    private void is(boolean allowed, boolean running) {
        now = List.of(new ForeignBundles.ForeignBundle(7, "com.example", "1.0.0", SUM, allowed, running, ""));
    }

    @Test
    void eachStepOfAForeignBundleIsOneLine() {
        ForeignBundleAudit audit = new ForeignBundleAudit(none(BundleContext.class), foreign, log);
        Bundle bundle = none(Bundle.class);
        is(false, false);
        audit.bundleChanged(new BundleEvent(BundleEvent.INSTALLED, bundle));
        audit.bundleChanged(new BundleEvent(BundleEvent.RESOLVED, bundle));
        is(true, false);
        audit.bundleChanged(new BundleEvent(BundleEvent.RESOLVED, bundle));
        is(true, true);
        audit.bundleChanged(new BundleEvent(BundleEvent.STARTED, bundle));
        is(true, false);
        audit.bundleChanged(new BundleEvent(BundleEvent.STOPPED, bundle));
        now = List.of();
        audit.bundleChanged(new BundleEvent(BundleEvent.UNINSTALLED, bundle));

        assertEquals(
                List.of(
                        "foreign-bundle-refused: " + DETAIL,
                        "foreign-bundle-allowed: " + DETAIL,
                        "foreign-bundle-started: " + DETAIL,
                        "foreign-bundle-allowed: " + DETAIL,
                        "foreign-bundle-removed: " + DETAIL),
                audited);
    }

    @Test
    void whatIsThereAtAStartIsWritten() {
        is(true, true);

        new ForeignBundleAudit(none(BundleContext.class), foreign, log);

        assertEquals(List.of("foreign-bundle-started: " + DETAIL), audited);
    }

    @Test
    void bundlesOfOursAreNotWritten() {
        ForeignBundleAudit audit = new ForeignBundleAudit(none(BundleContext.class), foreign, log);

        audit.bundleChanged(new BundleEvent(BundleEvent.STARTED, none(Bundle.class)));
        audit.bundleChanged(new BundleEvent(BundleEvent.UNINSTALLED, none(Bundle.class)));

        assertEquals(List.of(), audited);
    }
}
