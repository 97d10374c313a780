package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Transport;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.FastTime;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** A whole node with a scripted one: blocks, mempool, forks, notifications, failures. */
class WatcherTest {
    private static final int PATIENCE_SECONDS = 60;

    private final FakeNetwork network = new FakeNetwork();
    private final FakeNode node = new FakeNode();
    private final FakeChain chain = new FakeChain(node);
    private final FastTime time = new FastTime(20);
    private final ScheduledExecutorService executor = time.thread();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, Integer> counters = new HashMap<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        executor.shutdownNow();
        node.close();
    }

    /**
     * The events as text: {@code + TXID}, {@code TXID @HEIGHT}, {@code block HASH}, {@code undo HASH}, {@code - TXID}.
     */
    private static class Log implements TransactionListener {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        @Override
        public void transaction(byte[] raw, Optional<BlockRef> block) {
            String id = FakeChain.id(raw).toString();
            lines.add(block.map(b -> id + " @" + b.height()).orElse("+ " + id));
        }

        @Override
        public void blockConnected(BlockRef block) {
            lines.add("block " + block.hash());
        }

        @Override
        public void blockDisconnected(BlockRef block) {
            lines.add("undo " + block.hash());
        }

        @Override
        public void removed(TxId id) {
            lines.add("- " + id);
        }

        /** Waits for a line; returns those before it. */
        List<String> until(String line) throws InterruptedException {
            List<String> before = new ArrayList<>();
            while (true) {
                String next = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertNotNull(next, "never told: " + line + "; told: " + before);
                if (next.equals(line)) {
                    return before;
                }
                before.add(next);
            }
        }
    }

    private static String seen(byte[] raw) {
        return "+ " + FakeChain.id(raw);
    }

    private static String in(byte[] raw, FakeChain.Block block) {
        return FakeChain.id(raw) + " @" + block.height();
    }

    private Transport transport(String... pairs) throws Exception {
        Map<String, String> more = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            more.put(pairs[i], pairs[i + 1]);
        }
        RpcNode started = RpcNode.open(
                node.settings(more), () -> Optional.of(network), executor, time, new SecureRandom(), pause -> {});
        open.add(started);
        return started.transport();
    }

    private byte[] waiting() {
        byte[] raw = chain.transaction();
        chain.accept(raw);
        return raw;
    }

    @Test
    void blocksSinceTheLastOneComeFirstThenTheWholeMempool() throws Exception {
        FakeChain.Block known = chain.mine();
        byte[] first = chain.transaction();
        byte[] second = chain.transaction();
        FakeChain.Block one = chain.mine(first);
        FakeChain.Block two = chain.mine(second);
        List<byte[]> mempool = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            mempool.add(waiting());
        }
        Log log = new Log();
        transport().watch(log, Optional.of(known.ref()));
        List<String> before = log.until(in(first, one));
        assertTrue(before.stream().noneMatch(line -> line.startsWith("+")), "blocks first");
        assertEquals(List.of(), log.until("block " + one.hash()));
        log.until(in(second, two));
        assertEquals(List.of(), log.until("block " + two.hash()));
        for (byte[] raw : mempool) {
            assertEquals(List.of(), log.until(seen(raw)));
        }
        long calls = node.requests.stream()
                .filter(r -> r.isArray() && r.get(0).get("method").textValue().equals("getrawtransaction"))
                .count();
        assertEquals(3, calls, "250 transactions in batches of 100");
    }

    @Test
    void withoutALastBlockItStartsWithTheTip() throws Exception {
        FakeChain.Block old = chain.mine(chain.transaction());
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        transport().watch(log, Optional.empty());
        List<String> before = log.until("block " + tip.hash());
        assertTrue(before.stream().noneMatch(line -> line.contains(old.hash().toString())));
    }

    @Test
    void whatComesAndGoesIsFoundByPolling() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        Transport transport = transport("zmq", "none");
        transport.watch(log, Optional.of(tip.ref()));
        byte[] raw = waiting();
        byte[] other = waiting();
        log.until(seen(raw));
        log.until(seen(other));
        chain.evict(raw);
        log.until("- " + FakeChain.id(raw));
        FakeChain.Block block = chain.mine(other);
        List<String> before = log.until("block " + block.hash());
        assertTrue(before.contains(in(other, block)), "told before its block: " + before);
        byte[] last = waiting();
        List<String> after = log.until(seen(last));
        assertTrue(after.stream().noneMatch(line -> line.startsWith("-")), "mined is not removed: " + after);
        assertEquals("polling 100ms", transport.status().notifications());
    }

    @Test
    void aTransactionThatVanishesBetweenListingAndFetchingIsPassedOver() throws Exception {
        FakeChain.Block tip = chain.mine();
        byte[] gone = waiting();
        byte[] there = waiting();
        chain.vanishAfterListing(gone);
        Log log = new Log();
        transport().watch(log, Optional.of(tip.ref()));
        assertEquals(List.of(), log.until(seen(there)));
    }

    @Test
    void whatABlockTakesOutWhileTheMempoolIsListedIsNotRemoved() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        transport("zmq", "none").watch(log, Optional.of(tip.ref()));
        for (int i = 0; i < 5; i++) {
            byte[] raw = waiting();
            log.until(seen(raw));
            chain.mineBeforeListing(raw);
            List<String> before = log.until(in(raw, new FakeChain.Block(null, null, tip.height() + 1 + i, 0, null)));
            assertTrue(before.stream().noneMatch(line -> line.startsWith("-")), before.toString());
        }
    }

    @Test
    void aForkIsWalkedBackAndItsOtherBranchRead() throws Exception {
        FakeChain.Block base = chain.mine();
        byte[] raw = chain.transaction();
        FakeChain.Block old1 = chain.mine(raw);
        FakeChain.Block old2 = chain.mine();
        Log log = new Log();
        transport().watch(log, Optional.of(base.ref()));
        log.until("block " + old2.hash());
        chain.rewind(base.height());
        FakeChain.Block new1 = chain.mine();
        FakeChain.Block new2 = chain.mine(raw);
        FakeChain.Block new3 = chain.mine();
        log.until("undo " + old2.hash());
        assertEquals(List.of(), log.until("undo " + old1.hash()));
        log.until("block " + new1.hash());
        log.until(in(raw, new2));
        log.until("block " + new2.hash());
        log.until("block " + new3.hash());
    }

    @Test
    void aLastBlockThatIsNotInTheChainAnyMoreIsUndoneByItsHeaders() throws Exception {
        FakeChain.Block base = chain.mine();
        chain.mine();
        FakeChain.Block old = chain.mine();
        chain.rewind(base.height());
        FakeChain.Block fresh = chain.mine();
        Log log = new Log();
        transport().watch(log, Optional.of(old.ref()));
        assertEquals(List.of(), log.until("undo " + old.hash()));
        log.until("block " + fresh.hash());
    }

    @Test
    void aLastBlockThatTheNodeNeverHadMeansReadingFromFurtherBack() throws Exception {
        FakeChain.Block base = chain.mine();
        FakeChain.Block old = chain.mine();
        chain.rewind(base.height());
        chain.forgetForks();
        byte[] raw = chain.transaction();
        FakeChain.Block fresh = chain.mine(raw);
        Log log = new Log();
        transport().watch(log, Optional.of(old.ref()));
        assertEquals(List.of(), log.until("undo " + old.hash()));
        List<String> before = log.until("block " + fresh.hash());
        assertTrue(before.contains("block " + base.hash()) && before.contains(in(raw, fresh)), before.toString());
    }

    @Test
    void twoListenersEachGetEverythingAndAClosedOneNothing() throws Exception {
        FakeChain.Block tip = chain.mine();
        byte[] early = waiting();
        Log one = new Log();
        Log two = new Log();
        Transport transport = transport();
        Transport.Subscription first = transport.watch(one, Optional.of(tip.ref()));
        one.until(seen(early));
        transport.watch(two, Optional.of(tip.ref()));
        two.until(seen(early));
        byte[] both = waiting();
        one.until(seen(both));
        two.until(seen(both));
        first.close();
        one.lines.clear();
        byte[] late = waiting();
        two.until(seen(late));
        assertNull(one.lines.poll());
    }

    @Test
    void aNodeThatWasAwayIsCaughtUpWith() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        Transport transport = transport();
        transport.watch(log, Optional.of(tip.ref()));
        byte[] before = waiting();
        log.until(seen(before));
        node.next(FakeNode.status(200, "garbage"));
        node.next(FakeNode.status(
                500, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-28,\"message\":\"Loading\"}}"));
        FakeChain.Block missed = chain.mine(before);
        byte[] after = waiting();
        log.until("block " + missed.hash());
        log.until(seen(after));
    }

    @Test
    void aListenerThatFailsInABlockGetsTheBlockAgain() throws Exception {
        FakeChain.Block tip = chain.mine();
        byte[] raw = chain.transaction();
        FakeChain.Block block = chain.mine(raw);
        AtomicInteger failures = new AtomicInteger(1);
        Log log = new Log() {
            @Override
            public void blockConnected(BlockRef connected) {
                if (failures.getAndDecrement() > 0) {
                    throw new IllegalStateException("a full disk");
                }
                super.blockConnected(connected);
            }
        };
        transport().watch(log, Optional.of(tip.ref()));
        log.until(in(raw, block));
        log.until(in(raw, block));
        log.until("block " + block.hash());
    }

    private ZMQ.Socket publisher(ZContext context) {
        ZMQ.Socket socket = context.createSocket(SocketType.XPUB);
        socket.setXpubVerbose(true);
        socket.setReceiveTimeOut(PATIENCE_SECONDS * 1000);
        return socket;
    }

    /** Waits until both topics are subscribed. */
    private static void subscribed(ZMQ.Socket publisher) {
        for (int topics = 0; topics < 2; ) {
            byte[] message = publisher.recv();
            assertNotNull(message);
            // 0: the end of an earlier subscription, which may arrive before or after.
            topics += message[0];
        }
    }

    private void publish(ZMQ.Socket publisher, String topic, byte[] body) {
        int count = counters.merge(topic, 1, Integer::sum) - 1;
        publisher.sendMore(topic);
        publisher.sendMore(body);
        publisher.send(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(count)
                .array());
    }

    private void publish(ZMQ.Socket publisher, TxId id, char letter, long sequence) {
        byte[] body = ByteBuffer.allocate(41)
                .put(id.bytes())
                .put((byte) letter)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(sequence)
                .array();
        publish(publisher, "sequence", body);
    }

    private void publish(ZMQ.Socket publisher, FakeChain.Block block, char letter) {
        publish(
                publisher,
                "sequence",
                ByteBuffer.allocate(33)
                        .put(block.hash().bytes())
                        .put((byte) letter)
                        .array());
    }

    private byte[] announced(ZMQ.Socket publisher) {
        byte[] raw = chain.transaction();
        long number = chain.accept(raw);
        publish(publisher, "rawtx", raw);
        publish(publisher, FakeChain.id(raw), 'A', number);
        return raw;
    }

    /** A watched node whose only timely source is ZMQ: it would poll once in five minutes. */
    private Log zmqOnly(ZMQ.Socket publisher, int port) throws Exception {
        FakeChain.Block tip = chain.mine();
        byte[] there = waiting();
        Log log = new Log();
        Transport transport = transport("zmq", "tcp://127.0.0.1:" + port, "poll-interval", "5m");
        transport.watch(log, Optional.of(tip.ref()));
        subscribed(publisher);
        log.until(seen(there));
        // The first message of a topic shows that earlier ones may have been missed: a listing follows each of the two,
        // and finds what was not announced.
        byte[] one = chain.transaction();
        publish(publisher, FakeChain.id(one), 'A', chain.accept(one));
        log.until(seen(one));
        byte[] silent = waiting();
        announced(publisher);
        log.until(seen(silent));
        return log;
    }

    @Test
    void whatZmqAnnouncesIsToldAtOnceAndNotFetched() throws Exception {
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            Log log = zmqOnly(publisher, publisher.bindToRandomPort("tcp://127.0.0.1"));
            byte[] first = announced(publisher);
            log.until(seen(first));
            long fetched =
                    node.calls.stream().filter("getrawtransaction"::equals).count();
            byte[] raw = announced(publisher);
            log.until(seen(raw));
            publish(publisher, FakeChain.id(raw), 'R', chain.evict(raw));
            log.until("- " + FakeChain.id(raw));
            assertEquals(
                    fetched,
                    node.calls.stream().filter("getrawtransaction"::equals).count());
            byte[] mined = announced(publisher);
            log.until(seen(mined));
            byte[] unseen = chain.transaction();
            FakeChain.Block block = chain.mine(mined, unseen);
            publish(publisher, "rawtx", mined);
            publish(publisher, "rawtx", unseen);
            publish(publisher, block, 'C');
            List<String> before = log.until("block " + block.hash());
            assertTrue(before.contains(in(unseen, block)), before.toString());
            assertTrue(before.stream().noneMatch(seen(unseen)::equals), "not told as waiting: " + before);
        }
    }

    @Test
    void aGapInTheCountersIsNoticedAndWhatWasMissedIsRead() throws Exception {
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            Log log = zmqOnly(publisher, publisher.bindToRandomPort("tcp://127.0.0.1"));
            byte[] missed = waiting();
            counters.merge("rawtx", 1, Integer::sum);
            counters.merge("sequence", 1, Integer::sum);
            byte[] next = announced(publisher);
            List<String> before = log.until(seen(next));
            if (!before.contains(seen(missed))) {
                log.until(seen(missed));
            }
        }
    }

    @Test
    void aNodeThatCountsFromTheStartAgainIsReadAgain() throws Exception {
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            Log log = zmqOnly(publisher, publisher.bindToRandomPort("tcp://127.0.0.1"));
            byte[] missed = waiting();
            counters.clear();
            byte[] next = announced(publisher);
            List<String> before = log.until(seen(next));
            if (!before.contains(seen(missed))) {
                log.until(seen(missed));
            }
        }
    }

    @Test
    void anIdWithoutItsTransactionIsFetched() throws Exception {
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            Log log = zmqOnly(publisher, publisher.bindToRandomPort("tcp://127.0.0.1"));
            byte[] raw = chain.transaction();
            publish(publisher, FakeChain.id(raw), 'A', chain.accept(raw));
            log.until(seen(raw));
        }
    }

    @Test
    void nonsenseFromZmqLeadsToAListingAndNoMore() throws Exception {
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            Log log = zmqOnly(publisher, publisher.bindToRandomPort("tcp://127.0.0.1"));
            byte[] missed = waiting();
            publish(publisher, "rawtx", new byte[] {1, 2, 3});
            log.until(seen(missed));
            byte[] again = waiting();
            publish(publisher, "sequence", new byte[5]);
            log.until(seen(again));
            publisher.sendMore("rawtx");
            publisher.send("two frames only");
            log.until(seen(announced(publisher)));
        }
    }

    @Test
    void whenZmqDiesPollingTakesOver() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            int port = publisher.bindToRandomPort("tcp://127.0.0.1");
            transport("zmq", "tcp://127.0.0.1:" + port).watch(log, Optional.of(tip.ref()));
            subscribed(publisher);
            log.until(seen(announced(publisher)));
        }
        byte[] silent = waiting();
        log.until(seen(silent));
    }

    @Test
    void aPublisherThatSaysNothingWhileTransactionsComeIsConnectedAnew() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            int port = publisher.bindToRandomPort("tcp://127.0.0.1");
            transport("zmq", "tcp://127.0.0.1:" + port).watch(log, Optional.of(tip.ref()));
            subscribed(publisher);
            // Found only by listings, one after another.
            for (int i = 0; i < 3; i++) {
                log.until(seen(waiting()));
            }
            subscribed(publisher);
            log.until(seen(announced(publisher)));
        }
    }

    @Test
    void aZmqAddressWhereNobodyListensIsSaidOfTheNode() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }
        Transport transport = transport("zmq", "tcp://127.0.0.1:" + port);
        transport.watch(log, Optional.of(tip.ref()));
        log.until(seen(waiting()));
        Eventually.that(
                "the node's state says what is wrong with ZMQ",
                () -> transport.status().detail().contains("127.0.0.1:" + port));
        assertEquals(NodeStatus.State.READY, transport.status().state(), "it is polled, and can be used");
        assertTrue(transport.status().detail().contains("set zmq to where it publishes"), transport.status()::detail);
    }

    @Test
    void aPublisherThatSaysNothingIsSaidOfTheNodeUntilItSpeaks() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            int port = publisher.bindToRandomPort("tcp://127.0.0.1");
            Transport transport = transport("zmq", "tcp://127.0.0.1:" + port);
            transport.watch(log, Optional.of(tip.ref()));
            subscribed(publisher);
            // Blocks alone are enough to notice.
            Eventually.that("silence is noticed", () -> {
                log.until("block " + chain.mine().hash());
                return transport.status().detail().contains("ZMQ is connected but silent");
            });
            subscribed(publisher);
            log.until(seen(announced(publisher)));
            Eventually.that("all is well", () -> transport.status().detail().isEmpty());
        }
    }

    @Test
    void aPublisherThatSpeaksOfOtherTransactionsThanTheNodesIsSaidOfTheNode() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            int port = publisher.bindToRandomPort("tcp://127.0.0.1");
            Transport transport = transport("zmq", "tcp://127.0.0.1:" + port);
            transport.watch(log, Optional.of(tip.ref()));
            subscribed(publisher);
            log.until(seen(announced(publisher)));
            for (int i = 1; i <= 3; i++) {
                byte[] unannounced = waiting();
                // From another node: its numbers have gaps for this one, and a listing follows each.
                publish(publisher, FakeChain.id(chain.transaction()), 'A', 1_000L * i);
                log.until(seen(unannounced));
            }
            Eventually.that(
                    "it is said",
                    () -> transport
                            .status()
                            .detail()
                            .contains("ZMQ works, but not for the transactions that the node has"));
        }
    }

    @Test
    void rawtxAloneMakesThePollingQuick() throws Exception {
        FakeChain.Block tip = chain.mine();
        byte[] there = waiting();
        Log log = new Log();
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            int port = publisher.bindToRandomPort("tcp://127.0.0.1");
            transport("zmq-rawtx", "tcp://127.0.0.1:" + port, "poll-interval", "5m")
                    .watch(log, Optional.of(tip.ref()));
            assertNotNull(publisher.recv());
            log.until(seen(there));
            for (int i = 0; i < 3; i++) {
                byte[] raw = waiting();
                publish(publisher, "rawtx", raw);
                log.until(seen(raw));
            }
        }
    }

    @Test
    void aNodeOnThisComputerSaysWhereItsZmqIs() throws Exception {
        FakeChain.Block tip = chain.mine();
        Log log = new Log();
        try (ZContext context = new ZContext()) {
            ZMQ.Socket publisher = publisher(context);
            int port = publisher.bindToRandomPort("tcp://127.0.0.1");
            node.on(
                    "getzmqnotifications",
                    List.of(
                            Map.of("type", "pubhashtx", "address", "tcp://127.0.0.1:1"),
                            Map.of("type", "pubrawtx", "address", "tcp://1.2:28332"),
                            Map.of("type", "pubrawtx", "address", "tcp://0.0.0.0:" + port),
                            Map.of("type", "pubsequence", "address", "tcp://127.0.0.1:" + port)));
            transport().watch(log, Optional.of(tip.ref()));
            subscribed(publisher);
            log.until(seen(announced(publisher)));
        }
    }
}
