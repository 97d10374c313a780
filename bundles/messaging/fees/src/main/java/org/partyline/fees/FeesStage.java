package org.partyline.fees;

import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.Fees;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.kernel.Whiteboard;
import org.partyline.messaging.schedule.CoverOrders;
import org.partyline.messaging.schedule.CoverSlots;

/** Offers what transactions pay, and what was spent, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class FeesStage implements Stage {
    private final Whiteboard<FeePolicy> policies = new Whiteboard<>();
    private final Bus bus;
    private final List<Offer<?>> offers;

    @Activate
    public FeesStage(@Reference StageContext context) {
        bus = context.notices().bus();
        OperatorSettings settings = context.settings();
        CoverOrders orders = new CoverOrders(context.part(CoverTraffic.class), context.guard(), context.clock());
        FeeMath math = new ExactFeeMath();
        Pricing pricing =
                new MarketPricing(settings, context.part(NodeDirectory.class), math, context.random(), policies);
        Spending spending = new StoredSpending(context.clock(), settings, orders, math, context.part(CoverSlots.class));
        offers = List.of(
                new Offer<>(Pricing.class, pricing),
                new Offer<>(Spending.class, spending),
                new Offer<>(
                        Fees.class,
                        new FeeService(context.guard(), context.clock(), settings, bus, pricing, spending)));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }

    /** A policy of another bundle. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addFeePolicy(FeePolicy policy, Map<String, Object> properties) {
        policies.add(policy, properties);
        bus.publish(new Bus.Retry());
    }

    public void removeFeePolicy(FeePolicy policy) {
        policies.remove(policy);
        bus.publish(new Bus.Retry());
    }
}
