package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecord;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.messaging.recognition.UsedPositionRecord;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** The receiving side on a bench, with a node that reports packets. A {@link Speaker} makes other members' packets. */
final class ReceiveBench implements AutoCloseable {
    final HandSetClock clock;
    final TestNetwork network;
    final StageBench stage;
    ReceiveStage receive;
    InboundQueue queue;

    /** Creates a bench with one node, "a", which is read. */
    ReceiveBench() {
        this(new HandSetClock());
        add(network.node("a"));
    }

    /** Creates a bench without a node. */
    ReceiveBench(HandSetClock clock) {
        this(clock, new TestNetwork(clock));
    }

    /** Creates a bench without a node on an existing network. */
    ReceiveBench(HandSetClock clock, TestNetwork network) {
        this.clock = clock;
        this.network = network;
        stage = new StageBench(clock);
        begin();
    }

    /** Creates a bench as a program starts with these files, on a machine after a power cut. */
    ReceiveBench(ReceiveBench before, MemoryStore files) throws StoreException {
        clock = before.clock;
        network = before.network;
        stage = new StageBench(clock, files);
        stage.forget();
        open();
        begin();
    }

    private void begin() {
        receive = stage.add(ReceiveStage::new);
        queue = (InboundQueue) StageBench.offered(receive, Reception.class);
        settle();
    }

    /** Adds a node, and starts reading from it. */
    void add(TestNetwork.Node node) {
        stage.nodes.add(node);
        barrier();
    }

    /** Waits until everything that nodes have reported so far was examined; keys may still be derived. */
    void barrier() {
        CountDownLatch read = new CountDownLatch(1);
        queue.submit(read::countDown);
        try {
            read.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while it read", e);
        }
    }

    /** Waits until everything that nodes have reported so far was read. */
    void settle() {
        barrier();
        Eventually.that("nodes have begun anew", () -> !stage.nodes.isRewatching());
        barrier();
        Eventually.that("all keys are derived", () -> !isDeriving());
        barrier();
    }

    private boolean isDeriving() {
        stage.guard.lock();
        try {
            return stage.guard.isLoaded()
                    && (stage.recognition.secrets.waiting() > 0 || !stage.recognition.unmatched.again.isEmpty());
        } finally {
            stage.guard.unlock();
        }
    }

    /** Makes Alice join a channel, from today on. */
    ChannelMembership join(String channel) throws StoreException {
        return stage.join(channel, Mode.RATCHET);
    }

    /** Makes nodes report payloads in strangers' transactions, and waits until they are read. */
    void hear(byte[]... payloads) {
        for (byte[] payload : payloads) {
            network.takes(network.transaction(List.of(payload)));
        }
        settle();
    }

    /** Returns the received texts, in order, as stored. */
    List<String> texts() throws StoreException {
        return stage.inbox.texts();
    }

