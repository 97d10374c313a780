package org.partyline.transportembedded;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.bitcoinj.base.Coin;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.script.Script;
import org.bitcoinj.script.ScriptBuilder;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionRejectedException.Reason;

/**
 * The chain, its unspent coins and its mempool, with the rules for accepting transactions and blocks. Each change is
 * logged before it is made in memory, so that a crash loses nothing that was reported to anyone. Thread-safe: one lock
 * over everything.
 */
final class Ledger implements AutoCloseable {
    /** Consensus: 4,000,000, minus the coinbase and the header. */
    static final long MAX_BLOCK_WEIGHT = 3_996_000;
    /** Bitcoin Core's limit for one replacement. */
    private static final int MAX_REPLACED = 100;

    private static final int MEDIAN_SPAN = 11;
    private static final Instant GENESIS_TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final int SEED_LENGTH = 32;

    /** A confirmed transaction. */
    private record Confirmed(LogPosition place, int height) {}

    /**
     * A coin as seen by its owner's wallet.
     *
     * @param coin the coin
     * @param spent whether an unconfirmed transaction spends it
     * @param own whether it is confirmed, or from a transaction that spends only coins of the same owner
     * @param clusterSize the number of unconfirmed transactions in its cluster
     * @param clusterVbytes their size
     */
    record OwnedCoin(Utxo coin, boolean spent, boolean own, int clusterSize, int clusterVbytes) {}

    private final String node;
    private final Clock clock;
    private final ChainLog log;
    private final List<Block> chain = new ArrayList<>();
    private final Map<TxId, Integer> heights = new HashMap<>();
    private final Map<Outpoint, Utxo> coins = new HashMap<>();
    private final Map<TxId, Confirmed> confirmed = new HashMap<>();
    private final Set<String> funded = new HashSet<>();
    private final Mempool mempool = new Mempool();
    private final Set<Feed> feeds = new HashSet<>();
    private final List<Records.Addresses> keptAddresses = new ArrayList<>();
    private EmbeddedSettings settings;
    private byte[] seed;
    private FeeRate pressure = new FeeRate(0);
    private String trouble = "";
    private boolean closed;

    /**
     * Opens the chain in a file, or starts one.
     *
     * @throws IOException if the file cannot be used; the message says why
     */
    Ledger(String node, Path file, EmbeddedSettings settings, Clock clock, SecureRandom random) throws IOException {
        this.node = node;
        this.settings = settings;
        this.clock = clock;
        append(genesis());
        this.log = ChainLog.open(file, this::replay);
        if (seed == null) {
            byte[] fresh = new byte[SEED_LENGTH];
            random.nextBytes(fresh);
            log.append(Records.seed(fresh));
            seed = fresh;
        }
    }

    private static Block genesis() {
        byte[] header = BlockHeader.make(TxId.ofBytes(new byte[TxId.LENGTH]), new byte[TxId.LENGTH], GENESIS_TIME);
        return new Block(new BlockRef(0, BlockHeader.hash(header), GENESIS_TIME), List.of());
    }

    private void append(Block block) {
        chain.add(block);
        heights.put(block.ref().hash(), block.ref().height());
    }

    // ---- start

    private void replay(long position, byte[] payload) throws IOException {
        switch (payload[0]) {
            case Records.SEED -> seed = Arrays.copyOfRange(payload, 1, payload.length);
            case Records.ADDRESSES -> keptAddresses.add(Records.addresses(payload));
            case Records.TRANSACTION -> replayTransaction(position, payload);
            case Records.REMOVED -> Records.removed(payload).forEach(mempool::remove);
            case Records.BLOCK -> replayBlock(position, payload);
            default ->
                throw new IOException(
                        "the chain has a record of the unknown kind " + payload[0] + ": use the version that wrote it");
        }
    }

