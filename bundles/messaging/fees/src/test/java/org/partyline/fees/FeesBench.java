package org.partyline.fees;

import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.engine.Fees;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** The fees and spending of transactions, on a bench with a node and a wallet. */
final class FeesBench implements AutoCloseable {
    final HandSetClock clock = new HandSetClock();
    final TestNetwork network = new TestNetwork(clock);
    final TestNetwork.Node node = network.node("a");
    final StageBench stage;
    final FeesStage feesStage;
    final Pricing pricing;
    final Spending spending;
    final Fees fees;

    FeesBench() {
        stage = new StageBench(clock);
        stage.nodes.add(node);
        feesStage = stage.add(FeesStage::new);
        pricing = StageBench.offered(feesStage, Pricing.class);
        spending = StageBench.offered(feesStage, Spending.class);
        fees = StageBench.offered(feesStage, Fees.class);
    }

    private static final AtomicLong TRANSACTIONS = new AtomicLong();

    /** For another transaction each time, which replaces none. */
    static Spending.Payment payment(long fee, int persona) {
        return new Spending.Payment(Keys.of(TRANSACTIONS.incrementAndGet()), null, fee, persona);
    }

    /** Sets the limits of a transaction's rate. @param band in percent */
    void rates(long minimum, long maximum, int band) {
        FeeSettings now = stage.settings.get().fees();
        stage.settings.fees(new FeeSettings(
                new FeeRate(minimum),
                new FeeRate(maximum),
                now.target(),
                band,
                now.capMessage(),
                now.capHour(),
                now.capDay(),
                now.mainnetAccepted()));
    }

    /** Sets the caps, in satoshi. */
    void caps(long message, long hour, long day) {
        FeeSettings now = stage.settings.get().fees();
        stage.settings.fees(new FeeSettings(
                now.minimum(), now.maximum(), now.target(), now.band(), message, hour, day, now.mainnetAccepted()));
    }

    /** Adds a policy of another bundle. */
    void add(FeePolicy policy, int ranking) {
        feesStage.addFeePolicy(policy, reference(ranking));
    }

    /** A reference that is ordered by its ranking. */
    @SuppressWarnings("unchecked")
    static ServiceReference<FeePolicy> reference(int ranking) {
        return (ServiceReference<FeePolicy>) Proxy.newProxyInstance(
                ServiceReference.class.getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getProperty" -> ranking;
                    case "compareTo" ->
                        Integer.compare(ranking, (Integer)
                                ((ServiceReference<?>) arguments[0]).getProperty(Constants.SERVICE_RANKING));
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    /** Like the payment for a packet: checks first, and counts. @return why it may not be paid */
    Optional<String> spend(long fee) throws StoreException {
        return stage.guard.open(() -> stage.guard.transact(tx -> {
            Optional<String> refusal = spending.refuse(tx, fee, 0, StageBench.ALICE.id());
            if (refusal.isEmpty()) {
                spending.countPacket(tx, payment(fee, StageBench.ALICE.id()), Network.REGTEST);
            }
            return refusal;
        }));
    }

    @Override
    public void close() {
        stage.close();
    }
}
