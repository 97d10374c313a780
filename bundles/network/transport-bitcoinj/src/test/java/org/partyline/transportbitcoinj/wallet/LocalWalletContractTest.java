package org.partyline.transportbitcoinj.wallet;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.partyline.api.Network;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.WalletContract;

class LocalWalletContractTest extends WalletContract {
    private final MemoryStore store = MemoryStore.open();
    private LocalWallet wallet;
    private int height = 100;

    @BeforeEach
    void makeAWallet() throws Exception {
        store.transact(tx -> {
            WalletRecords.put(tx, new WalletRecords.Seed(Network.REGTEST, "local", new byte[16], Instant.EPOCH));
            return null;
        });
        wallet = LocalWallet.of(
                "local",
                Network.REGTEST,
                store,
                new HandSetClock(Payments.block(110).time()),
                WalletSettings.DEFAULTS,
                new SecureRandom());
        wallet.load();
        wallet.begin();
    }

    @Override
    protected Wallet wallet() {
        return wallet;
    }

    @Override
    protected void fund(String account, long satoshi) throws Exception {
        mine(Payments.to(height, wallet.freshAddress(account), satoshi));
    }

    @Override
    protected void confirm(SignedTransaction transaction) {
        wallet.transaction(transaction.raw(), Optional.empty());
        mine(transaction.raw());
    }

    private void mine(byte[] transaction) {
        height++;
        wallet.transaction(transaction, Optional.of(Payments.block(height)));
        wallet.blockConnected(Payments.block(height));
    }
}
