package org.partyline.transportbitcoinj.wallet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionOutPoint;
import org.bitcoinj.core.TransactionOutput;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.script.ScriptBuilder;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.bitcoinsigner.P2wpkhSigner;

/** Chooses coins, and builds and signs a transaction that looks like one of Bitcoin Core's wallet. */
final class TransactionBuilder {
    /** A P2WPKH output below this is not relayed. */
    static final long DUST = 294;

    /** Coins below this are small: Bitcoin Core's wallet avoids smaller change if it can. */
    static final long SMALL = 50_000;

    /** From this number of small coins on, payments consolidate some of them. */
    static final int MANY_SMALL = 10;
    /** The maximum number of coins that one payment consolidates: each adds 68 vB to it and to every replacement. */
    static final int MOST_GATHERED = 2;
    /** Consolidates up to this rate; Bitcoin Core has the same rule with 10 sat/vB ({@code -consolidatefeerate}). */
    static final FeeRate GATHER_UP_TO = new FeeRate(2000);
    /** A coin is worth consolidating if its amount is this multiple of its input's cost. */
    private static final int WORTH = 10;

    private static final int INPUT_VBYTES = 68;

    /** Announces BIP125 replacement, and allows a lock time. */
    private static final long SEQUENCE = 0xfffffffdL;

    private static final int INPUT_BYTES = 41;
    private static final int CHANGE_BYTES = 8 + 1 + 22;
    private static final int MOST_INPUTS = 200;
    private static final int MOST_VARIANTS = 100;

    private final SecureRandom random;

    TransactionBuilder(SecureRandom random) {
        this.random = random;
    }

    /**
     * The coins that pay, and whether there is change.
     *
     * @param coins all of one account
     * @param change whether there is a change output
     */
    record Choice(List<OwnCoin> coins, boolean change) {
        long total() {
            return coins.stream().mapToLong(OwnCoin::amount).sum();
        }
    }

    /**
     * One coin if that is enough, confirmed before unconfirmed, since it links nothing. Otherwise the largest together.
     * With change if there is enough for it, since a transaction without change is less useful for the next payment.
     *
     * @param usable coins of one account
     * @return empty if all together are not enough
     */
    Optional<Choice> choose(List<OwnCoin> usable, List<byte[]> scripts, FeeRate rate) {
        List<OwnCoin> shuffled = new ArrayList<>(usable);
        Collections.shuffle(shuffled, random);
        shuffled.sort(Comparator.comparing(coin -> coin.confirmations() == 0));
        List<List<OwnCoin>> sets = new ArrayList<>();
        shuffled.forEach(coin -> sets.add(List.of(coin)));
        List<OwnCoin> largest = new ArrayList<>(shuffled);
        largest.sort(Comparator.comparing((OwnCoin coin) -> coin.confirmations() == 0)
                .thenComparing(Comparator.comparingLong(OwnCoin::amount).reversed()));
        for (int i = 2; i <= Math.min(MOST_INPUTS, largest.size()); i++) {
            sets.add(largest.subList(0, i));
        }
        for (boolean change : scripts.isEmpty() ? new boolean[] {true} : new boolean[] {true, false}) {
            for (List<OwnCoin> set : sets) {
                long total = set.stream().mapToLong(OwnCoin::amount).sum();
                if (total >= rate.fee(vsize(set.size(), scripts, change)) + (change ? DUST : 0)) {
                    List<OwnCoin> coins = new ArrayList<>(set);
                    if (change && !scripts.isEmpty()) {
                        coins.addAll(gathered(set, shuffled, rate));
                    }
                    return Optional.of(new Choice(List.copyOf(coins), change));
                }
            }
        }
        return Optional.empty();
    }

    /** Small confirmed coins of the same account, to spend along with a message while that is cheap. */
    private List<OwnCoin> gathered(List<OwnCoin> chosen, List<OwnCoin> shuffled, FeeRate rate) {
        List<OwnCoin> small = shuffled.stream()
                .filter(coin -> coin.confirmations() > 0 && coin.amount() < SMALL && !chosen.contains(coin))
                .toList();
        if (small.size() < MANY_SMALL || rate.compareTo(GATHER_UP_TO) > 0) {
            return List.of();
        }
        return small.stream()
                .filter(coin -> coin.amount() >= WORTH * rate.fee(INPUT_VBYTES))
                .limit(1 + random.nextInt(MOST_GATHERED))
                .toList();
    }

    /** The maximum virtual size: a signature may be a byte shorter. */
    static int vsize(int inputs, List<byte[]> scripts, boolean change) {
        int outputs = scripts.size() + (change ? 1 : 0);
        long stripped = 8L + compactSize(inputs) + (long) INPUT_BYTES * inputs + compactSize(outputs);
        for (byte[] script : scripts) {
            stripped += 8 + compactSize(script.length) + script.length;
        }
        stripped += change ? CHANGE_BYTES : 0;
        long weight = 4 * stripped + 2 + (long) P2wpkhSigner.WITNESS_BYTES * inputs;
        return Math.toIntExact((weight + 3) / 4);
    }

