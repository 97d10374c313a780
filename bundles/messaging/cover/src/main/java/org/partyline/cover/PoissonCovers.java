package org.partyline.cover;

import java.util.Hashtable;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.cover.CoverFactory;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.Cover;

/** Registers cover traffic with the server, and the service for its commands while the server uses it. */
@Component
public final class PoissonCovers implements CoverFactory {
    private final BundleContext bundle;
    private final Timing timing;

    /** For Declarative Services. */
    @Activate
    public PoissonCovers(BundleContext bundle) {
        this(bundle, new PoissonTiming());
    }

    /** @param timing determines slots and decoys */
    public PoissonCovers(BundleContext bundle, Timing timing) {
        this.bundle = bundle;
        this.timing = timing;
    }

    @Override
    public CoverTraffic open(CoverContext context) {
        Offer offer = new Offer();
        PoissonCover traffic = new PoissonCover(context, timing, new CoverBudget(context), offer::end);
        offer.begin(bundle, new CoverService(context, traffic));
        return traffic;
    }

    /** The registered service. */
    private static final class Offer {
        private @Nullable ServiceRegistration<Cover> registration;

        void begin(BundleContext bundle, Cover service) {
            registration = bundle.registerService(Cover.class, service, new Hashtable<>());
        }

        void end() {
            try {
                if (registration != null) {
                    registration.unregister();
                }
            } catch (IllegalStateException e) {
                // The framework unregistered it with the bundle.
            }
        }
    }
}
