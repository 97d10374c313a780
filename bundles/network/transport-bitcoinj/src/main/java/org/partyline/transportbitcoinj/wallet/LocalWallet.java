package org.partyline.transportbitcoinj.wallet;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bitcoinj.crypto.ECKey;
import org.jspecify.annotations.Nullable;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.OutPoint;
import org.partyline.bitcointx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wallet of this server: processes transactions and blocks from any node, stores its own, and signs with keys that
 * are read for one payment and then wiped. Each step is stored before anyone can see it: an address is never issued
 * twice, and a coin is never spent twice, even if the power fails.
 */
final class LocalWallet implements Wallet, TransactionListener {
    /** A signed transaction of an earlier run that nobody claims within this time was lost before it was sent. */
    static final Duration CLAIM = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(LocalWallet.class);
    private static final Duration FRESH_TIP = Duration.ofHours(8);
    private static final int REMEMBERED_BLOCKS = 300;
    private static final int BLOCKS_PER_WRITE = 20;
    private static final int PRUNE_EVERY = 100;
    /** Records of the store are limited to 1 MiB. */
    private static final int MOST_BYTES = 1_000_000;

    private final String name;
    private final Network network;
    private final Store store;
    private final Clock clock;
    private final WalletSettings settings;
    private final TransactionBuilder spending;
    /** Null while it is not loaded. */
    private @Nullable Book book;

    private final Deque<BlockRef> blocks = new ArrayDeque<>();
    private final Set<TxId> claimed = new HashSet<>();
    private final Set<OutPoint> held = new HashSet<>();
    private Instant loaded = Instant.MIN;
    private boolean unclaimedFreed;
    /**
     * The state was read from the store again, which may be behind the events: events are ignored until they arrive
     * from that position on.
     */
    private boolean reloaded;

    private int mostUnconfirmed = RelayPolicy.CHAIN;
    private int from;
    private int unwritten;

    /** The parts of a wallet that are read from its store. */
    private record Book(WalletKeys keys, WalletLedger ledger) {}

    private LocalWallet(
            String name, Network network, Store store, Clock clock, WalletSettings settings, SecureRandom random) {
        this.name = name;
        this.network = network;
        this.store = store;
        this.clock = clock;
        this.settings = settings;
        this.spending = new TransactionBuilder(random);
    }

    /** A wallet whose seed is in the store; reads nothing yet. */
    static LocalWallet of(
            String name, Network network, Store store, Clock clock, WalletSettings settings, SecureRandom random) {
        return new LocalWallet(name, network, store, clock, settings, random);
    }

    /** Reads it from the store unless it is loaded. @throws WalletException if the store is locked or fails */
    synchronized void load() throws WalletException {
        if (book != null) {
            return;
        }
        try {
            // A caller that still has this wallet must not write it into the store that replaced its own.
            if (!store.<Boolean, StoreException>transact(tx -> WalletRecords.hasSeed(tx, network))) {
                throw new WalletException("there is no wallet '" + name + "': see partyline:wallet-status");
            }
            WalletKeys ring = new WalletKeys(settings.gapLimit(), this::accountKey);
            WalletLedger ledger = new WalletLedger(ring);
            ledger.mostUnconfirmed(mostUnconfirmed);
            List<WalletRecords.Given> given = store.transact(tx -> WalletRecords.given(tx, network));
            given.forEach(ring::load);
            List<Entry> entries = store.transact(tx -> WalletRecords.entries(tx, network));
            entries.forEach(ledger::load);
            WalletRecords.State state = store.transact(tx -> WalletRecords.state(tx, network))
                    .orElse(new WalletRecords.State(-1, Optional.empty()));
            blocks.clear();
            state.position().ifPresent(blocks::addLast);
            from = state.from();
            book = new Book(ring, ledger);
            reloaded = true;
            claimed.clear();
            unclaimedFreed = false;
            unwritten = 0;
            loaded = clock.instant();
        } catch (StoreException e) {
            throw closed(e);
        } catch (Unreadable e) {
            throw closed(e.cause);
        }
    }

    private WalletLedger ledger() {
        return loadedBook().ledger();
    }

    private WalletKeys keys() {
        return loadedBook().keys();
    }

    private Book loadedBook() {
        if (book == null) {
            throw new IllegalStateException("wallet " + name + " is not loaded");
        }
        return book;
    }

