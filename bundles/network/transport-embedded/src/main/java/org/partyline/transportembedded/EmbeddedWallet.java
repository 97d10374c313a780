package org.partyline.transportembedded;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionOutPoint;
import org.bitcoinj.core.TransactionOutput;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.script.ScriptBuilder;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.bitcoinsigner.P2wpkhSigner;
import org.partyline.bitcointx.DataScript;

/**
 * Implements {@link Wallet} for the embedded node. An account has {@value #FAUCET_COINS} coins of 0.05 BTC from its
 * first use on: play money, created by a separate block, worth nothing anywhere.
 */
final class EmbeddedWallet implements Wallet {
    /** The number of coins of a new account. */
    static final int FAUCET_COINS = 20;
    /** The amount of each of them, in satoshi: 0.05 BTC. */
    static final long FAUCET_AMOUNT = 5_000_000L;
    /** A P2WPKH output below this is not relayed. */
    static final long DUST = 294;

    /** Coins below this are small: Bitcoin Core's wallet avoids smaller change if it can. */
    static final long SMALL = 50_000;

    /** From this number of small coins on, payments consolidate some of them. */
    private static final int MANY_SMALL = 10;
    /** The maximum number of coins that one payment consolidates: each adds 68 vB to it and to every replacement. */
    private static final int MOST_GATHERED = 2;
    /** Consolidates up to this rate; Bitcoin Core has the same rule with 10 sat/vB ({@code -consolidatefeerate}). */
    private static final FeeRate GATHER_UP_TO = new FeeRate(2000);
    /** A coin is worth consolidating if its amount is this multiple of its input's cost. */
    private static final int WORTH = 10;

    private static final int INPUT_VBYTES = 68;

    /** Announces BIP125 replacement, and allows a lock time, like Bitcoin Core's wallet. */
    private static final long SEQUENCE = 0xfffffffdL;

