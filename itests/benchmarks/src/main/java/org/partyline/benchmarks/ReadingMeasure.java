package org.partyline.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Transport;
import org.partyline.itests.harness.RegtestNode;

/**
 * Measures reading all waiting transactions of a node's mempool: transport-rpc, as the server uses it, against one call
 * per transaction, and against the node alone.
 */
final class ReadingMeasure {
    private static final long LIMIT_SECONDS = 300;
    /** As the transport does by default. */
    private static final int BATCH = 100;

    private static final int AT_A_TIME = 3;

    private final int waiting;
    private final int turns;
    private final RegtestNode node;
    private final OneCallClient client;

    ReadingMeasure(Effort effort, RegtestNode node) {
        this.waiting = effort.waiting();
        this.turns = effort.turns();
        this.node = node;
        this.client = new OneCallClient(node.url(), node.cookieFile());
    }

    List<Figure> run(Path distribution, Path home) throws InterruptedException {
        new WaitingTransactions(client).fill(waiting);
        double[] ours = new double[turns];
        double[] theirs = new double[turns];
        double[] nodes = new double[turns];
        double[] ratios = new double[turns];
        double[] nodeRatios = new double[turns];
        try (Framework framework = Framework.start(distribution, home)) {
            framework.configure(NodeMeasure.TRANSPORT, NodeMeasure.settings(node, ""));
            Transport transport = framework.service(Transport.class);
            Poll.until(
                    "the node can be used",
                    java.time.Duration.ofSeconds(60),
                    () -> transport.status().state() == NodeStatus.State.READY);
            // Once each to warm up.
            byTransport(transport);
            oneByOne();
            answers();
            for (int turn = 0; turn < turns; turn++) {
                ours[turn] = byTransport(transport);
                theirs[turn] = oneByOne();
                nodes[turn] = answers();
                ratios[turn] = ours[turn] / theirs[turn];
                nodeRatios[turn] = ours[turn] / nodes[turn];
            }
        }
        Figure one = Figure.of(
                "reading " + waiting + " waiting transactions of " + NodeMeasure.program(),
                Cost.milliseconds(Samples.median(ours)),
                "a client that asks for one a call, connection kept",
                Cost.milliseconds(Samples.median(theirs)),
                Samples.median(ratios),
                Figure.Direction.TIMES_AS_FAST,
                Goal.atLeast(10));
        return List.of(
                one,
                Figure.of(
                        "the same",
                        Cost.milliseconds(Samples.median(ours)),
                        "the node's own speed: the same requests, answers not read",
                        Cost.milliseconds(Samples.median(nodes)),
                        Samples.median(nodeRatios),
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.atMost(1.5)));
    }

    private long byTransport(Transport transport) throws InterruptedException {
        CountDownLatch told = new CountDownLatch(waiting);
        TransactionListener listener = new TransactionListener() {
            @Override
            public void transaction(byte[] raw, Optional<BlockRef> block) {
                told.countDown();
            }

            @Override
            public void removed(TxId id) {
                throw new IllegalStateException("nothing is removed here");
            }

            @Override
            public void blockConnected(BlockRef block) {}

            @Override
            public void blockDisconnected(BlockRef block) {
                throw new IllegalStateException("the chain does not change here");
            }
        };
        long begin = System.nanoTime();
        try (Transport.Subscription subscription = transport.watch(listener, Optional.empty())) {
            if (!told.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(told.getCount() + " transactions were not read");
            }
            return System.nanoTime() - begin;
        }
    }

    /** Returns the nanoseconds that the node needs to answer the transport's requests. */
    private long answers() {
        long begin = System.nanoTime();
        List<String> ids = new ArrayList<>();
        client.call("getrawmempool").forEach(id -> ids.add(id.asText()));
        client.answer("getrawtransaction", ids, BATCH, AT_A_TIME);
        return System.nanoTime() - begin;
    }

    private long oneByOne() {
        long begin = System.nanoTime();
        int read = 0;
        for (JsonNode id : client.call("getrawmempool")) {
            byte[] raw = HexFormat.of()
                    .parseHex(client.call("getrawtransaction", id.asText()).asText());
            read += raw.length > 0 ? 1 : 0;
        }
        if (read != waiting) {
            throw new IllegalStateException("the mempool has " + read + " transactions");
        }
        return System.nanoTime() - begin;
    }
}
