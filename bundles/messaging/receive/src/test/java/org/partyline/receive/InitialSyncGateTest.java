package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.state.InitialSync;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

/** Tests whether everything was heard that a node knew. */
class InitialSyncGateTest {
    private static final Network NET = Network.REGTEST;
    private static final BlockRef TIP = new BlockRef(7, TxId.ofStripped(new byte[1]), Instant.EPOCH);
    private static final int MEMPOOL = 5;

    private NodeStatus status = status(NodeStatus.State.READY, MEMPOOL);
    private final HandSetClock clock = new HandSetClock();
    private final MemoryStore store = new MemoryStore();
    private long seen;
    private Network network = NET;
    /** Whether there is room for another task. */
    private boolean room = true;

    private int told;
    private boolean away;
    /** Another node; null if there is none. */
    private KnownNode other;

    private final ScanPosition position = new ScanPosition(store, this::known, this::ready);
    private final InitialSync sync = new InitialSync();
    private final InitialSyncGate gate = new InitialSyncGate(
            this::known,
            position,
            clock,
            sync,
            task -> {
                if (room) {
                    task.run();
                }
                return room;
            },
            () -> told++);

    private static NodeStatus status(NodeStatus.State state, int mempool) {
        return new NodeStatus(state, "", "", Optional.of(TIP), mempool, Optional.empty(), "direct", "");
    }

    private List<KnownNode> known() {
        if (away) {
            return List.of();
        }
        KnownNode node = new KnownNode("home", network, false, status, seen);
        return other == null ? List.of(node) : List.of(node, other);
    }

    private List<Transport> ready(Network network) {
        Transport node = (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(),
                new Class<?>[] {Transport.class},
                (self, method, arguments) -> method.getName().equals("status") ? status : "home");
        return away ? List.of() : List.of(node);
    }

    @BeforeEach
    void itWasReadToTheTip() throws Exception {
        store.create("a passphrase".toCharArray());
        position.advance("home", NET, TIP);
        assertFalse(sync.isSettled(NET));
    }

    @Test
    void itIsSettledOnceAsMuchWasToldAsTheMempoolHas() {
        seen = 100;
        gate.begins("home", NET);
        seen = 104;
        gate.look();
        assertFalse(sync.isSettled(NET));
        assertEquals(0, told);
        seen = 105;
        gate.look();
        assertTrue(sync.isSettled(NET));
        gate.look();
        assertEquals(1, told);
    }

    @Test
    void aMempoolThatTakesLongIsNotWaitedForLongerThanTenMinutes() {
        gate.begins("home", NET);
        gate.look();
        clock.pass(Duration.ofMinutes(10));
        gate.look();
        assertFalse(sync.isSettled(NET));
        clock.pass(Duration.ofSeconds(1));
        gate.look();
        assertTrue(sync.isSettled(NET));
    }

    @Test
    void aNodeThatDoesNotTellTheSizeOfItsMempoolIsGivenAMinute() {
        status = status(NodeStatus.State.READY, -1);
        gate.begins("home", NET);
        seen = 100;
        gate.look();
        clock.pass(Duration.ofMinutes(1));
        gate.look();
        assertFalse(sync.isSettled(NET));
        clock.pass(Duration.ofSeconds(1));
        gate.look();
        assertTrue(sync.isSettled(NET));
    }

    @Test
    void anEmptyMempoolIsReadAtOnce() {
        status = status(NodeStatus.State.READY, 0);
        gate.begins("home", NET);
        gate.look();
        assertTrue(sync.isSettled(NET));
    }

    @Test
    void aNodeThatIsNotReadyOrOfAnotherNetworkProvesNothing() {
        gate.begins("home", NET);
        seen = MEMPOOL;
        status = status(NodeStatus.State.UNREACHABLE, MEMPOOL);
        gate.look();
        assertFalse(sync.isSettled(NET));
        status = status(NodeStatus.State.READY, MEMPOOL);
        network = Network.SIGNET;
        gate.look();
        assertFalse(sync.isSettled(NET));
        network = NET;
        gate.look();
        assertTrue(sync.isSettled(NET));
    }

    @Test
    void eachNodeHasACountOfItsOwn() {
        other = new KnownNode("another", NET, false, status(NodeStatus.State.UNREACHABLE, MEMPOOL), 0);
        seen = 100;
        gate.begins("home", NET);
        seen = 104;
        gate.look();
        assertFalse(sync.isSettled(NET));
    }

    @Test
    void aNodeThatHasNotBegunProvesNothing() {
        seen = 100;
        gate.begins("another", NET);
        gate.look();
        assertFalse(sync.isSettled(NET));
    }

    @Test
    void nothingIsSettledBeforeTheBlocksAreRead() throws Exception {
        position.rewind(NET, new BlockRef(6, TxId.ofStripped(new byte[1]), Instant.EPOCH));
        gate.begins("home", NET);
        seen = MEMPOOL;
        gate.look();
        clock.pass(Duration.ofMinutes(11));
        gate.look();
        assertFalse(sync.isSettled(NET));
        // With the tip, the mempool begins.
        gate.begins("home", NET);
        position.advance("home", NET, TIP);
        gate.look();
        assertFalse(sync.isSettled(NET));
        // A block that is mined meanwhile does not make it begin again.
        seen = 2 * MEMPOOL - 1;
        gate.begins("home", NET);
        seen = 2 * MEMPOOL;
        gate.look();
        assertTrue(sync.isSettled(NET));
    }

    @Test
    void itIsTriedAgainWhereTooManyPayloadsWait() {
        gate.begins("home", NET);
        seen = MEMPOOL;
        room = false;
        gate.look();
        assertFalse(sync.isSettled(NET));
        room = true;
        gate.look();
        assertTrue(sync.isSettled(NET));
    }

    @Test
    void aNetworkThatNobodyWaitsForIsNotLookedInto() {
        sync.wanted().clear();
        gate.begins("home", NET);
        seen = MEMPOOL;
        gate.look();
        assertEquals(0, told);
    }

    @Test
    void nothingIsSettledWhileTheNodesAreAwayAndTheirCountsBeginAnewAfterwards() {
        seen = 100;
        gate.begins("home", NET);
        gate.look();
        away = true;
        gate.look();
        assertFalse(sync.isSettled(NET));
        away = false;
        seen = MEMPOOL - 1;
        gate.begins("home", NET);
        gate.look();
        assertFalse(sync.isSettled(NET));
        seen = MEMPOOL;
        gate.look();
        assertTrue(sync.isSettled(NET));
    }
}
