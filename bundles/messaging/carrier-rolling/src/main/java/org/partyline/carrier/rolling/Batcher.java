package org.partyline.carrier.rolling;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.UnavailableException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.carrier.LaterException;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.WalletException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Implements the rolling carrier: each packet replaces the persona's last transaction, so that a whole conversation
 * costs one confirmed transaction (ARCHITECTURE, "Two ways to carry"). {@link BatchChoice} chooses the packets, {@link
 * BatchVersions} builds and stores a version, {@link BatchBroadcaster} hands it over. Runs on the sender's thread.
 */
final class Batcher {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    /** The multiple of the spacing for which an unseen version delays the next one. */
    private static final int MOST_PATIENCE = 10;

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final CarrierContext context;
    private final Batches rolls;
    private final BatchLimits limits;
    private final BatchClosing closing;
    private final BatchChoice choice;
    private final BatchVersions versions;
    private final BatchBroadcaster broadcaster;
    /** When nodes were last asked for a version, by its id. */
    private final Map<TxId, Instant> looked = new HashMap<>();
    /** The last reported reason why a version waits, by its id. */
    private final Map<TxId, String> said = new HashMap<>();
    /** The reason why no node accepts a version that none has any more, by its id. */
    private final Map<TxId, String> missing = new HashMap<>();
    /** The data that was read when a packet became due, until that packet joins; null if none. */
    private @Nullable Turn turn;

    /** A packet may join. @param roll the running one @param messages the stored messages in it */
    private record Turn(PacketRef packet, Optional<ReplaceableBatch> roll, Map<Long, CarriedMessage> messages) {}

    Batcher(
            CarrierContext context,
            Batches rolls,
            BatchLimits limits,
            BatchClosing closing,
            BatchChoice choice,
            BatchVersions versions,
            BatchBroadcaster broadcaster) {
        this.context = context;
        this.rolls = rolls;
        this.limits = limits;
        this.closing = closing;
        this.choice = choice;
        this.versions = versions;
        this.broadcaster = broadcaster;
    }

    /** When the next version may be sent; now if there is none. */
    private Instant nextVersion(Optional<ReplaceableBatch> roll) {
        Instant now = context.now();
        if (roll.isEmpty() || roll.get().lastSent() == 0) {
            return now;
        }
        Duration spacing = context.rules().spacing().on(Batches.network(roll.get()));
        Instant last = Instant.ofEpochMilli(roll.get().lastSent());
        // A time in the future means that the clock was set back since; the hours in between are not waited for.
        return last.isAfter(now.plus(spacing)) ? now : last.plus(spacing);
    }

    /**
     * Checks whether a packet may join now.
     *
     * @throws LaterException if the last version needs more time to propagate
     */
    void awaitTurn(int persona, Network network, PacketRef packet) throws StoreException, LaterException {
        turn = null;
        Turn seen = context.transact(tx -> {
            Optional<ReplaceableBatch> roll = Batches.find(tx, BatchCodec.key(persona, network));
            return new Turn(packet, roll, roll.isPresent() ? riding(tx, roll.get()) : Map.of());
        });
        Optional<ReplaceableBatch> roll = seen.roll();
        Instant next = nextVersion(roll);
        if (context.now().isBefore(next)) {
            throw new LaterException(
                    "it is sent with the next version of the rolling transaction, at " + CLOCK.format(next), next);
        }
        if (roll.isPresent() && roll.get().sent() && isUnseen(seen.messages(), roll.get())) {
            Duration spacing = context.rules().spacing().on(network);
            Duration patience = (spacing.compareTo(LOOK_AGAIN) < 0 ? LOOK_AGAIN : spacing).multipliedBy(MOST_PATIENCE);
            if (context.now().isBefore(next.plus(patience))) {
                Instant again = context.now().plus(LOOK_AGAIN);
                throw new LaterException(
                        "it waits until another node shows the last version of the rolling transaction", again);
            }
        }
        turn = seen;
    }

    /** The stored messages of the packets in a roll's current version. */
    private static Map<Long, CarriedMessage> riding(CarrierTransaction tx, ReplaceableBatch roll)
            throws StoreException {
        Map<Long, CarriedMessage> all = new HashMap<>();
        for (BatchedPacket ride : roll.rides()) {
            tx.message(ride.message()).ifPresent(message -> all.put(message.id(), message));
        }
        return all;
    }

    /** Whether a version carries packets that no node has shown which did not receive them from us. */
    private static boolean isUnseen(Map<Long, CarriedMessage> messages, ReplaceableBatch roll) {
        return roll.rides().stream().anyMatch(ride -> {
            CarriedMessage found = messages.get(ride.message());
            return found != null
                    && !found.isSettled()
                    && found.packets().size() > ride.part()
                    && found.packets().get(ride.part()).state().compareTo(PacketState.RELAYED) < 0;
        });
    }

    /** The packets of the next version. @param before the version that it replaces */
    private record Plan(Optional<ReplaceableBatch> before, List<BatchedPacket> rides) {}