    private void replayTransaction(long position, byte[] payload) throws IOException {
        byte[] raw = Arrays.copyOfRange(payload, Records.TRANSACTION_HEAD, payload.length);
        Tx tx = Tx.trusted(raw);
        List<Utxo> spent = new ArrayList<>();
        long in = 0;
        for (Outpoint input : tx.inputs()) {
            Utxo coin = coin(input).orElseThrow(() -> new IOException("the chain spends a coin that it does not have"));
            spent.add(coin);
            in += coin.value();
        }
        mempool.withDescendants(mempool.conflicts(tx)).forEach(e -> mempool.remove(e.id()));
        Instant since = Instant.ofEpochMilli(Records.fields(payload).readLong());
        LogPosition place = new LogPosition(position + Records.TRANSACTION_HEAD, raw.length);
        mempool.add(new Mempool.Entry(tx, in - tx.outputSum(), since, spent, place));
    }

    private void replayBlock(long position, byte[] payload) throws IOException {
        Records.KeptBlock kept = Records.block(payload);
        Tx coinbase = Tx.trusted(kept.coinbase());
        List<TxId> ids = new ArrayList<>(List.of(coinbase.id()));
        ids.addAll(kept.others());
        if (!BlockHeader.previous(kept.header()).equals(tipLocked().hash())
                || !Arrays.equals(BlockHeader.merkleRoot(kept.header()), BlockHeader.merkleRoot(ids))) {
            throw new IOException("the chain's blocks do not connect after height "
                    + tipLocked().height());
        }
        List<Mempool.Entry> entries = new ArrayList<>();
        for (TxId id : kept.others()) {
            entries.add(mempool.find(id).orElseThrow(() -> new IOException("a block names an unknown transaction")));
        }
        connect(
                kept.header(),
                coinbase,
                new LogPosition(position + Records.BLOCK_HEAD, kept.coinbase().length),
                entries);
    }

    /** The wallet's seed; must not be changed. */
    byte[] seed() {
        return seed;
    }

    /** Addresses that were stored before the start. */
    List<Records.Addresses> keptAddresses() {
        return keptAddresses;
    }

    /** Stores addresses, so that none of them is shown again after a restart. */
    void keep(Records.Addresses addresses) throws IOException {
        write(Records.addresses(addresses));
    }

    // ---- queries

    synchronized BlockRef tip() {
        return tipLocked();
    }

    private BlockRef tipLocked() {
        return chain.get(chain.size() - 1).ref();
    }

    synchronized Optional<BlockRef> blockAt(int height) {
        return height >= 0 && height < chain.size()
                ? Optional.of(chain.get(height).ref())
                : Optional.empty();
    }

    synchronized int mempoolSize() {
        return mempool.size();
    }

    /** Returns the problem with the file; empty if there is none. */
    synchronized String trouble() {
        return trouble;
    }

    synchronized RelayPolicy policy() {
        return settings.policy(floor());
    }

    private FeeRate floor() {
        return pressure.compareTo(settings.relayFee()) > 0 ? pressure : settings.relayFee();
    }

    synchronized void settings(EmbeddedSettings changed) {
        settings = changed;
    }

    synchronized EmbeddedSettings settings() {
        return settings;
    }

    synchronized TransactionPlace locate(TxId id) {
        if (mempool.find(id).isPresent()) {
            return TransactionPlace.MEMPOOL;
        }
        Confirmed found = confirmed.get(id);
        return found == null
                ? TransactionPlace.UNKNOWN
                : new TransactionPlace(
                        TransactionPlace.Kind.CONFIRMED,
                        Optional.of(chain.get(found.height()).ref()));
    }

    synchronized Optional<byte[]> fetch(TxId id) throws IOException {
        Optional<LogPosition> place = mempool.find(id).map(Mempool.Entry::place);
        if (place.isEmpty() && confirmed.containsKey(id)) {
            place = Optional.of(confirmed.get(id).place());
        }
        return place.isPresent() ? Optional.of(log.read(place.get())) : Optional.empty();
    }

