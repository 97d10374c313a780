package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.TxId;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Days;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainDerivation;

/** Two personas of one server talk in one channel: packets that one of them has sealed here are read for the other. */
class OwnPacketsTest {
    private static final Network NETWORK = Network.REGTEST;

    private final Gate gate = new Gate();
    private StageBench stage = new StageBench();
    private ReceiveStage receive;
    private ChannelMembership alices;
    private ChannelMembership bobs;
    private SendChain chain;

    @BeforeEach
    void twoPersonas() throws Exception {
        alices = stage.join("lobby", Mode.RATCHET);
        begin();
    }

    private void begin() {
        stage.suites.add(gate);
        receive = stage.add(ReceiveStage::new);
    }

    private void bobJoins() throws Exception {
        bobs = stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        gate.open();
        receive.stop();
        stage.close();
    }

    /** A derivation that ends when the test allows it. */
    private static final class Gate implements KeyDerivation {
        private final PlainDerivation plain = new PlainDerivation(KdfId.ARGON2ID);
        private final AtomicInteger begun = new AtomicInteger();
        private volatile CountDownLatch shut = new CountDownLatch(0);

        @Override
        public KdfId id() {
            return plain.id();
        }

        @Override
        public KdfParameters defaults() {
            return plain.defaults();
        }

        @Override
        public SecretBytes derive(byte[] secret, byte[] salt, KdfParameters parameters, int length) {
            begun.incrementAndGet();
            try {
                shut.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return plain.derive(secret, salt, parameters, length);
        }

        void shut() {
            shut = new CountDownLatch(1);
        }

        void open() {
            shut.countDown();
        }
    }

    // ---- packets that Alice's server has sealed for her

    private byte[] made(PacketKey key, String text, Optional<NewChain> opens, int number) throws StoreException {
        Content content = new Content(
                PacketType.TEXT,
                false,
                stage.clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                opens,
                Optional.empty(),
                Optional.empty(),
                text.getBytes(StandardCharsets.UTF_8));
        byte[] packet = stage.codec.seal(content, key, stage.suites.sealing().orElseThrow(), 80);
        knowAsSent(packet, number);
        return packet;
    }

    private void knowAsSent(byte[] packet, int number) throws StoreException {
        stage.guard.<Void, StoreException>open(() -> {
            stage.recognition.packets.addSent(PacketId.of(NETWORK.code(), packet), new PacketIndex.Sent(number, 0));
            return null;
        });
    }

    /** Returns the packet that opens a chain, with a text. */
    private byte[] opener(String text) throws StoreException {
        int day = Days.of(stage.clock.instant());
        byte[] seed = new byte[NewChain.SEED_LENGTH];
        stage.random.nextBytes(seed);
        SecretBytes root = alices.root(stage.channelKeys, day);
        chain = stage.chains.send(stage.chains.channelChainKey(seed, root, NETWORK), stage.clock.instant());
        byte[] locator = stage.channelKeys.newLocator(stage.channelKeys.beacon(root), stage.random);
        stage.guard.<Void, StoreException>transact(tx -> {
            SeenLocators.putOwn(tx, alices.id(), day, locator);
            return null;
        });
        SecretBytes secret = stage.channelKeys.sealedSecret(
                new PlainDerivation(KdfId.ARGON2ID), alices.entry.parameters(), root, locator);
        return made(
                new PacketKey(secret, PacketLabel.SEALED, locator, NETWORK),
                text,
                Optional.of(new NewChain(seed, "alice")),
                1);
    }

    private byte[] next(String text, int number) throws StoreException {
        SendChain.Step step = chain.step();
        return made(
                new PacketKey(step.secret(), PacketLabel.RATCHET, step.locator(), NETWORK),
                text,
                Optional.empty(),
                number);
    }

    // ---- reports of nodes

    private InboundQueue queue() {
        return (InboundQueue) StageBench.offered(receive, Reception.class);
    }

    private void meet(byte[] packet, Optional<BlockRef> block) {
        queue().payload("a", NETWORK, packet, TxId.ofStripped(new byte[] {7}), block, stage.clock.instant());
    }

    private void meet(byte[] packet) {
        meet(packet, Optional.empty());
    }

