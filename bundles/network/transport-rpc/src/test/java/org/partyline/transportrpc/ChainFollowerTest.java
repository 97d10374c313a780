package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;

/**
 * The chain changes between the queries for the tip and for the blocks. With a limit, since a failure would loop
 * forever.
 */
@Timeout(60)
class ChainFollowerTest {
    private final FakeNode node = new FakeNode();
    private final FakeChain chain = new FakeChain(node);
    private final ChainFollower chainFollower =
            new ChainFollower(new BlockReader(node.client()), new MempoolMirror(1), Network.REGTEST, "core");
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void close() {
        node.close();
    }

    private RpcFollower follower(BlockRef since) {
        return new RpcFollower(
                new TransactionListener() {
                    @Override
                    public void transaction(byte[] raw, Optional<BlockRef> block) {}

                    @Override
                    public void blockConnected(BlockRef block) {
                        told.add("block " + block.hash());
                    }

                    @Override
                    public void blockDisconnected(BlockRef block) {
                        told.add("undo " + block.hash());
                    }

                    @Override
                    public void removed(TxId id) {}
                },
                Optional.of(since),
                gone -> {});
    }

    @Test
    void aTipThatIsGoneBeforeItsBlocksAreReadIsAskedForAnew() throws Exception {
        BlockRef common = chain.mine().ref();
        RpcFollower follower = follower(common);
        BlockRef old = chain.mine().ref();
        chain.rewind(1);
        BlockRef second = chain.mine().ref();
        BlockRef third = chain.mine().ref();

        assertFalse(chainFollower.advance(follower, old));
        assertEquals(List.of("block " + second.hash()), told);
        assertTrue(chainFollower.advance(follower, third));
        assertEquals(List.of("block " + second.hash(), "block " + third.hash()), told);
    }

    @Test
    void aTipThatIsBehindWhatWasToldUndoesNothing() throws Exception {
        BlockRef old = chain.mine().ref();
        BlockRef next = chain.mine().ref();
        RpcFollower follower = follower(next);

        assertFalse(chainFollower.advance(follower, old));
        assertEquals(List.of(), told);
        assertTrue(chainFollower.advance(follower, next));
    }

    @Test
    void aShorterChainUndoesWhatIsNotInIt() throws Exception {
        BlockRef first = chain.mine().ref();
        BlockRef second = chain.mine().ref();
        RpcFollower follower = follower(second);
        chain.rewind(1);

        assertTrue(chainFollower.advance(follower, first));
        assertEquals(List.of("undo " + second.hash()), told);
    }
}
