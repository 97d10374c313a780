package org.partyline.delivery;

import java.time.Duration;
import java.util.Map;
import org.osgi.framework.Constants;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarrierFactory;
import org.partyline.api.engine.Messages;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.PlainCarrier;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** The way out on a bench, with a node, its wallet and a carrier. */
final class DeliveryBench implements AutoCloseable {
    final HandSetClock clock = new HandSetClock();
    final TestNetwork network = new TestNetwork(clock);
    final TestNetwork.Node node = network.node("a");
    final PlainCarrier carrier = new PlainCarrier();
    final StageBench stage;
    DeliveryStage delivery;
    /** Whether the whole program ends. */
    volatile boolean ending;

    private long nextService = 1;

    DeliveryBench() {
        stage = new StageBench(clock);
        stage.nodes.add(node);
        delivery = stage.add(context -> new DeliveryStage(context, () -> ending));
        add(carrier);
        delivery.begin();
        stage.nodes.watch(stage.reception);
    }

    /** As when the bundle is started that brings a carrier. */
    void add(CarrierFactory factory) {
        delivery.addCarrier(factory, Map.of(Constants.SERVICE_ID, nextService++));
    }

    /** As when the bundle is stopped that brings a carrier. */
    void remove(CarrierFactory factory) {
        delivery.removeCarrier(factory);
    }

    /** The bundle is stopped, and another instance of it started, without carriers. */
    void restart() {
        delivery.stop();
        delivery = stage.add(context -> new DeliveryStage(context, () -> ending));
        delivery.begin();
    }

    /** What the bundle offers for sending. */
    Sender sender() {
        return (Sender) StageBench.offered(delivery, SendQueue.class);
    }

    /** Lets the sender look at everything once, and waits until it has. */
    void round() throws PartylineException {
        Sender sender = sender();
        sender.call(() -> {
            sender.round();
            return null;
        });
    }

    /** The same when some time has passed: what waited to be tried again is. */
    void pass() throws PartylineException {
        clock.pass(Duration.ofSeconds(61));
        round();
    }

    /** Takes back a message that has left, as who wrote it asks for. */
    Messages.Recalled recall(long id) throws PartylineException {
        Recaller recaller = StageBench.offered(delivery, Recaller.class);
        return sender().call(() -> recaller.recall(id));
    }

    /** The rounds are over that were asked for until now, also by what comes before them: what is told of blocks asks for one itself. */
    void settle() throws PartylineException {
        round();
        round();
    }

    /** The bundle ends in the middle of what it does, or between, and begins anew: nothing of its memory is left. */
    void restart(Runnable meanwhile) {
        stage.nodes.unwatch();
        delivery.stop();
        meanwhile.run();
        delivery = stage.add(context -> new DeliveryStage(context, () -> ending));
        add(carrier);
        delivery.begin();
        stage.nodes.watch(stage.reception);
    }

    @Override
    public void close() {
        stage.nodes.unwatch();
        delivery.stop();
        stage.close();
    }
}
