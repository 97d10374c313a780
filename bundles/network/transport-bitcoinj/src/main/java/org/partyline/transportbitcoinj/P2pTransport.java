package org.partyline.transportbitcoinj;

import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;

/** Implements {@link Transport} for the peers. */
final class P2pTransport implements Transport {
    /** {@link #type()}. */
    static final String TYPE = "bitcoinj";

    private static final int LONGEST_TARGET = 1008;

    private final P2pSettings settings;
    private final P2pNode node;

    P2pTransport(P2pSettings settings, P2pNode node) {
        this.settings = settings;
        this.node = node;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Network network() {
        return settings.network();
    }

    @Override
    public NodeStatus status() {
        return node.status();
    }

    @Override
    public RelayPolicy policy() {
        return node.policy();
    }

    /** Peers provide no estimate; the minimum that they accept is in the {@link #policy()}. */
    @Override
    public Optional<FeeRate> estimateFee(int blocks) {
        if (blocks < 1 || blocks > LONGEST_TARGET) {
            throw new IllegalArgumentException("a confirmation target must be 1 to 1008 blocks, not " + blocks);
        }
        return Optional.empty();
    }

    @Override
    public void broadcast(byte[] rawTransaction) throws NodeUnavailableException, TransactionRejectedException {
        node.broadcast(rawTransaction);
    }

    @Override
    public TransactionPlace locate(TxId id) throws NodeUnavailableException {
        return node.locate(id);
    }

    @Override
    public Optional<byte[]> fetch(TxId id) throws NodeUnavailableException {
        return node.fetch(id);
    }

    @Override
    public Optional<BlockRef> blockAt(int height) throws NodeUnavailableException {
        return node.blockAt(height);
    }

    @Override
    public OptionalInt version() {
        return node.version();
    }

    @Override
    public Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        return node.watch(listener, since);
    }
}
