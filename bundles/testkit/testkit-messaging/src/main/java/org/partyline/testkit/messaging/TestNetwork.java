package org.partyline.testkit.messaging;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.messaging.store.Keys;

/** A network without rules: a mempool, blocks on command, and any number of nodes and wallets. */
public final class TestNetwork {
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<TxId, byte[]> mempool = new LinkedHashMap<>();
    private final List<BlockRef> blocks = new ArrayList<>();
    private final Map<BlockRef, List<byte[]>> contents = new LinkedHashMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final List<byte[]> broadcasts = new CopyOnWriteArrayList<>();
    private final List<Handed> handed = new CopyOnWriteArrayList<>();
    /** The previous block of every block that ever existed. */
    private final Map<TxId, BlockRef> before = new HashMap<>();

    private int forks;
    private boolean holding;
    private final List<byte[]> held = new ArrayList<>();

    public TestNetwork(Clock clock) {
        this.clock = clock;
        blocks.add(new BlockRef(0, TxId.ofStripped(new byte[] {0}), clock.instant()));
    }

    private record Watch(Node node, TransactionListener listener) {}

    /** A transaction that was handed to a node. */
    public record Handed(String node, byte[] raw) {}

    /** Returns the raw transactions that were handed to any node, once for each time. */
    public List<byte[]> broadcasts() {
        return broadcasts;
    }

    /** Returns the same, with the nodes. */
    public List<Handed> handed() {
        return handed;
    }

    /** Returns the nodes that at least one transaction was handed to, in order. */
    public List<String> entrances() {
        return handed.stream().map(Handed::node).toList();
    }

    /** Makes nodes accept transactions without reporting them, until {@link #release}. */
    public synchronized void hold() {
        holding = true;
    }

    /** Reports the held transactions, in the order that the test wants. */
    public synchronized void release(java.util.function.UnaryOperator<List<byte[]>> order) {
        holding = false;
        for (byte[] raw : order.apply(new ArrayList<>(held))) {
            notify(raw, Optional.empty());
        }
        held.clear();
    }

    /** Reports the held transactions that were handed to one node, and goes on holding the others. */
    public synchronized void releaseFrom(String node) {
        List<byte[]> its = held.stream()
                .filter(raw ->
                        handed.stream().anyMatch(one -> one.node().equals(node) && Arrays.equals(one.raw(), raw)))
                .toList();
        held.removeAll(its);
        its.forEach(raw -> notify(raw, Optional.empty()));
    }

    private void notify(byte[] raw, Optional<BlockRef> block) {
        for (Watch watch : watches) {
            if (block.isPresent() || watch.node().shows(raw)) {
                watch.listener().transaction(raw, block);
            }
        }
    }

    /** The transaction that spends an input, of all ever accepted: needed for the mempool's replacement rules. */
    private final Map<ByteBuffer, TxId> spends = new HashMap<>();

    /** Concurrent, since several wallets sign at once. */
    private final Map<TxId, SignedTransaction> paid = new ConcurrentHashMap<>();

    private final Set<TxId> confirmed = new HashSet<>();
    /** Satoshi for 1,000 virtual bytes: both the minimum and the increment. */
    public volatile long floor = 100;

    public static ByteBuffer input(byte[] raw) {
        return ByteBuffer.wrap(Arrays.copyOfRange(raw, 5, 41));
    }

    /** Checks a node's rules against double spending and for replacement. */
    private void check(byte[] raw) throws TransactionRejectedException {
        TxId id = TransactionScanner.id(raw);
        TxId before = spends.get(input(raw));
        SignedTransaction now = paid.get(id);
        if (confirmed.contains(id) || mempool.containsKey(id) || now == null) {
            return;
        }
        if (before != null && confirmed.contains(before)) {
            throw new TransactionRejectedException(
                    TransactionRejectedException.Reason.INPUTS_GONE, "bad-txns-inputs-missingorspent");
        }
        if (now.fee() < new FeeRate(floor).fee(now.vsize())) {
            throw new TransactionRejectedException(
                    TransactionRejectedException.Reason.FEE_TOO_LOW, "min relay fee not met");
        }
        if (before != null && mempool.containsKey(before)) {
            SignedTransaction old = paid.get(before);
            boolean pays = now.fee() >= old.fee() + new FeeRate(100).fee(now.vsize())
                    && now.fee() * old.vsize() > old.fee() * now.vsize();
            if (!pays) {
                throw new TransactionRejectedException(
                        TransactionRejectedException.Reason.FEE_TOO_LOW, "insufficient fee");
            }
            mempool.remove(before);
        }
        spends.put(input(raw), id);
    }

