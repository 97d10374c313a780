package org.partyline.transportbitcoinj.wallet;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionOutPoint;
import org.bitcoinj.script.ScriptBuilder;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.store.Store;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.SignedTransaction;

/** The local wallet over a chain that the test provides. */
public final class SeededWallet {
    private final LocalWallet wallet;
    private final SecureRandom random;
    private final Clock clock;
    private int height;

    /** @param store open, empty */
    public SeededWallet(Store store, Clock clock, SecureRandom random) throws PartylineException {
        this.random = random;
        this.clock = clock;
        byte[] entropy = new byte[16];
        random.nextBytes(entropy);
        store.transact(tx -> {
            WalletRecords.put(tx, new WalletRecords.Seed(Network.REGTEST, "local", entropy, clock.instant()));
            return null;
        });
        wallet = LocalWallet.of("local", Network.REGTEST, store, clock, WalletSettings.DEFAULTS, random);
        wallet.load();
        wallet.begin();
    }

    /** Pays to a fresh address of an account, in a separate block. */
    public void fund(String account, long amount) throws PartylineException {
        Transaction payment = new Transaction();
        byte[] coin = new byte[32];
        random.nextBytes(coin);
        payment.addInput(new TransactionInput(
                payment, new byte[0], new TransactionOutPoint(0, Sha256Hash.wrap(coin)), 0xfffffffdL, null, null));
        byte[] program =
                Addresses.program(Network.REGTEST, wallet.freshAddress(account)).orElseThrow();
        payment.addOutput(Coin.valueOf(amount), ScriptBuilder.createP2WPKHOutputScript(program));
        mine(List.of(payment.serialize()));
    }

    /** Adds a block with these transactions. */
    public void mine(List<byte[]> transactions) {
        height++;
        byte[] hash = new byte[32];
        hash[30] = (byte) (height >> 8);
        hash[31] = (byte) height;
        BlockRef block = new BlockRef(height, TxId.ofBytes(hash), clock.instant());
        transactions.forEach(raw -> wallet.transaction(raw, Optional.of(block)));
        wallet.blockConnected(block);
    }

    /** Pays, and makes a node report the payment. */
    public SignedTransaction pay(String account, byte[] payload, FeeRate rate) throws PartylineException {
        SignedTransaction paid = wallet.pay(account, List.of(payload), rate);
        wallet.transaction(paid.raw(), Optional.empty());
        return paid;
    }

    /** Returns the tip's height. */
    public int height() {
        return height;
    }
}
