package org.partyline.transportbitcoinj.wallet;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;

/** A node that reports what a test says. */
final class FakeNode implements Transport {
    /** A watch in progress. */
    record Watch(TransactionListener listener, Optional<BlockRef> since) {}

    /** The transactions handed to it, in order. */
    final List<byte[]> handed = new ArrayList<>();
    /** The transactions that it reports to have. */
    final Set<TxId> has = new HashSet<>();
    /** Whether it wants a higher fee than anyone pays. */
    boolean crowded;

    private final String name;
    private final List<Watch> watches = new ArrayList<>();
    private NodeStatus.State state = NodeStatus.State.READY;
    private RelayPolicy policy = RelayPolicy.CONSERVATIVE;
    private BlockRef tip = Payments.block(0);

    FakeNode(String name) {
        this.name = name;
    }

    void state(NodeStatus.State now) {
        state = now;
    }

    void policy(RelayPolicy now) {
        policy = now;
    }

    List<Watch> watches() {
        return List.copyOf(watches);
    }

    /** Reports a block to all watchers. */
    void block(int height, byte[]... transactions) {
        tip = Payments.block(height);
        for (Watch watch : watches()) {
            for (byte[] raw : transactions) {
                watch.listener().transaction(raw, Optional.of(tip));
            }
            watch.listener().blockConnected(tip);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String type() {
        return "fake";
    }

    @Override
    public Network network() {
        return Network.REGTEST;
    }

    @Override
    public NodeStatus status() {
        return new NodeStatus(state, "", "", Optional.of(tip), -1, Optional.empty(), "");
    }

    @Override
    public RelayPolicy policy() {
        return policy;
    }

    @Override
    public Optional<FeeRate> estimateFee(int blocks) {
        return Optional.empty();
    }

    @Override
    public void broadcast(byte[] rawTransaction) throws TransactionRejectedException {
        if (crowded) {
            throw new TransactionRejectedException(
                    TransactionRejectedException.Reason.FEE_TOO_LOW, "mempool min fee not met");
        }
        handed.add(rawTransaction);
    }

    @Override
    public TransactionPlace locate(TxId id) {
        return has.contains(id) ? TransactionPlace.MEMPOOL : TransactionPlace.UNKNOWN;
    }

    @Override
    public Optional<byte[]> fetch(TxId id) {
        return Optional.empty();
    }

    @Override
    public Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        Watch watch = new Watch(listener, since);
        watches.add(watch);
        return () -> watches.remove(watch);
    }
}
