package org.partyline.transportembedded;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.Transport;
import org.partyline.testkit.TransportContract;

class EmbeddedTransportContractTest extends TransportContract {
    @TempDir
    Path home;

    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode(home);
        // The wallet's first use creates a block with its coins.
        node.wallet().status("");
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Override
    protected Transport transport() {
        return node.transport();
    }

    @Override
    protected byte[] transaction() throws Exception {
        return node.pay("", 80, TestNode.FLOOR).raw();
    }

    @Override
    protected byte[] refused() throws Exception {
        // Pays no fee.
        return Spender.of(Spender.coins(node, 1, 1_000_000).get(0))
                .data(80)
                .change(0)
                .raw();
    }

    @Override
    protected TxId id(byte[] transaction) {
        return Tx.trusted(transaction).id();
    }

    @Override
    protected void arrives(byte[] transaction) throws Exception {
        node.ledger().accept(transaction);
    }

    @Override
    protected BlockRef mine(byte[]... transactions) throws Exception {
        return node.transport().mine();
    }

    @Override
    protected boolean goesAway() {
        return false;
    }
}