    /** Waits until everything that nodes have reported so far was examined; keys may still be derived. */
    private void barrier() {
        CountDownLatch read = new CountDownLatch(1);
        queue().submit(read::countDown);
        Eventually.that("it is looked at", () -> read.getCount() == 0);
    }

    private List<String> heard() throws StoreException {
        return stage.inbox.texts();
    }

    private int unmatched() {
        stage.guard.lock();
        try {
            queue().settleWrites();
            return stage.recognition.unmatched.size();
        } finally {
            stage.guard.unlock();
        }
    }

    private int deriving() {
        stage.guard.lock();
        try {
            return stage.recognition.secrets.waiting();
        } finally {
            stage.guard.unlock();
        }
    }

    @Test
    void whatFollowsAnOpenerWhoseKeyIsStillBeingDerivedIsReadAfterIt() throws Exception {
        bobJoins();
        gate.shut();
        meet(opener("one"));
        Eventually.that("a derivation begins", () -> gate.begun.get() == 1);
        meet(next("two", 2));
        meet(next("three", 3));
        barrier();
        assertEquals(List.of(), heard());
        assertEquals(1, deriving());
        gate.open();
        Eventually.that("all is read", () -> heard().size() == 3);
        assertEquals(List.of("one", "two", "three"), heard());
        barrier();
        assertEquals(0, deriving());
        assertEquals(0, unmatched(), "what was read waits for nobody");
        assertEquals(0, stage.store.count(HeldPackets.UNMATCHED));
        assertEquals(1, gate.begun.get());
    }

    @Test
    void aReaderThatStopsWaitsForTheDerivationsUnderWayAndBeginsNoOther() throws Exception {
        bobJoins();
        gate.shut();
        // At most four are derived at once.
        int openers = 5;
        for (int i = 0; i < openers; i++) {
            meet(opener("one"));
        }
        barrier();
        Eventually.that("a derivation begins", () -> gate.begun.get() > 0);
        assertEquals(openers, deriving());
        Thread stopping = new Thread(receive::stop, "test-stop");
        stopping.start();
        Eventually.that(
                "it waits, or is over",
                () -> !stopping.isAlive()
                        || Arrays.stream(stopping.getStackTrace())
                                .anyMatch(at -> at.getMethodName().equals("awaitTermination")));
        assertTrue(stopping.isAlive(), "it waits for the threads that derive");
        gate.open();
        stopping.join();
        assertTrue(deriving() > 0, "the rest is for the next reader");
    }

    @Test
    void whatWasSentHereAndReadHereIsNotKeptForOthersWhenABlockShowsItAfterARestart() throws Exception {
        bobJoins();
        byte[] one = opener("one");
        meet(one);
        Eventually.that("it is read", () -> heard().size() == 1);
        barrier();
        int day = Days.of(stage.clock.instant());
        // As it is in the store.
        ChannelMembership alicesNext = again(alices, day);
        ChannelMembership bobsNext = again(bobs, day);
        receive.stop();
        stage.close();
        StageBench next = new StageBench(stage.clock, stage.store);
        next.guard.<Void, StoreException>open(() -> {
            next.registry.add(alicesNext, day, day + 1);
            next.registry.add(bobsNext, day, day + 1);
            return null;
        });
        stage = next;
        begin();
        knowAsSent(one, 1);
        meet(one, Optional.of(new BlockRef(1, TxId.ofStripped(new byte[] {1}), Instant.now(stage.clock))));
        barrier();
        assertEquals(0, unmatched());
        assertEquals(List.of("one"), heard());
    }

    private ChannelMembership again(ChannelMembership member, int day) {
        return new ChannelMembership(
                member.entry.withRoot(day, member.root(stage.channelKeys, day).expose()));
    }

    @Test
    void whatWasSentHereAndReadByNobodyHereIsKeptForWhoeverJoinsLater() throws Exception {
        byte[] one = opener("one");
        meet(one);
        barrier();
        assertEquals(1, unmatched());
        assertEquals(1, stage.store.count(HeldPackets.UNMATCHED));
        bobJoins();
        queue().retryUnmatched();
        Eventually.that("it is read", () -> heard().equals(List.of("one")));
        barrier();
        assertEquals(0, unmatched());
        assertEquals(0, stage.store.count(HeldPackets.UNMATCHED));
    }
}
