package org.partyline.nodes;

import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.nodes.NodeReceiver;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionScanner;

/** Reads what one node reports, and forwards the few payloads that may be ours. */
final class NodeWatcher implements TransactionListener {
    private final String node;
    private final Network network;
    private final NodeReceiver receiver;
    private final LongAdder transactions;
    private final RecentPackets recent;
    private final WithholdingDetector withholdingDetector;
    private final Clock clock;

    NodeWatcher(
            String node,
            Network network,
            NodeReceiver receiver,
            LongAdder transactions,
            RecentPackets recent,
            WithholdingDetector withholdingDetector,
            Clock clock) {
        this.node = node;
        this.network = network;
        this.receiver = receiver;
        this.transactions = transactions;
        this.recent = recent;
        this.withholdingDetector = withholdingDetector;
        this.clock = clock;
    }

    @Override
    public void transaction(byte[] raw, Optional<BlockRef> block) {
        transactions.increment();
        boolean whole = TransactionScanner.scan(raw, (output, offset, length) -> {
            if (receiver.isWanted(raw, offset, length)) {
                byte[] payload = Arrays.copyOfRange(raw, offset, offset + length);
                TxId id = TransactionScanner.id(raw);
                recent.saw(network, payload, id, block, clock.instant());
                receiver.payload(node, network, payload, id, block, clock.instant());
            }
        });
        if (whole && withholdingDetector.compares(network)) {
            withholdingDetector.saw(node, TransactionScanner.id(raw), block.isPresent());
        }
    }

    @Override
    public void blockConnected(BlockRef block) {
        receiver.blockConnected(node, network, block);
    }

    @Override
    public void blockDisconnected(BlockRef block) {
        // The packets of that block stay opened, since a key is used only once.
        receiver.blockDisconnected(node, network, block);
    }

    @Override
    public void removed(TxId id) {
        // A transaction that left a mempool is handed over again after the configured time if no node reports it.
    }
}