    /**
     * @param most the maximum number of unconfirmed transactions that spend from each other, as accepted by the
     *     network's nodes
     */
    synchronized void mostUnconfirmed(int most) {
        mostUnconfirmed = most;
        if (book != null) {
            book.ledger().mostUnconfirmed(most);
        }
    }

    /** Forgets everything that is not in the store, including public keys. */
    synchronized void unload() {
        book = null;
        blocks.clear();
    }

    /** Called when events arrive from {@link #position()} on. */
    synchronized void begin() {
        reloaded = false;
    }

    /** Whether events must be delivered from {@link #position()} on, whatever was delivered before. */
    synchronized boolean reloaded() {
        return book == null || reloaded;
    }

    /** The store refused access during a derivation. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient StoreException cause;

        Unreadable(StoreException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private org.bitcoinj.crypto.DeterministicKey accountKey(int account) {
        try {
            WalletRecords.Seed seed = seed();
            try {
                return HdKeys.accountPublic(seed.entropy(), network, account);
            } finally {
                seed.wipe();
            }
        } catch (StoreException e) {
            throw new Unreadable(e);
        }
    }

    private WalletRecords.Seed seed() throws StoreException {
        return store.transact(tx -> WalletRecords.seed(tx, network))
                .orElseThrow(() -> new IllegalStateException("the seed of wallet " + name + " is missing"));
    }

    private WalletException closed(StoreException e) {
        return new WalletException("wallet " + name + ": " + e.getMessage(), e);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Network network() {
        return network;
    }

    /** The position where reading continues; empty: at the tip. */
    synchronized Optional<BlockRef> position() {
        return Optional.ofNullable(blocks.peekLast());
    }

    /** The height at which reading began; -1 before. */
    synchronized int from() {
        return from;
    }

    // ---- events of a node

    @Override
    public synchronized void transaction(byte[] raw, Optional<BlockRef> block) {
        if (reloaded()) {
            return;
        }
        TxView view;
        try {
            view = TxView.of(raw);
        } catch (MalformedException e) {
            LOG.debug("wallet {}: a node shows data that is not a transaction", name);
            return;
        }
        WalletLedger.Check verdict = safely(() -> ledger().see(view, block));
        if (verdict == WalletLedger.Check.FORGED) {
            LOG.warn(
                    "wallet {}: a node shows transaction {}{}, which claims to spend our coins but cannot; it is ignored",
                    name,
                    view.id(),
                    block.map(b -> " in block " + b.height()).orElse(""));
        }
        if (block.isEmpty()) {
            write(false);
        }
    }

    @Override
    public synchronized void blockConnected(BlockRef block) {
        if (reloaded()) {
            return;
        }
        if (from < 0) {
            from = block.height();
        }
        blocks.addLast(block);
        if (blocks.size() > REMEMBERED_BLOCKS) {
            blocks.removeFirst();
        }
        if (block.height() % PRUNE_EVERY == 0) {
            ledger().prune(block.height());
        }
        boolean fresh = block.time().isAfter(clock.instant().minus(FRESH_TIP));
        write(++unwritten >= BLOCKS_PER_WRITE || fresh);
    }

    @Override
    public synchronized void blockDisconnected(BlockRef block) {
        if (reloaded()) {
            return;
        }
        ledger().disconnected(block);
        if (block.equals(blocks.peekLast()) && blocks.size() > 1) {
            blocks.removeLast();
        }
        write(false);
    }

    @Override
    public synchronized void removed(TxId id) {
        if (!reloaded()) {
            ledger().removed(id);
            write(false);
        }
    }

    private <T> T safely(java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (Unreadable e) {
            unload();
            throw new IllegalStateException(
                    "wallet " + name + ": the store was closed; reading continues when it is open", e.cause);
        }
    }

    /**
     * Stores the changes; after a failure everything is read from the store again. @param position whether to store the
     * position, too
     */
    private void write(boolean position) {
        Set<TxId> changed = ledger().takeChanged();
        if (changed.isEmpty() && !position) {
            return;
        }
        List<WalletRecords.Given> given = keys().takeChanged();
        try {
            store.update(tx -> {
                writeEntries(tx, changed);
                writeGiven(tx, given);
                WalletRecords.put(tx, network, new WalletRecords.State(from, Optional.ofNullable(blocks.peekLast())));
            });
            unwritten = 0;
        } catch (StoreException e) {
            unload();
            throw new IllegalStateException("wallet " + name + ": " + e.getMessage(), e);
        }
    }

