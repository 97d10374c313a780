package org.partyline.carrier.rolling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Broadcasts.Refusal;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.store.StoreException;

/** Sends versions of rolling transactions to nodes, and handles rejections. */
final class BatchBroadcaster {
    private final CarrierContext context;
    private final BatchVersions versions;
    private final BatchClosing closing;

    BatchBroadcaster(CarrierContext context, BatchVersions versions, BatchClosing closing) {
        this.context = context;
        this.versions = versions;
        this.closing = closing;
    }

    /** Hands the current version to a node, or to the next one if that does not answer. */
    void hand(ReplaceableBatch stored, List<CarrierNode> nodes) throws PartylineException {
        handMade(versions.revised(stored, nodes), nodes);
    }

    /** The same for a version that was made just now: none of its messages has ended since. */
    void handMade(ReplaceableBatch roll, List<CarrierNode> nodes) throws PartylineException {
        int largest = roll.rides().stream()
                .mapToInt(ride -> ride.packet().length)
                .max()
                .orElse(0);
        byte[] key = BatchCodec.key(roll);
        Optional<Refusal> refusal = context.broadcasts().hand(key, CarrierNode.carrying(nodes, largest), tx -> {
            // The stored state: its packets may have been moved to another message.
            ReplaceableBatch now = Batches.find(tx, key).orElse(roll);
            return BatchCodec.write(now.handed(context.now().toEpochMilli()));
        });
        if (refusal.isPresent()) {
            rejected(roll, refusal.get());
        }
    }

    /** Called when a node rejected a version. */
    private void rejected(ReplaceableBatch roll, Refusal refusal) throws PartylineException {
        Network network = Batches.network(roll);
        CarrierNode node = refusal.node();
        switch (refusal.why()) {
            case INPUTS_GONE -> {
                // Either a version is in a block, or another transaction spent the coin.
                byte[] mined = closing.minedVersion(roll);
                if (mined == null && !context.propagation().isCaughtUp(network)) {
                    throw new WaitsException("it waits until the latest blocks are read");
                }
                closing.close(roll, mined);
                throw new WaitsException("its rolling transaction's coin was spent: it is sent with another coin");
            }
            case FEE_TOO_LOW -> {
                boolean known = closing.isAnyKnown(roll);
                if (roll.fee() >= node.policy().minRelayFee().fee(roll.vsize()) && !known) {
                    versions.outbid(roll);
                }
                versions.bump(roll, node, known);
                throw new WaitsException(
                        "node '" + node.name() + "' requires a higher fee: it is sent with the next version");
            }
            default ->
                throw new WaitsException(
                        "node '" + node.name() + "' rejected its rolling transaction: " + refusal.reason());
        }
    }

    /** A node that accepted it without showing it may be withholding it. */
    List<CarrierNode> othersFirst(ReplaceableBatch roll, List<CarrierNode> nodes) throws StoreException {
        List<String> entered =
                context.transact(tx -> tx.trace(Batches.id(roll))).entered();
        List<CarrierNode> ordered = new ArrayList<>(nodes);
        ordered.sort(Comparator.comparing(node -> entered.contains(node.name())));
        return ordered;
    }

    /** Hands it to the nodes that did not receive it from us, since the first node may be withholding it. */
    void spread(ReplaceableBatch roll, List<CarrierNode> nodes) throws StoreException {
        context.broadcasts().spread(BatchCodec.key(roll), nodes);
    }
}