    /** The rate for being in one of the next blocks: that of the first transaction that is left out, or the floor. */
    synchronized FeeRate estimate(int blocks) {
        long room = MAX_BLOCK_WEIGHT * blocks / 4;
        if (mempool.vbytes() <= room) {
            return floor();
        }
        List<Mempool.Package> packages = new ArrayList<>();
        mempool.entries().forEach(e -> packages.add(new Mempool.Package(e.fee(), e.vsize())));
        packages.sort((a, b) -> Mempool.Package.compare(b, a));
        for (Mempool.Package one : packages) {
            room -= one.vsize();
            if (room < 0) {
                FeeRate above = new FeeRate(Math.min(
                        FeeRate.MAX_SAT_PER_KVB,
                        one.rate().satPerKvb() + settings.incrementalFee().satPerKvb()));
                return above.compareTo(floor()) > 0 ? above : floor();
            }
        }
        return floor();
    }

    private Optional<Utxo> coin(Outpoint outpoint) {
        Utxo coin = coins.get(outpoint);
        return coin != null ? Optional.of(coin) : mempool.output(outpoint);
    }

    /** Every coin of an owner that is not spent in a block. */
    synchronized List<OwnedCoin> coins(Predicate<String> owner) {
        List<OwnedCoin> owned = new ArrayList<>();
        for (Utxo coin : coins.values()) {
            if (owner.test(coin.program())) {
                owned.add(new OwnedCoin(coin, mempool.spends(coin.outpoint()), true, 0, 0));
            }
        }
        for (Mempool.Entry entry : mempool.entries()) {
            for (int i = 0; i < entry.tx().outputCount(); i++) {
                Optional<Utxo> coin = entry.tx().output(i, Utxo.UNCONFIRMED).filter(c -> owner.test(c.program()));
                coin.ifPresent(c -> owned.add(unconfirmed(c, entry, owner)));
            }
        }
        return owned;
    }

    private OwnedCoin unconfirmed(Utxo coin, Mempool.Entry entry, Predicate<String> owner) {
        boolean spent = mempool.spends(coin.outpoint());
        boolean own = entry.spent().stream().allMatch(s -> owner.test(s.program()));
        if (spent || !own) {
            return new OwnedCoin(coin, spent, own, 0, 0);
        }
        Set<Mempool.Entry> cluster = mempool.cluster(List.of(entry));
        return new OwnedCoin(coin, false, true, cluster.size(), (int)
                Mempool.Package.of(cluster).vsize());
    }

    // ---- transactions

    /**
     * Adds a transaction to the mempool, unless it is known.
     *
     * @throws TransactionRejectedException with Bitcoin Core's reason text
     * @throws IOException if it cannot be stored; nothing changed
     */
    synchronized void accept(byte[] raw) throws TransactionRejectedException, IOException {
        Tx tx = Tx.parse(raw);
        expire();
        if (mempool.find(tx.id()).isPresent() || confirmed.containsKey(tx.id())) {
            return;
        }
        Rules.checkStandard(tx, settings);
        checkFinal(tx);
        List<Utxo> spent = inputs(tx);
        long in = spent.stream().mapToLong(Utxo::value).sum();
        long fee = in - tx.outputSum();
        if (fee < 0) {
            throw new TransactionRejectedException(
                    Reason.OTHER,
                    "bad-txns-in-belowout, value in (" + btc(in) + ") < value out (" + btc(tx.outputSum()) + ")");
        }
        checkFloor(tx, fee);
        Set<Mempool.Entry> replaced = replaced(tx, fee);
        checkCluster(tx, replaced);
        Rules.verifyScripts(tx, spent);

        Instant now = clock.instant();
        long position = write(Records.transaction(now.toEpochMilli(), raw));
        forget(replaced);
        LogPosition place = new LogPosition(position + Records.TRANSACTION_HEAD, raw.length);
        mempool.add(new Mempool.Entry(tx, fee, now, spent, place));
        publish(new Feed.Event.Seen(place));
        makeRoom();
        if (mempool.find(tx.id()).isEmpty()) {
            throw new TransactionRejectedException(Reason.FEE_TOO_LOW, "mempool full");
        }
    }

