package org.partyline.foreignbundles;

import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.bundles.ForeignBundles;
import org.partyline.api.bundles.ForeignBundles.ForeignBundle;

/**
 * Writes an audit entry for each third-party bundle that is refused, allowed, started, stopped or removed, and for
 * those present at a start.
 */
@Component(service = ForeignBundleAudit.class, immediate = true)
public final class ForeignBundleAudit implements SynchronousBundleListener {
    /** The number of written digits of a sum. The audit log would take a whole sum for a key, and redact it. */
    private static final int SUM_DIGITS = 16;

    private final BundleContext context;
    private final ForeignBundles foreign;
    private final AuditLog audit;
    /** The last entry about each bundle, by its number. */
    private final Map<Long, Line> written = new HashMap<>();

    private record Line(String event, String detail) {}

    /** For Declarative Services. */
    @Activate
    public ForeignBundleAudit(BundleContext context, @Reference ForeignBundles foreign, @Reference AuditLog audit) {
        this.context = context;
        this.foreign = foreign;
        this.audit = audit;
        context.addBundleListener(this);
        look();
    }

    @Deactivate
    void stop() {
        context.removeBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        switch (event.getType()) {
            case BundleEvent.INSTALLED, BundleEvent.UPDATED, BundleEvent.RESOLVED, BundleEvent.UNRESOLVED -> look();
            case BundleEvent.STARTED, BundleEvent.STOPPED -> look();
            case BundleEvent.UNINSTALLED -> removed(event.getBundle().getBundleId());
            default -> {
                // A transitional state.
            }
        }
    }

    private synchronized void look() {
        for (ForeignBundle bundle : foreign.list()) {
            String name = "bundle " + bundle.id() + ", " + bundle.name() + " " + bundle.version() + ", SHA-256 "
                    + (bundle.sum().isEmpty()
                            ? "unknown"
                            : bundle.sum()
                                            .substring(
                                                    0,
                                                    Math.min(
                                                            SUM_DIGITS,
                                                            bundle.sum().length())) + "…");
            String event = bundle.running() ? "foreign-bundle-started" : "foreign-bundle-refused";
            if (!bundle.running() && bundle.allowed()) {
                event = "foreign-bundle-allowed";
            }
            Line line = new Line(event, name);
            if (!line.equals(written.put(bundle.id(), line))) {
                audit.record(line.event(), line.detail());
            }
        }
    }

    private synchronized void removed(long id) {
        Line last = written.remove(id);
        if (last != null) {
            audit.record("foreign-bundle-removed", last.detail());
        }
    }
}
