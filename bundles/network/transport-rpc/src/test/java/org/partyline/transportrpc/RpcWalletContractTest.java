package org.partyline.transportrpc;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.WalletContract;

class RpcWalletContractTest extends WalletContract {
    private final FakeNode node = new FakeNode().healthy();
    private final FakeWallets wallets = new FakeWallets(node);
    private RpcWallet wallet;

    @BeforeEach
    void open() throws Exception {
        wallets.create("w");
        RpcSettings settings = node.settings(Map.of("wallet", "w"));
        RpcClient client = node.client();
        wallet = new RpcWallet(
                client,
                new NodeMonitor(client, settings, () -> "direct"),
                settings,
                new SecureRandom(),
                Clock.systemUTC());
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Override
    protected Wallet wallet() {
        return wallet;
    }

    @Override
    protected void fund(String account, long satoshi) throws Exception {
        // Its first use creates the account's wallet.
        wallet.freshAddress(account);
        wallets.pay(account.equals(Wallet.DEFAULT_ACCOUNT) ? "w" : "w-" + account, satoshi);
    }

    @Override
    protected void confirm(SignedTransaction transaction) {
        wallets.confirm(transaction.raw());
    }
}
