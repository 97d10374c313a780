package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.bitcointx.RawBlock;

class ChainReaderTest {
    private static final Instant LATER = Instant.ofEpochSecond(0xffff_0000L);

    private final BlockFetcher blocks = new BlockFetcher(Duration.ofSeconds(30));
    private final ChainReader reader = new ChainReader(
            P2pSettings.of(Map.of("name", "p2p", "network", "regtest", "peers", "127.0.0.1:1")),
            TestChain.REGTEST,
            blocks,
            new MempoolCache(1000),
            List::of);

    private void read(TestChain chain, int height) throws Exception {
        RawBlock block = RawBlock.of(chain.block(height));
        blocks.want(Set.of(block.header().hash()));
        assertTrue(reader.block(block));
    }

    @Test
    void aTransactionIsInABlockAsLongAsThatIsInTheChain() throws Exception {
        byte[] payment = TestChain.transaction(1);
        TxId id = TestChain.idOf(payment);
        TestChain chain = new TestChain(0).grow(9).grow(1, payment).grow(1);
        reader.chain().accept(chain.headers(), LATER);
        assertEquals(Optional.empty(), reader.confirmedIn(id));
        read(chain, 10);
        assertEquals(Optional.of(10), reader.confirmedIn(id).map(BlockRef::height));

        TestChain better = chain.fork(9, 1).grow(4);
        reader.chain().accept(better.headers(), LATER);
        assertEquals(Optional.empty(), reader.confirmedIn(id));

        chain.grow(3);
        reader.chain().accept(chain.headers(), LATER);
        assertEquals(Optional.of(10), reader.confirmedIn(id).map(BlockRef::height));
    }

    /** Bitcoin Core sends no headers during its initial download. */
    @Test
    void aPeerThatIsItselfBehindDoesNotMakeANewListenerReadOldBlocks() {
        ChainParameters mainnet = ChainParameters.of(Network.MAINNET);
        ChainReader fresh = new ChainReader(
                P2pSettings.of(Map.of("name", "p2p", "network", "mainnet", "peers", "127.0.0.1:1")),
                mainnet,
                blocks,
                new MempoolCache(1000),
                List::of);
        BlockRef anchor = fresh.chain().tip();
        Contact behind = new Contact(new Endpoint("127.0.0.1", 1), true);
        ScheduledExecutorService teller = Executors.newSingleThreadScheduledExecutor();
        try {
            fresh.add(new PeerFollower("p2p", new Recorder(), Optional.empty(), teller, gone -> {}, () -> {}));
            fresh.headers(behind, new PeerMessage.Headers(List.of()), LATER);

            assertEquals(Set.of(), fresh.advance(anchor.time().plus(Duration.ofDays(2))));

            assertEquals(Set.of(anchor.hash()), fresh.advance(anchor.time().plus(Duration.ofHours(2))));
        } finally {
            teller.shutdownNow();
        }
    }
}
