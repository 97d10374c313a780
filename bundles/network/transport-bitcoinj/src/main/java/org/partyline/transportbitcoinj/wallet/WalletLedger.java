package org.partyline.transportbitcoinj.wallet;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bitcoinj.core.Transaction;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.bitcoinsigner.P2wpkhSigner;
import org.partyline.bitcointx.OutPoint;
import org.partyline.bitcointx.TxView;

/**
 * All transactions that involve the wallet, and its coins. Trusts nobody: a transaction that spends our coins must have
 * our signatures, and a block overrides unconfirmed transactions. Not thread-safe.
 */
final class WalletLedger {
    /** The confirmations that a newly mined coin needs. */
    private static final int MATURITY = 100;
    /** 21 million coins. */
    private static final long ALL_MONEY = 2_100_000_000_000_000L;
    /** Spent coins are forgotten after this number of blocks. */
    private static final int DEEP = 2016;
    /** A transaction is forgotten this number of blocks after a conflicting one was mined. */
    private static final int LOST = 100;
    /**
     * The maximum size of all unconfirmed payments by others, in bytes. They cost nothing: their coins need not exist,
     * and only a node could tell.
     */
    static final int MOST_FOREIGN = 1_000_000;

    private static final int FOREIGN_OVERHEAD = 1000;

    /** An output that pays us. */
    private record Own(Entry maker, KeyRef key, byte[] program, long amount) {}

    private final WalletKeys keys;
    private final Map<TxId, Entry> entries = new LinkedHashMap<>();
    private final Map<OutPoint, Own> outputs = new HashMap<>();
    private final Map<OutPoint, Set<Entry>> spenders = new HashMap<>();
    private final Set<TxId> changed = new LinkedHashSet<>();
    /** Transactions that nodes do not have, and did not accept again: their coins are not spent. */
    private final Set<TxId> lost = new HashSet<>();

    private long order;
    /** Whether an unconfirmed payment was left out for lack of room. */
    private boolean crowded;

    private int mostUnconfirmed = RelayPolicy.CHAIN;

    WalletLedger(WalletKeys keys) {
        this.keys = keys;
    }

    /**
     * @param most the maximum number of unconfirmed transactions that spend from each other, as nodes accept them (see
     *     {@link RelayPolicy#maxUnconfirmed})
     */
    void mostUnconfirmed(int most) {
        mostUnconfirmed = most;
    }

    /** Restores an entry from its record. */
    void load(Entry entry) {
        index(entry);
        order = Math.max(order, entry.order());
    }

    private void index(Entry entry) {
        entries.put(entry.id(), entry);
        TxView view = entry.view();
        for (int i = 0; i < view.inputCount(); i++) {
            spenders.computeIfAbsent(view.input(i), o -> new LinkedHashSet<>()).add(entry);
        }
        for (int i = 0; i < view.outputCount(); i++) {
            byte[] program = view.witnessKeyHash(i);
            if (program == null) {
                continue;
            }
            Optional<KeyRef> key = keys.find(program);
            if (key.isPresent()) {
                outputs.put(new OutPoint(entry.id(), i), new Own(entry, key.get(), program, view.amount(i)));
                keys.used(key.get());
            }
        }
    }

    private void unindex(Entry entry) {
        entries.remove(entry.id());
        lost.remove(entry.id());
        TxView view = entry.view();
        for (int i = 0; i < view.inputCount(); i++) {
            OutPoint spent = view.input(i);
            Set<Entry> by = spenders.get(spent);
            if (by != null) {
                by.remove(entry);
                if (by.isEmpty()) {
                    spenders.remove(spent);
                }
            }
        }
        for (int i = 0; i < view.outputCount(); i++) {
            outputs.remove(new OutPoint(entry.id(), i));
        }
    }

    /** The outcome of adding a transaction. */
    enum Check {
        /** It does not involve us. */
        STRANGE,
        /** It is kept. */
        OURS,
        /** It claims to spend our coins, but cannot: the node that showed it is dishonest. */
        FORGED
    }