    private void checkFinal(Tx tx) throws TransactionRejectedException {
        Transaction transaction = tx.transaction();
        if (!transaction.isFinal(tipLocked().height() + 1, medianTime())) {
            throw new TransactionRejectedException(Reason.OTHER, "non-final");
        }
        // BIP68: a relative lock time counts from the coin's block. This network's wallets never use one.
        if (transaction.getVersion() >= 2 && transaction.getInputs().stream().anyMatch(i -> i.hasRelativeLockTime())) {
            throw new TransactionRejectedException(Reason.OTHER, "non-BIP68-final");
        }
    }

    private List<Utxo> inputs(Tx tx) throws TransactionRejectedException {
        List<Utxo> spent = new ArrayList<>();
        for (Outpoint input : tx.inputs()) {
            spent.add(coin(input)
                    .orElseThrow(() ->
                            new TransactionRejectedException(Reason.INPUTS_GONE, "bad-txns-inputs-missingorspent")));
        }
        return spent;
    }

    private void checkFloor(Tx tx, long fee) throws TransactionRejectedException {
        long relay = settings.relayFee().fee(tx.vsize());
        if (fee < relay) {
            throw new TransactionRejectedException(Reason.FEE_TOO_LOW, "min relay fee not met, " + fee + " < " + relay);
        }
        long pressed = pressure.fee(tx.vsize());
        if (fee < pressed) {
            throw new TransactionRejectedException(
                    Reason.FEE_TOO_LOW, "mempool min fee not met, " + fee + " < " + pressed);
        }
    }

    /** The transactions that it would replace, by BIP125 as Bitcoin Core 31 applies it to every transaction. */
    private Set<Mempool.Entry> replaced(Tx tx, long fee) throws TransactionRejectedException {
        Set<Mempool.Entry> conflicts = mempool.conflicts(tx);
        if (conflicts.isEmpty()) {
            return Set.of();
        }
        Set<Mempool.Entry> replaced = mempool.withDescendants(conflicts);
        if (mempool.parents(tx).stream().anyMatch(replaced::contains)) {
            throw new TransactionRejectedException(Reason.INPUTS_GONE, "bad-txns-spends-conflicting-tx");
        }
        String refused = "insufficient fee, rejecting replacement " + tx.id();
        if (replaced.size() > MAX_REPLACED) {
            throw new TransactionRejectedException(
                    Reason.OTHER,
                    "too many potential replacements, rejecting replacement " + tx.id() + "; too many potential"
                            + " replacements (" + replaced.size() + " > " + MAX_REPLACED + ")");
        }
        long old = Mempool.Package.of(replaced).fee();
        if (fee < old) {
            throw tooLow(refused + ", less fees than conflicting txs; " + btc(fee) + " < " + btc(old));
        }
        long more = settings.incrementalFee().fee(tx.vsize());
        if (fee - old < more) {
            throw tooLow(refused + ", not enough additional fees to relay; " + btc(fee - old) + " < " + btc(more));
        }
        // By weight, as from Bitcoin Core 31 on: virtual bytes are rounded, which matters if a transaction grows.
        Mempool.Package offer = new Mempool.Package(fee, tx.transaction().getWeight());
        for (Mempool.Entry conflict : conflicts) {
            if (!offer.paysMoreThan(new Mempool.Package(
                    conflict.fee(), conflict.tx().transaction().getWeight()))) {
                throw tooLow("replacement-failed, insufficient feerate: does not improve feerate diagram");
            }
        }
        return replaced;
    }

    private static TransactionRejectedException tooLow(String message) {
        return new TransactionRejectedException(Reason.FEE_TOO_LOW, message);
    }

    private static String btc(long satoshi) {
        return BigDecimal.valueOf(satoshi, 8).toPlainString();
    }

    private void checkCluster(Tx tx, Set<Mempool.Entry> replaced) throws TransactionRejectedException {
        Set<Mempool.Entry> cluster = mempool.cluster(mempool.parents(tx));
        if (cluster.stream().anyMatch(replaced::contains)) {
            // The rest of the cluster, without the replaced transactions.
            Mempool rest = new Mempool();
            cluster.stream().filter(e -> !replaced.contains(e)).forEach(rest::add);
            cluster = rest.cluster(rest.parents(tx));
        }
        if (cluster.size() + 1 > Mempool.MAX_CLUSTER
                || Mempool.Package.of(cluster).vsize() + tx.vsize() > Mempool.MAX_CLUSTER_VBYTES) {
            throw new TransactionRejectedException(Reason.CHAIN_TOO_LONG, "too-large-cluster");
        }
    }

