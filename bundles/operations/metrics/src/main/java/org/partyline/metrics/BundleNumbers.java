package org.partyline.metrics;

import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.partyline.api.engine.Outages;

/** Provides the numbers of stopped and restarted bundles. */
final class BundleNumbers implements MetricSource, BundleListener {
    private static final String OURS = "org.partyline.";

    private final AtomicLong swaps = new AtomicLong();

    @Override
    public void bundleChanged(BundleEvent event) {
        String name = event.getBundle().getSymbolicName();
        if (event.getType() == BundleEvent.STOPPED && name != null && name.startsWith(OURS)) {
            swaps.incrementAndGet();
        }
    }

    @Override
    public void write(Sources sources, Page page) {
        page.counter("bundle_swaps", "Bundles of this program that were stopped since metrics started.", swaps.get());
        page.gauge(
                "bundles_stopped",
                "Bundles of this program that are not running.",
                sources.find(Outages.class).map(all -> all.list().size()).orElse(0));
    }
}
