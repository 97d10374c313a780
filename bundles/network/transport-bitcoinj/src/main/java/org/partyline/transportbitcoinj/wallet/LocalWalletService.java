package org.partyline.transportbitcoinj.wallet;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.bitcointx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the local wallets: creates them, and lets each follow the chain through one node of its network, or another
 * if that does not answer. Inactive while the store is locked.
 */
final class LocalWalletService implements LocalWallets, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalWalletService.class);
    private static final int LONGEST_LABEL = 80;
    /** How long a node may be unavailable before another one is used. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How often a node is asked whether it still has what waits for a block. */
    private static final Duration LOOK = Duration.ofMinutes(10);

    private static final Duration BLOCK_TIME = Duration.ofMinutes(10);
    private static final int MARGIN_BLOCKS = 1000;
    /** The same for a wallet created on this machine: its clock and the miners' may differ by two hours. */
    private static final int MARGIN_OF_MADE = 12;

    /** A wallet and its node. */
    private static final class Kept {
        private final LocalWallet wallet;
        private final Runnable withdraw;
        private @Nullable Transport node;
        private Transport.@Nullable Subscription subscription;
        private Instant ready = Instant.MIN;
        /** When its node was asked for what waits, by the id of that. */
        private final Map<TxId, Instant> looked = new HashMap<>();

        Kept(LocalWallet wallet, Runnable withdraw) {
            this.wallet = wallet;
            this.withdraw = withdraw;
        }
    }

    private final Store store;
    private final Clock clock;
    private final SecureRandom random;
    private final Function<Wallet, Runnable> onWallet;
    private final WalletSettings settings;
    private final Map<Network, Kept> wallets = new LinkedHashMap<>();
    private final Collection<Transport> nodes;
    private boolean open;

    /**
     * @param nodes the nodes that wallets may follow; a live collection that is safe to iterate
     * @param onWallet called when a wallet is first available; returns how to withdraw it
     */
    LocalWalletService(
            Store store,
            Clock clock,
            SecureRandom random,
            WalletSettings settings,
            Collection<Transport> nodes,
            Function<Wallet, Runnable> onWallet) {
        this.store = store;
        this.clock = clock;
        this.random = random;
        this.settings = settings;
        this.nodes = nodes;
        this.onWallet = onWallet;
    }

    /** Does all periodic work; call it about every second. */
    synchronized void tick() {
        if (store.state() != Store.State.OPEN) {
            if (open) {
                rest();
            }
            return;
        }
        try {
            if (!open) {
                loadAll();
            }
            for (Kept kept : wallets.values()) {
                kept.wallet.load();
                kept.wallet.freeUnclaimed();
                if (kept.wallet.reloaded()) {
                    leave(kept);
                }
                follow(kept);
                lookAfter(kept);
            }
        } catch (StoreException | WalletException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    /** Called when the store was locked. Another store may be opened next. */
    synchronized void forget() {
        if (open) {
            rest();
        }
    }

    private void rest() {
        for (Kept kept : wallets.values()) {
            leave(kept);
            kept.wallet.unload();
        }
        open = false;
    }

    private void loadAll() throws StoreException {
        List<WalletRecords.Seed> seeds = store.transact(WalletRecords::seeds);
        wallets.values().removeIf(kept -> {
            boolean gone = seeds.stream().noneMatch(seed -> seed.network() == kept.wallet.network());
            if (gone) {
                kept.withdraw.run();
            }
            return gone;
        });
        for (WalletRecords.Seed seed : seeds) {
            seed.wipe();
            keep(seed.network(), seed.name());
        }
        open = true;
    }

    private Kept keep(Network network, String name) {
        Kept kept = wallets.get(network);
        if (kept == null) {
            LocalWallet wallet = LocalWallet.of(name, network, store, clock, settings, random);
            kept = new Kept(wallet, onWallet.apply(wallet));
            wallets.put(network, kept);
        }
        return kept;
    }

    private void follow(Kept kept) {
        Instant now = clock.instant();
        List<Transport> candidates = nodes.stream()
                .filter(node -> node.network() == kept.wallet.network())
                .toList();
        // A payment may be handed to any of them, so the strictest limit applies.
        kept.wallet.mostUnconfirmed(candidates.stream()
                .mapToInt(node -> node.policy().maxUnconfirmed())
                .min()
                .orElse(RelayPolicy.CHAIN));
        if (kept.node != null && !candidates.contains(kept.node)) {
            leave(kept);
        }
        if (kept.node != null && kept.node.status().state() == NodeStatus.State.READY) {
            kept.ready = now;
        }
        boolean away = kept.node == null || kept.ready.plus(PATIENCE).isBefore(now);
        if (!away) {
            return;
        }
        Optional<Transport> ready = candidates.stream()
                .filter(node -> node != kept.node && node.status().state() == NodeStatus.State.READY)
                .findFirst();
        if (ready.isPresent()) {
            Optional<BlockRef> since = kept.wallet.position();
            if (since.isEmpty()) {
                since = made(kept.wallet.network());
            }
            leave(kept);
            kept.node = ready.get();
            kept.ready = now;
            kept.wallet.begin();
            kept.subscription = kept.node.watch(kept.wallet, since);
        }
    }

    /**
     * Sends again what waits for a block and a node has lost, one in a round. Messages look after their transactions
     * for a time only; the coins of one that nobody sends again would be spent in no block, and in no other
     * transaction.
     */
    private void lookAfter(Kept kept) throws WalletException {
        Instant now = clock.instant();
        if (kept.node == null || kept.node.status().state() != NodeStatus.State.READY) {
            return;
        }
        List<TxView> waiting = kept.wallet.waiting();
        kept.looked.keySet().retainAll(waiting.stream().map(TxView::id).toList());
        for (TxView transaction : waiting) {
            Instant last = kept.looked.putIfAbsent(transaction.id(), now);
            if (last != null && !now.isBefore(last.plus(LOOK))) {
                kept.looked.put(transaction.id(), now);
                look(kept.wallet, kept.node, transaction);
                return;
            }
        }
    }

    private static void look(LocalWallet wallet, Transport node, TxView transaction) throws WalletException {
        try {
            if (node.locate(transaction.id()).kind() == TransactionPlace.Kind.UNKNOWN) {
                node.broadcast(transaction.bytes());
            }
            wallet.found(transaction.id(), true);
        } catch (TransactionRejectedException e) {
            LOG.debug("a node does not take a transaction again that it lost: {}", e.getMessage());
            wallet.found(transaction.id(), false);
        } catch (NodeUnavailableException e) {
            LOG.debug("whether a node has a transaction is unknown: {}", e.getMessage());
        }
    }

    /**
     * Returns where reading begins for a wallet that was created without a node: its addresses may have been paid
     * since. Empty: at the tip.
     */
    private Optional<BlockRef> made(Network network) {
        try {
            Optional<WalletRecords.Seed> seed = store.transact(tx -> WalletRecords.seed(tx, network));
            seed.ifPresent(WalletRecords.Seed::wipe);
            return seed.map(WalletRecords.Seed::birthday)
                    .filter(birthday -> birthday.isAfter(Instant.EPOCH))
                    .map(birthday -> block(network, Optional.of(birthday), MARGIN_OF_MADE));
        } catch (StoreException e) {
            LOG.warn("a new wallet's starting block could not be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static void leave(Kept kept) {
        if (kept.subscription != null) {
            kept.subscription.close();
            kept.subscription = null;
        }
        kept.node = null;
    }

    private synchronized Kept get(Network network) throws WalletException {
        requireOpen();
        Kept kept = wallets.get(network);
        if (kept == null) {
            throw new WalletException("there is no local wallet on " + network.label()
                    + ": create one, or restore one from its words (wallet-restore)");
        }
        return kept;
    }

    private void requireOpen() throws WalletException {
        if (store.state() != Store.State.OPEN) {
            throw new WalletException("the store is locked: open it with partyline:unlock");
        }
        try {
            if (!open) {
                loadAll();
            }
        } catch (StoreException e) {
            throw new WalletException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized List<Progress> list() throws WalletException {
        requireOpen();
        List<Progress> all = new ArrayList<>();
        for (Kept kept : wallets.values()) {
            kept.wallet.load();
            Optional<String> node = Optional.ofNullable(kept.node).map(Transport::name);
            int tip = Optional.ofNullable(kept.node)
                    .flatMap(n -> n.status().tip())
                    .map(BlockRef::height)
                    .orElse(-1);
            int height = kept.wallet.position().map(BlockRef::height).orElse(-1);
            all.add(new Progress(kept.wallet.name(), kept.wallet.network(), node, kept.wallet.from(), height, tip));
        }
        return all;
    }

    @Override
    public synchronized char[] create(Network network, int words) throws WalletException {
        byte[] entropy = new byte[Mnemonic.entropyBytes(words)];
        random.nextBytes(entropy);
        try {
            // All payments to its addresses will be after this block.
            add(network, entropy, Optional.of(clock.instant()), new WalletRecords.State(-1, tip(network)), List.of());
            return Mnemonic.words(entropy);
        } finally {
            Arrays.fill(entropy, (byte) 0);
        }
    }

    @Override
    public synchronized void restore(Network network, char[] words, Optional<Instant> birthday, List<String> accounts)
            throws WalletException {
        List<Integer> numbers = new ArrayList<>();
        for (String account : accounts) {
            numbers.add(WalletAccounts.number(account));
        }
        byte[] entropy = Mnemonic.entropy(words);
        try {
            BlockRef begin = block(network, birthday, MARGIN_BLOCKS);
            add(network, entropy, birthday, new WalletRecords.State(begin.height(), Optional.of(begin)), numbers);
        } finally {
            Arrays.fill(entropy, (byte) 0);
        }
    }

    /** @param begin where the search for coins begins @param accounts accounts that are watched from the beginning */
    private void add(
            Network network,
            byte[] entropy,
            Optional<Instant> birthday,
            WalletRecords.State begin,
            List<Integer> accounts)
            throws WalletException {
        requireOpen();
        if (network == Network.EMBEDDED) {
            throw new WalletException("the embedded network has its own wallets: no other is needed there");
        }
        if (wallets.containsKey(network)) {
            throw new WalletException("a local wallet on " + network.label() + " already exists");
        }
        String name = wallets.isEmpty() ? NAME : NAME + "-" + network.label();
        WalletRecords.Seed seed = new WalletRecords.Seed(network, name, entropy, birthday.orElse(Instant.EPOCH));
        try {
            store.update(tx -> {
                WalletRecords.put(tx, seed);
                WalletRecords.put(tx, network, begin);
                for (int account : accounts) {
                    WalletRecords.put(tx, network, new WalletRecords.Given(account, KeyRef.EXTERNAL, 0, 0, List.of()));
                }
            });
        } catch (StoreException e) {
            throw new WalletException(e.getMessage(), e);
        }
        // The next tick lets it follow a node.
        keep(network, name).wallet.load();
    }

    /**
     * A block before a time: a conservative estimate from a node's tip. Its hash does not exist, so that a node goes
     * back to its own block at that height (see {@link Transport#watch}).
     *
     * @param margin in blocks
     */
    private BlockRef block(Network network, Optional<Instant> time, int margin) {
        Optional<BlockRef> tip = tip(network);
        int height = 0;
        if (time.isPresent() && tip.isPresent() && network != Network.REGTEST) {
            Duration age = Duration.between(time.get(), tip.get().time());
            long blocks = Math.max(0, age.toSeconds()) * 23 / 20 / BLOCK_TIME.toSeconds() + margin;
            height = (int) Math.max(0, tip.get().height() - blocks);
        }
        return new BlockRef(height, TxId.ofBytes(new byte[TxId.LENGTH]), Instant.EPOCH);
    }

    /** The lowest tip reported by a node of a network. */
    private Optional<BlockRef> tip(Network network) {
        return nodes.stream()
                .filter(node -> node.network() == network)
                .map(node -> node.status().tip())
                .flatMap(Optional::stream)
                .min(Comparator.comparingInt(BlockRef::height));
    }

    @Override
    public synchronized char[] words(Network network) throws WalletException {
        get(network);
        try {
            WalletRecords.Seed seed =
                    store.transact(tx -> WalletRecords.seed(tx, network)).orElseThrow();
            try {
                return Mnemonic.words(seed.entropy());
            } finally {
                seed.wipe();
            }
        } catch (StoreException e) {
            throw new WalletException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized void rescan(Network network, Optional<Instant> since) throws WalletException {
        Kept kept = get(network);
        Optional<Instant> from = since;
        if (from.isEmpty()) {
            try {
                WalletRecords.Seed seed =
                        store.transact(tx -> WalletRecords.seed(tx, network)).orElseThrow();
                seed.wipe();
                from = Optional.of(seed.birthday()).filter(birthday -> birthday.isAfter(Instant.EPOCH));
            } catch (StoreException e) {
                throw new WalletException(e.getMessage(), e);
            }
        }
        leave(kept);
        kept.wallet.moveTo(Optional.of(block(network, from, MARGIN_BLOCKS)));
        follow(kept);
    }

    @Override
    public synchronized void label(Network network, String address, String label) throws WalletException {
        Kept kept = get(network);
        if (!kept.wallet.owns(address)) {
            throw new WalletException("that address does not belong to wallet " + kept.wallet.name());
        }
        if (label.length() > LONGEST_LABEL || label.chars().anyMatch(Character::isISOControl)) {
            throw new WalletException("a label can have " + LONGEST_LABEL + " characters, without control characters");
        }
        try {
            store.update(tx -> {
                WalletRecords.label(tx, network, address, label);
            });
        } catch (StoreException e) {
            throw new WalletException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized Map<String, String> labels(Network network) throws WalletException {
        get(network);
        try {
            return store.transact(tx -> WalletRecords.labels(tx, network));
        } catch (StoreException e) {
            throw new WalletException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        rest();
    }
}
