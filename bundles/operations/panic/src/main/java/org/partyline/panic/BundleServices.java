package org.partyline.panic;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Looks services up when they are needed: the worst day waits for none. */
final class BundleServices implements Services {
    private final BundleContext context;

    BundleServices(BundleContext context) {
        this.context = context;
    }

    @Override
    public <T> List<T> all(Class<T> type) {
        try {
            TreeMap<ServiceReference<T>, T> found = new TreeMap<>(Comparator.reverseOrder());
            for (ServiceReference<T> reference : context.getServiceReferences(type, null)) {
                T service = context.getService(reference);
                if (service != null) {
                    found.put(reference, service);
                }
            }
            return found.values().stream().filter(Objects::nonNull).toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("there is no filter", e);
        }
    }
}
