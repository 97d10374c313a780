package org.partyline.metrics;

import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Looks up services in the framework, each for one measurement only. */
final class BundleSources implements Sources {
    private final BundleContext context;

    BundleSources(BundleContext context) {
        this.context = context;
    }

    @Override
    public <T> Optional<T> find(Class<T> type) {
        ServiceReference<T> reference = context.getServiceReference(type);
        T service = reference == null ? null : context.getService(reference);
        if (service == null) {
            return Optional.empty();
        }
        context.ungetService(reference);
        return Optional.of(service);
    }
}
