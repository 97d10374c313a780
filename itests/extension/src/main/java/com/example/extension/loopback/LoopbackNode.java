package com.example.extension.loopback;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.Transport;

/**
 * A network of one node, in memory: transactions handed to it are reported, first from its mempool, then in a block.
 */
final class LoopbackNode implements Transport, AutoCloseable {
    private static final FeeRate FEE = new FeeRate(1_000);
    private static final RelayPolicy POLICY = new RelayPolicy(80, 1, 83, FEE, FEE);
    private static final long BLOCK_SECONDS = 2;

    private final String name;
    /** Reports everything to the watchers in order. */
    private final ScheduledExecutorService thread;

    private final Map<TxId, byte[]> mempool = new LinkedHashMap<>();
    private final List<Block> chain = new ArrayList<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();

    private record Block(BlockRef ref, Map<TxId, byte[]> transactions) {}

    LoopbackNode(String name) {
        this.name = name;
        thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "loopback-" + name);
            made.setDaemon(true);
            return made;
        });
        chain.add(new Block(block(0), Map.of()));
        thread.scheduleWithFixedDelay(this::mine, BLOCK_SECONDS, BLOCK_SECONDS, TimeUnit.SECONDS);
    }

    /** Blocks of different runs differ, as they contain different transactions. */
    private static BlockRef block(int height) {
        Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        return new BlockRef(height, Transactions.random(), now);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String type() {
        return LoopbackSettings.TYPE;
    }

    @Override
    public Network network() {
        return Network.REGTEST;
    }

    @Override
    public synchronized NodeStatus status() {
        return new NodeStatus(
                NodeStatus.State.READY,
                "",
                "/loopback/",
                Optional.of(tip()),
                mempool.size(),
                Optional.empty(),
                "direct");
    }

    private BlockRef tip() {
        return chain.get(chain.size() - 1).ref();
    }

    @Override
    public RelayPolicy policy() {
        return POLICY;
    }

    @Override
    public Optional<FeeRate> estimateFee(int blocks) {
        return Optional.of(FEE);
    }

    @Override
    public void broadcast(byte[] rawTransaction) {
        TxId id = Transactions.id(rawTransaction);
        synchronized (this) {
            if (locate(id).kind() != TransactionPlace.Kind.UNKNOWN) {
                return;
            }
            mempool.put(id, rawTransaction.clone());
        }
        notify(listener -> listener.transaction(rawTransaction, Optional.empty()));
    }

    @Override
    public boolean isWholeNetwork() {
        return true;
    }

    @Override
    public synchronized TransactionPlace locate(TxId id) {
        if (mempool.containsKey(id)) {
            return TransactionPlace.MEMPOOL;
        }
        return chain.stream()
                .filter(block -> block.transactions().containsKey(id))
                .map(block -> new TransactionPlace(TransactionPlace.Kind.CONFIRMED, Optional.of(block.ref())))
                .findFirst()
                .orElse(TransactionPlace.UNKNOWN);
    }

    @Override
    public synchronized Optional<byte[]> fetch(TxId id) {
        byte[] waiting = mempool.get(id);
        return waiting != null
                ? Optional.of(waiting)
                : chain.stream()
                        .map(block -> block.transactions().get(id))
                        .filter(found -> found != null)
                        .findFirst();
    }

    @Override
    public synchronized Optional<BlockRef> blockAt(int height) {
        return height < chain.size() ? Optional.of(chain.get(height).ref()) : Optional.empty();
    }

    @Override
    public Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        Watch watch = new Watch(listener);
        thread.execute(() -> begin(watch, since));
        return watch;
    }

    private void begin(Watch watch, Optional<BlockRef> since) {
        List<Block> missed;
        List<byte[]> waiting;
        boolean forked;
        synchronized (this) {
            int known = since.map(
                            last -> chain.stream().map(Block::ref).toList().indexOf(last))
                    .orElse(chain.size() - 1);
            forked = known < 0;
            missed = List.copyOf(chain.subList(Math.max(known + 1, 1), chain.size()));
            waiting = List.copyOf(mempool.values());
        }
        if (forked) {
            watch.call(listener -> listener.blockDisconnected(since.orElseThrow()));
        }
        missed.forEach(block -> notify(watch, block));
        waiting.forEach(raw -> watch.call(listener -> listener.transaction(raw, Optional.empty())));
        watches.add(watch);
    }

    private void mine() {
        Block block;
        synchronized (this) {
            block = new Block(block(tip().height() + 1), Map.copyOf(mempool));
            chain.add(block);
            mempool.clear();
        }
        watches.forEach(watch -> notify(watch, block));
    }

    private static void notify(Watch watch, Block block) {
        block.transactions()
                .values()
                .forEach(raw -> watch.call(listener -> listener.transaction(raw, Optional.of(block.ref()))));
        watch.call(listener -> listener.blockConnected(block.ref()));
    }

    private void notify(Call call) {
        thread.execute(() -> watches.forEach(watch -> watch.call(call)));
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    @FunctionalInterface
    private interface Call {
        void to(TransactionListener listener);
    }

    private final class Watch implements Subscription {
        private final TransactionListener listener;
        private boolean closed;

        Watch(TransactionListener listener) {
            this.listener = listener;
        }

        synchronized void call(Call call) {
            if (!closed) {
                call.to(listener);
            }
        }

        @Override
        public void close() {
            synchronized (this) {
                closed = true;
            }
            watches.remove(this);
        }
    }
}