    private void writeEntries(org.partyline.api.store.StoreTransaction tx, Set<TxId> changed) throws StoreException {
        for (TxId id : changed) {
            Optional<Entry> entry = ledger().entry(id);
            if (entry.isEmpty()) {
                WalletRecords.delete(tx, network, id);
            } else if (entry.get().view().bytes().length <= MOST_BYTES) {
                WalletRecords.put(tx, network, entry.get());
            } else {
                LOG.warn("wallet {}: transaction {} is too large to keep: only a rescan finds its coins", name, id);
            }
        }
    }

    private void writeGiven(org.partyline.api.store.StoreTransaction tx, List<WalletRecords.Given> given)
            throws StoreException {
        for (WalletRecords.Given chain : given) {
            WalletRecords.put(tx, network, chain);
        }
    }

    // ---- calls of the server

    @Override
    public synchronized SignedTransaction pay(String account, List<byte[]> payloads, FeeRate rate)
            throws InsufficientFundsException, WalletException {
        int number = WalletAccounts.number(account);
        load();
        List<byte[]> scripts =
                payloads.stream().map(TransactionBuilder::dataScript).toList();
        List<OwnCoin> coins = coins(number);
        Optional<TransactionBuilder.Choice> choice =
                spending.choose(coins.stream().filter(OwnCoin::spendable).toList(), scripts, rate);
        if (choice.isEmpty()) {
            throw insufficient(account, coins, scripts, rate);
        }
        int vsize = TransactionBuilder.vsize(
                choice.get().coins().size(), scripts, choice.get().change());
        long fee = rate.fee(vsize);
        if (fee > settings.maxFee()) {
            throw new WalletException(overMaximum(fee));
        }
        return stored(() -> {
            Optional<byte[]> change =
                    choice.get().change() ? Optional.of(keys().program(changeOf(number))) : Optional.empty();
            TransactionBuilder.Plan plan = spending.plan(choice.get().coins(), scripts, change, lockTime());
            return withKeys(signer -> TransactionBuilder.build(plan, rate.fee(plan.vsize()), signer, 0));
        });
    }

    @Override
    public synchronized int mostCoins(String account, int vsize, FeeRate rate) throws WalletException {
        AccountStatus status = status(account);
        long small = status.coins().stream()
                .filter(coin -> coin.confirmations() > 0 && coin.amount() < TransactionBuilder.SMALL)
                .count();
        boolean gathers =
                small >= TransactionBuilder.MANY_SMALL && rate.compareTo(TransactionBuilder.GATHER_UP_TO) <= 0;
        return Math.max(1, status.fewest(vsize, rate).size()) + (gathers ? TransactionBuilder.MOST_GATHERED : 0);
    }

    /** The next change address. It counts as used once the transaction that pays to it is stored. */
    private KeyRef changeOf(int account) throws WalletException {
        int index = keys().change(account, ledger().mined(account, KeyRef.CHANGE))
                .orElseThrow(() -> new WalletException("wallet " + name + ": none of the last " + settings.gapLimit()
                        + " change addresses of this account received a payment in a block, and a restored wallet would "
                        + "not look further; wait for a block, or raise gap-limit"));
        return new KeyRef(account, KeyRef.CHANGE, index);
    }

    @Override
    public synchronized SignedTransaction replace(
            String account, SignedTransaction previous, List<byte[]> payloads, FeeRule rule)
            throws InsufficientFundsException, WalletException {
        int number = WalletAccounts.number(account);
        load();
        TxView old = view(previous);
        String which = "wallet " + name + ": transaction " + old.id();
        int changeAt = WalletLedger.change(old, number, keys())
                .orElseThrow(() -> new InsufficientFundsException(
                        which + " has no change for its account and cannot be replaced"));
        List<OwnCoin> coins = ledger().spentBy(old, number)
                .orElseThrow(() -> new WalletException(
                        which + " cannot be replaced: a coin of it is spent in a block, or is not of this account"));
        List<byte[]> scripts =
                payloads.stream().map(TransactionBuilder::dataScript).toList();
        TransactionBuilder.Plan plan = spending.plan(
                coins,
                scripts,
                Optional.of(Objects.requireNonNull(old.witnessKeyHash(changeAt), "change pays a key")),
                lockTime());
        long fee = rule.fee(plan.vsize());
        if (plan.total() - fee < TransactionBuilder.DUST) {
            throw new InsufficientFundsException("wallet " + name + ": the coin of transaction " + old.id()
                    + " is used up: it holds " + plan.total() + " sat, and a fee of " + fee + " sat leaves less than "
                    + TransactionBuilder.DUST + " sat; start with another coin");
        }
        if (fee > settings.maxFee()) {
            throw new InsufficientFundsException(overMaximum(fee));
        }
        return stored(() -> withKeys(signer -> TransactionBuilder.buildExactly(plan, rule, signer)));
    }

