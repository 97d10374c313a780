package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.TxId;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.NewChain;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Keys;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.protocol.PlainSuite;
import org.partyline.testkit.protocol.PlainSuites;

/** Packets sealed with another bundle's suite, which stops and starts: they wait, and none is taken for junk. */
class OtherAlgorithmsTest {
    private final AeadSuite suite = new PlainSuite(new AeadId(200, "WIDE_GCM", 16));
    private final StageBench bench = new StageBench();
    private ReceiveStage stage = bench.add(ReceiveStage::new);
    private ChannelMembership lobby;
    /** Returns the root that the members of the channel share. */
    private SecretBytes root;

    private SendChain chain;
    private int transactions;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.join("lobby", Mode.RATCHET);
        root = bench.recognition.beacons.root(lobby, Days.of(bench.clock.instant()));
        bench.suites.add(suite);
    }

    @AfterEach
    void close() {
        stage.stop();
        if (chain != null) {
            chain.close();
        }
        root.close();
        bench.close();
    }

    // ---- another member

    private Content text(String words, Optional<NewChain> opens) {
        return new Content(
                PacketType.TEXT,
                false,
                bench.clock.instant().getEpochSecond(),
                OptionalInt.empty(),
                Optional.empty(),
                opens,
                Optional.empty(),
                Optional.empty(),
                words.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a packet that opens a chain. */
    private byte[] opener(String words) {
        byte[] seed = new byte[NewChain.SEED_LENGTH];
        bench.random.nextBytes(seed);
        try (SecretBytes chainKey = bench.chains.channelChainKey(seed, root, Network.REGTEST);
                SecretBytes beacon = bench.channelKeys.beacon(root)) {
            chain = bench.chains.send(chainKey, bench.clock.instant());
            byte[] locator = bench.channelKeys.newLocator(beacon, bench.random);
            try (SecretBytes secret =
                    bench.channelKeys.sealedSecret(bench.suites.argon2id(), lobby.entry.parameters(), root, locator)) {
                return seal(
                        text(words, Optional.of(new NewChain(seed, "bob"))),
                        new PacketKey(secret, PacketLabel.SEALED, locator, Network.REGTEST));
            }
        }
    }

    /** Returns the next packet on it. */
    private byte[] next(String words) {
        SendChain.Step step = chain.step();
        try (SecretBytes secret = step.secret()) {
            return seal(
                    text(words, Optional.empty()),
                    new PacketKey(secret, PacketLabel.RATCHET, step.locator(), Network.REGTEST));
        }
    }

    private byte[] seal(Content content, PacketKey key) {
        return bench.codec.seal(content, key, suite, 128);
    }

    // ---- reading

    private InboundQueue reception() {
        return (InboundQueue) StageBench.offered(stage, Reception.class);
    }

    private void met(byte[] packet) {
        reception()
                .payload(
                        "a",
                        Network.REGTEST,
                        packet,
                        TxId.ofStripped(Keys.of(++transactions)),
                        Optional.empty(),
                        bench.clock.instant());
    }

    private void awaitTexts(String... texts) throws Exception {
        Eventually.that("it is read", () -> bench.inbox.texts().size() >= texts.length);
        assertEquals(List.of(texts), bench.inbox.texts());
    }

    private int parked() throws StoreException {
        bench.guard.lock();
        try {
            reception().settleWrites();
        } finally {
            bench.guard.unlock();
        }
        return bench.guard.transact(tx -> tx.list(HeldPackets.PARKED).size());
    }

    /** A packet also waits while its key is derived: that does not count here. */
    private void awaitOneWaits() throws Exception {
        barrier();
        Eventually.that("all keys are derived", () -> !isDeriving());
        barrier();
        Eventually.that("it is parked", () -> parked() == 1);
    }

    /** Waits until everything that nodes have reported so far was examined. */
    private void barrier() throws InterruptedException {
        CountDownLatch read = new CountDownLatch(1);
        ((InboundQueue) reception()).submit(read::countDown);
        read.await();
    }

    private boolean isDeriving() {
        bench.guard.lock();
        try {
            return bench.recognition.secrets.waiting() > 0 || !bench.recognition.unmatched.again.isEmpty();
        } finally {
            bench.guard.unlock();
        }
    }

    private void comes() {
        bench.suites.add(suite);
        // As the server does when it is notified.
        reception().retryParked();
    }

    @Test
    void oneThatIsHereOpensWhoeverSealedWithIt() throws Exception {
        met(opener("opens a chain"));
        met(next("rides on it"));
        awaitTexts("opens a chain", "rides on it");
        assertEquals(0, parked());
    }

    @Test
    void itGoesAwayWhileAMessageIsUnderWayAndTheMessageWaits() throws Exception {
        bench.suites.remove(suite);
        met(opener("opens a chain"));
        met(next("rides on it"));
        awaitOneWaits();
        assertEquals(List.of(), bench.inbox.texts());
        comes();
        awaitTexts("opens a chain", "rides on it");
        assertEquals(0, parked());
    }

    @Test
    void whatRidesOnAChainWaitsToo() throws Exception {
        met(opener("opens a chain"));
        awaitTexts("opens a chain");
        bench.suites.remove(suite);
        met(next("rides on it"));
        awaitOneWaits();
        assertEquals(List.of("opens a chain"), bench.inbox.texts());
        comes();
        awaitTexts("opens a chain", "rides on it");
    }

    @Test
    void whatPolicyDeniesOpensNothingWhereverItComesFrom() throws Exception {
        bench.suites.deny("WIDE_GCM");
        met(opener("sealed with what is denied"));
        awaitOneWaits();
        assertEquals(List.of(), bench.inbox.texts());
        bench.suites.allow("WIDE_GCM");
        reception().retryParked();
        awaitTexts("sealed with what is denied");
    }

    /** Neither the settings nor a chain name the suite here, and the process that knew it has ended. */
    @Test
    void aRestartWithoutTheBundleForgetsNothing() throws Exception {
        exchange();
        bench.suites.remove(suite);
        met(opener("opens a chain"));
        awaitOneWaits();
        stage.stop();
        PlainSuites others = new PlainSuites();
        bench.put(SuiteDirectory.class, others);
        stage = bench.add(ReceiveStage::new);
        exchange();
        assertEquals("WIDE_GCM", others.name(200));
        reception().retryParked();
        awaitOneWaits();
        others.add(suite);
        reception().retryParked();
        awaitTexts("opens a chain");
    }

    /** As at an unlock. */
    private void exchange() throws StoreException {
        bench.guard.transact(tx -> {
            reception().exchange(tx);
            return null;
        });
    }

    @Test
    void aRegistryThatTakesThePlaceOfAnotherLearnsWhatWasHereBeforeAnythingIsRead() throws Exception {
        exchange();
        bench.take(SuiteDirectory.class, bench.suites);
        met(opener("opens a chain"));
        barrier();
        PlainSuites others = new PlainSuites();
        bench.put(SuiteDirectory.class, others);
        bench.bus.publish(new Bus.PartsReturned());
        Eventually.that("it knows it", () -> others.name(200).equals("WIDE_GCM"));
        awaitOneWaits();
        assertEquals(List.of(), bench.inbox.texts());
        others.add(suite);
        reception().retryParked();
        awaitTexts("opens a chain");
    }
}
