package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.testkit.messaging.StageBench;

/** A packet's way in, with plain neighbours. */
class ReadingTest {
    private final ReceiveBench bench = new ReceiveBench();
    private Speaker bob;

    @BeforeEach
    void join() throws Exception {
        bob = new Speaker(bench.stage, bench.join("lobby"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void whatIsSaidOnAChainIsKeptAndToldOnce() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"), bob.onChain(seed, 0, bob.text("two")));
        bench.network.mine();
        bench.settle();
        assertEquals(List.of("one", "two"), bench.texts());
        bench.assertTold("one", "two");
    }

    @Test
    void itGoesOnWhereItWasAfterARestart() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        bench.restart();
        bench.hear(bob.onChain(seed, 0, bob.text("two")));
        assertEquals(List.of("one", "two"), bench.texts());
    }

    @Test
    void onlyPayloadsThatMayBePacketsAreWanted() {
        byte[] raw = new byte[1000];
        int at = 7;
        for (int length : Packets.BUCKETS) {
            raw[at] = Packets.VERSION;
            assertTrue(bench.queue.isWanted(raw, at, length));
            assertFalse(bench.queue.isWanted(raw, at, length + 1));
            assertFalse(bench.queue.isWanted(raw, at + 1, length), "another version");
        }
        raw[at] = '{';
        assertTrue(bench.queue.isWanted(raw, at, 80), "of version 1");
        assertFalse(bench.queue.isWanted(raw, at, 79));
        raw[at] = '[';
        assertFalse(bench.queue.isWanted(raw, at, 80));
    }

    /** Makes the inbox fail when it accepts the next message. */
    private AtomicInteger fail(Throwable with) {
        AtomicInteger failed = new AtomicInteger();
        bench.stage.put(Inbox.class, (Inbox) Proxy.newProxyInstance(
                Inbox.class.getClassLoader(), new Class<?>[] {Inbox.class}, (self, method, all) -> {
                    if (method.getName().equals("accept") && failed.getAndIncrement() == 0) {
                        throw with;
                    }
                    return method.invoke(bench.stage.inbox, all);
                }));
        return failed;
    }

    static Stream<Throwable> passing() {
        return Stream.of(new StoreException("the disk is full"), new NoClassDefFoundError("a bundle is replaced"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatFailsForAWhileIsTriedAgainBeforeTheNextPacketAndShownOnce(Throwable failure) throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        AtomicInteger failed = fail(failure);
        bench.hear(bob.onChain(seed, 0, bob.text("two")), bob.onChain(seed, 1, bob.text("three")));
        assertEquals(3, failed.get());
        assertEquals(List.of("one", "two", "three"), bench.texts());
        bench.assertTold("one", "two", "three");
    }

    @Test
    void aPacketThatCannotBeHandledStopsNoOther() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        fail(new IllegalStateException("as a test wants it"));
        bench.hear(bob.onChain(seed, 0, bob.text("two")), bob.onChain(seed, 1, bob.text("three")));
        assertEquals(List.of("one", "three"), bench.texts());
        bench.network.mine();
        bench.settle();
        assertEquals(List.of("one", "three", "two"), bench.texts(), "its block brings it again");
    }

    @Test
    void aCollectedPacketThatCannotBeHandledStopsNoOther() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        bench.lock();
        bench.hear(bob.onChain(seed, 0, bob.text("two")), bob.onChain(seed, 1, bob.text("three")));
        bench.flush();
        assertEquals(2, bench.stage.store.collected());
        fail(new IllegalStateException("as a test wants it"));
        bench.unlock();
        bench.settle();
        assertEquals(List.of("one", "three"), bench.texts());
        assertEquals(0, bench.stage.store.collected());
        assertFalse(bench.queue.isDraining());
    }

    @Test
    void whatWaitsIsCounted() throws Exception {
        Backlog backlog = StageBench.offered(bench.receive, Backlog.class);
        byte[] seed = bob.newSeed();
        byte[] opener = bob.opener(seed, "bob", "one");
        bench.hear(bob.onChain(seed, 0, bob.text("too early")));
        bench.hear(bob.onChain(seed, 1, bob.text("too early, too")));
        bench.stage.suites.remove(bench.stage.suites.argon2id());
        bench.hear(opener);
        assertEquals(new Backlog.Level(0, 2, 1), backlog.level());
        bench.lock();
        assertEquals(new Backlog.Level(0, 0, 0), backlog.level());
    }

    @Test
    void aReaderThatHasStoppedSaysSo() {
        assertEquals(Optional.empty(), bench.receive.failure());
        bench.receive.stop();
        assertTrue(bench.receive.failure().isPresent());
        assertEquals("suites", bench.receive.name());
    }
}
