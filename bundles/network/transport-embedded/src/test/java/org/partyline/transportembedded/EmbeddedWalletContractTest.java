package org.partyline.transportembedded;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.bitcoinj.base.BitcoinNetwork;
import org.bitcoinj.base.SegwitAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.WalletContract;

class EmbeddedWalletContractTest extends WalletContract {
    @TempDir
    Path home;

    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode(home);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Override
    protected Wallet wallet() {
        return node.wallet();
    }

    @Override
    protected void fund(String account, long satoshi) throws Exception {
        SegwitAddress address = SegwitAddress.fromBech32(node.wallet().freshAddress(account), BitcoinNetwork.REGTEST);
        node.ledger().fund(List.of(HexFormat.of().formatHex(address.getWitnessProgram())), satoshi);
    }

    @Override
    protected void confirm(SignedTransaction transaction) throws Exception {
        node.transport().broadcast(transaction.raw());
        node.transport().mine();
    }
}