    private Plan plan(int persona, Network network, List<BatchedPacket> boarding, List<CarrierNode> nodes)
            throws StoreException {
        boolean takesAlong = limits.takesAlong(persona, network, nodes);
        boolean covered = context.isCovered(persona, network);
        RelayPolicy policy = BatchLimits.narrowest(nodes);
        Turn seen = turn;
        turn = null;
        if (seen != null && seen.packet().equals(boarding.get(0).ref()) && !takesAlong) {
            // Read a moment ago, and only this thread builds versions.
            return new Plan(
                    seen.roll(),
                    choice.of(
                            id -> Optional.ofNullable(seen.messages().get(id)),
                            seen.roll(),
                            boarding,
                            List.of(),
                            policy,
                            covered));
        }
        return context.transact(tx -> {
            Optional<ReplaceableBatch> before = Batches.find(tx, BatchCodec.key(persona, network));
            List<BatchedPacket> back = takesAlong ? rolls.ridingAgain(tx, persona, network) : List.of();
            return new Plan(before, choice.of(tx::message, before, boarding, back, policy, covered));
        });
    }

    /**
     * Builds the next version, with these packets and the newest of the previous ones, and hands it over.
     *
     * @param boarding waiting sealed packets, oldest first; those without room stay where they are
     * @throws PartylineException says why they must wait
     */
    void roll(int persona, Network network, List<BatchedPacket> boarding, List<CarrierNode> nodes)
            throws PartylineException {
        Plan plan = plan(persona, network, boarding, nodes);
        try {
            roll(persona, network, plan, boarding, nodes);
        } catch (WaitsException e) {
            if (plan.before().isEmpty() || rolls.isRunning(persona, network)) {
                throw e;
            }
            // That roll is over: continue at once with another coin, otherwise a point would stay unused if nothing
            // else waits.
            roll(persona, network, plan(persona, network, boarding, nodes), boarding, nodes);
        }
    }

    private void roll(int persona, Network network, Plan planned, List<BatchedPacket> boarding, List<CarrierNode> nodes)
            throws PartylineException {
        Plan plan = planned;
        if (plan.before().filter(limits::hasEnded).isPresent()) {
            end(plan.before().get(), nodes);
            plan = plan(persona, network, boarding, nodes);
        }
        Optional<ReplaceableBatch> before = plan.before();
        if (before.isPresent() && !before.get().sent()) {
            // A version that was stored and never handed over comes first.
            try {
                broadcaster.hand(before.get(), nodes);
            } catch (InsufficientFundsException e) {
                // Nodes want more than its coin can pay: it waits until they want less, and nothing waits for it.
                end(before.get(), nodes);
                throw new WaitsException("the rolling transaction's coin is used up: it is sent with another coin");
            }
            throw new WaitsException("it is sent with the next version of the rolling transaction");
        }
        try {
            ReplaceableBatch version = versions.make(persona, network, before, plan.rides(), boarding, nodes);
            broadcaster.handMade(version, before.isEmpty() ? CarrierNode.first(version.wallet(), nodes) : nodes);
        } catch (InsufficientFundsException e) {
            if (before.isEmpty()) {
                throw e;
            }
            // This coin is used up: the current version is left to be mined, and the next one uses another coin.
            end(before.get(), nodes);
            throw new WaitsException("the rolling transaction's coin is used up: it is sent with another coin");
        } catch (WalletException e) {
            byte[] mined = before.isPresent() ? closing.minedVersion(before.get()) : null;
            if (mined != null) {
                // A version without packets, left by a recall, is never reported: the wallet is the first to know.
                closing.close(before.get(), mined);
                throw new WaitsException("its rolling transaction was mined: it is sent with another one");
            }
            if (before.isPresent()
                    && !context.propagation()
                            .isKnown(network, TxId.ofBytes(before.get().transaction()))) {
                // The wallet cannot replace a transaction that nodes do not have: they say why when they receive it
                // again.
                try {
                    broadcaster.hand(before.get(), nodes);
                } catch (InsufficientFundsException lost) {
                    end(before.get(), nodes);
                    throw new WaitsException(lost.getMessage());
                }
            }
            throw e;
        }
    }

    /** Ends a roll, and allows its change to be spent. @return whether there was one that nodes have */
    boolean letGo(int persona, Network network, List<CarrierNode> nodes) throws PartylineException {
        Optional<ReplaceableBatch> roll = rolls.find(persona, network).filter(ReplaceableBatch::sent);
        if (roll.isEmpty()) {
            return false;
        }
        end(roll.get(), nodes);
        byte[] first = BatchCodec.key(roll.get().ending());
        context.<StoreException>update(tx -> {
            // Otherwise it is in a block meanwhile.
            if (Batches.find(tx, first).isPresent()) {
                tx.letGo(first);
            }
        });
        return true;
    }