    /** Puts one transaction, in any version, into a block, and drops those that spend the same coin. */
    public synchronized BlockRef mine(TxId id, byte[] raw) {
        mempool.values().removeIf(other -> input(other).equals(input(raw)));
        spends.put(input(raw), id);
        Map<TxId, byte[]> others = new LinkedHashMap<>(mempool);
        mempool.clear();
        mempool.put(id, raw);
        BlockRef block = mine();
        mempool.putAll(others);
        return block;
    }

    /** Puts a transaction into a block without notifying listeners. */
    public synchronized void minedInSecret(TxId id) {
        mempool.remove(id);
        confirmed.add(id);
    }

    /** The same for any version, which replaces the others. */
    public synchronized void minedInSecret(byte[] raw) {
        mempool.values().removeIf(other -> input(other).equals(input(raw)));
        spends.put(input(raw), TransactionScanner.id(raw));
        confirmed.add(TransactionScanner.id(raw));
    }

    /** Puts someone's transaction with the same coin into a block. */
    public synchronized void spendElsewhere(byte[] raw) {
        TxId other = TxId.ofStripped(Keys.of(System.nanoTime()));
        mempool.values().removeIf(one -> input(one).equals(input(raw)));
        spends.put(input(raw), other);
        confirmed.add(other);
    }

    /** Replaces a transaction by someone's transaction that spends the same coin and pays more. */
    public synchronized void outbid(byte[] raw) {
        byte[] other = transaction(List.of());
        System.arraycopy(raw, 5, other, 5, 36);
        SignedTransaction dearer = remember(other, 110, 1_000_000);
        mempool.values().removeIf(one -> input(one).equals(input(raw)));
        mempool.put(dearer.id(), other);
        spends.put(input(raw), dearer.id());
    }

    public synchronized List<byte[]> waiting() {
        return new ArrayList<>(mempool.values());
    }

    public synchronized List<byte[]> inBlocks() {
        return contents.values().stream().flatMap(List::stream).toList();
    }

    public SignedTransaction paid(TxId id) {
        return paid.get(id);
    }

    private SignedTransaction remember(byte[] raw, int vsize, long fee) {
        SignedTransaction made = new SignedTransaction(TransactionScanner.id(raw), raw, vsize, fee);
        paid.put(made.id(), made);
        return made;
    }

    /** Adds someone's transaction without checking any rule. */
    public void takes(byte[] raw) {
        try {
            accept(raw);
        } catch (TransactionRejectedException e) {
            throw new AssertionError("a stranger's transaction was refused", e);
        }
    }

    public void accept(byte[] raw) throws TransactionRejectedException {
        accept(raw, () -> {});
    }

    /**
     * @param taken runs when the transaction is accepted: after it is held, since a test that waits for the last one
     *     then releases the held ones; and before anyone is notified, since a test that has read a message counts the
     *     transactions handed over
     */
    private synchronized void accept(byte[] raw, Runnable taken) throws TransactionRejectedException {
        check(raw);
        TxId id = TransactionScanner.id(raw);
        boolean fresh = !confirmed.contains(id) && mempool.putIfAbsent(id, raw) == null;
        if (fresh && holding) {
            held.add(raw);
        }
        taken.run();
        if (fresh && !holding) {
            notify(raw, Optional.empty());
        }
    }

    /** Drops unconfirmed transactions, as a node does whose mempool is full or that was restarted without it. */
    public synchronized void evictAll() {
        mempool.clear();
    }

    /** Returns the height of the tip. */
    public synchronized int height() {
        return blocks.size() - 1;
    }

    /** Puts the mempool into a block. */
    public synchronized BlockRef mine() {
        int height = blocks.size();
        BlockRef block = new BlockRef(height, hash(height, forks), clock.instant());
        before.put(block.hash(), blocks.get(height - 1));
        blocks.add(block);
        contents.put(block, new ArrayList<>(mempool.values()));
        confirmed.addAll(mempool.keySet());
        mempool.clear();
        held.clear();
        contents.get(block).forEach(raw -> notify(raw, Optional.of(block)));
        watches.forEach(watch -> watch.listener().blockConnected(block));
        return block;
    }

