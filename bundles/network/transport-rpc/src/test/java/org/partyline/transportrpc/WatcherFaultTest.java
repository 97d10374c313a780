package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Transport;
import org.partyline.testkit.Eventually;

/** Nothing that is thrown in a round ends the watching of a node; meanwhile, its status says what is wrong. */
class WatcherFaultTest {
    private final FakeNetwork network = new FakeNetwork();
    private final FakeNode node = new FakeNode();
    private final FakeChain chain = new FakeChain(node);
    private final FailingClock clock = new FailingClock();
    private final Seen seen = new Seen();
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
            // Test time: pauses are skipped.
            clock.pass(Duration.ofMillis(unit.toMillis(delay)));
            return super.schedule(work, Math.min(unit.toMillis(delay), 1), TimeUnit.MILLISECONDS);
        }
    };
    private RpcNode started;

    @AfterEach
    void close() {
        started.close();
        executor.shutdownNow();
        node.close();
    }

    /** Its time advances with the pauses of the rounds; throws on their thread on request. */
    private static final class FailingClock extends Clock {
        private volatile Error failure;
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public synchronized Instant instant() {
            Error mine = failure;
            if (mine != null) {
                throw mine;
            }
            return now;
        }

        synchronized void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Records the events; throws at each on request. */
    private static final class Seen implements TransactionListener {
        private final Set<TxId> ids = ConcurrentHashMap.newKeySet();
        private volatile Error failure;

        @Override
        public void transaction(byte[] raw, Optional<BlockRef> block) {
            Error mine = failure;
            if (mine != null) {
                throw mine;
            }
            ids.add(FakeChain.id(raw));
        }

        @Override
        public void blockConnected(BlockRef block) {
            // Not checked here.
        }

        @Override
        public void blockDisconnected(BlockRef block) {
            // Not checked here.
        }

        @Override
        public void removed(TxId id) {
            // Not checked here.
        }
    }

    private Transport watched(String... setting) throws Exception {
        started = RpcNode.open(
                node.settings(setting.length == 0 ? Map.of() : Map.of(setting[0], setting[1])),
                () -> Optional.of(network),
                executor,
                clock,
                new SecureRandom(),
                time -> {});
        started.transport().watch(seen, Optional.of(chain.mine().ref()));
        comes();
        return started.transport();
    }

    /** A waiting transaction is reported. */
    private void comes() throws InterruptedException {
        byte[] raw = chain.transaction();
        chain.accept(raw);
        Eventually.that("it is told", () -> seen.ids.contains(FakeChain.id(raw)));
    }

    private static void says(Transport transport, NodeStatus.State state, String words) throws InterruptedException {
        Eventually.that(state + ": " + words, () -> {
            NodeStatus now = transport.status();
            return now.state() == state && now.detail().contains(words);
        });
        assertFalse(transport.status().detail().contains("\n"));
        assertFalse(transport.status().detail().contains("secret"), transport.status()::detail);
    }

    private void goesOn(Transport transport) throws InterruptedException {
        comes();
        Eventually.that(
                "it is ready",
                () -> transport.status().state() == NodeStatus.State.READY
                        && transport.status().detail().isEmpty());
    }

    @Test
    void aRoundThatEndsWithAnErrorIsNotTheLastAndTheStatusSaysSo() throws Exception {
        Transport transport = watched();
        assertEquals(NodeStatus.State.READY, transport.status().state());

        clock.failure = new OutOfMemoryError("secret words of the node");

        says(transport, NodeStatus.State.UNREACHABLE, "could not be handled (OutOfMemoryError); it is tried again");
        clock.failure = null;
        goesOn(transport);
    }

    @Test
    void aListenerThatThrowsAnErrorIsToldAgainAndTheStatusSaysSo() throws Exception {
        Transport transport = watched();
        byte[] raw = chain.transaction();
        seen.failure = new StackOverflowError("secret words of the message");
        chain.accept(raw);

        says(transport, NodeStatus.State.READY, "could not be handled (StackOverflowError); it is tried again");
        seen.failure = null;
        Eventually.that("it is told", () -> seen.ids.contains(FakeChain.id(raw)));
        goesOn(transport);
    }

    @Test
    void aListenerThatThrowsAnErrorInABlockIsToldAgain() throws Exception {
        Transport transport = watched();
        byte[] raw = chain.transaction();
        seen.failure = new NoClassDefFoundError("secret");
        chain.mine(raw);

        says(transport, NodeStatus.State.READY, "could not be handled (NoClassDefFoundError)");
        seen.failure = null;
        Eventually.that("it is told", () -> seen.ids.contains(FakeChain.id(raw)));
        goesOn(transport);
    }

    @Test
    void aMonstrousAnswerIsNotTheEndOfTheWatching() throws Exception {
        Transport transport = watched("response-limit", "1");
        List<String> ids = Collections.nCopies(20_000, "ab".repeat(32));
        node.on("getrawmempool", Map.of("txids", ids, "mempool_sequence", 7));

        says(transport, NodeStatus.State.UNREACHABLE, "answered getrawmempool with more than 1048576 bytes");
        chain.answers();
        goesOn(transport);
    }

    @Test
    void aDeeplyNestedAnswerIsNotTheEndOfTheWatching() throws Exception {
        Transport transport = watched();
        ArrayNode deep = FakeNode.JSON.createArrayNode();
        ArrayNode inner = deep;
        for (int i = 0; i < 500; i++) {
            inner = inner.addArray();
        }
        node.on("getrawmempool", Map.of("txids", deep, "mempool_sequence", 7));

        says(transport, NodeStatus.State.UNREACHABLE, "answered getrawmempool with data that is not JSON-RPC");
        chain.answers();
        node.on("getmempoolinfo", deep);
        says(transport, NodeStatus.State.UNREACHABLE, "with data that is not JSON-RPC");
        chain.answers();
        goesOn(transport);
        assertTrue(transport.status().tip().isPresent());
    }
}
