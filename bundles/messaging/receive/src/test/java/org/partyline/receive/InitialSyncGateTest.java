package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
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

    private final NodeStatus status =
            new NodeStatus(NodeStatus.State.READY, "", "", Optional.of(TIP), MEMPOOL, Optional.empty(), "direct", "");
    private final MemoryStore store = new MemoryStore();
    private long seen;
    private boolean away;
    private final ScanPosition position = new ScanPosition(store, this::known, this::ready);
    private final InitialSync sync = new InitialSync();
    private final InitialSyncGate gate = new InitialSyncGate(
            this::known,
            position,
            new HandSetClock(),
            sync,
            task -> {
                task.run();
                return true;
            },
            () -> {});

    private List<KnownNode> known() {
        return away ? List.of() : List.of(new KnownNode("home", NET, false, status, seen));
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
        seen = 105;
        gate.look();
        assertTrue(sync.isSettled(NET));
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