    /**
     * Evicts the worst-paying transactions while the mempool is too large; the floor rises above them (Core's rolling
     * minimum).
     */
    private void makeRoom() throws IOException {
        while (mempool.vbytes() > settings.mempoolVbytes()) {
            Set<Mempool.Entry> out = mempool.cheapest();
            FeeRate rate = Mempool.Package.of(out).rate();
            long raised = rate.satPerKvb() + settings.incrementalFee().satPerKvb();
            drop(out);
            pressure = new FeeRate(Math.min(FeeRate.MAX_SAT_PER_KVB, Math.max(raised, pressure.satPerKvb())));
        }
    }

    private void expire() throws IOException {
        Instant oldest = clock.instant().minus(settings.mempoolExpiry());
        List<Mempool.Entry> old = new ArrayList<>();
        for (Mempool.Entry entry : mempool.entries()) {
            if (!entry.since().isBefore(oldest)) {
                break;
            }
            old.add(entry);
        }
        if (!old.isEmpty()) {
            drop(mempool.withDescendants(old));
        }
    }

    private void drop(Collection<Mempool.Entry> entries) throws IOException {
        write(Records.removed(entries.stream().map(Mempool.Entry::id).toList()));
        forget(entries);
    }

    private void forget(Collection<Mempool.Entry> entries) {
        for (Mempool.Entry entry : entries) {
            mempool.remove(entry.id());
            publish(new Feed.Event.Removed(entry.id()));
        }
    }

    // ---- blocks

    /** Mines the waiting transactions. Nobody gets the fees: a miner in the process needs no coins. */
    synchronized BlockRef mine() throws IOException {
        expire();
        List<Mempool.Entry> entries = mempool.best(MAX_BLOCK_WEIGHT);
        long fees = entries.stream().mapToLong(Mempool.Entry::fee).sum();
        Transaction coinbase = coinbase();
        coinbase.addOutput(Coin.valueOf(fees), unspendable());
        return mine(coinbase, entries);
    }

    /**
     * Mines an extra block whose coinbase pays new coins. They can be spent at once: coins of this network are play
     * money, created for every account, and need not mature for 100 blocks.
     *
     * @param programs the recipients
     * @param each satoshi
     */
    synchronized BlockRef fund(List<String> programs, long each) throws IOException {
        Transaction coinbase = coinbase();
        for (String program : programs) {
            coinbase.addOutput(
                    Coin.valueOf(each),
                    ScriptBuilder.createP2WPKHOutputScript(
                            java.util.HexFormat.of().parseHex(program)));
        }
        return mine(coinbase, List.of());
    }

    /** Whether a coinbase paid to any of these. */
    synchronized boolean funded(Predicate<String> owner) {
        return funded.stream().anyMatch(owner);
    }

