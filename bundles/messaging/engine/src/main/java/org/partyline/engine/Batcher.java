package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.Draft;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PlannedPacket;
import org.partyline.api.settings.Settings;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.WalletException;
import org.partyline.engine.conversation.Conversation;
import org.partyline.engine.fees.FeePolicy;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.WaitsException;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.PacketSizes;
import org.partyline.engine.mailbox.PropagationTracker;
import org.partyline.engine.mailbox.SizeRange;
import org.partyline.engine.schedule.SendSchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rolling carrier: each packet takes the place of the persona's last transaction, so that a whole conversation costs one
 * confirmed transaction (ARCHITECTURE, "Two ways to carry"). {@link BatchChoice} says what rides, {@link BatchVersions} makes a version
 * and stores it, {@link BatchBroadcaster} hands it over. Runs on the sender's thread.
 */
final class Batcher {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    /** So many times the distance of versions, one whose packets no other node shows holds up the next. */
    private static final int MOST_PATIENCE = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final Core core;
    private final FeePolicy fees;
    private final Spending spending;
    private final PropagationTracker propagationTracker;
    private final Batches rolls;
    private final BatchLimits limits;
    private final PacketSizes sizes;
    private final BatchClosing closing;
    private final BatchChoice choice;
    private final BatchVersions versions;
    private final BatchBroadcaster broadcaster;
    /** When nodes were asked for a version last, by its id. */
    private final Map<TxId, Instant> looked = new HashMap<>();
    /** What a version was said to wait for last, by its id. */
    private final Map<TxId, String> said = new HashMap<>();

    /** @param caughtUp whether the blocks of a network have been read up to its tip */
    Batcher(
            Core core,
            Outbox outbox,
            FeePolicy fees,
            Spending spending,
            PropagationTracker propagationTracker,
            Batches rolls,
            BatchClosing closing,
            ChangeLock held,
            Predicate<Network> caughtUp) {
        this.core = core;
        this.fees = fees;
        this.spending = spending;
        this.propagationTracker = propagationTracker;
        this.rolls = rolls;
        this.limits = new BatchLimits(core, spending);
        this.sizes = new PacketSizes(core);
        this.closing = closing;
        this.choice = new BatchChoice(core);
        this.versions = new BatchVersions(core, outbox, fees, spending, limits, closing, held);
        this.broadcaster = new BatchBroadcaster(core, outbox, propagationTracker, versions, closing, held, caughtUp);
    }

    /** When the next version may go; now where there is none. */
    private Instant nextVersion(Optional<ReplaceableBatch> roll) {
        return roll.isEmpty() || roll.get().lastSent() == 0
                ? core.now()
                : Instant.ofEpochMilli(roll.get().lastSent())
                        .plus(core.settings.get().rolling().spacing(Batches.network(roll.get())));
    }

    /**
     * Whether a packet may board now.
     *
     * @throws SendSchedule.Later when the last version still needs time to travel
     */
    void awaitTurn(int persona, Network network) throws StoreException, SendSchedule.Later {
        Optional<ReplaceableBatch> roll = rolls.find(persona, network);
        Instant next = nextVersion(roll);
        if (core.now().isBefore(next)) {
            throw new SendSchedule.Later(
                    "it rides in the next version of the rolling transaction, at " + SendSchedule.clock(next), next);
        }
        if (roll.isPresent() && roll.get().sent() && isUnseen(roll.get())) {
            Duration spacing = core.settings.get().rolling().spacing(network);
            Duration patience = (spacing.compareTo(LOOK_AGAIN) < 0 ? LOOK_AGAIN : spacing).multipliedBy(MOST_PATIENCE);
            if (core.now().isBefore(next.plus(patience))) {
                Instant again = core.now().plus(LOOK_AGAIN);
                throw new SendSchedule.Later(
                        "it waits until another node shows the last version of the rolling transaction", again);
            }
        }
    }

