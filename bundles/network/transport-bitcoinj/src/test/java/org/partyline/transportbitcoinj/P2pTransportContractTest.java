package org.partyline.transportbitcoinj;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.Transport;
import org.partyline.bitcointx.Header;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.TransportContract;

class P2pTransportContractTest extends TransportContract {
    private final TestChain chain = new TestChain(0).grow(3);
    private FakePeer peer;
    private RunningNode node;
    private int made;

    @BeforeEach
    void connect() throws Exception {
        peer = new FakePeer().chain(chain);
        node = RunningNode.at(Map.of("request-timeout", "5m", "broadcast-timeout", "2m"), peer.endpoint());
        Eventually.that("it speaks with its peer", () -> peer.greetings() > 0);
    }

    @AfterEach
    void close() {
        node.close();
        peer.close();
    }

    @Override
    protected Transport transport() {
        return node.transport();
    }

    @Override
    protected byte[] transaction() {
        return TestChain.transaction(++made);
    }

    @Override
    protected byte[] refused() {
        peer.refuses("insufficient fee");
        return transaction();
    }

    @Override
    protected TxId id(byte[] transaction) {
        return TestChain.idOf(transaction);
    }

    @Override
    protected void arrives(byte[] transaction) {
        peer.has(transaction);
        peer.announce(List.of(id(transaction)));
    }

    @Override
    protected BlockRef mine(byte[]... transactions) {
        chain.grow(1, transactions);
        peer.announceBlocks(1);
        Header header = chain.header(chain.height());
        BlockRef block = new BlockRef(chain.height(), header.hash(), Instant.ofEpochSecond(header.time()));
        Eventually.that(
                "the node knows the block",
                () -> transport().status().tip().map(BlockRef::hash).equals(Optional.of(block.hash())));
        return block;
    }

    @Override
    protected boolean goesAway() {
        peer.close();
        // Until it has noticed, it waits for the peer's request.
        Eventually.that("it notices", () -> transport().status().state() == NodeStatus.State.UNREACHABLE);
        return true;
    }
}