    /**
     * Processes a transaction that a node shows.
     *
     * @param block empty for the mempool
     */
    Check see(TxView view, Optional<BlockRef> block) {
        boolean ours = false;
        boolean spends = false;
        List<Entry> rivals = new ArrayList<>();
        for (int i = 0; i < view.inputCount(); i++) {
            OutPoint spent = view.input(i);
            spends |= outputs.containsKey(spent);
            rivals.addAll(spenders.getOrDefault(spent, Set.of()));
        }
        for (int i = 0; i < view.outputCount() && !ours; i++) {
            byte[] program = view.witnessKeyHash(i);
            ours = program != null && keys.find(program).isPresent();
        }
        if (!ours && !spends) {
            if (block.isPresent()) {
                beat(rivals, block.get());
            }
            return Check.STRANGE;
        }
        Entry entry = entries.get(view.id());
        if (entry == null) {
            if (!honest(view)) {
                return Check.FORGED;
            }
            entry = new Entry(view, order + 1);
            if (block.isEmpty() && isForeign(entry) && !hasRoom(entry)) {
                // Its block will bring it.
                crowded = true;
                return Check.STRANGE;
            }
            order++;
            index(entry);
            changed.add(entry.id());
        }
        lost.remove(entry.id());
        if (!entry.seen()) {
            entry.seen(++order);
            changed.add(entry.id());
        }
        if (block.isPresent() && !block.equals(entry.block())) {
            entry.block(block);
            entry.beaten(Optional.empty());
            changed.add(entry.id());
        }
        return Check.OURS;
    }

    private void beat(List<Entry> rivals, BlockRef block) {
        for (Entry rival : rivals) {
            if (rival.block().isEmpty()) {
                rival.beaten(Optional.of(block));
                changed.add(rival.id());
            }
        }
    }

    /** Checks the signatures for our coins, and the amounts as far as they are known. */
    private boolean honest(TxView view) {
        long in = 0;
        boolean allOurs = true;
        Transaction transaction = null;
        for (int i = 0; i < view.inputCount(); i++) {
            Own own = outputs.get(view.input(i));
            if (own == null) {
                allOurs = false;
                continue;
            }
            in += own.amount();
            if (transaction == null) {
                try {
                    transaction = Transaction.read(ByteBuffer.wrap(view.bytes()));
                } catch (RuntimeException e) {
                    // bitcoinj reports malformed data with several unchecked types.
                    return false;
                }
            }
            if (!P2wpkhSigner.valid(transaction, i, own.program(), own.amount())) {
                return false;
            }
        }
        long out = 0;
        for (int i = 0; i < view.outputCount(); i++) {
            long amount = view.amount(i);
            if (amount < 0 || amount > ALL_MONEY) {
                return false;
            }
            out += amount;
        }
        return out <= ALL_MONEY && (!allOurs || out <= in);
    }

    /** Whether it is an unconfirmed payment by others. */
    private boolean isForeign(Entry entry) {
        return entry.block().isEmpty() && !allOurs(entry);
    }

    private boolean hasRoom(Entry another) {
        return Stream.concat(entries.values().stream().filter(this::isForeign), Stream.of(another))
                        .mapToLong(entry -> FOREIGN_OVERHEAD + entry.view().raw().length)
                        .sum()
                <= MOST_FOREIGN;
    }

    /** Adds a transaction that we signed, before anyone has it. */
    void sign(TxView view) {
        if (!entries.containsKey(view.id())) {
            index(new Entry(view, ++order));
            changed.add(view.id());
        }
    }

    /** Whether a transaction of ours is known, and nobody has it yet. */
    boolean unsent(TxId id) {
        return held(id) != null;
    }

    /** An entry that nobody has yet; otherwise null. */
    private @Nullable Entry held(TxId id) {
        Entry entry = entries.get(id);
        return entry != null && !entry.seen() && entry.block().isEmpty() ? entry : null;
    }

    /** The ids of all that are signed and not seen. */
    List<TxId> unsent() {
        return entries.keySet().stream().filter(this::unsent).toList();
    }

    /** Forgets a transaction if nobody has it, which frees its coins. @return whether it did */
    boolean forget(TxId id) {
        Entry entry = held(id);
        if (entry == null) {
            return false;
        }
        unindex(entry);
        changed.add(id);
        return true;
    }

    /**
     * Forgets a transaction that nobody ever had, which frees its coins.
     *
     * @return its change address, unless another transaction pays to it
     */
    Set<KeyRef> discard(TxId id) {
        Set<KeyRef> change = new HashSet<>();
        Entry entry = held(id);
        if (entry == null) {
            return change;
        }
        TxView view = entry.view();
        for (int i = 0; i < view.outputCount(); i++) {
            Own own = outputs.get(new OutPoint(id, i));
            if (own != null && own.key().chain() == KeyRef.CHANGE) {
                change.add(own.key());
            }
        }
        forget(id);
        outputs.values().forEach(own -> change.remove(own.key()));
        return change;
    }

    /**
     * The index after the last one of a chain that appeared in a block. Unconfirmed transactions do not count: a wallet
     * that is restored from its words may never see them; and if several are in one block, it may see the last one
     * first.
     */
    int mined(int account, int chain) {
        int mined = keys.settled(account, chain);
        for (Own own : outputs.values()) {
            KeyRef key = own.key();
            if (key.account() == account
                    && key.chain() == chain
                    && own.maker().block().isPresent()) {
                mined = Math.max(mined, key.index() + 1);
            }
        }
        return mined;
    }