    private static int compactSize(int value) {
        return value < 0xfd ? 1 : value <= 0xffff ? 3 : 5;
    }

    /** OP_RETURN and one push in the shortest form; bitcoinj's builder is limited to 65,535 bytes. */
    static byte[] dataScript(byte[] data) {
        ByteBuffer script = ByteBuffer.allocate(6 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        script.put((byte) 0x6a);
        if (data.length < 0x4c) {
            script.put((byte) data.length);
        } else if (data.length <= 0xff) {
            script.put((byte) 0x4c).put((byte) data.length);
        } else if (data.length <= 0xffff) {
            script.put((byte) 0x4d).putShort((short) data.length);
        } else {
            script.put((byte) 0x4e).putInt(data.length);
        }
        script.put(data);
        byte[] bytes = new byte[script.flip().remaining()];
        script.get(bytes);
        return bytes;
    }

    /** The tip's height, and for one transaction in ten up to 99 blocks less, like Bitcoin Core against fee sniping. */
    long lockTime(int height) {
        return random.nextInt(10) == 0 ? Math.max(0, height - random.nextInt(100)) : height;
    }

    /**
     * The parts of a transaction to build.
     *
     * @param coins the spent coins, in the order of its inputs
     * @param scripts the data outputs, in order
     * @param change the key hash for the change; empty: no change
     * @param changeAt the index of the change output
     * @param lockTime its lock time
     */
    record Plan(List<OwnCoin> coins, List<byte[]> scripts, Optional<byte[]> change, int changeAt, long lockTime) {
        long total() {
            return coins.stream().mapToLong(OwnCoin::amount).sum();
        }

        int vsize() {
            return TransactionBuilder.vsize(coins.size(), scripts, change.isPresent());
        }
    }

    /** Places inputs and change at random. @param change a key hash, if there is change */
    Plan plan(List<OwnCoin> coins, List<byte[]> scripts, Optional<byte[]> change, long lockTime) {
        List<OwnCoin> shuffled = new ArrayList<>(coins);
        Collections.shuffle(shuffled, random);
        return new Plan(shuffled, scripts, change, random.nextInt(scripts.size() + 1), lockTime);
    }

    /**
     * Builds and signs.
     *
     * @param fee satoshi if there is change; otherwise the whole rest is the fee
     * @param keys returns a coin's key
     * @param variant another value results in other signatures, and another id
     */
    static SignedTransaction build(Plan plan, long fee, Function<KeyRef, ECKey> keys, int variant) {
        Transaction transaction = new Transaction();
        transaction.setVersion(2);
        for (OwnCoin coin : plan.coins()) {
            transaction.addInput(new TransactionInput(
                    transaction,
                    new byte[0],
                    new TransactionOutPoint(
                            coin.at().index(), Sha256Hash.wrap(coin.at().id().bytes())),
                    SEQUENCE,
                    Coin.valueOf(coin.amount()),
                    null));
        }
        // After the inputs: otherwise bitcoinj warns of a lock time that no input's sequence number enables.
        transaction.setLockTime(plan.lockTime());
        long back = plan.total() - fee;
        for (int i = 0; i <= plan.scripts().size(); i++) {
            if (i == plan.changeAt() && plan.change().isPresent()) {
                transaction.addOutput(
                        Coin.valueOf(back),
                        ScriptBuilder.createP2WPKHOutputScript(plan.change().get()));
            }
            if (i < plan.scripts().size()) {
                transaction.addOutput(new TransactionOutput(
                        transaction, Coin.ZERO, plan.scripts().get(i)));
            }
        }
        for (int i = 0; i < plan.coins().size(); i++) {
            OwnCoin coin = plan.coins().get(i);
            transaction.replaceInput(
                    i,
                    transaction
                            .getInput(i)
                            .withWitness(
                                    P2wpkhSigner.sign(transaction, i, keys.apply(coin.key()), coin.amount(), variant)));
        }
        return new SignedTransaction(
                TxId.ofBytes(transaction.getTxId().getBytes()),
                transaction.serialize(),
                transaction.getVsize(),
                plan.change().isPresent() ? fee : plan.total());
    }

    /**
     * Builds and signs with a fee that is exactly the rule's for the size: about one signature in 256 is a byte
     * shorter; then other ones are tried.
     */
    static SignedTransaction buildExactly(Plan plan, FeeRule rule, Function<KeyRef, ECKey> keys) {
        int vsize = plan.vsize();
        for (int variant = 0; variant < MOST_VARIANTS; variant++) {
            SignedTransaction signed = build(plan, rule.fee(vsize), keys, variant);
            if (signed.vsize() == vsize) {
                return signed;
            }
        }
        throw new IllegalStateException("no signature of the usual size was found");
    }
}
