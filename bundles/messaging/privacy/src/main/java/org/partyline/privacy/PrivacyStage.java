package org.partyline.privacy;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.StateServices;

/** Publishes privacy profiles while its bundle runs. */
@Component(service = PrivacyStage.class, immediate = true)
public final class PrivacyStage {
    private final Bus bus;
    private final Offers offers = new Offers();
    private final Live<Pricing> pricingLive;
    private final Live<Cover> coverLive;

    @Activate
    public PrivacyStage(@Reference StateServices state) {
        bus = state.notices().bus();
        pricingLive = state.live(Pricing.class);
        coverLive = state.live(Cover.class);
        offers.add(
                Privacy.class,
                new PrivacyService(
                        state.guard(),
                        state.settings(),
                        state.protocols().nodes.service(),
                        state.notices(),
                        pricingLive.service(),
                        coverLive.service()));
    }

    /** For Declarative Services. */
    @Activate
    public void publish(BundleContext context) {
        offers.publish(context, bus);
    }

    /** For Declarative Services. */
    @Deactivate
    public void stop() {
        offers.close();
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPricing(Pricing service) {
        pricingLive.set(service);
    }

    public void unsetPricing(Pricing service) {
        pricingLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setCover(Cover service) {
        coverLive.set(service);
    }

    public void unsetCover(Cover service) {
        coverLive.unset(service);
    }
}