    @Override
    public synchronized void hold(String account, SignedTransaction transaction, boolean keep) {
        try {
            load();
            TxView view = view(transaction);
            WalletLedger.change(view, WalletAccounts.number(account), keys())
                    .map(i -> new OutPoint(view.id(), i))
                    .ifPresent(keep ? held::add : held::remove);
        } catch (WalletException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static TxView view(SignedTransaction transaction) {
        try {
            return TxView.of(transaction.raw());
        } catch (MalformedException e) {
            throw new IllegalArgumentException("not a transaction created by a wallet: " + transaction.id(), e);
        }
    }

    /** Creates a transaction. */
    private interface Making {
        SignedTransaction make() throws StoreException, WalletException;
    }

    /** Creates a transaction, and stores it with its change address before anyone sees it. */
    private SignedTransaction stored(Making making) throws WalletException {
        try {
            SignedTransaction signed = making.make();
            ledger().sign(view(signed));
            claimed.add(signed.id());
            Set<TxId> changed = ledger().takeChanged();
            List<WalletRecords.Given> given = keys().takeChanged();
            store.update(tx -> {
                writeEntries(tx, changed);
                writeGiven(tx, given);
            });
            return signed;
        } catch (StoreException e) {
            unload();
            throw closed(e);
        } catch (Unreadable e) {
            unload();
            throw closed(e.cause);
        }
    }

    /** Reads the seed for one operation, and wipes it. */
    private SignedTransaction withKeys(Function<Function<KeyRef, ECKey>, SignedTransaction> work)
            throws StoreException {
        WalletRecords.Seed seed = seed();
        try {
            Map<KeyRef, ECKey> used = new HashMap<>();
            return work.apply(ref -> used.computeIfAbsent(ref, r -> HdKeys.signing(seed.entropy(), network, r)));
        } finally {
            seed.wipe();
        }
    }

    /** An account's coins; held ones count as reserved. */
    private List<OwnCoin> coins(int account) {
        return ledger().coins(account, height()).stream()
                .map(coin -> held.contains(coin.at()) ? coin.asReserved() : coin)
                .toList();
    }

    private String overMaximum(long fee) {
        return "wallet " + name + ": a fee of " + fee + " sat is more than max-fee=" + settings.maxFee()
                + " sat; lower the fee rate or raise max-fee";
    }

    private InsufficientFundsException insufficient(
            String account, List<OwnCoin> coins, List<byte[]> scripts, FeeRate rate) {
        long have = coins.stream()
                .filter(OwnCoin::spendable)
                .mapToLong(OwnCoin::amount)
                .sum();
        long kept = coins.stream()
                .filter(OwnCoin::reserved)
                .mapToLong(OwnCoin::amount)
                .sum();
        int usable = (int) Math.max(1, coins.stream().filter(OwnCoin::spendable).count());
        long need = rate.fee(TransactionBuilder.vsize(usable, scripts, false));
        return new InsufficientFundsException(
                "wallet " + name + ", " + (account.isEmpty() ? "the first account" : "account " + account) + ": " + have
                        + " sat can be spent now (" + kept + " sat reserved), but at least " + need
                        + " sat are needed; send coins to an address of wallet-address, or wait for a block");
    }

    private long lockTime() {
        Optional<BlockRef> tip = position();
        boolean fresh = tip.filter(block -> block.time().isAfter(clock.instant().minus(FRESH_TIP)))
                .isPresent();
        return fresh ? spending.lockTime(tip.get().height()) : 0;
    }

    private int height() {
        return position().map(BlockRef::height).orElse(0);
    }

    @Override
    public synchronized void reserve(String account, SignedTransaction transaction) {
        try {
            load();
            TxView view = TxView.of(transaction.raw());
            claimed.add(view.id());
            if (ledger().entry(view.id()).isEmpty() && spendsOnly(WalletAccounts.number(account), view)) {
                ledger().sign(view);
                write(false);
            }
        } catch (WalletException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("not a transaction created by a wallet: " + transaction.id(), e);
        }
    }

    /** Whether all its inputs are free coins of one account. */
    private boolean spendsOnly(int account, TxView view) {
        Set<String> free = new HashSet<>();
        for (OwnCoin coin : ledger().coins(account, height())) {
            if (!coin.reserved()) {
                free.add(coin.at().toString());
            }
        }
        for (int i = 0; i < view.inputCount(); i++) {
            if (!free.contains(view.input(i).toString())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public synchronized void release(String account, SignedTransaction transaction) {
        try {
            load();
        } catch (WalletException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        claimed.remove(transaction.id());
        if (ledger().forget(transaction.id())) {
            write(false);
        }
    }

    @Override
    public synchronized void discard(String account, SignedTransaction transaction) {
        try {
            load();
        } catch (WalletException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        claimed.remove(transaction.id());
        ledger().discard(transaction.id()).forEach(keys()::giveBack);
        write(false);
    }

    @Override
    public void forget(String account, SignedTransaction replacement) {
        discard(account, replacement);
    }

    @Override
    public synchronized String freshAddress(String account) throws WalletException {
        int number = WalletAccounts.number(account);
        load();
        int index = keys().external(number, ledger().mined(number, KeyRef.EXTERNAL))
                .orElseThrow(() -> new WalletException("wallet " + name + ": " + settings.gapLimit()
                        + " addresses of this account wait for a payment in a block; use one of them, or raise"
                        + " gap-limit"));
        try {
            keys().given(number, KeyRef.EXTERNAL, index + 1);
            List<WalletRecords.Given> given = keys().takeChanged();
            store.update(tx -> {
                writeGiven(tx, given);
            });
            return Addresses.of(network, keys().program(new KeyRef(number, KeyRef.EXTERNAL, index)));
        } catch (StoreException e) {
            unload();
            throw closed(e);
        } catch (Unreadable e) {
            unload();
            throw closed(e.cause);
        }
    }

    @Override
    public synchronized AccountStatus status(String account) throws WalletException {
        int number = WalletAccounts.number(account);
        load();
        long confirmed = 0;
        long unconfirmed = 0;
        long reserved = 0;
        List<AccountStatus.Coin> spendable = new ArrayList<>();
        for (OwnCoin coin : coins(number)) {
            if (coin.reserved()) {
                reserved += coin.amount();
            } else if (coin.confirmations() > 0 && coin.spendable()) {
                confirmed += coin.amount();
            } else {
                unconfirmed += coin.amount();
            }
            if (coin.spendable()) {
                spendable.add(new AccountStatus.Coin(coin.at().toString(), coin.amount(), coin.confirmations()));
            }
        }
        return new AccountStatus(account, confirmed, unconfirmed, reserved, spendable);
    }

    /** Whether this wallet watches an address. */
    synchronized boolean owns(String address) throws WalletException {
        load();
        return Addresses.program(network, address).flatMap(keys()::find).isPresent();
    }

    /** Its transactions that wait for a block, in an order in which nodes take them. */
    synchronized List<TxView> waiting() throws WalletException {
        load();
        return ledger().waiting();
    }

    /** Whether nodes have a transaction that waits: its change is not spent while they do not. */
    synchronized void found(TxId id, boolean there) throws WalletException {
        load();
        ledger().found(id, there);
    }

    /** Frees transactions of an earlier run that nobody has claimed within the time limit. */
    synchronized void freeUnclaimed() {
        if (book == null || unclaimedFreed || clock.instant().isBefore(loaded.plus(CLAIM))) {
            return;
        }
        unclaimedFreed = true;
        for (TxId id : ledger().unsent()) {
            if (!claimed.contains(id) && ledger().forget(id)) {
                LOG.info("wallet {}: transaction {} was signed but never sent: its coins are free again", name, id);
            }
        }
        write(false);
    }

    /** Continues to read after another block. */
    synchronized void moveTo(Optional<BlockRef> block) throws WalletException {
        load();
        blocks.clear();
        block.ifPresent(blocks::addLast);
        from = block.map(BlockRef::height).orElse(-1);
        write(true);
    }
}