    /** Returns the texts in events so far: a separate thread delivers them. */
    List<String> told() {
        return stage.events.stream()
                .flatMap(event -> event.message().stream())
                .filter(message -> !message.outgoing())
                .map(Messages.Message::text)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Checks that exactly these texts are reported in the end, in this order. */
    void assertTold(String... texts) {
        settle();
        Eventually.that("all is told", () -> told().size() >= texts.length);
        assertEquals(List.of(texts), told());
    }

    /** Returns where reading through a node continues. */
    BlockRef cursor(String node) throws StoreException {
        return stage.store
                .note("cursor." + Network.REGTEST.label() + "." + node)
                .map(BlockRef::parse)
                .orElseThrow();
    }

    /** Returns the number of records in a table. */
    long count(String table) throws StoreException {
        return stage.guard.transact(tx -> tx.count(table));
    }

    /** Stops the receiving side: nothing is accepted from nodes. Earlier reports are read first. */
    void stop() {
        settle();
        stage.wiring.withdraw(receive.offers());
        stage.wiring.remove(receive);
        receive.stop();
    }

    /** Starts another one in its place. */
    void start() {
        begin();
    }

    /** Simulates a restart with the same store, and nothing in memory. */
    void restart() throws StoreException {
        stop();
        stage.forget();
        open();
        start();
    }

    /** Builds the unlocked state from the store, as far as this stage needs it. */
    void open() throws StoreException {
        stage.guard.lock();
        try {
            stage.guard.wipe();
            stage.people.begin();
            stage.recognition.begin(stage.channelKeys, stage.chains);
            stage.guard.transact(tx -> {
                int tomorrow = Days.of(clock.instant()) + 1;
                for (MembershipRecord entry : Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class)) {
                    stage.registry.add(new ChannelMembership(entry), entry.rootDay(), tomorrow);
                }
                for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
                    stage.people.personas.setName(persona.id(), persona.name());
                }
                for (ContactRecord entry : Tables.all(tx, ContactRecord.TABLE, ContactRecord.class)) {
                    stage.people.conversations.add(new ContactConversation(entry));
                }
                for (StoredRecord held : tx.list(HeldPackets.UNMATCHED)) {
                    Candidate candidate = Cbor.read(held.value(), Candidate.class);
                    stage.recognition.unmatched.add(candidate.id(), candidate);
                }
                for (StoredRecord held : tx.list(HeldPackets.PARKED)) {
                    Candidate candidate = Cbor.read(held.value(), Candidate.class);
                    stage.recognition.parked.add(
                            new PacketId(held.key()), Unmatched.hint(candidate), candidate.arrived(), candidate.day());
                }
                for (ReceiveChainRecord entry : Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class)) {
                    ReceiveChain chain = stage.chains.decodeReceive(entry.chain());
                    stage.notices.events().startLine(entry.number(), chain.highest() + 1);
                    stage.recognition.chains.follow(new ReceiveChainState(entry, chain));
                }
                UsedPositionRecord.load(tx, stage.recognition.chains);
                return null;
            });
            stage.guard.setLoaded();
        } finally {
            stage.guard.unlock();
        }
    }

    /** Locks the store, as the server does. */
    void lock() {
        stage.guard.lock();
        try {
            queue.settleWrites();
            stage.forget();
            stage.store.lock();
        } finally {
            stage.guard.unlock();
        }
    }

    /** Opens it again, and handles the packets collected meanwhile. */
    void unlock() throws StoreException {
        stage.guard.lock();
        try {
            queue.expectCollected();
            stage.store.unlock(MemoryStore.PASSPHRASE.toCharArray());
            open();
            stage.guard.transact(tx -> {
                queue.exchange(tx);
                return null;
            });
        } finally {
            stage.guard.unlock();
        }
        queue.drainCollected();
        queue.retryParked();
    }

    /** Writes pending data. */
    void flush() {
        stage.guard.lock();
        try {
            queue.settleWrites();
        } finally {
            stage.guard.unlock();
        }
    }

    /** Returns the number of remembered packets that matched nothing. */
    int unmatched() {
        stage.guard.lock();
        try {
            return stage.recognition.unmatched.size();
        } finally {
            stage.guard.unlock();
        }
    }

    /** Simulates that the bundle that provides a part stops. */
    void stop(Class<?> part) {
        stage.stop(part);
    }

    /** Simulates that it starts again, as the server reports it. */
    void start(Class<?> part) {
        stage.start(part);
    }

    /** Creates a text of Alice's that a node accepted and reported. @return its number */
    long say(ChannelMembership member, String text) throws StoreException {
        long id = stage.queue(member, text);
        try {
            OutgoingMessage sealed = stage.sealer.seal(id);
            SignedTransaction paid =
                    network.node("own").pay("", List.of(sealed.parts().get(0).packet()), new FeeRate(1000));
            stage.outbox.changePart(
                    id,
                    0,
                    part -> part.signed(paid.raw(), paid.id().bytes(), paid.vsize(), paid.fee(), "own", "")
                            .on(PacketEvent.TAKEN));
            network.takes(paid.raw());
        } catch (PartylineException e) {
            throw new AssertionError("the bench's message does not leave", e);
        }
        settle();
        return id;
    }

    /** Records a packet that was made here, of a message or not, as the sealer does. */
    void made(ChannelMembership member, byte[] packet, long message) throws StoreException {
        byte[] locator = Arrays.copyOfRange(packet, 1, 1 + Packets.SEALED_LOCATOR);
        stage.guard.open(() -> {
            stage.recognition.packets.addSent(
                    PacketId.of(member.network().code(), packet), new PacketIndex.Sent(message, 0));
            return stage.guard.transact(tx -> {
                SeenLocators.putOwn(tx, member.id(), Days.of(clock.instant()), locator);
                return null;
            });
        });
    }

    /** Simulates that a new block contains Alice's message, as the propagation tracker records it. */
    BlockRef mine(long message) throws StoreException {
        BlockRef block = network.mine();
        settle();
        OutgoingMessage outgoing = stage.outgoing(message);
        stage.guard.transact(tx -> PropagationRecords.change(
                tx, outgoing, outgoing.parts().get(0).transaction(), before -> before.in(block.encode())));
        return block;
    }

    @Override
    public void close() {
        stage.nodes.unwatch();
        receive.stop();
        stage.close();
    }
}
