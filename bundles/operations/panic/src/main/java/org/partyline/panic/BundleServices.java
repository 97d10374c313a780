package org.partyline.panic;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleRevision;

/** Looks up services when they are needed, without waiting. */
final class BundleServices implements PanicServices {
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

    /** {@inheritDoc} A bundle declares its services in its manifest, even while it is stopped. */
    @Override
    public List<String> away(Class<?> type) {
        return Stream.of(context.getBundles())
                .filter(bundle -> isToOffer(bundle, type.getName()) && !offers(bundle, type.getName()))
                .map(Bundle::getSymbolicName)
                .sorted()
                .toList();
    }

    private static boolean isToOffer(Bundle bundle, String type) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision != null
                && revision.getDeclaredCapabilities("osgi.service").stream()
                        .map(capability -> capability.getAttributes().get(Constants.OBJECTCLASS))
                        .anyMatch(types -> types instanceof List<?> list && list.contains(type));
    }

    private static boolean offers(Bundle bundle, String type) {
        ServiceReference<?>[] registered = bundle.getState() == Bundle.ACTIVE ? bundle.getRegisteredServices() : null;
        return registered != null
                && Stream.of(registered)
                        .anyMatch(reference -> List.of((String[]) reference.getProperty(Constants.OBJECTCLASS))
                                .contains(type));
    }
}
