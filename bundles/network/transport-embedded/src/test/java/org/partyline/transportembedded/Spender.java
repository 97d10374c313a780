package org.partyline.transportembedded;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionOutPoint;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.script.Script;
import org.bitcoinj.script.ScriptBuilder;
import org.partyline.api.TxId;
import org.partyline.bitcoinsigner.P2wpkhSigner;
import org.partyline.bitcointx.DataScript;

/** Builds transactions manually: a stranger on the network, with one key, who may do anything wrong. */
final class Spender {
    static final ECKey KEY = ECKey.fromPrivate(BigInteger.valueOf(4711));
    static final String PROGRAM = HexFormat.of().formatHex(KEY.getPubKeyHash());

    private final List<Utxo> coins = new ArrayList<>();
    private final List<Script> scripts = new ArrayList<>();
    private final List<Long> values = new ArrayList<>();
    private ECKey key = KEY;
    private long amountOff;
    private long lockTime;
    private long sequence = 0xfffffffdL;
    private int version = 2;

    /** Coins of the stranger, each in the new tip. */
    static List<Utxo> coins(TestNode node, int count, long each) throws IOException {
        List<String> programs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            programs.add(PROGRAM);
        }
        int height = node.ledger().fund(programs, each).height();
        return node.ledger().coins(PROGRAM::equals).stream()
                .map(Ledger.OwnedCoin::coin)
                .filter(c -> c.height() == height)
                .toList();
    }

    static Utxo output(byte[] raw, int index) throws Exception {
        return Tx.parse(raw).output(index, Utxo.UNCONFIRMED).orElseThrow();
    }

    static TxId id(byte[] raw) throws Exception {
        return Tx.parse(raw).id();
    }

    static int vsize(byte[] raw) throws Exception {
        return Tx.parse(raw).vsize();
    }

    static Spender of(Utxo... coins) {
        Spender spender = new Spender();
        spender.coins.addAll(List.of(coins));
        return spender;
    }

    Spender data(int length) {
        return output(0, dataScript(length));
    }

    static Script dataScript(int length) {
        return Script.parse(DataScript.of(TestNode.payload(length, 9)));
    }

    Spender output(long value, Script script) {
        values.add(value);
        scripts.add(script);
        return this;
    }

    Spender pay(long value) {
        return output(value, ScriptBuilder.createP2WPKHOutputScript(KEY));
    }

    /** The rest of the coins, minus a fee. */
    Spender change(long fee) {
        return pay(coins.stream().mapToLong(Utxo::value).sum()
                - values.stream().mapToLong(Long::longValue).sum()
                - fee);
    }

    Spender key(ECKey other) {
        key = other;
        return this;
    }

    Spender amountOff(long by) {
        amountOff = by;
        return this;
    }

    Spender lockTime(long height) {
        lockTime = height;
        return this;
    }

    Spender sequence(long value) {
        sequence = value;
        return this;
    }

    Spender version(int value) {
        version = value;
        return this;
    }

    Transaction transaction() {
        Transaction transaction = new Transaction();
        transaction.setVersion(version);
        for (Utxo coin : coins) {
            transaction.addInput(new TransactionInput(
                    transaction,
                    new byte[0],
                    new TransactionOutPoint(
                            coin.outpoint().index(),
                            Sha256Hash.wrap(coin.outpoint().tx().bytes())),
                    sequence,
                    Coin.valueOf(coin.value()),
                    null));
        }
        transaction.setLockTime(lockTime);
        for (int i = 0; i < scripts.size(); i++) {
            transaction.addOutput(Coin.valueOf(values.get(i)), scripts.get(i));
        }
        for (int i = 0; i < coins.size(); i++) {
            TransactionInput input = transaction.getInput(i);
            transaction.replaceInput(
                    i,
                    input.withWitness(
                            P2wpkhSigner.sign(transaction, i, key, coins.get(i).value() + amountOff, 0)));
        }
        return transaction;
    }

    byte[] raw() {
        return transaction().serialize();
    }
}