    private static TxId hash(int height, int fork) {
        return TxId.ofStripped(Keys.of((long) fork << 32 | height));
    }

    /** Makes blocks. */
    public void mine(int howMany) {
        for (int i = 0; i < howMany; i++) {
            mine();
        }
    }

    /** Removes the last blocks. @param keep whether their transactions return to the mempools */
    public synchronized void disconnect(int howMany, boolean keep) {
        forks++;
        for (int i = 0; i < howMany; i++) {
            BlockRef gone = blocks.remove(blocks.size() - 1);
            List<byte[]> had = contents.remove(gone);
            had.forEach(raw -> confirmed.remove(TransactionScanner.id(raw)));
            if (keep) {
                had.forEach(raw -> mempool.put(TransactionScanner.id(raw), raw));
            }
            watches.forEach(watch -> watch.listener().blockDisconnected(gone));
        }
    }

    /** Makes one node leave a block. */
    public synchronized void leave(Node node, BlockRef block) {
        notify(node, listener -> listener.blockDisconnected(block));
    }

    /** Puts unconfirmed transactions into a block that only one node has. */
    public synchronized void mineAt(Node node, int fork) {
        int height = blocks.size();
        BlockRef block = new BlockRef(height, hash(height, fork), clock.instant());
        notify(node, listener -> {
            mempool.values().forEach(raw -> listener.transaction(raw, Optional.of(block)));
            listener.blockConnected(block);
        });
    }

    private void notify(Node node, java.util.function.Consumer<TransactionListener> what) {
        watches.stream().filter(watch -> watch.node() == node).forEach(watch -> what.accept(watch.listener()));
    }