    private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9-]{0,64}");

    private final String name;
    private final Ledger ledger;
    private final SecureRandom random;
    private final KeyRing keys;
    private final Set<Outpoint> reserved = new HashSet<>();
    private final Set<Outpoint> held = new HashSet<>();
    private final Set<String> funded = new HashSet<>();

    EmbeddedWallet(String name, Ledger ledger, SecureRandom random) {
        this.name = name;
        this.ledger = ledger;
        this.random = random;
        this.keys = new KeyRing(ledger);
    }

    /** A planned transaction: its coins and change. */
    private record Plan(List<Utxo> coins, Optional<String> change, List<byte[]> data, int changeAt, long lockTime) {
        long in() {
            return coins.stream().mapToLong(Utxo::value).sum();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Network network() {
        return Network.EMBEDDED;
    }

    @Override
    public synchronized SignedTransaction pay(String account, List<byte[]> payloads, FeeRate rate)
            throws InsufficientFundsException, NodeUnavailableException, WalletException {
        open(account);
        List<byte[]> data = payloads.stream().map(DataScript::of).toList();
        SignedTransaction signed = build(account, data, rate);
        Tx.trusted(signed.raw()).inputs().forEach(reserved::add);
        return signed;
    }

    @Override
    public synchronized int mostCoins(String account, int vsize, FeeRate rate)
            throws NodeUnavailableException, WalletException {
        AccountStatus status = status(account);
        long small = status.coins().stream()
                .filter(coin -> coin.confirmations() > 0 && coin.amount() < SMALL)
                .count();
        boolean gathers = small >= MANY_SMALL && rate.compareTo(GATHER_UP_TO) <= 0;
        return Math.max(1, status.fewest(vsize, rate).size()) + (gathers ? MOST_GATHERED : 0);
    }

    private SignedTransaction build(String account, List<byte[]> data, FeeRate rate)
            throws InsufficientFundsException, NodeUnavailableException {
        long lockTime = lockTime();
        List<Ledger.OwnedCoin> usable = usable(account);
        int changeAt = random.nextInt(data.size() + 1);
        // One coin if that is enough: it links nothing, and results in the smallest transaction.
        List<List<Utxo>> choices = new ArrayList<>();
        usable.forEach(c -> choices.add(List.of(c.coin())));
        choices.addAll(growing(usable));
        for (List<Utxo> coins : choices) {
            if (enough(coins, data, rate, true)) {
                String change = fresh(account, KeyRing.CHANGE);
                List<Utxo> all = new ArrayList<>(coins);
                if (!data.isEmpty()) {
                    all.addAll(gathered(coins, usable, rate));
                }
                Collections.shuffle(all, random);
                return sign(new Plan(all, Optional.of(change), data, changeAt, lockTime), rate);
            }
        }
        for (List<Utxo> coins : choices) {
            // A transaction has an output: without data it needs change.
            if (!data.isEmpty() && enough(coins, data, rate, false)) {
                return sign(new Plan(coins, Optional.empty(), data, 0, lockTime), rate);
            }
        }
        throw insufficient(account, usable, data, rate);
    }

    /** Small confirmed coins of the same account, to spend along while that is cheap. */
    private List<Utxo> gathered(List<Utxo> chosen, List<Ledger.OwnedCoin> usable, FeeRate rate) {
        List<Utxo> small = usable.stream()
                .map(Ledger.OwnedCoin::coin)
                .filter(c -> c.confirmed() && c.value() < SMALL && !chosen.contains(c))
                .toList();
        if (small.size() < MANY_SMALL || rate.compareTo(GATHER_UP_TO) > 0) {
            return List.of();
        }
        // In random order already.
        return small.stream()
                .filter(c -> c.value() >= WORTH * rate.fee(INPUT_VBYTES))
                .limit(1 + random.nextInt(MOST_GATHERED))
                .toList();
    }

    private InsufficientFundsException insufficient(
            String account, List<Ledger.OwnedCoin> usable, List<byte[]> data, FeeRate rate) {
        long have = usable.stream().mapToLong(c -> c.coin().value()).sum();
        long need = rate.fee(vsize(Math.max(1, usable.size()), data, false));
        String who = account.isEmpty() ? "the first account" : "account " + account;
        String text = "wallet " + name + ", " + who + ": " + have + " sat can be spent now, but " + need
                + " sat are needed; wait for a block";
        return new InsufficientFundsException(
                ledger.coins(p -> keys.owns(account, p)).isEmpty() ? text + ", or use another account" : text);
    }

    private boolean kept(Outpoint coin) {
        return reserved.contains(coin) || held.contains(coin);
    }

    /** Coins that a new transaction may spend: confirmed ones in random order, then our own change in random order. */
    private List<Ledger.OwnedCoin> usable(String account) {
        List<Ledger.OwnedCoin> usable = new ArrayList<>();
        for (Ledger.OwnedCoin coin : ledger.coins(p -> keys.owns(account, p))) {
            boolean free = !coin.spent() && coin.own() && !kept(coin.coin().outpoint());
            boolean room = coin.clusterSize() < Mempool.MAX_CLUSTER
                    && coin.clusterVbytes() < Mempool.MAX_CLUSTER_VBYTES - 1000;
            if (free && room) {
                usable.add(coin);
            }
        }
        Collections.shuffle(usable, random);
        usable.sort(Comparator.comparing(c -> !c.coin().confirmed()));
        return usable;
    }

    /** The largest coin, the two largest, and so on; confirmed ones first. */
    private static List<List<Utxo>> growing(List<Ledger.OwnedCoin> usable) {
        List<Utxo> sorted = usable.stream()
                .map(Ledger.OwnedCoin::coin)
                .sorted(Comparator.comparing((Utxo c) -> !c.confirmed())
                        .thenComparing(Comparator.comparingLong(Utxo::value).reversed()))
                .toList();
        List<List<Utxo>> sets = new ArrayList<>();
        for (int i = 2; i <= sorted.size(); i++) {
            sets.add(sorted.subList(0, i));
        }
        return sets;
    }

    private static boolean enough(List<Utxo> coins, List<byte[]> data, FeeRate rate, boolean withChange) {
        long in = coins.stream().mapToLong(Utxo::value).sum();
        return in >= rate.fee(vsize(coins.size(), data, withChange)) + (withChange ? DUST : 0);
    }

    /** The maximum size of a transaction of ours: with signatures of 71 bytes. */
    private static int vsize(int inputs, List<byte[]> data, boolean change) {
        long stripped = 4 + varInt(inputs) + 41L * inputs + varInt(data.size() + (change ? 1 : 0)) + 4;
        for (byte[] script : data) {
            int length = script.length;
            stripped += 8 + varInt(length) + length;
        }
        if (change) {
            stripped += 8 + 1 + 22;
        }
        long witness = 2 + (1 + 1 + 71 + 1 + 33L) * inputs;
        return (int) ((stripped * 4 + witness + 3) / 4);
    }

    private static int varInt(int value) {
        return value < 0xfd ? 1 : value <= 0xffff ? 3 : 5;
    }

    /**
     * Signs, with the fee for signatures of 71 bytes. One in 128 is a byte shorter, and pays for that byte anyway, as
     * in Bitcoin Core's wallet.
     */
    private SignedTransaction sign(Plan plan, FeeRate rate) {
        int vsize = vsize(plan.coins().size(), plan.data(), plan.change().isPresent());
        Transaction transaction = sign(plan, plan.in() - rate.fee(vsize), 0);
        long out = transaction.getOutputs().stream()
                .mapToLong(o -> o.getValue().getValue())
                .sum();
        return new SignedTransaction(
                Tx.id(transaction.getTxId()), transaction.serialize(), transaction.getVsize(), plan.in() - out);
    }

    @Override
    public synchronized SignedTransaction replace(
            String account, SignedTransaction previous, List<byte[]> payloads, FeeRule rule)
            throws InsufficientFundsException, WalletException {
        requireName(account);
        Tx old = parse(previous);
        Utxo change = change(account, old)
                .orElseThrow(() -> new InsufficientFundsException("wallet " + name + ": transaction " + old.id()
                        + " has no change for its account and cannot be replaced"));
        List<byte[]> data = payloads.stream().map(DataScript::of).toList();
        Plan plan = new Plan(
                spent(account, old), Optional.of(change.program()), data, random.nextInt(data.size() + 1), lockTime());
        int vsize = vsize(plan.coins().size(), data, true);
        for (int round = 0; ; round++) {
            long back = plan.in() - rule.fee(vsize);
            if (back < DUST) {
                throw new InsufficientFundsException("wallet " + name + ": the coin of transaction " + old.id()
                        + " is used up: it holds " + plan.in() + " sat, and a fee of " + rule.fee(vsize)
                        + " sat leaves less than "
                        + DUST + " sat; start with another coin");
            }
            // Each round has another signature: about one in 256 is a byte shorter, which would change the fee.
            Transaction transaction = sign(plan, back, round);
            if (transaction.getVsize() == vsize) {
                return new SignedTransaction(
                        Tx.id(transaction.getTxId()), transaction.serialize(), vsize, plan.in() - back);
            }
        }
    }

    /** The coins that a transaction spends, all of one account and not spent by another in a block. */
    private List<Utxo> spent(String account, Tx transaction) throws WalletException {
        Map<Outpoint, Utxo> mine = new HashMap<>();
        ledger.coins(p -> keys.owns(account, p)).forEach(c -> mine.put(c.coin().outpoint(), c.coin()));
        List<Utxo> coins = new ArrayList<>();
        for (Outpoint input : transaction.inputs()) {
            Utxo coin = mine.get(input);
            if (coin == null) {
                throw new WalletException("wallet " + name + ": transaction " + transaction.id()
                        + " cannot be replaced: its coin " + input + " is spent in a block, or is not of this account");
            }
            coins.add(coin);
        }
        return coins;
    }

    private Optional<Utxo> change(String account, Tx transaction) {
        return IntStream.range(0, transaction.outputCount())
                .mapToObj(i -> transaction.output(i, Utxo.UNCONFIRMED))
                .flatMap(Optional::stream)
                .filter(coin -> keys.owns(account, coin.program()))
                .findFirst();
    }

    @Override
    public synchronized void hold(String account, SignedTransaction transaction, boolean keep) {
        change(account, parse(transaction)).map(Utxo::outpoint).ifPresent(keep ? held::add : held::remove);
    }

    /** @param round another value results in other signatures */
    private Transaction sign(Plan plan, long back, int round) {
        Transaction transaction = new Transaction();
        transaction.setVersion(2);
        for (Utxo coin : plan.coins()) {
            Outpoint from = coin.outpoint();
            transaction.addInput(new TransactionInput(
                    transaction,
                    new byte[0],
                    new TransactionOutPoint(
                            from.index(), Sha256Hash.wrap(from.tx().bytes())),
                    SEQUENCE,
                    Coin.valueOf(coin.value()),
                    null));
        }
        transaction.setLockTime(plan.lockTime());
        List<byte[]> data = plan.data();
        for (int i = 0; i <= data.size(); i++) {
            if (i == plan.changeAt() && plan.change().isPresent()) {
                byte[] program = HexFormat.of().parseHex(plan.change().get());
                transaction.addOutput(Coin.valueOf(back), ScriptBuilder.createP2WPKHOutputScript(program));
            }
            if (i < data.size()) {
                transaction.addOutput(new TransactionOutput(transaction, Coin.ZERO, data.get(i)));
            }
        }
        for (int i = 0; i < plan.coins().size(); i++) {
            Utxo coin = plan.coins().get(i);
            ECKey key = keys.key(coin.program()).orElseThrow();
            transaction.replaceInput(
                    i,
                    transaction.getInput(i).withWitness(P2wpkhSigner.sign(transaction, i, key, coin.value(), round)));
        }
        return transaction;
    }

    /** The tip's height, and for one transaction in ten up to 99 blocks less, like Bitcoin Core against fee sniping. */
    private long lockTime() {
        int height = ledger.tip().height();
        return random.nextInt(10) == 0 ? Math.max(0, height - random.nextInt(100)) : height;
    }

    @Override
    public synchronized void reserve(String account, SignedTransaction transaction) {
        Set<Outpoint> mine = new HashSet<>();
        ledger.coins(p -> keys.owns(account, p)).forEach(c -> mine.add(c.coin().outpoint()));
        inputs(transaction).stream().filter(mine::contains).forEach(reserved::add);
    }

    @Override
    public synchronized void release(String account, SignedTransaction transaction) {
        inputs(transaction).forEach(reserved::remove);
    }

    private static List<Outpoint> inputs(SignedTransaction transaction) {
        return parse(transaction).inputs();
    }

    private static Tx parse(SignedTransaction transaction) {
        try {
            return Tx.parse(transaction.raw());
        } catch (TransactionRejectedException e) {
            throw new IllegalArgumentException("not a transaction created by a wallet: " + transaction.id(), e);
        }
    }

    @Override
    public synchronized String freshAddress(String account) throws NodeUnavailableException, WalletException {
        open(account);
        return KeyRing.address(fresh(account, KeyRing.EXTERNAL));
    }

    private String fresh(String account, int chain) throws NodeUnavailableException {
        try {
            return keys.fresh(account, chain);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @Override
    public synchronized AccountStatus status(String account) throws NodeUnavailableException, WalletException {
        open(account);
        int tip = ledger.tip().height();
        long confirmed = 0;
        long unconfirmed = 0;
        long reservedValue = 0;
        List<AccountStatus.Coin> coins = new ArrayList<>();
        for (Ledger.OwnedCoin owned : ledger.coins(p -> keys.owns(account, p))) {
            Utxo coin = owned.coin();
            if (owned.spent()) {
                continue;
            }
            if (kept(coin.outpoint())) {
                reservedValue += coin.value();
            } else if (coin.confirmed()) {
                confirmed += coin.value();
            } else {
                unconfirmed += coin.value();
            }
            if (!kept(coin.outpoint()) && owned.own()) {
                coins.add(new AccountStatus.Coin(
                        coin.outpoint().toString(), coin.value(), coin.confirmed() ? tip - coin.height() + 1 : 0));
            }
        }
        return new AccountStatus(account, confirmed, unconfirmed, reservedValue, coins);
    }

    /** Creates an account's coins when it is first used. */
    private void open(String account) throws NodeUnavailableException, WalletException {
        requireName(account);
        if (funded.contains(account)) {
            return;
        }
        if (!ledger.funded(p -> keys.owns(account, p))) {
            List<String> programs = new ArrayList<>();
            for (int i = 0; i < FAUCET_COINS; i++) {
                programs.add(fresh(account, KeyRing.EXTERNAL));
            }
            try {
                ledger.fund(programs, FAUCET_AMOUNT);
            } catch (IOException e) {
                throw unavailable(e);
            }
        }
        funded.add(account);
    }

    private static void requireName(String account) throws WalletException {
        if (!ACCOUNT.matcher(account).matches()) {
            throw new WalletException(
                    "'" + account + "' is not an account name: use up to 64 letters, digits and hyphens");
        }
    }

    private NodeUnavailableException unavailable(IOException cause) {
        return new NodeUnavailableException("node " + name + ": " + cause.getMessage(), cause);
    }
}
