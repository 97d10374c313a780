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

/** The sending side on a bench, with a node, its wallet and a carrier. */
final class DeliveryBench implements AutoCloseable {
    final HandSetClock clock = new HandSetClock();
    final TestNetwork network = new TestNetwork(clock);
    final TestNetwork.Node node = network.node("a");
    final PlainCarrier carrier = new PlainCarrier();
    final StageBench stage;
    DeliveryStage delivery;
    /** Whether the whole program stops. */
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

    /** Like the start of a bundle that provides a carrier. */
    void add(CarrierFactory factory) {
        delivery.addCarrier(factory, Map.of(Constants.SERVICE_ID, nextService++));
    }

    /** Like the stop of a bundle that provides a carrier. */
    void remove(CarrierFactory factory) {
        delivery.removeCarrier(factory);
    }

    /** Stops the bundle, and starts another instance of it, without carriers. */
    void restart() {
        delivery.stop();
        delivery = stage.add(context -> new DeliveryStage(context, () -> ending));
        delivery.begin();
    }

    /** The bundle's service for sending. */
    Sender sender() {
        return (Sender) StageBench.offered(delivery, SendQueue.class);
    }

    /** Makes the sender check everything once, and waits until it has. */
    void round() throws PartylineException {
        Sender sender = sender();
        sender.call(() -> {
            sender.round();
            return null;
        });
    }

    /** The same after some time: waiting messages were tried again. */
    void pass() throws PartylineException {
        pass(Duration.ofSeconds(61));
    }

    /** Moves the clock; then the same. */
    void pass(Duration time) throws PartylineException {
        // A round that was requested before must not see the new time: what it lets wait would not be tried again here.
        sender().call(() -> null);
        clock.pass(time);
        round();
    }

    /** Recalls a message that has left, like its author. */
    Messages.Recalled recall(long id) throws PartylineException {
        Recaller recaller = StageBench.offered(delivery, Recaller.class);
        return sender().call(() -> recaller.recall(id));
    }

    /** Waits for all requested rounds, including those requested by earlier tasks, such as reports of blocks. */
    void settle() throws PartylineException {
        round();
        round();
    }

    /** Stops the bundle, possibly during its work, and restarts it without its state in memory. */
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
