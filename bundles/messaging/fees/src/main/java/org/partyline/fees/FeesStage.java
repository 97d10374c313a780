package org.partyline.fees;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.engine.Fees;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.StateServices;

/** Publishes fees and spending while its bundle runs. */
@Component(service = FeesStage.class, immediate = true)
public final class FeesStage {
    /** The highest ranking first, then the oldest. */
    private final Map<ServiceReference<FeePolicy>, FeePolicy> policies =
            new ConcurrentSkipListMap<>(Comparator.reverseOrder());

    private final Bus bus;
    private final Offers offers = new Offers();

    @Activate
    public FeesStage(@Reference StateServices state) {
        bus = state.notices().bus();
        OperatorSettings settings = state.settings();
        CoverOrders orders = new CoverOrders(state.protocols().coverTraffic.service(), state.guard(), state.clock());
        FeeMath math = new ExactFeeMath();
        Pricing pricing =
                new MarketPricing(settings, state.protocols().nodes.service(), math, state.random(), policies.values());
        Spending spending = new StoredSpending(state.clock(), settings, orders, math, state.coverSlots());
        offers.add(Pricing.class, pricing);
        offers.add(Spending.class, spending);
        offers.add(Fees.class, new FeeService(state.guard(), state.clock(), settings, bus, pricing));
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

    /** Adds a policy of another bundle. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addFeePolicy(FeePolicy policy, ServiceReference<FeePolicy> reference) {
        policies.put(reference, policy);
        bus.publish(new Bus.Retry());
    }

    public void removeFeePolicy(FeePolicy policy) {
        // Not by its reference, whose ranking may have changed.
        policies.values().removeIf(one -> one == policy);
        bus.publish(new Bus.Retry());
    }
}