    /** Returns a transaction with these OP_RETURN outputs and a non-existent input. */
    public byte[] transaction(List<byte[]> payloads) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        raw.writeBytes(new byte[] {2, 0, 0, 0, 1});
        byte[] input = new byte[36];
        random.nextBytes(input);
        raw.writeBytes(input);
        raw.write(0);
        raw.writeBytes(new byte[] {-3, -1, -1, -1});
        raw.write(payloads.size());
        for (byte[] payload : payloads) {
            raw.writeBytes(new byte[8]);
            byte[] script = script(payload);
            if (script.length < 0xfd) {
                raw.write(script.length);
            } else {
                raw.writeBytes(new byte[] {(byte) 0xfd, (byte) script.length, (byte) (script.length >>> 8)});
            }
            raw.writeBytes(script);
        }
        raw.writeBytes(new byte[4]);
        return raw.toByteArray();
    }

    private static byte[] script(byte[] payload) {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.write(0x6a);
        if (payload.length <= 75) {
            script.write(payload.length);
        } else if (payload.length < 256) {
            script.write(0x4c);
            script.write(payload.length);
        } else {
            script.writeBytes(new byte[] {0x4d, (byte) payload.length, (byte) (payload.length >>> 8)});
        }
        script.writeBytes(payload);
        return script.toByteArray();
    }

    private synchronized Transport.Subscription watch(
            Node node, TransactionListener listener, Optional<BlockRef> since) {
        Watch watch = new Watch(node, listener);
        if (node.lost) {
            node.unheard.put(listener, since);
        } else {
            begin(watch, since);
        }
        return () -> {
            watches.remove(watch);
            node.unheard.remove(listener);
        };
    }

    private void begin(Watch watch, Optional<BlockRef> since) {
        TransactionListener listener = watch.listener();
        int from = since.map(block -> fork(listener, block).height() + 1).orElse(blocks.size());
        for (BlockRef block : blocks.subList(Math.min(from, blocks.size()), blocks.size())) {
            contents.getOrDefault(block, List.of()).forEach(raw -> listener.transaction(raw, Optional.of(block)));
            listener.blockConnected(block);
        }
        if (from == blocks.size()) {
            listener.blockConnected(blocks.get(blocks.size() - 1));
        }
        mempool.values().stream()
                .filter(watch.node()::shows)
                .forEach(raw -> listener.transaction(raw, Optional.empty()));
        watches.add(watch);
    }

    /** Returns the last block of a branch that still exists; reports those that are gone. */
    private BlockRef fork(TransactionListener listener, BlockRef last) {
        BlockRef block = last;
        while (before.containsKey(block.hash())
                && blocks.stream().map(BlockRef::hash).noneMatch(block.hash()::equals)) {
            listener.blockDisconnected(block);
            block = before.get(block.hash());
        }
        return block;
    }

    public Node node(String name) {
        return node(name, Network.REGTEST);
    }

    /** Creates a node that reports another network. */
    public Node node(String name, Network network) {
        return new Node(name, network);
    }

    /** A node and its wallet. */
    public final class Node implements Transport, Wallet {
        private final String name;
        private final Network on;
        /** The accounts that paid, in order. */
        public final List<String> accounts = new CopyOnWriteArrayList<>();
        /** The accounts whose coins were freed. */
        public final List<String> freedFor = new CopyOnWriteArrayList<>();
        /** Payments and replacements that the wallet signed. */
        public final List<SignedTransaction> signed = new CopyOnWriteArrayList<>();
        /** The transactions of which the wallet was told that they are not sent, or not again. */
        public final List<SignedTransaction> released = new CopyOnWriteArrayList<>();
        /** The transactions of which the wallet was told that nobody has them. */
        public final List<SignedTransaction> discarded = new CopyOnWriteArrayList<>();

        public final List<SignedTransaction> forgotten = new CopyOnWriteArrayList<>();

        public volatile int maxPayload = 80;
        public volatile boolean down;
        public volatile boolean poor;
        public volatile int dieAfterTaking;
        public volatile int maxOutputs = 1;
        /** Does not answer questions about earlier blocks. */
        public volatile boolean silentOnBlocks;
        /** Has no earlier blocks. */
        public volatile boolean withoutBlocks;
        /** The height of the first block that it knows, like a peer-to-peer node that begins at a check point. */
        public volatile int oldest;
        /** How often it was asked to report events. */
        public final AtomicInteger watched = new AtomicInteger();
        /** The balance that its wallet reports; whether it pays is another matter. */
        public volatile Optional<AccountStatus> has = Optional.empty();
        /** The value of a coin of the wallet, in satoshi. */
        public volatile long coin = 1_000_000;
        /** Accepts transactions but does not pass them on. */
        public volatile boolean keeps;
        /**
         * The number of peers that it claims to have sent each kept transaction to; empty if it does not report that it
         * has them.
         */
        public volatile OptionalInt sentPrivately = OptionalInt.empty();
        /** The transactions that it was asked to withdraw. */
        public final Set<TxId> withdrawn = ConcurrentHashMap.newKeySet();
        /** Whether it is its whole network, as the embedded one is; otherwise it is one node among others. */
        public volatile boolean whole = true;
        /** The number of peers that it reports; empty if it does not. */
        public volatile OptionalInt peers = OptionalInt.empty();
        /** Whether it reports that a peer has its transactions. */
        public volatile boolean relays;
        /** How often it was asked where a transaction is. */
        public final AtomicInteger located = new AtomicInteger();
        /** Reports no unconfirmed transaction. */
        public volatile boolean silent;
        /** Added to the height that it reports. */
        public volatile int lie;
        /** Its blocks from this height on differ from the others'. */
        public volatile int fork = Integer.MAX_VALUE;
        /** Its last block, if it is behind. */
        public volatile int stuck = Integer.MAX_VALUE;

        /** The fee rate that it suggests; a dishonest node may report any. */
        public volatile Supplier<Optional<FeeRate>> estimate = Optional::empty;
        /** Additional virtual bytes of its wallet's payments, as with many small coins. */
        public volatile int heavier;

        public volatile int version = 310000;
        public volatile FeeRate floor = new FeeRate(100);
        /** The increment that it reports for replacements. */
        public volatile FeeRate increment = new FeeRate(100);

        /** Requires a higher fee than anyone pays. */
        public volatile boolean refuse;
        /** Runs before it reports its status. */
        public volatile Runnable onStatus = () -> {};
        /** The maximum number of coins for a payment, by the fee rate. */
        public volatile ToIntFunction<FeeRate> mostCoins = rate -> 1;
        /** Runs when the wallet has signed a payment. */
        public volatile Runnable onSigned = () -> {};
        /** Runs before the wallet examines the transaction to replace. */
        public volatile Runnable onReplace = () -> {};

        public volatile Runnable onReplaced = () -> {};

        /** Runs when the change of a transaction is held. */
        public volatile Runnable onHeld = () -> {};
        /** Runs while a transaction is being handed over; may throw. */
        public volatile Runnable onBroadcast = () -> {};

        private final Set<TxId> holds = ConcurrentHashMap.newKeySet();
        private boolean lost;
        /** The last block that each watcher has heard of, while the connection is lost. */
        private final Map<TransactionListener, Optional<BlockRef>> unheard = new ConcurrentHashMap<>();

        public Node(String name, Network on) {
            this.name = name;
            this.on = on;
        }

        /** Its server loses the connection: it accepts and reports nothing. */
        public void lose() {
            synchronized (TestNetwork.this) {
                lost = true;
                down = true;
                Optional<BlockRef> last = Optional.of(blocks.get(blocks.size() - 1));
                watches.stream()
                        .filter(watch -> watch.node() == this)
                        .forEach(watch -> unheard.put(watch.listener(), last));
                watches.removeIf(watch -> watch.node() == this);
            }
        }

        /** The connection is back: it reports what its server has missed. */
        public void find() {
            synchronized (TestNetwork.this) {
                lost = false;
                down = false;
                unheard.forEach((listener, since) -> begin(new Watch(this, listener), since));
                unheard.clear();
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String type() {
            return "test";
        }

        @Override
        public Network network() {
            return on;
        }

        @Override
        public NodeStatus status() {
            onStatus.run();
            BlockRef tip;
            int waiting;
            synchronized (TestNetwork.this) {
                BlockRef last = block(Math.min(stuck, blocks.size() - 1));
                tip = lie == 0 ? last : new BlockRef(last.height() + lie, hash(last.height() + lie, 99), last.time());
                waiting = mempool.size();
            }
            return new NodeStatus(
                    down ? NodeStatus.State.UNREACHABLE : NodeStatus.State.READY,
                    "",
                    "/Test/",
                    Optional.of(tip),
                    waiting,
                    Optional.empty(),
                    "direct",
                    "",
                    peers);
        }

        @Override
        public boolean isWholeNetwork() {
            return whole;
        }

        @Override
        public RelayPolicy policy() {
            return new RelayPolicy(
                    maxPayload,
                    maxOutputs,
                    maxOutputs * (maxPayload + 3),
                    new FeeRate(Math.max(TestNetwork.this.floor, floor.satPerKvb())),
                    increment);
        }

        @Override
        public Optional<FeeRate> estimateFee(int blocks) {
            return estimate.get();
        }

        @Override
        public void broadcast(byte[] raw) throws NodeUnavailableException, TransactionRejectedException {
            if (down) {
                throw new NodeUnavailableException("node '" + name + "' does not answer");
            }
            if (refuse) {
                throw new TransactionRejectedException(
                        TransactionRejectedException.Reason.FEE_TOO_LOW, "min relay fee not met");
            }
            handed.add(new Handed(name, raw));
            onBroadcast.run();
            if (keeps) {
                broadcasts.add(raw);
            } else {
                try {
                    accept(raw, () -> broadcasts.add(raw));
                } catch (TransactionRejectedException e) {
                    broadcasts.add(raw);
                    throw e;
                }
            }
            int left = dieAfterTaking;
            if (left > 0) {
                dieAfterTaking = left - 1;
                throw new NodeUnavailableException("node '" + name + "' broke off");
            }
        }

        @Override
        public TransactionPlace locate(TxId id) throws NodeUnavailableException {
            located.incrementAndGet();
            if (lost) {
                throw new NodeUnavailableException("node '" + name + "' does not answer");
            }
            synchronized (TestNetwork.this) {
                if (confirmed.contains(id)) {
                    return new TransactionPlace(TransactionPlace.Kind.CONFIRMED, Optional.empty());
                }
                if (isPrivate(id)) {
                    int peers = sentPrivately.getAsInt();
                    return new TransactionPlace(TransactionPlace.Kind.PRIVATE, Optional.empty(), peers > 0, peers);
                }
                if (!mempool.containsKey(id) || !shows(mempool.get(id))) {
                    return TransactionPlace.UNKNOWN;
                }
                return relays ? TransactionPlace.RELAYED : TransactionPlace.MEMPOOL;
            }
        }

        private boolean isPrivate(TxId id) {
            return keeps
                    && sentPrivately.isPresent()
                    && !withdrawn.contains(id)
                    && handed.stream()
                            .anyMatch(one -> one.node().equals(name)
                                    && TransactionScanner.id(one.raw()).equals(id));
        }

        @Override
        public boolean withdraw(TxId id) {
            return isPrivate(id) && sentPrivately.getAsInt() == 0 && withdrawn.add(id);
        }

        private boolean shows(byte[] raw) {
            return !silent;
        }

        private BlockRef block(int height) {
            BlockRef block = blocks.get(height);
            return height < fork ? block : new BlockRef(height, hash(height, 77), block.time());
        }

        @Override
        public Optional<BlockRef> blockAt(int height) throws NodeUnavailableException {
            if (down || silentOnBlocks) {
                throw new NodeUnavailableException("node '" + name + "' does not answer");
            }
            if (withoutBlocks) {
                return Optional.empty();
            }
            synchronized (TestNetwork.this) {
                boolean known = height >= oldest && height <= stuck && height < blocks.size();
                return known ? Optional.of(block(height)) : Optional.empty();
            }
        }

        @Override
        public OptionalInt version() {
            return OptionalInt.of(version);
        }

        @Override
        public Optional<byte[]> fetch(TxId id) {
            synchronized (TestNetwork.this) {
                return Optional.ofNullable(mempool.get(id));
            }
        }

        @Override
        public Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
            watched.incrementAndGet();
            return TestNetwork.this.watch(this, listener, since);
        }

        @Override
        public SignedTransaction pay(String account, List<byte[]> payloads, FeeRate rate)
                throws InsufficientFundsException {
            if (poor) {
                throw new InsufficientFundsException("wallet '" + name + "' has 0 sat and needs 21 sat");
            }
            int vsize = vsize(payloads) + heavier;
            accounts.add(account);
            signed.add(remember(transaction(payloads), vsize, rate.fee(vsize)));
            onSigned.run();
            return signed.get(signed.size() - 1);
        }

        private int vsize(List<byte[]> payloads) {
            return 111 + payloads.stream().mapToInt(p -> 11 + p.length).sum();
        }

        @Override
        public SignedTransaction replace(
                String account, SignedTransaction previous, List<byte[]> payloads, FeeRule rule)
                throws InsufficientFundsException, WalletException {
            onReplace.run();
            accounts.add(account);
            if (confirmed.contains(previous.id())) {
                throw new WalletException("its coin is spent in a block");
            }
            int vsize = vsize(payloads) + heavier;
            long fee = rule.fee(vsize);
            if (fee > coin) {
                throw new InsufficientFundsException("the change would be dust");
            }
            byte[] raw = transaction(payloads);
            System.arraycopy(previous.raw(), 5, raw, 5, 36);
            // Real ones differ by their change, even if they carry the same packets.
            ByteBuffer.wrap(raw, raw.length - 4, 4).putInt((int) fee);
            SignedTransaction replacement = remember(raw, vsize, fee);
            signed.add(replacement);
            onReplaced.run();
            return replacement;
        }

        @Override
        public int mostCoins(String account, int vsize, FeeRate rate) {
            return mostCoins.applyAsInt(rate);
        }

        @Override
        public void hold(String account, SignedTransaction transaction, boolean held) {
            if (held) {
                onHeld.run();
                holds.add(transaction.id());
            } else {
                holds.remove(transaction.id());
            }
        }

        /** Returns the transactions whose change is held. */
        public Set<TxId> holds() {
            return holds;
        }

        @Override
        public void reserve(String account, SignedTransaction transaction) {
            // Coins are free here.
        }

        @Override
        public void release(String account, SignedTransaction transaction) {
            freedFor.add(account);
            released.add(transaction);
        }

        @Override
        public void discard(String account, SignedTransaction transaction) {
            freedFor.add(account);
            discarded.add(transaction);
        }

        @Override
        public void forget(String account, SignedTransaction replacement) {
            forgotten.add(replacement);
        }

        @Override
        public String freshAddress(String account) {
            return "bcrt1qtest" + account;
        }

        @Override
        public AccountStatus status(String account) {
            return has.map(all ->
                            new AccountStatus(account, all.confirmed(), all.unconfirmed(), all.reserved(), all.coins()))
                    .orElse(new AccountStatus(account, poor ? 0 : 1000, 0, 0, List.of()));
        }
    }
}
