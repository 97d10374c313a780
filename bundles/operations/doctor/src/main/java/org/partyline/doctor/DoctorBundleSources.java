package org.partyline.doctor;

import java.util.Locale;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.partyline.api.PartylineException;

/** Looks up services in the framework, each for one check only. */
final class DoctorBundleSources implements DoctorSources {
    private final BundleContext context;

    DoctorBundleSources(BundleContext context) {
        this.context = context;
    }

    @Override
    public <T> T need(Class<T> type) throws PartylineException {
        ServiceReference<T> reference = context.getServiceReference(type);
        T service = reference == null ? null : context.getService(reference);
        if (service == null) {
            throw new PartylineException(
                    "the " + type.getSimpleName().toLowerCase(Locale.ROOT) + " service is not running");
        }
        context.ungetService(reference);
        return service;
    }
}
