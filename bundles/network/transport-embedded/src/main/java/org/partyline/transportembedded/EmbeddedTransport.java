package org.partyline.transportembedded;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.partyline.api.Faults;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockMaker;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Implements {@link Transport} for the embedded node. */
final class EmbeddedTransport implements Transport, BlockMaker {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedTransport.class);
    private static final int LONGEST_TARGET = 1008;

    private final String name;
    private final Ledger ledger;
    private final Faults faults;

    EmbeddedTransport(String name, Ledger ledger) {
        this.name = name;
        this.ledger = ledger;
        this.faults = new Faults("node " + name + ": creating a block", LOG::error);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String type() {
        return "embedded";
    }

    @Override
    public Network network() {
        return Network.EMBEDDED;
    }

    @Override
    public NodeStatus status() {
        String trouble = trouble();
        return new NodeStatus(
                trouble.isEmpty() ? NodeStatus.State.READY : NodeStatus.State.UNREACHABLE,
                trouble,
                "in-process network",
                Optional.of(ledger.tip()),
                ledger.mempoolSize(),
                Optional.of(Duration.ZERO),
                "direct");
    }

    private String trouble() {
        String trouble = ledger.trouble();
        String fault = faults.last();
        return !trouble.isEmpty() || fault.isEmpty()
                ? trouble
                : "node " + name + " could not create its last block (" + fault + "); it is tried again, see the log";
    }

    /** The failures of the timer that creates its blocks. */
    Faults faults() {
        return faults;
    }

    @Override
    public RelayPolicy policy() {
        return ledger.policy();
    }

    @Override
    public Optional<FeeRate> estimateFee(int blocks) {
        if (blocks < 1 || blocks > LONGEST_TARGET) {
            throw new IllegalArgumentException("a confirmation target must be 1 to 1008 blocks, not " + blocks);
        }
        return Optional.of(ledger.estimate(blocks));
    }

    @Override
    public void broadcast(byte[] rawTransaction) throws NodeUnavailableException, TransactionRejectedException {
        try {
            ledger.accept(rawTransaction);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @Override
    public boolean isWholeNetwork() {
        return true;
    }

    @Override
    public TransactionPlace locate(TxId id) {
        return ledger.locate(id);
    }

    @Override
    public Optional<byte[]> fetch(TxId id) throws NodeUnavailableException {
        try {
            return ledger.fetch(id);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @Override
    public Optional<BlockRef> blockAt(int height) {
        return ledger.blockAt(height);
    }

    @Override
    public Subscription watch(TransactionListener listener, Optional<BlockRef> since) {
        return ledger.watch(listener, since);
    }

    @Override
    public BlockRef mine() throws NodeUnavailableException {
        try {
            return ledger.mine();
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private NodeUnavailableException unavailable(IOException cause) {
        return new NodeUnavailableException("node " + name + ": " + cause.getMessage(), cause);
    }
}
