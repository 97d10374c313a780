package com.example.extension.loopback;

import java.util.List;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;

/** Pays with coins of a network where coins are free. */
final class LoopbackWallet implements Wallet {
    private static final long COIN = 100_000_000;

    private final String name;
    private final LoopbackNode node;

    LoopbackWallet(String name, LoopbackNode node) {
        this.name = name;
        this.node = node;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Network network() {
        return node.network();
    }

    @Override
    public SignedTransaction pay(String account, List<byte[]> payloads, FeeRate rate) {
        int vsize = Transactions.of(payloads, 0).length;
        long fee = rate.fee(vsize);
        byte[] raw = Transactions.of(payloads, COIN - fee);
        return new SignedTransaction(Transactions.id(raw), raw, vsize, fee);
    }

    @Override
    public void reserve(String account, SignedTransaction transaction) {
        // No coin is spent twice here, as each is created when it is spent.
    }

    @Override
    public void release(String account, SignedTransaction transaction) {
        // See above.
    }

    @Override
    public String freshAddress(String account) {
        return "bcrt1q" + Transactions.random().toString().substring(0, 32);
    }

    @Override
    public AccountStatus status(String account) {
        return new AccountStatus(
                account, COIN, 0, 0, List.of(new AccountStatus.Coin(Transactions.random() + ":0", COIN, 1)));
    }
}