    /** Ends a roll: its last version is left to be mined, or replaced by an empty one. */
    private void end(ReplaceableBatch roll, List<CarrierNode> nodes) throws PartylineException {
        if (context.rules().burns() && !roll.rides().isEmpty()) {
            try {
                broadcaster.hand(versions.without(roll, List.of(), nodes), nodes);
            } catch (InsufficientFundsException e) {
                LOG.info(
                        "a rolling transaction cannot be replaced by an empty one, and is left to be mined: {}",
                        e.getMessage());
            } catch (WalletException e) {
                byte[] mined = closing.minedVersion(roll);
                if (mined != null) {
                    closing.close(roll, mined);
                    return;
                }
                LOG.info(
                        "a rolling transaction cannot be replaced by an empty one, and is left to be mined: {}",
                        e.getMessage());
            }
        }
        context.<StoreException>update(tx -> {
            byte[] key = BatchCodec.key(roll.persona(), Batches.network(roll));
            Optional<ReplaceableBatch> now = Batches.find(tx, key);
            if (now.isPresent()) {
                ReplaceableBatch ended = now.get().ending();
                tx.move(key, BatchCodec.key(ended), BatchCodec.write(ended));
            }
        });
    }

    /**
     * Removes the packets of a recalled message from the current version.
     *
     * @return the additional fee in satoshi; empty if none of them is in it, or a version was mined meanwhile
     */
    Optional<Long> recall(long message, List<CarrierNode> nodes) throws PartylineException {
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

    /** Does what is due by time: a version that was never handed over or that nodes lost, a roll that is too old. */
    void tick() throws StoreException {
        List<ReplaceableBatch> all = rolls.all();
        List<TxId> current = all.stream().map(roll -> Batches.id(roll)).toList();
        looked.keySet().retainAll(current);
        said.keySet().retainAll(current);
        missing.keySet().retainAll(current);
        for (ReplaceableBatch roll : all) {
            Network network = Batches.network(roll);
            List<CarrierNode> nodes = context.propagation().ready(network);
            if (nodes.isEmpty()) {
                continue;
            }
            try {
                if (!roll.sent()) {
                    broadcaster.hand(roll, nodes);
                    missing.remove(Batches.id(roll));
                } else if (limits.hasEnded(roll)) {
                    end(roll, nodes);
                } else if (isDue(roll)) {
                    looked.put(Batches.id(roll), context.now());
                    look(roll, network, nodes);
                    missing.remove(Batches.id(roll));
                }
            } catch (StoreException e) {
                throw e;
            } catch (PartylineException | UnavailableException e) {
                missing(roll, e);
                if (!e.getMessage().equals(said.put(Batches.id(roll), e.getMessage()))) {
                    LOG.info("a rolling transaction waits: {}", e.getMessage());
                }
            } catch (RuntimeException e) {
                // A roll that cannot be handled must not stop the others.
                LOG.error("a rolling transaction could not be sent ({})", Faults.reason(e));
            }
        }
    }

    /** Called when a version could not be handed over: the packets that nodes had before may be in no mempool now. */
    private void missing(ReplaceableBatch roll, Exception why) {
        if (why instanceof NodeUnavailableException || why instanceof UnavailableException) {
            // Nobody knows.
            return;
        }
        if (closing.isAnyKnown(roll)) {
            missing.remove(Batches.id(roll));
        } else {
            missing.put(Batches.id(roll), "no node has it any more: " + why.getMessage());
        }
    }

    /** Why no node accepts the current version that carries a packet, if none has it any more. */
    Optional<String> waitsFor(PacketRef packet) throws StoreException {
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        return rolls.all().stream()
                .filter(roll ->
                        roll.rides().stream().anyMatch(ride -> ride.ref().equals(packet)))
                .flatMap(roll -> Optional.ofNullable(missing.get(Batches.id(roll))).stream())
                .findFirst();
    }

    /** Whether it is time to ask nodes for a version: sooner if no other node has shown it. */
    private boolean isDue(ReplaceableBatch roll) throws StoreException {
        CarrierRules rules = context.rules();
        Instant last = looked.getOrDefault(Batches.id(roll), Instant.ofEpochMilli(roll.lastSent()));
        Duration patience = isUnseen(context.transact(tx -> riding(tx, roll)), roll)
                ? rules.resendAfter()
                : rules.rebroadcastAfter();
        return context.now().isAfter(last.plus(patience));
    }

    /** Checks a roll without recent reports: an empty version is never reported. */
    private void look(ReplaceableBatch roll, Network network, List<CarrierNode> nodes) throws PartylineException {
        byte[] mined = roll.ended() || roll.rides().isEmpty() ? closing.minedVersion(roll) : null;
        TxId id = Batches.id(roll);
        if (mined != null) {
            closing.close(roll, mined);
        } else if (!context.propagation().isKnown(network, id)) {
            broadcaster.hand(roll, broadcaster.othersFirst(roll, nodes));
        } else {
            broadcaster.spread(roll, nodes);
        }
    }
}
