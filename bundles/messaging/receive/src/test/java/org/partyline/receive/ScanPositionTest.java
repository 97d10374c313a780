package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.messaging.TestNodes;

/** Up to which block nodes were read, and where reading continues. */
class ScanPositionTest {
    private static final Network NETWORK = Network.REGTEST;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNodes nodes = new TestNodes(clock);
    private final ScanPosition position = new ScanPosition(MemoryStore.open(), nodes::all, nodes::ready);

    @BeforeEach
    void twoNodes() {
        nodes.add(network.node("a"));
        nodes.add(network.node("b"));
    }

    private BlockRef block(int height, int fork) {
        byte[] hash = new byte[32];
        hash[0] = (byte) height;
        hash[1] = (byte) fork;
        return new BlockRef(height, TxId.ofStripped(hash), clock.instant().plusSeconds(height));
    }

    private void advance(String node, int... heights) throws StoreException {
        for (int height : heights) {
            position.advance(node, NETWORK, block(height, 0));
        }
    }

    private void assertAt(int height, String node) throws StoreException {
        assertEquals(Optional.of(block(height, 0)), position.of(node, NETWORK), node);
    }

    @Test
    void aNewNodeBeginsWhereTheFarthestOneIs() throws Exception {
        assertEquals(Optional.empty(), position.of("new", NETWORK));
        advance("a", 5);
        advance("b", 3);
        assertAt(5, "a");
        assertAt(3, "b");
        assertAt(5, "new");
        assertEquals(Optional.empty(), position.of("new", Network.SIGNET), "another network");
        advance("a", 6);
        assertAt(6, "new");
        position.advance("b", NETWORK, block(6, 1));
        assertEquals(Optional.of(block(6, 1)), position.of("new", NETWORK), "the newest of that height");
    }

    @Test
    void aDisconnectedBlockLeadsBackToTheOneBeforeItIfThatIsKnown() throws Exception {
        advance("a", 1, 2, 3);
        position.retreat("a", NETWORK, block(3, 0));
        assertAt(2, "a");
        assertAt(2, "new");
        advance("b", 3);
        position.retreat("b", NETWORK, block(3, 0));
        assertAt(3, "b");
    }

    @Test
    void aBlockThatWasReplacedIsNoPlaceToReturnTo() throws Exception {
        advance("a", 1, 2, 3, 4);
        position.advance("a", NETWORK, block(2, 1));
        position.retreat("a", NETWORK, block(5, 1));
        assertEquals(Optional.of(block(2, 1)), position.of("a", NETWORK));
    }

    @Test
    void theLast120BlocksAreKnown() throws Exception {
        for (int height = 1; height <= 121; height++) {
            advance("a", height);
        }
        for (int height = 121; height >= 2; height--) {
            position.retreat("a", NETWORK, block(height, 0));
        }
        assertAt(2, "a");
    }

    @Test
    void onlyNodesThatWereReadFurtherReturnToABlock() throws Exception {
        advance("a", 10);
        advance("b", 5);
        position.rewind(NETWORK, block(7, 0));
        assertAt(7, "a");
        assertAt(5, "b");
        assertAt(7, "new");
        position.rewind(NETWORK, block(7, 1));
        assertAt(7, "a");
        assertAt(7, "new");
    }

    @Test
    void everythingWasReadUpToNowOnceANodeIsReadUpToItsTip() throws Exception {
        assertEquals(clock.instant(), position.horizon(NETWORK, clock.instant()), "nothing was read");
        network.mine();
        BlockRef tip = network.mine();
        BlockRef before =
                new BlockRef(tip.height() - 1, tip.hash(), clock.instant().minusSeconds(600));
        position.advance("a", NETWORK, before);
        assertFalse(position.isCaughtUp(NETWORK));
        assertEquals(before.time(), position.horizon(NETWORK, clock.instant()));
        position.advance("a", NETWORK, tip);
        clock.pass(Duration.ofMinutes(1));
        assertTrue(position.isCaughtUp(NETWORK));
        assertEquals(clock.instant(), position.horizon(NETWORK, clock.instant()));
    }

    /** Otherwise keys would be erased of what was not read. */
    @Test
    void whereTheStoreCannotBeReadNothingCountsAsRead() throws Exception {
        network.mine();
        Store failing = (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (self, method, all) -> {
                    throw new StoreException("the disk fails");
                });
        assertFalse(new ScanPosition(failing, nodes::all, nodes::ready).isCaughtUp(NETWORK));
    }
}