    /** Whether a version carries packets that no node has shown yet that did not get them from us. */
    private boolean isUnseen(ReplaceableBatch roll) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> {
            for (BatchedPacket ride : roll.rides()) {
                Optional<OutgoingMessage> found = Outbox.find(tx, ride.message());
                if (found.isPresent()
                        && !found.get().state().isSettled()
                        && found.get().parts().size() > ride.part()
                        && found.get().parts().get(ride.part()).state().ordinal() < State.SEEN.ordinal()) {
                    return true;
                }
            }
            return false;
        }));
    }

    /**
     * Makes the next version, with these packets and the newest of those before, and hands it over.
     *
     * @param boarding sealed packets that wait, oldest first; those that find no room stay where they are
     * @throws PartylineException says why they have to wait
     */
    void roll(int persona, Network network, List<BatchedPacket> boarding, List<Transport> nodes)
            throws PartylineException {
        Optional<ReplaceableBatch> before = rolls.find(persona, network);
        if (before.isPresent() && isOver(before.get())) {
            end(before.get(), nodes);
            before = rolls.find(persona, network);
        }
        if (before.isPresent() && !before.get().sent()) {
            // A version that was stored, and never handed over, comes first.
            broadcaster.hand(before.get(), nodes);
            throw new WaitsException("it rides in the next version of the rolling transaction");
        }
        boolean covered = spending.isCovered(persona, network);
        List<BatchedPacket> back =
                takesAlong(persona, network, nodes) ? rolls.ridingAgain(persona, network) : List.of();
        List<BatchedPacket> rides = choice.of(before, boarding, back, BatchLimits.narrowest(nodes), covered);
        try {
            ReplaceableBatch version = versions.make(persona, network, before, rides, boarding, nodes);
            broadcaster.hand(version, before.isEmpty() ? Payers.first(version.wallet(), nodes) : nodes);
        } catch (InsufficientFundsException e) {
            if (before.isEmpty()) {
                throw e;
            }
            // This coin is used up: what stands is left to be mined, and the next version begins with another one.
            end(before.get(), nodes);
            throw new WaitsException("the rolling transaction's coin is used up: it rides with another one");
        } catch (WalletException e) {
            byte[] mined = before.isPresent() ? closing.minedVersion(before.get()) : null;
            if (mined != null) {
                // Nobody reports a version without packets, which a recall left: the wallet is the first to know.
                closing.close(before.get(), mined);
                throw new WaitsException("its rolling transaction was mined: it rides with another one");
            }
            if (before.isPresent()
                    && !propagationTracker.isKnown(
                            network, TxId.ofBytes(before.get().transaction()))) {
                // The wallet cannot replace what nodes do not have: they say why when they get it again.
                broadcaster.hand(before.get(), nodes);
            }
            throw e;
        }
    }

    private boolean isOver(ReplaceableBatch roll) {
        Duration age = Duration.between(Instant.ofEpochMilli(roll.started()), core.now());
        return !roll.ended() && age.compareTo(core.settings.get().rolling().maxAge()) > 0;
    }

    /** Ends a roll: its last version is left to be mined, or replaced by one that carries nothing. */
    private void end(ReplaceableBatch roll, List<Transport> nodes) throws PartylineException {
        if (core.settings.get().rolling().burns() && !roll.rides().isEmpty()) {
            try {
                broadcaster.hand(versions.without(roll, List.of(), nodes), nodes);
            } catch (InsufficientFundsException e) {
                LOG.info("a rolling transaction cannot be burned, and is left to be mined: {}", e.getMessage());
            } catch (WalletException e) {
                byte[] mined = closing.minedVersion(roll);
                if (mined != null) {
                    closing.close(roll, mined);
                    return;
                }
                LOG.info("a rolling transaction cannot be burned, and is left to be mined: {}", e.getMessage());
            }
        }
        core.open(memory -> core.store.transact(tx -> {
            Optional<ReplaceableBatch> now = Batches.find(tx, roll.persona(), roll.network());
            if (now.isPresent()) {
                tx.delete(Batches.TABLE, Batches.key(now.get()));
                Batches.put(tx, now.get().ending());
            }
            return null;
        }));
    }

    /**
     * Takes the packets of a message that was recalled out of the current version.
     *
     * @return satoshi that this added; empty when none of them rides now, or a version was mined in between
     */
    Optional<Long> recall(long message, List<Transport> nodes) throws PartylineException {
        Optional<ReplaceableBatch> found = rolls.carrying(message);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        ReplaceableBatch roll = found.get();
        byte[] mined = closing.minedVersion(roll);
        if (mined != null) {
            closing.close(roll, mined);
            return Optional.empty();
        }
        List<BatchedPacket> left = versions.remaining(roll);
        if (left.isEmpty() && roll.versions().size() == 1 && !versions.wasAttempted(roll)) {
            versions.drop(roll);
            return Optional.empty();
        }
        ReplaceableBatch next;
        try {
            next = versions.without(roll, left, nodes);
        } catch (WalletException e) {
            byte[] meanwhile = closing.minedVersion(roll);
            if (meanwhile == null) {
                throw e;
            }
            closing.close(roll, meanwhile);
            return Optional.empty();
        }
        broadcaster.hand(next, nodes);
        return Optional.of(next.fee() - roll.fee());
    }

    /** What is due by time: a version that was never handed over or that nodes lost, a roll whose time is over. */
    void tick() throws StoreException {
        List<ReplaceableBatch> all = rolls.all();
        List<TxId> current =
                all.stream().map(roll -> TxId.ofBytes(roll.transaction())).toList();
        looked.keySet().retainAll(current);
        said.keySet().retainAll(current);
        for (ReplaceableBatch roll : all) {
            Network network = Batches.network(roll);
            List<Transport> nodes = core.nodes.ready(network);
            if (nodes.isEmpty()) {
                continue;
            }
            try {
                if (!roll.sent()) {
                    broadcaster.hand(roll, nodes);
                } else if (isOver(roll)) {
                    end(roll, nodes);
                } else if (isDue(roll)) {
                    looked.put(TxId.ofBytes(roll.transaction()), core.now());
                    look(roll, network, nodes);
                }
            } catch (StoreException e) {
                throw e;
            } catch (PartylineException e) {
                if (!e.getMessage().equals(said.put(TxId.ofBytes(roll.transaction()), e.getMessage()))) {
                    LOG.info("a rolling transaction waits: {}", e.getMessage());
                }
            } catch (RuntimeException e) {
                // One that cannot be handled must not stop the others.
                LOG.error("a rolling transaction could not be sent", e);
            }
        }
    }

    /** Whether it is time to ask nodes for a version: sooner when no other node has shown it. */
    private boolean isDue(ReplaceableBatch roll) throws StoreException {
        Settings settings = core.settings.get();
        Instant last = looked.getOrDefault(TxId.ofBytes(roll.transaction()), Instant.ofEpochMilli(roll.lastSent()));
        Duration patience = isUnseen(roll)
                ? settings.nodes().resendAfter()
                : settings.sending().rebroadcastAfter();
        return core.now().isAfter(last.plus(patience));
    }

    /** Where a roll stands that nothing was heard of for a while: one that carries nothing is never reported. */
    private void look(ReplaceableBatch roll, Network network, List<Transport> nodes) throws PartylineException {
        byte[] mined = roll.ended() || roll.rides().isEmpty() ? closing.minedVersion(roll) : null;
        TxId id = TxId.ofBytes(roll.transaction());
        if (mined != null) {
            closing.close(roll, mined);
        } else if (!propagationTracker.isKnown(network, id)) {
            broadcaster.hand(roll, broadcaster.othersFirst(roll, nodes));
        } else {
            broadcaster.spread(roll, id, nodes);
        }
    }

    /**
     * Whether what is to ride again comes along with the next packet, whatever that is. Would it take a point of cover traffic for
     * itself, messages had to wait meanwhile, and what comes after it would be one more often than else.
     */
    boolean takesAlong(int persona, Network network, List<Transport> nodes) {
        return spending.isCovered(persona, network) && limits.room(nodes) > 1;
    }

    /** How many packets the first version of a roll would have now. */
    int packetsOfNext(int persona, Network network, List<Transport> nodes) throws StoreException {
        int back = takesAlong(persona, network, nodes)
                ? rolls.ridingAgain(persona, network).size()
                : 0;
        return Math.min(1 + back, limits.room(nodes));
    }

    /** What the next version would add to the fee at most, in satoshi; empty: there is none before it. */
    Optional<Long> added(int persona, Network network, int bucket, List<Transport> nodes) throws StoreException {
        Optional<ReplaceableBatch> roll = rolls.find(persona, network);
        if (roll.isEmpty() || isOver(roll.get())) {
            return Optional.empty();
        }
        int packets = Math.min(
                core.settings.get().rolling().packets(),
                BatchLimits.narrowest(nodes).maxOutputs());
        int vsize = FeePolicy.vsize(bucket, packets);
        return Optional.of(fees.replacement(Batches.signed(roll.get()), nodes)
                        .fee(Math.max(vsize, roll.get().vsize()))
                - roll.get().fee());
    }

    /** Whether packets of a persona board a transaction that has begun, and goes on. */
    boolean isRunning(int persona, Network network) throws StoreException {
        return rolls.find(persona, network).filter(roll -> !isOver(roll)).isPresent();
    }

    /**
     * What the packets of a message add to the fee, in satoshi: those of the versions that they board, with what rides along by then.
     * Messages that wait before it board before it.
     *
     * @param id the message's, which is stored
     * @param opens whether its first packet opens a chain
     */
    long quote(int persona, Network network, long id, List<Integer> sizes, boolean opens, List<Transport> nodes)
            throws PartylineException {
        boolean covered = spending.isCovered(persona, network);
        List<BatchedPacket> back =
                takesAlong(persona, network, nodes) ? rolls.ridingAgain(persona, network) : List.of();
        Optional<ReplaceableBatch> now = rolls.find(persona, network).filter(roll -> !isOver(roll));
        // Among decoys it is not known what comes between.
        for (OutgoingMessage ahead : covered ? List.<OutgoingMessage>of() : ahead(persona, network, id)) {
            now = board(now, persona, network, rides(ahead), back, nodes).last();
            back = List.of();
        }
        List<BatchedPacket> boarding = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            boarding.add(new BatchedPacket(id, i, new byte[sizes.get(i)], i == 0 && opens && !covered));
        }
        return board(now, persona, network, boarding, back, nodes).added();
    }

    /** What versions would be like. @param last the last one @param added to the fee, by all */
    private record Forecast(Optional<ReplaceableBatch> last, long added) {}

    private Forecast board(
            Optional<ReplaceableBatch> before,
            int persona,
            Network network,
            List<BatchedPacket> boarding,
            List<BatchedPacket> back,
            List<Transport> nodes)
            throws PartylineException {
        boolean covered = spending.isCovered(persona, network);
        RelayPolicy policy = BatchLimits.narrowest(nodes);
        Optional<ReplaceableBatch> now = before;
        List<BatchedPacket> waiting = new ArrayList<>(boarding);
        long added = 0;
        while (!waiting.isEmpty()) {
            List<BatchedPacket> next = covered ? waiting.subList(0, 1) : waiting;
            List<BatchedPacket> rides = choice.of(now, next, back, policy, covered);
            int vsize = vsize(now, rides);
            long fee = fee(now, vsize, nodes);
            if (now.isPresent() && limits.isOver(fee, vsize)) {
                // Its coin may pay no more: another one goes on.
                now = Optional.empty();
                rides = choice.of(now, next, back, policy, covered);
                vsize = vsize(now, rides);
                fee = fee(now, vsize, nodes);
            }
            added += fee - now.map(ReplaceableBatch::fee).orElse(0L);
            now = Optional.of(forecast(persona, network, vsize, fee, rides));
            List<BatchedPacket> on = rides;
            if (!waiting.removeIf(on::contains)) {
                break;
            }
        }
        return new Forecast(now, added);
    }

    private ReplaceableBatch forecast(int persona, Network network, int vsize, long fee, List<BatchedPacket> rides) {
        long now = core.now().toEpochMilli();
        return new ReplaceableBatch(
                persona,
                network.code(),
                "",
                new byte[0],
                null,
                new byte[TxId.LENGTH],
                vsize,
                fee,
                true,
                now,
                now,
                rides,
                List.of(),
                false);
    }

    /** What waits to board before a message, oldest first. */
    private List<OutgoingMessage> ahead(int persona, Network network, long id) throws StoreException {
        return core.open(memory -> core.store.transact(Outbox::all).stream()
                .filter(outgoing -> outgoing.id() < id
                        && outgoing.carrier().equals(RollingCarrier.ROLLING)
                        && !outgoing.state().isSettled()
                        && !outgoing.isOut())
                .filter(outgoing -> {
                    Conversation conversation = memory.conversations.find(outgoing.membership());
                    return conversation != null
                            && conversation.persona() == persona
                            && conversation.network() == network;
                })
                .toList());
    }

    /** Its packets that wait; of one that is not sealed yet, as they are likely to be. */
    private List<BatchedPacket> rides(OutgoingMessage outgoing) throws PartylineException {
        List<BatchedPacket> rides = new ArrayList<>();
        if (outgoing.parts().isEmpty()) {
            for (PlannedPacket planned : likely(outgoing)) {
                rides.add(new BatchedPacket(outgoing.id(), rides.size(), new byte[planned.bucket()], false));
            }
            return rides;
        }
        for (int i = 0; i < outgoing.parts().size(); i++) {
            OutgoingPart part = outgoing.parts().get(i);
            if (part.state() == State.SEALED && part.raw() == null) {
                rides.add(new BatchedPacket(outgoing.id(), i, part.packet(), i == 0 && outgoing.opens()));
            }
        }
        return rides;
    }

    /** Of one that is not sealed yet; of the sizes that it will be sealed with. */
    private List<PlannedPacket> likely(OutgoingMessage outgoing) throws PartylineException {
        Conversation conversation = core.conversation(outgoing.membership());
        SizeRange room = sizes.room(conversation, outgoing);
        if (room.most() == 0) {
            return List.of();
        }
        Optional<byte[]> signer = outgoing.sign()
                ? Optional.of(core.open(memory -> memory.personas
                        .keys(conversation.persona())
                        .keys
                        .identity()
                        .senderId()))
                : Optional.empty();
        Draft draft = new Draft(
                PacketType.TEXT,
                outgoing.burn(),
                core.now().getEpochSecond(),
                outgoing.ttlMinutes() == 0 ? OptionalInt.empty() : OptionalInt.of(outgoing.ttlMinutes()),
                signer,
                Optional.empty(),
                new byte[outgoing.textBytes()],
                outgoing.sign());
        return room.plan(core, draft, PacketLabel.RATCHET);
    }

    private static int vsize(Optional<ReplaceableBatch> before, List<BatchedPacket> rides) {
        List<byte[]> payloads = rides.stream().map(BatchedPacket::packet).toList();
        return before.isPresent() ? BatchLimits.likelyVsize(before.get(), payloads) : FeePolicy.vsize(payloads);
    }

    private long fee(Optional<ReplaceableBatch> before, int vsize, List<Transport> nodes) throws PartylineException {
        return before.isPresent()
                ? fees.replacement(before.get().fee(), before.get().vsize(), vsize, nodes)
                : fees.rate(nodes).fee(vsize);
    }
}