    /** A mempool dropped it. Ours is kept, since it can be sent again. */
    void removed(TxId id) {
        Entry entry = entries.get(id);
        if (entry != null && entry.block().isEmpty() && !allOurs(entry)) {
            unindex(entry);
            changed.add(id);
        }
    }

    /**
     * Our transactions that wait for a block, as far as is known; what another one spends the change of comes before
     * that.
     */
    List<TxView> waiting() {
        Map<Entry, Boolean> known = new HashMap<>();
        return entries.values().stream()
                .filter(entry -> entry.seen() && entry.block().isEmpty() && alive(entry, known) && allOurs(entry))
                .sorted(Comparator.comparingLong(Entry::order))
                .map(Entry::view)
                .toList();
    }

    /** Whether nodes have one of those, or took it again. */
    void found(TxId id, boolean there) {
        if (there) {
            lost.remove(id);
        } else if (entries.containsKey(id)) {
            lost.add(id);
        }
    }

    /** A block is no longer in the chain. */
    void disconnected(BlockRef block) {
        Optional<BlockRef> gone = Optional.of(block);
        for (Entry entry : entries.values()) {
            if (entry.block().equals(gone)) {
                entry.block(Optional.empty());
                changed.add(entry.id());
            }
            if (entry.beaten().equals(gone)) {
                entry.beaten(Optional.empty());
                changed.add(entry.id());
            }
        }
    }

    /** The ids of entries that changed or were removed since the last call. */
    Set<TxId> takeChanged() {
        Set<TxId> taken = new LinkedHashSet<>(changed);
        changed.clear();
        return taken;
    }

    Optional<Entry> entry(TxId id) {
        return Optional.ofNullable(entries.get(id));
    }

    private boolean alive(Entry entry, Map<Entry, Boolean> known) {
        Boolean before = known.get(entry);
        if (before != null) {
            return before;
        }
        boolean alive = entry.block().isPresent();
        if (!alive) {
            alive = entry.beaten().isEmpty();
            TxView view = entry.view();
            for (int i = 0; alive && i < view.inputCount(); i++) {
                OutPoint spent = view.input(i);
                alive = spenders.getOrDefault(spent, Set.of()).stream().noneMatch(rival -> beats(rival, entry));
                Entry parent = entries.get(spent.id());
                alive = alive && (parent == null || alive(parent, known));
            }
        }
        known.put(entry, alive);
        return alive;
    }

    private static boolean beats(Entry rival, Entry entry) {
        return rival != entry
                && (rival.block().isPresent() || rival.beaten().isEmpty() && rival.order() > entry.order());
    }