    private Transaction coinbase() {
        int height = tipLocked().height() + 1;
        Transaction coinbase = new Transaction();
        // BIP34: the height comes first, which makes each coinbase unique.
        byte[] script = new ScriptBuilder()
                .number(height)
                .data(node.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .build()
                .program();
        coinbase.addInput(org.bitcoinj.core.TransactionInput.coinbaseInput(coinbase, script));
        return coinbase;
    }

    /** A witness program of zeros: nobody knows a script with that hash. */
    private static Script unspendable() {
        return Script.parse(
                new ScriptBuilder().smallNum(0).data(new byte[32]).build().program());
    }

    private BlockRef mine(Transaction coinbase, List<Mempool.Entry> entries) throws IOException {
        byte[] rawCoinbase = coinbase.serialize();
        List<TxId> others = entries.stream().map(Mempool.Entry::id).toList();
        List<TxId> ids = new ArrayList<>(List.of(Tx.id(coinbase.getTxId())));
        ids.addAll(others);
        byte[] header = BlockHeader.make(tipLocked().hash(), BlockHeader.merkleRoot(ids), nextTime());
        long position = write(Records.block(new Records.KeptBlock(header, rawCoinbase, others)));
        LogPosition place = new LogPosition(position + Records.BLOCK_HEAD, rawCoinbase.length);
        Block block = connect(header, Tx.trusted(rawCoinbase), place, entries);
        if (mempool.vbytes() * 2 <= settings.mempoolVbytes()) {
            pressure = new FeeRate(0);
        }
        publish(new Feed.Event.Connected(block));
        return block.ref();
    }

    private Block connect(byte[] header, Tx coinbase, LogPosition coinbasePlace, List<Mempool.Entry> entries) {
        int height = tipLocked().height() + 1;
        List<LogPosition> places = new ArrayList<>();
        addOutputs(coinbase, coinbasePlace, height).forEach(c -> funded.add(c.program()));
        places.add(coinbasePlace);
        for (Mempool.Entry entry : entries) {
            entry.tx().inputs().forEach(coins::remove);
            addOutputs(entry.tx(), entry.place(), height);
            mempool.remove(entry.id());
            places.add(entry.place());
        }
        BlockRef ref = new BlockRef(height, BlockHeader.hash(header), BlockHeader.time(header));
        Block block = new Block(ref, List.copyOf(places));
        append(block);
        return block;
    }

    private List<Utxo> addOutputs(Tx tx, LogPosition place, int height) {
        List<Utxo> added = new ArrayList<>();
        for (int i = 0; i < tx.outputCount(); i++) {
            tx.output(i, height).ifPresent(added::add);
        }
        added.forEach(c -> coins.put(c.outpoint(), c));
        confirmed.put(tx.id(), new Confirmed(place, height));
        return added;
    }

    /** A block's time is the clock's, but later than the median of the last eleven (consensus). */
    private Instant nextTime() {
        Instant now = clock.instant();
        Instant least = medianTime().plusSeconds(1);
        return now.isBefore(least) ? least : now;
    }

    private Instant medianTime() {
        List<Instant> times = chain.subList(Math.max(0, chain.size() - MEDIAN_SPAN), chain.size()).stream()
                .map(b -> b.ref().time())
                .sorted()
                .toList();
        return times.get(times.size() / 2);
    }

    // ---- listeners

    /** Starts a feed: blocks after {@code since}, then the mempool, then live events. */
    synchronized Feed watch(TransactionListener listener, Optional<BlockRef> since) {
        Feed feed = new Feed(node, listener, log::read, this::unwatch);
        if (closed) {
            return feed;
        }
        int from = chain.size();
        if (since.isPresent()) {
            Integer height = heights.get(since.get().hash());
            if (height == null) {
                // This network's chain never reorganises: an unknown block belongs to another chain, which forked at
                // the start.
                feed.add(new Feed.Event.Disconnected(since.get()));
                height = 0;
            }
            from = height + 1;
        }
        chain.subList(from, chain.size()).forEach(b -> feed.add(new Feed.Event.Connected(b)));
        mempool.entries().forEach(e -> feed.add(new Feed.Event.Seen(e.place())));
        feeds.add(feed);
        feed.start();
        return feed;
    }

    private synchronized void unwatch(Feed feed) {
        feeds.remove(feed);
    }

    private void publish(Feed.Event event) {
        feeds.forEach(f -> f.add(event));
    }

    // ---- the file

    private synchronized long write(byte[] record) throws IOException {
        if (closed) {
            throw new IOException("it is stopped");
        }
        try {
            long position = log.append(record);
            trouble = "";
            return position;
        } catch (IOException e) {
            trouble = "cannot write its chain: " + e.getMessage();
            throw e;
        }
    }

    /** Stops the feeds and closes the file. */
    @Override
    public void close() throws IOException {
        List<Feed> open;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(feeds);
        }
        open.forEach(Feed::close);
        log.close();
        Arrays.fill(seed, (byte) 0);
    }
}
