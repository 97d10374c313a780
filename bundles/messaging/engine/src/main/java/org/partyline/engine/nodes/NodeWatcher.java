package org.partyline.engine.nodes;

import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.packet.Packets;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;

/** Reads what one node reports, and passes on the few payloads that may be ours. */
final class NodeWatcher implements TransactionListener {
    /** A version-1 message begins like any JSON object; shorter ones cannot hold nonce, cipher and tag. */
    private static final int SHORTEST_LEGACY = 80;

    private static final byte LEGACY_START = '{';

    private final String node;
    private final Network network;
    private final CandidateReceiver receiver;
    private final LongAdder transactions;
    private final WithholdingDetector withholdingDetector;
    private final Clock clock;

    NodeWatcher(
            String node,
            Network network,
            CandidateReceiver receiver,
            LongAdder transactions,
            WithholdingDetector withholdingDetector,
            Clock clock) {
        this.node = node;
        this.network = network;
        this.receiver = receiver;
        this.transactions = transactions;
        this.withholdingDetector = withholdingDetector;
        this.clock = clock;
    }

    @Override
    public void transaction(byte[] raw, Optional<BlockRef> block) {
        transactions.increment();
        boolean whole = TransactionScanner.scan(raw, (output, offset, length) -> {
            if (mayBeOurs(raw, offset, length) || receiver.wants(raw, offset, length)) {
                byte[] payload = Arrays.copyOfRange(raw, offset, offset + length);
                receiver.candidate(
                        Candidate.of(network, payload, TransactionScanner.id(raw), block, clock.instant(), node));
            }
        });
        if (whole && withholdingDetector.compares(network)) {
            withholdingDetector.saw(node, TransactionScanner.id(raw), block.isPresent());
        }
    }

    private static boolean mayBeOurs(byte[] raw, int offset, int length) {
        byte first = raw[offset];
        return first == Packets.VERSION && Packets.BUCKETS.contains(length)
                || first == LEGACY_START && length >= SHORTEST_LEGACY;
    }

    @Override
    public void blockConnected(BlockRef block) {
        receiver.blockConnected(node, network, block);
    }

    @Override
    public void blockDisconnected(BlockRef block) {
        // The packets of that block stay opened: a key is used once.
        receiver.blockDisconnected(node, network, block);
    }

    @Override
    public void removed(TxId id) {
        // What left a mempool is handed over again after the configured time, if nobody reports it.
    }
}
