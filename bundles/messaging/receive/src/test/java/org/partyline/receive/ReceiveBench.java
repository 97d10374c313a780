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

/** The way in on a bench, with a node that reports what comes. What others say is made by a {@link Speaker}. */
final class ReceiveBench implements AutoCloseable {
    final HandSetClock clock;
    final TestNetwork network;
    final StageBench stage;
    ReceiveStage receive;
    InboundQueue queue;

    /** With one node, "a", that is read. */
    ReceiveBench() {
        this(new HandSetClock());
        add(network.node("a"));
    }

    /** Without a node. */
    ReceiveBench(HandSetClock clock) {
        this(clock, new TestNetwork(clock));
    }

    /** The same on a network that has been there before. */
    ReceiveBench(HandSetClock clock, TestNetwork network) {
        this.clock = clock;
        this.network = network;
        stage = new StageBench(clock);
        begin();
    }

    /** What a program has that starts with these files, on a machine that had its power cut. */
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

    /** A node comes, and its reading begins. */
    void add(TestNetwork.Node node) {
        stage.nodes.add(node);
        barrier();
    }

    /** Waits until all was looked at that nodes have told so far; keys may still be derived. */
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

    /** Waits until all is read that nodes have told so far. */
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

    /** A place of Alice's in a channel, from today on. */
    ChannelMembership join(String channel) throws StoreException {
        return stage.join(channel, Mode.RATCHET);
    }

    /** Nodes show a payload in a transaction of a stranger's, and it is read. */
    void hear(byte[]... payloads) {
        for (byte[] payload : payloads) {
            network.takes(network.transaction(List.of(payload)));
        }
        settle();
    }

    /** The texts that came, in their order, as they are stored. */
    List<String> texts() throws StoreException {
        return stage.inbox.texts();
    }

    /** The texts that were told to programs that follow messages, so far: a thread of its own tells them. */
    List<String> told() {
        return stage.events.stream()
                .flatMap(event -> event.message().stream())
                .filter(message -> !message.outgoing())
                .map(Messages.Message::text)
                .flatMap(Optional::stream)
                .toList();
    }

    /** These texts are told in the end, in this order, and none besides. */
    void assertTold(String... texts) {
        settle();
        Eventually.that("all is told", () -> told().size() >= texts.length);
        assertEquals(List.of(texts), told());
    }

    /** Where reading by a node goes on. */
    BlockRef cursor(String node) throws StoreException {
        return stage.store
                .note("cursor." + Network.REGTEST.label() + "." + node)
                .map(BlockRef::parse)
                .orElseThrow();
    }

    /** How many records a table has. */
    long count(String table) throws StoreException {
        return stage.guard.transact(tx -> tx.count(table));
    }

    /** The way in goes: nothing is taken from the nodes. What was told before is read first. */
    void stop() {
        settle();
        stage.wiring.withdraw(receive.offers());
        stage.wiring.remove(receive);
        receive.stop();
    }

    /** Another one comes in its place. */
    void start() {
        begin();
    }

    /** The same store after a restart; nothing of what was in memory. */
    void restart() throws StoreException {
        stop();
        stage.forget();
        open();
        start();
    }

    /** The unlocked state is made of what is stored, as far as this stage reads by it. */
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
                    stage.recognition.parked.add(
                            new PacketId(held.key()), Unmatched.hint(Cbor.read(held.value(), Candidate.class)));
                }
                for (ReceiveChainRecord entry : Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class)) {
                    ReceiveChain chain = stage.chains.decodeReceive(entry.chain());
                    stage.notices.events().startLine(entry.number(), chain.highest() + 1);
                    stage.recognition.chains.follow(new ReceiveChainState(entry, chain));
                }
                return null;
            });
            stage.guard.setLoaded();
        } finally {
            stage.guard.unlock();
        }
    }

    /** The store is locked, as the server does it. */
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

    /** It is opened again, and what came meanwhile is taken up. */
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

    /** What waits to be written is written. */
    void flush() {
        stage.guard.lock();
        try {
            queue.settleWrites();
        } finally {
            stage.guard.unlock();
        }
    }

    /** How many packets are remembered that matched nothing. */
    int unmatched() {
        stage.guard.lock();
        try {
            return stage.recognition.unmatched.size();
        } finally {
            stage.guard.unlock();
        }
    }

    /** As when the bundle is stopped that provides a part. */
    void stop(Class<?> part) {
        stage.stop(part);
    }

    /** As when it is started again, as the server tells of it. */
    void start(Class<?> part) {
        stage.start(part);
    }

    /** A text of Alice's that a node took, and showed. @return its number */
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

    /** As who seals writes down a packet that is made here, of a message or not. */
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

    /** The block of now has a message of Alice's, as the propagation tracker writes it down. */
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
