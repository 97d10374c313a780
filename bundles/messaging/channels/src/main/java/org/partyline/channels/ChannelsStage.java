package org.partyline.channels;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Channels;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateServices;

/** Publishes channels while its bundle runs. */
@Component(service = ChannelsStage.class, immediate = true)
public final class ChannelsStage {
    private final Bus bus;
    private final Offers offers = new Offers();
    private final Live<Reception> receptionLive;
    private final Live<SendQueue> sendQueueLive;
    private final Live<Carriers> carriersLive;
    private final Live<Outbox> outboxLive;

    @Activate
    public ChannelsStage(@Reference StateServices state) {
        receptionLive = state.live(Reception.class);
        sendQueueLive = state.live(SendQueue.class);
        carriersLive = state.live(Carriers.class);
        outboxLive = state.live(Outbox.class);
        StateGuard guard = state.guard();
        Clock clock = state.clock();
        bus = state.notices().bus();
        Reception reception = receptionLive.service();
        ChannelRoots roots = new ChannelRoots(
                state.protocols().channelKeys.service(),
                state.protocols().suites.service(),
                state.protocols().nodes.service(),
                clock,
                state.random(),
                state.settings(),
                state.protocols().legacyReader::instance);
        ChannelReaders readers = new ChannelReaders(
                guard,
                state.recognition(),
                state.registry(),
                clock,
                state.protocols().chains.service(),
                state.notices().events());
        ChannelEntry entry = new ChannelEntry(guard, state.registry(), clock, bus, receptionLive, roots, readers);
        offers.add(
                Channels.class,
                new ChannelService(
                        guard,
                        new ChannelViews(
                                guard, state.recognition(), new MessageCounts(guard, state.summaries(), clock)),
                        roots,
                        entry,
                        reception,
                        sendQueueLive.service(),
                        carriersLive.service(),
                        outboxLive.service()));
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
    public void setReception(Reception service) {
        receptionLive.set(service);
    }

    public void unsetReception(Reception service) {
        receptionLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setSendQueue(SendQueue service) {
        sendQueueLive.set(service);
    }

    public void unsetSendQueue(SendQueue service) {
        sendQueueLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setCarriers(Carriers service) {
        carriersLive.set(service);
    }

    public void unsetCarriers(Carriers service) {
        carriersLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOutbox(Outbox service) {
        outboxLive.set(service);
    }

    public void unsetOutbox(Outbox service) {
        outboxLive.unset(service);
    }
}
