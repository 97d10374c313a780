package org.partyline.receive;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes what a disconnected block had settled: its messages are no longer in a block, and ours are watched and sent
 * again until they are in another.
 */
public final class Reorganisation {
    /** How long a message is still watched after its time has ended. */
    private static final Duration LOOKED_AFTER = Duration.ofDays(1);
    /**
     * The maximum number of blocks that are remembered while locked; chains do not reorganise deeper than coins mature.
     */
    private static final int MOST_REMEMBERED = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Reorganisation.class);

    private final StateGuard guard;
    private final People people;
    private final Store store;
    private final Clock clock;
    private final NodeDirectory nodes;
    private final Bus bus;
    /** Without it nothing is undone: the block is remembered, as while the store is locked. */
    private final Live<Outbox> outbox;

    public Reorganisation(
            StateGuard guard, Store store, Clock clock, NodeDirectory nodes, Bus bus, Live<Outbox> outbox) {
        this.guard = guard;
        this.people = guard.people();
        this.store = store;
        this.clock = clock;
        this.nodes = nodes;
        this.bus = bus;
        this.outbox = outbox;
    }

    /**
     * Called when a node reports that a block was disconnected. Asks the others: one node alone undoes nothing that
     * most still have. Asks nodes, so it may take a while; not under the lock.
     *
     * @param collecting whether collected packets still wait: those of the block would be handled after it was undone
     */
    void disconnected(String node, Network network, BlockRef block, boolean collecting) throws StoreException {
        if (!nodes.tellsBlocks(node) || isOutvoted(node, network, block)) {
            LOG.info("node '{}' no longer has block {}, but other nodes do: nothing is undone", node, block.height());
            return;
        }
        guard.lock();
        try {
            boolean possible = guard.isLoaded() && outbox.isHere();
            if (possible) {
                takeBack(network, block);
            }
            if (!possible || collecting) {
                remember(network, block);
            }
        } finally {
            guard.unlock();
        }
    }

    private boolean isOutvoted(String node, Network network, BlockRef block) {
        int have = 0;
        int lack = 1;
        for (Transport other : nodes.ready(network)) {
            if (!other.name().equals(node)) {
                Optional<Boolean> has = isBehind(other, block) ? Optional.empty() : has(other, block);
                have += has.orElse(false) ? 1 : 0;
                lack += has.orElse(true) ? 0 : 1;
            }
        }
        return have > lack;
    }

    private static boolean isBehind(Transport node, BlockRef block) {
        return node.status().tip().map(BlockRef::height).orElse(0) < block.height();
    }

    /** Returns whether a node has a block in its chain; empty if it does not respond. */
    private static Optional<Boolean> has(Transport node, BlockRef block) {
        try {
            Optional<BlockRef> there = node.blockAt(block.height());
            if (there.isPresent()) {
                return Optional.of(there.get().hash().equals(block.hash()));
            }
            // Its chain is shorter; or it keeps only recent headers, or reports no blocks at all.
            Optional<BlockRef> tip = node.status().tip().filter(last -> last.height() < block.height());
            return tip.isPresent() && node.blockAt(tip.get().height()).isPresent()
                    ? Optional.of(false)
                    : Optional.empty();
        } catch (NodeUnavailableException e) {
            LOG.debug("a node does not report its block: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Called when a node was found to be on another chain: anything that only it reported about blocks is undone. Asks
     * nodes; not under the lock.
     */
    void distrust(Network network) throws StoreException {
        Set<String> claimed = new LinkedHashSet<>();
        guard.lock();
        try {
            if (!guard.isLoaded()) {
                return;
            }
            guard.update(tx -> {
                for (OutgoingMessage outgoing : OutgoingRecords.all(tx)) {
                    for (OutgoingPart part : outgoing.parts()) {
                        if (part.state() == State.CONFIRMED && isOn(outgoing.membership(), network)) {
                            String block = PropagationRecords.find(tx, part.requireTransaction())
                                    .block();
                            if (block != null) {
                                claimed.add(block);
                            }
                        }
                    }
                }
            });
        } finally {
            guard.unlock();
        }
        for (String encoded : claimed) {
            BlockRef block = BlockRef.parse(encoded);
            List<Boolean> answers = nodes.ready(network).stream()
                    .map(node -> has(node, block))
                    .flatMap(Optional::stream)
                    .toList();
            if (!answers.isEmpty() && answers.stream().noneMatch(has -> has)) {
                guard.lock();
                try {
                    if (guard.isLoaded() && outbox.isHere()) {
                        takeBack(network, block);
                    } else {
                        remember(network, block);
                    }
                } finally {
                    guard.unlock();
                }
            }
        }
    }

    private boolean isOn(int conversation, Network network) {
        Conversation found = people.conversations.find(conversation);
        return found != null && found.network() == network;
    }

    private void takeBack(Network network, BlockRef block) throws StoreException {
        List<OutgoingMessage> changed = guard.transact(tx -> {
            List<OutgoingMessage> all = new ArrayList<>();
            List<OutgoingMessage> known = OutgoingRecords.all(tx);
            // One transaction may have carried packets of several messages.
            Set<ByteBuffer> gone = inBlock(tx, known, block);
            for (OutgoingMessage outgoing : known) {
                if (isOn(outgoing.membership(), network)) {
                    OutgoingMessage after = takeBack(tx, outgoing, gone);
                    if (after != outgoing) {
                        all.add(after);
                    }
                }
            }
            for (MessageRecord message : Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)) {
                if (message.block() == block.height() && isOn(message.membership(), network)) {
                    MessageRecords.put(tx, message.in(-1, message.transactions()));
                }
            }
            return all;
        });
        changed.forEach(outgoing -> outbox.service().notify(outgoing));
        if (!changed.isEmpty()) {
            LOG.info(
                    "block {} was removed from the chain: {} of our messages are no longer in a block",
                    block.height(),
                    changed.size());
            bus.publish(new Bus.Retry());
        }
    }

    private static Set<ByteBuffer> inBlock(StoreTransaction tx, List<OutgoingMessage> known, BlockRef block)
            throws StoreException {
        Set<ByteBuffer> all = new HashSet<>();
        for (OutgoingMessage outgoing : known) {
            for (OutgoingPart part : outgoing.parts()) {
                if (part.state() == State.CONFIRMED
                        && block.encode()
                                .equals(PropagationRecords.find(tx, part.requireTransaction())
                                        .block())) {
                    all.add(ByteBuffer.wrap(part.requireTransaction()));
                }
            }
        }
        return all;
    }

    private OutgoingMessage takeBack(StoreTransaction tx, OutgoingMessage known, Set<ByteBuffer> gone)
            throws StoreException {
        // Its price may have changed with the message before it.
        OutgoingMessage outgoing = OutgoingRecords.find(tx, known.id()).orElse(known);
        OutgoingMessage after = outgoing;
        for (int i = 0; i < outgoing.parts().size(); i++) {
            OutgoingPart part = outgoing.parts().get(i);
            if (part.state() != State.CONFIRMED || !gone.contains(ByteBuffer.wrap(part.requireTransaction()))) {
                continue;
            }
            PropagationRecords.change(
                    tx, outgoing, part.requireTransaction(), propagationRecord -> propagationRecord.in(null));
            // It was sent before, so it is not paid for again; it is due at once.
            after = after.with(i, part.attempt(part.node(), 0).on(PacketEvent.BLOCK_GONE));
        }
        if (after == outgoing) {
            return known;
        }
        if (after.state() == State.RELAYED) {
            after = after.because(OutgoingMessage.BLOCK_GONE);
        }
        PropagationRecords.put(
                tx,
                outgoing,
                PropagationRecords.way(tx, outgoing.id())
                        .until(clock.instant().plus(LOOKED_AFTER).toEpochMilli()));
        return outbox.service().update(tx, outgoing, after);
    }

    // ---- while locked

    private void remember(Network network, BlockRef block) throws StoreException {
        List<String> blocks = new ArrayList<>(remembered(network));
        blocks.add(block.encode());
        int from = Math.max(0, blocks.size() - MOST_REMEMBERED);
        store.note(key(network), String.join(" ", blocks.subList(from, blocks.size())));
    }

    private List<String> remembered(Network network) throws StoreException {
        return store.note(key(network)).map(text -> List.of(text.split(" "))).orElse(List.of());
    }

    /** Called when a node reports a block. If its removal is remembered, it is in the chain again. */
    void connected(Network network, BlockRef block) throws StoreException {
        guard.lock();
        try {
            List<String> blocks = new ArrayList<>(remembered(network));
            if (blocks.remove(block.encode())) {
                store.note(key(network), blocks.isEmpty() ? null : String.join(" ", blocks));
            }
        } finally {
            guard.unlock();
        }
    }

    /** Handles the remembered disconnections. Under the lock, with the store open. */
    void takeUp() throws StoreException {
        for (Network network : Network.values()) {
            for (String block : remembered(network)) {
                takeBack(network, BlockRef.parse(block));
            }
            store.note(key(network), null);
        }
    }

    private static String key(Network network) {
        return "gone." + network.label();
    }
}
