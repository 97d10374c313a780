package org.partyline.mailbox;

import java.util.List;
import java.util.Optional;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * The outbox, the inbox and their view of nodes on a bench, with a channel and three nodes. The test itself plays the
 * sender.
 */
final class MailboxBench implements AutoCloseable {
    final HandSetClock clock;
    final TestNetwork network;
    final TestNetwork.Node one;
    final TestNetwork.Node two;
    final TestNetwork.Node three;
    final StageBench stage;
    final Outbox outbox;
    final Inbox inbox;
    final PacketSizes sizes;
    final PropagationTracker tracker;
    final ChannelMembership lobby;

    MailboxBench() throws StoreException {
        this(new HandSetClock(), MemoryStore.open());
    }

    /** @param store open; another bench may have filled it */
    MailboxBench(HandSetClock clock, MemoryStore store) throws StoreException {
        this.clock = clock;
        network = new TestNetwork(clock);
        one = network.node("one");
        two = network.node("two");
        three = network.node("three");
        List.of(one, two, three).forEach(node -> node.whole = false);
        stage = new StageBench(clock, store);
        List.of(one, two, three).forEach(stage.nodes::add);
        MailboxStage mailbox = stage.add(MailboxStage::new);
        outbox = StageBench.offered(mailbox, Outbox.class);
        inbox = StageBench.offered(mailbox, Inbox.class);
        sizes = StageBench.offered(mailbox, PacketSizes.class);
        tracker = StageBench.offered(mailbox, PropagationTracker.class);
        lobby = stage.join("lobby", Mode.OPEN);
        stage.nodes.watch(stage.reception);
    }

    /** Sets the largest packet that is sent. */
    void maxBucket(int bytes) {
        SendingSettings now = stage.settings.get().sending();
        stage.settings.sending(new SendingSettings(
                now.defaultTtl(),
                bytes,
                now.chainMessages(),
                now.within(),
                now.recallsExpired(),
                now.carrier(),
                now.jitter(),
                now.perMinute(),
                now.burst(),
                now.rebroadcastAfter()));
    }

    /** Queues a message of one packet, sealed. */
    long sealed(String text) throws PartylineException {
        long id = stage.queue(lobby, text);
        stage.sealer.seal(id);
        return id;
    }

    /** The same, to be sent through a node. */
    long sealed(String text, Transport via) throws PartylineException {
        long id = stage.queue(lobby, text);
        stage.sendVia(id, via.name());
        stage.sealer.seal(id);
        return id;
    }

    /** The same, and paid for. */
    long paid(String text) throws PartylineException {
        return pay(sealed(text));
    }

    /** Pays for a sealed message's packet. */
    long pay(long id) throws PartylineException {
        SignedTransaction paid = one.pay("", List.of(part(id).packet()), new FeeRate(100));
        outbox.changePart(
                id, 0, part -> part.signed(paid.raw(), paid.id().bytes(), paid.vsize(), paid.fee(), one.name(), ""));
        return id;
    }

    /** Simulates that a packet is handed to a node, whose answer is unknown. */
    void attempt(long id, Transport node) throws StoreException {
        outbox.attempt(id, 0, node.name());
    }

    /** Hands a packet to a node, which accepts it. */
    void hand(long id, Transport node) throws StoreException {
        attempt(id, node);
        try {
            node.broadcast(part(id).raw());
        } catch (NodeUnavailableException | TransactionRejectedException e) {
            throw new AssertionError("the node does not take it", e);
        }
        tracker.taken(part(id), node.network());
        outbox.change(id, now -> now.on(0, PacketEvent.TAKEN));
    }

    /** Creates a message that was handed to a node and accepted. */
    long handed(String text, Transport node) throws PartylineException {
        long id = paid(text);
        hand(id, node);
        return id;
    }

    /** Makes a node report everything it has again. */
    void readAgain(Transport node) {
        stage.nodes.remove(node);
        stage.nodes.addTransport(node);
    }

    OutgoingPart part(long id) throws StoreException {
        return stage.outgoing(id).parts().get(0);
    }

    PropagationRecord trace(long id) throws StoreException {
        return tracker.propagationRecord(part(id));
    }

    State state(long id) throws PartylineException {
        return stage.state(id);
    }

    boolean isDue(long id) throws StoreException {
        OutgoingPart part = part(id);
        // As the sender asks: the trace is not needed once nodes have reported it.
        return tracker.isDue(
                Network.REGTEST, part, part.state() == State.RELAYED ? PropagationRecord.NOTHING : trace(id));
    }

    /** Returns whether a node reports that a peer has a message's first packet. */
    boolean isRelayed(long id) throws Exception {
        OutgoingPart part = part(id);
        return tracker.ask(Network.REGTEST, part, trace(id))
                .filter(TransactionPlace::relayed)
                .isPresent();
    }

    /** Returns whether a node reports that it has it. @param others only those that did not get it from us */
    Optional<PropagationTracker.Found> find(long id, boolean others) throws StoreException {
        return tracker.find(Network.REGTEST, part(id), trace(id), others);
    }

    /** Returns the nodes that a packet is to be handed to, in order. */
    List<String> order(long id) throws PartylineException {
        return tracker.order(Network.REGTEST, stage.outgoing(id), part(id)).stream()
                .map(Transport::name)
                .toList();
    }

    @Override
    public void close() {
        stage.nodes.unwatch();
        stage.close();
    }
}
