package org.partyline.testkit.messaging;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels;
import org.partyline.api.nodes.NodeReceiver;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.StateGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports our own packets that nodes show to the outbox, and reads no others. */
public final class PlainReception implements Reception, NodeReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(PlainReception.class);

    private final StateGuard guard;
    private final Outbox outbox;
    /** The networks that are not read up to their tips. */
    public final Set<Network> behind = ConcurrentHashMap.newKeySet();
    /** The networks of which not everything was heard that nodes knew at the start. */
    public final Set<Network> unsettled = ConcurrentHashMap.newKeySet();
    /** The networks on which a channel was joined, in order. */
    public final List<Network> joined = new CopyOnWriteArrayList<>();
    /** Up to when everything was read; null for now. */
    public volatile Instant read;
    /** Whether collected packets are still to be read. */
    public volatile boolean draining;
    /** The calls that have no effect here, in order. */
    public final List<String> called = new CopyOnWriteArrayList<>();

    PlainReception(StateGuard guard, Outbox outbox) {
        this.guard = guard;
        this.outbox = outbox;
    }

    @Override
    public boolean isWanted(byte[] raw, int offset, int length) {
        return true;
    }

    @Override
    public void payload(
            String node, Network network, byte[] payload, TxId transaction, Optional<BlockRef> block, Instant arrived) {
        Candidate candidate = Candidate.of(network, payload, transaction, block, arrived, node);
        guard.lock();
        try {
            if (guard.isLoaded()) {
                outbox.sighting(candidate.id(), candidate);
            }
        } catch (StoreException e) {
            LOG.warn("a packet of ours was met, and that could not be written down", e);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void blockConnected(String node, Network network, BlockRef block) {
        // No cursor is stored.
    }

    @Override
    public void blockDisconnected(String node, Network network, BlockRef block) {
        called.add("blockDisconnected");
    }

    @Override
    public Optional<BlockRef> cursor(String node, Network network) {
        return Optional.empty();
    }

    @Override
    public void rewind(Network network) {
        called.add("rewind");
    }

    @Override
    public boolean isDraining() {
        return draining;
    }

    @Override
    public void joined(Network network) {
        joined.add(network);
    }

    @Override
    public Channels.Look lookingBack(Network network) {
        return Channels.Look.values()[0];
    }

    @Override
    public boolean isCaughtUp(Network network) {
        return !behind.contains(network);
    }

    @Override
    public Instant horizon(Network network, Instant now) {
        return read == null ? now : read;
    }
}