    private boolean allOurs(Entry entry) {
        TxView view = entry.view();
        for (int i = 0; i < view.inputCount(); i++) {
            if (!outputs.containsKey(view.input(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether nodes accept one more transaction that spends from an unconfirmed one: together with its ancestors and
     * descendants they must not exceed the limit. Counted as a cluster, which contains at least the chain.
     */
    private boolean hasRoom(Entry maker, Map<Entry, Boolean> known) {
        Set<Entry> found = new HashSet<>();
        Deque<Entry> left = new ArrayDeque<>(List.of(maker));
        while (!left.isEmpty() && found.size() < mostUnconfirmed) {
            Entry entry = left.remove();
            if (entry.block().isEmpty() && alive(entry, known) && found.add(entry)) {
                TxView view = entry.view();
                for (int i = 0; i < view.inputCount(); i++) {
                    Optional.ofNullable(entries.get(view.input(i).id())).ifPresent(left::add);
                }
                for (int i = 0; i < view.outputCount(); i++) {
                    left.addAll(spenders.getOrDefault(new OutPoint(entry.id(), i), Set.of()));
                }
            }
        }
        return found.size() < mostUnconfirmed;
    }

    /**
     * An account's coins without spent ones; coins that an unsent transaction spends are included as reserved.
     *
     * @param tip the height of the last block
     */
    List<OwnCoin> coins(int account, int tip) {
        Map<Entry, Boolean> known = new HashMap<>();
        List<OwnCoin> coins = new ArrayList<>();
        outputs.forEach((at, own) -> {
            Entry maker = own.maker();
            if (own.key().account() != account || !alive(maker, known)) {
                return;
            }
            List<Entry> spent = spenders.getOrDefault(at, Set.of()).stream()
                    .filter(spender -> alive(spender, known))
                    .toList();
            boolean reserved = !spent.isEmpty() && spent.stream().allMatch(spender -> unsent(spender.id()));
            if (spent.isEmpty() || reserved) {
                int confirmations = maker.block()
                        .map(b -> Math.max(1, tip - b.height() + 1))
                        .orElse(0);
                coins.add(new OwnCoin(
                        at,
                        own.amount(),
                        own.key(),
                        own.program(),
                        confirmations,
                        !reserved && spendable(maker, confirmations, known),
                        reserved));
            }
        });
        coins.sort(Comparator.comparing((OwnCoin coin) -> coin.at().toString()));
        return coins;
    }

    private boolean spendable(Entry maker, int confirmations, Map<Entry, Boolean> known) {
        if (confirmations > 0) {
            return !maker.view().coinbase() || confirmations >= MATURITY;
        }
        // A stranger's payment may be reversed until it is mined; our own change cannot.
        return maker.seen() && !lost.contains(maker.id()) && allOurs(maker) && hasRoom(maker, known);
    }

    /**
     * The coins that a transaction spends, for its replacement.
     *
     * @return empty if one does not belong to the account, or was spent in a block
     */
    Optional<List<OwnCoin>> spentBy(TxView view, int account) {
        Map<Entry, Boolean> known = new HashMap<>();
        List<OwnCoin> coins = new ArrayList<>();
        for (int i = 0; i < view.inputCount(); i++) {
            OutPoint at = view.input(i);
            Own own = outputs.get(at);
            boolean mined = spenders.getOrDefault(at, Set.of()).stream()
                    .anyMatch(spender -> spender.block().isPresent());
            if (own == null || own.key().account() != account || mined || !alive(own.maker(), known)) {
                return Optional.empty();
            }
            coins.add(new OwnCoin(at, own.amount(), own.key(), own.program(), 0, false, true));
        }
        return Optional.of(coins);
    }

    /** The index of a transaction's output to an account, and the key hash; empty if there is none. */
    static Optional<Integer> change(TxView view, int account, WalletKeys keys) {
        for (int i = 0; i < view.outputCount(); i++) {
            byte[] program = view.witnessKeyHash(i);
            if (program != null
                    && keys.find(program)
                            .filter(key -> key.account() == account)
                            .isPresent()) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /**
     * Forgets coins that were spent so deep that no reorganisation affects them, and unconfirmed payments by others if
     * there are too many.
     */
    void prune(int tip) {
        List<Entry> oldest = new ArrayList<>(entries.values());
        if (crowded) {
            crowded = false;
            List<Entry> foreign = oldest.stream().filter(this::isForeign).toList();
            foreign.forEach(entry -> {
                unindex(entry);
                changed.add(entry.id());
            });
            oldest.removeAll(foreign);
        }
        oldest.sort(Comparator.comparingInt(
                entry -> entry.block().map(BlockRef::height).orElse(Integer.MAX_VALUE)));
        for (Entry entry : oldest) {
            if (entry.block().isEmpty() && lostFor(entry, tip) >= LOST) {
                unindex(entry);
                changed.add(entry.id());
            } else if (deep(entry, tip) && spentDeep(entry, tip) && !spendsKnown(entry)) {
                settle(entry);
                unindex(entry);
                changed.add(entry.id());
            }
        }
    }

    private void settle(Entry entry) {
        for (int i = 0; i < entry.view().outputCount(); i++) {
            Own own = outputs.get(new OutPoint(entry.id(), i));
            if (own != null) {
                keys.settled(own.key());
            }
        }
    }

    /** The number of blocks since a conflicting transaction was mined. */
    private int lostFor(Entry entry, int tip) {
        int since = entry.beaten().map(BlockRef::height).orElse(Integer.MAX_VALUE);
        for (int i = 0; i < entry.view().inputCount(); i++) {
            for (Entry rival : spenders.getOrDefault(entry.view().input(i), Set.of())) {
                since = Math.min(since, rival.block().map(BlockRef::height).orElse(Integer.MAX_VALUE));
            }
        }
        return since == Integer.MAX_VALUE ? 0 : tip - since;
    }

    private static boolean deep(Entry entry, int tip) {
        return entry.block().filter(block -> block.height() < tip - DEEP).isPresent();
    }

    private boolean spentDeep(Entry entry, int tip) {
        for (int i = 0; i < entry.view().outputCount(); i++) {
            OutPoint at = new OutPoint(entry.id(), i);
            if (outputs.containsKey(at)
                    && spenders.getOrDefault(at, Set.of()).stream().noneMatch(spender -> deep(spender, tip))) {
                return false;
            }
        }
        return true;
    }

    /** While a coin is known, the transaction that spent it must be, too. */
    private boolean spendsKnown(Entry entry) {
        for (int i = 0; i < entry.view().inputCount(); i++) {
            if (outputs.containsKey(entry.view().input(i))) {
                return true;
            }
        }
        return false;
    }
}
