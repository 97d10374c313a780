package org.partyline.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rolling carrier: each packet takes the place of the persona's last transaction, so that a whole conversation costs one
 * confirmed transaction (ARCHITECTURE, "Two ways to carry"). Each version is stored before it is handed over, so that a
 * server that was killed goes on with the same one. Runs on the sender's thread.
 */
final class Roller {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    /** A node that took a version has dropped those before it, or is about to. */
    private static final int LAST_VERSIONS = 3;
    /** So many times the distance of versions, one whose packets no other node shows holds up the next. */
    private static final int MOST_PATIENCE = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Roller.class);

    private final Core core;
    private final Outbox outbox;
    private final FeePolicy fees;
    private final Spending spending;
    private final Travel travel;
    private final Rolls rolls;
    private final RollLimits limits;
    private final RollClosing closing;
    private final HeldChange held;
    private final Predicate<Network> caughtUp;
    /** When nodes were asked for a version last, by its id. */
    private final Map<TxId, Instant> looked = new HashMap<>();
    /** What a version was said to wait for last, by its id. */
    private final Map<TxId, String> said = new HashMap<>();

    /** @param caughtUp whether the blocks of a network have been read up to its tip */
    Roller(
            Core core,
            Outbox outbox,
            FeePolicy fees,
            Spending spending,
            Travel travel,
            Rolls rolls,
            RollClosing closing,
            HeldChange held,
            Predicate<Network> caughtUp) {
        this.core = core;
        this.outbox = outbox;
        this.fees = fees;
        this.spending = spending;
        this.travel = travel;
        this.rolls = rolls;
        this.limits = new RollLimits(core, spending);
        this.closing = closing;
        this.held = held;
        this.caughtUp = caughtUp;
    }

    /** When the next version may go; now where there is none. */
    private Instant nextVersion(Optional<Records.Roll> roll) {
        return roll.isEmpty() || roll.get().lastSent() == 0
                ? core.now()
                : Instant.ofEpochMilli(roll.get().lastSent())
                        .plus(core.settings.get().rollSpacing(Rolls.network(roll.get())));
    }

    /**
     * Whether a packet may board now.
     *
     * @throws Departures.Later when the last version still needs time to travel
     */
    void awaitTurn(int persona, Network network) throws StoreException, Departures.Later {
        Optional<Records.Roll> roll = rolls.find(persona, network);
        Instant next = nextVersion(roll);
        if (core.now().isBefore(next)) {
            throw new Departures.Later(
                    "it rides in the next version of the rolling transaction, at " + Departures.clock(next), next);
        }
        if (roll.isPresent() && roll.get().sent() && isUnseen(roll.get())) {
            Duration spacing = core.settings.get().rollSpacing(network);
            Duration patience = (spacing.compareTo(LOOK_AGAIN) < 0 ? LOOK_AGAIN : spacing).multipliedBy(MOST_PATIENCE);
            if (core.now().isBefore(next.plus(patience))) {
                Instant again = core.now().plus(LOOK_AGAIN);
                throw new Departures.Later(
                        "it waits until another node shows the last version of the rolling transaction", again);
            }
        }
    }

    /** Whether a version carries packets that no node has shown yet that did not get them from us. */
    private boolean isUnseen(Records.Roll roll) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> {
            for (Records.Ride ride : roll.rides()) {
                Optional<Records.Outgoing> found = Outbox.find(tx, ride.message());
                if (found.isPresent()
                        && !found.get().state().isFinal()
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
    void roll(int persona, Network network, List<Records.Ride> boarding, List<Transport> nodes)
            throws PartylineException {
        Optional<Records.Roll> before = rolls.find(persona, network);
        if (before.isPresent() && isOver(before.get())) {
            end(before.get(), nodes);
            before = rolls.find(persona, network);
        }
        if (before.isPresent() && !before.get().sent()) {
            // A version that was stored, and never handed over, comes first.
            hand(before.get(), nodes);
            throw new Sealer.Waits("it rides in the next version of the rolling transaction");
        }
        boolean covered = spending.isCovered(persona, network);
        List<Records.Ride> back = takesAlong(persona, network, nodes) ? rolls.ridingAgain(persona, network) : List.of();
        List<Records.Ride> rides = choose(before, boarding, back, RollLimits.narrowest(nodes), covered);
        try {
            hand(make(persona, network, before, rides, boarding, nodes), nodes);
        } catch (InsufficientFundsException e) {
            if (before.isEmpty()) {
                throw e;
            }
            // This coin is used up: what stands is left to be mined, and the next version begins with another one.
            end(before.get(), nodes);
            throw new Sealer.Waits("the rolling transaction's coin is used up: it rides with another one");
        } catch (WalletException e) {
            byte[] mined = before.isPresent() ? closing.minedVersion(before.get()) : null;
            if (mined != null) {
                // Nobody reports a version without packets, which a recall left: the wallet is the first to know.
                closing.close(before.get(), mined);
                throw new Sealer.Waits("its rolling transaction was mined: it rides with another one");
            }
            if (before.isPresent()
                    && !travel.isKnown(network, TxId.ofBytes(before.get().transaction()))) {
                // The wallet cannot replace what nodes do not have: they say why when they get it again.
                hand(before.get(), nodes);
            }
            throw e;
        }
    }

    /**
     * New packets first, then those that come along to ride again, then the last one that opened a chain, without which nobody reads
     * what comes behind it, then the newest of those before, as many as the network carries; oldest first in the result.
     *
     * @param covered whether all are to ride for as long: no decoy opens a chain
     */
    private List<Records.Ride> choose(
            Optional<Records.Roll> before,
            List<Records.Ride> boarding,
            List<Records.Ride> back,
            RelayPolicy policy,
            boolean covered)
            throws StoreException {
        int room = Math.max(1, Math.min(core.settings.get().rollPackets(), policy.maxOutputs()));
        int bytes = policy.maxScriptBytes();
        List<Records.Ride> candidates = new ArrayList<>(boarding);
        candidates.addAll(back);
        List<Records.Ride> old =
                new ArrayList<>(wanted(before.map(Records.Roll::rides).orElse(List.of())));
        Collections.reverse(old);
        if (!covered && boarding.stream().noneMatch(Records.Ride::opener)) {
            old.stream().filter(Records.Ride::opener).findFirst().ifPresent(candidates::add);
        }
        old.stream().filter(ride -> !candidates.contains(ride)).forEach(candidates::add);
        List<Records.Ride> chosen = new ArrayList<>();
        for (Records.Ride ride : candidates) {
            int script = ride.packet().length + RollLimits.PUSH_OVERHEAD;
            if (chosen.size() < room && (chosen.isEmpty() || bytes - script >= 0)) {
                bytes -= script;
                chosen.add(ride);
            }
        }
        List<Records.Ride> rides =
                new ArrayList<>(before.map(Records.Roll::rides).orElse(List.of()));
        rides.addAll(back);
        rides.addAll(boarding);
        rides.retainAll(chosen);
        return rides;
    }

    /** Those whose message's time has not ended. */
    private List<Records.Ride> wanted(List<Records.Ride> rides) throws StoreException {
        long now = core.now().toEpochMilli();
        return core.open(memory -> core.store.transact(tx -> {
            List<Records.Ride> all = new ArrayList<>();
            for (Records.Ride ride : rides) {
                Optional<Records.Outgoing> found = Outbox.find(tx, ride.message());
                if (found.isPresent()
                        && now < found.get().expires()
                        && (!found.get().state().isFinal() || found.get().state() == State.CONFIRMED)) {
                    all.add(ride);
                }
            }
            return all;
        }));
    }

    /** Signs a version and stores it, with where its packets ride, in one transaction. */
    private Records.Roll make(
            int persona,
            Network network,
            Optional<Records.Roll> before,
            List<Records.Ride> rides,
            List<Records.Ride> boarding,
            List<Transport> nodes)
            throws PartylineException {
        spending.requireAccepted(network);
        Transport node = nodes.get(0);
        String name = before.map(Records.Roll::wallet).orElse("");
        Wallet wallet = (name.isEmpty() ? core.nodes.wallet(network, node.name()) : core.nodes.wallet(name))
                .orElseThrow(() -> new Sealer.Waits("it waits for a wallet on " + network.label()
                        + (name.isEmpty() ? "" : ": '" + name + "' is away")));
        List<byte[]> payloads = rides.stream().map(Records.Ride::packet).toList();
        long paid = before.map(Records.Roll::fee).orElse(0L);
        Optional<FeeRate> rate = before.isEmpty() ? Optional.of(fees.draw(node)) : Optional.empty();
        int vsize = rate.isPresent() ? FeePolicy.vsize(payloads) : RollLimits.likelyVsize(before.get(), payloads);
        long likely = rate.isPresent()
                ? rate.get().fee(vsize)
                : fees.replacement(Rolls.signed(before.get()), nodes).fee(vsize);
        // What a limit refuses should not be signed first: that takes an address each time.
        core.<Void, PartylineException>open(memory -> core.store.<Void, PartylineException>transact(tx -> {
            limits.checkLimits(before, rides, boarding, likely, vsize);
            limits.checkCaps(tx, rides, boarding, likely - paid, persona);
            spending.checkBudget(tx, likely - paid, persona, network);
            return null;
        }));
        SignedTransaction version = rate.isPresent()
                ? wallet.pay(Rolls.account(persona), payloads, rate.get())
                : wallet.replace(
                        Rolls.account(persona),
                        Rolls.signed(before.get()),
                        payloads,
                        fees.replacement(Rolls.signed(before.get()), nodes));
        boolean kept = false;
        boolean refused = false;
        try {
            Records.Roll roll = store(persona, network, before, rides, boarding, wallet, version, paid);
            kept = true;
            return roll;
        } catch (Sealer.Waits | InsufficientFundsException e) {
            refused = true;
            throw e;
        } finally {
            if (!kept && before.isEmpty()) {
                if (refused) {
                    wallet.discard(Rolls.account(persona), version);
                } else {
                    wallet.release(Rolls.account(persona), version);
                }
            }
        }
    }

    private Records.Roll store(
            int persona,
            Network network,
            Optional<Records.Roll> before,
            List<Records.Ride> rides,
            List<Records.Ride> boarding,
            Wallet wallet,
            SignedTransaction version,
            long paid)
            throws PartylineException {
        long added = version.fee() - paid;
        long now = core.now().toEpochMilli();
        return core.<Records.Roll, PartylineException>open(memory -> {
            List<Records.Outgoing> changed = new ArrayList<>();
            Records.Roll roll = core.store.<Records.Roll, PartylineException>transact(tx -> {
                limits.checkLimits(before, rides, boarding, version.fee(), version.vsize());
                limits.checkCaps(tx, rides, boarding, added, persona);
                List<Records.Ride> stays = before.map(Records.Roll::rides).orElse(List.of());
                for (Records.Ride ride : rides) {
                    if (!stays.contains(ride) && isGone(tx, ride)) {
                        throw new Sealer.Waits("it was taken back meanwhile");
                    }
                }
                // A packet that is taken back, or a roll that is burned, is no part of the cover traffic.
                boolean taken = boarding.isEmpty()
                        && rides.size()
                                < before.map(Records.Roll::rides)
                                        .orElse(List.of())
                                        .size();
                if (!taken) {
                    spending.checkBudget(tx, added, persona, network);
                }
                List<Records.Version> versions =
                        new ArrayList<>(before.map(Records.Roll::versions).orElse(List.of()));
                versions.add(new Records.Version(
                        version.id().bytes(),
                        version.fee(),
                        rides.stream().map(Rolls::code).toList()));
                Records.Roll next = new Records.Roll(
                        persona,
                        network.code(),
                        wallet.name(),
                        version.raw(),
                        before.map(last -> last.sent() ? last.raw() : last.replaced())
                                .orElse(null),
                        version.id().bytes(),
                        version.vsize(),
                        version.fee(),
                        false,
                        before.map(Records.Roll::started).orElse(now),
                        before.map(Records.Roll::lastSent).orElse(0L),
                        rides,
                        versions,
                        before.map(Records.Roll::ended).orElse(false));
                if (before.isPresent()) {
                    tx.delete(Records.ROLLS, Rolls.key(before.get()));
                }
                Rolls.put(tx, next);
                if (taken) {
                    spending.countRecall(tx, added, persona);
                } else {
                    spending.countPacket(tx, added, persona, network);
                }
                long left = added;
                for (Records.Ride ride : rides) {
                    Optional<Records.Outgoing> found = Outbox.find(tx, ride.message());
                    if (found.isEmpty() || found.get().parts().size() <= ride.part()) {
                        continue;
                    }
                    Records.Part part = found.get().parts().get(ride.part());
                    if (boarding.contains(ride) && found.get().type() != PacketType.DECOY.code()) {
                        CoverRunner.remember(tx, persona, ride.packet().length);
                    }
                    // What a version adds to the fee is what the packets that board with it cost.
                    long share = boarding.contains(ride) ? left : part.fee();
                    left = boarding.contains(ride) ? 0 : left;
                    State state = part.state() == State.SEALED ? State.SEALED : part.state();
                    Records.Outgoing outgoing = found.get()
                            .with(
                                    ride.part(),
                                    part.signed(
                                                    version.raw(),
                                                    version.id().bytes(),
                                                    version.vsize(),
                                                    share,
                                                    wallet.name())
                                            .with(state));
                    Outbox.put(tx, outgoing);
                    changed.add(outgoing);
                }
                for (Records.Ride ride : before.map(Records.Roll::rides).orElse(List.of())) {
                    if (!rides.contains(ride)) {
                        changed.addAll(RollClosing.settle(tx, Rolls.code(ride), RollClosing::left));
                    }
                }
                return next;
            });
            changed.forEach(outgoing -> outbox.tell(memory, outgoing));
            return roll;
        });
    }

    /** Whether a packet's message has ended without it: it was taken back, expired, or is forgotten. */
    private static boolean isGone(StoreTransaction tx, Records.Ride ride) throws StoreException {
        Optional<Records.Outgoing> found = Outbox.find(tx, ride.message());
        return found.isEmpty()
                || found.get().state().isFinal()
                        && found.get().state() != State.CONFIRMED
                        && found.get().state() != State.REPLACED;
    }

    private List<Records.Ride> remaining(Records.Roll roll) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> {
            List<Records.Ride> all = new ArrayList<>();
            for (Records.Ride ride : roll.rides()) {
                if (!isGone(tx, ride)) {
                    all.add(ride);
                }
            }
            return all;
        }));
    }

    /**
     * A version that no node has for sure, without the packets whose messages ended meanwhile.
     *
     * @throws Sealer.Waits when nothing is left of it
     */
    private Records.Roll revised(Records.Roll roll, List<Transport> nodes) throws PartylineException {
        if (roll.sent()) {
            return roll;
        }
        List<Records.Ride> left = remaining(roll);
        if (left.size() == roll.rides().size()) {
            return roll;
        }
        if (left.isEmpty() && roll.versions().size() == 1 && !wasAttempted(roll)) {
            drop(roll);
            throw new Sealer.Waits("its rolling transaction was not needed any more: it rides with another one");
        }
        try {
            return without(roll, left, nodes);
        } catch (InsufficientFundsException e) {
            closing.close(roll, closing.minedVersion(roll));
            throw new Sealer.Waits("the rolling transaction's coin is used up: it rides with another one");
        }
    }

    private boolean wasAttempted(Records.Roll roll) throws StoreException {
        return core.open(memory -> !core.store
                .transact(tx -> Traces.find(tx, roll.transaction()))
                .entered()
                .isEmpty());
    }

    /** Forgets a roll that nobody has, and frees its coins. */
    private void drop(Records.Roll roll) throws PartylineException {
        core.open(memory -> core.store.transact(tx -> {
            tx.delete(Records.ROLLS, Rolls.key(roll));
            return null;
        }));
        held.hold(roll, false);
        Optional<Wallet> wallet = core.nodes.wallet(roll.wallet());
        if (wallet.isPresent()) {
            wallet.get().release(Rolls.account(roll.persona()), Rolls.signed(roll));
        }
    }

    /** Hands the current version to a node, to the next one when that does not answer. */
    private void hand(Records.Roll stored, List<Transport> nodes) throws PartylineException {
        Records.Roll roll = revised(stored, nodes);
        NodeUnavailableException last = null;
        // Before anybody has it: a payment at the wrong moment would build on it.
        held.hold(roll, true);
        for (Transport node : nodes) {
            attempt(roll, node);
            try {
                node.broadcast(roll.raw());
                handed(roll);
                return;
            } catch (NodeUnavailableException e) {
                last = e;
            } catch (TransactionRejectedException e) {
                rejected(roll, node, e);
                return;
            } catch (RuntimeException e) {
                if (core.nodes.isUsed(node.name())) {
                    throw e;
                }
                // It was taken away in the middle: what it did is not known.
                last = new NodeUnavailableException("node '" + node.name() + "' went away in the middle", e);
            }
        }
        throw last == null ? new Sealer.Waits("it waits for a node that is ready") : last;
    }

    private void attempt(Records.Roll roll, Transport node) throws StoreException {
        change(roll, part -> part.attempt(node.name(), core.now().toEpochMilli()));
        core.open(memory -> core.store.transact(tx -> {
            for (Records.Ride ride : roll.rides()) {
                Optional<Records.Outgoing> outgoing = Outbox.find(tx, ride.message());
                if (outgoing.isPresent()) {
                    Traces.change(tx, outgoing.get(), roll.transaction(), trace -> trace.entering(node.name()));
                }
            }
            return null;
        }));
    }

    private void handed(Records.Roll roll) throws StoreException {
        core.open(memory -> core.store.transact(tx -> {
            Rolls.put(tx, roll.handed(core.now().toEpochMilli()));
            return null;
        }));
        core.open(memory -> {
            for (Records.Ride ride : roll.rides()) {
                outbox.change(
                        memory,
                        ride.message(),
                        now -> now.parts().size() <= ride.part()
                                ? now
                                : Outbox.raise(now, ride.part(), State.BROADCAST));
            }
            return null;
        });
        // Once more, for wallets that know only what the network has.
        held.hold(roll, true);
        if (roll.replaced() != null) {
            held.hold(roll, roll.replaced(), false);
        }
    }

    private void change(Records.Roll roll, UnaryOperator<Records.Part> change) throws StoreException {
        core.open(memory -> {
            for (Records.Ride ride : roll.rides()) {
                outbox.change(
                        memory,
                        ride.message(),
                        now -> now.parts().size() <= ride.part()
                                ? now
                                : now.with(ride.part(), change.apply(now.parts().get(ride.part()))));
            }
            return null;
        });
    }

    /** A node looked at a version and refused it. */
    private void rejected(Records.Roll roll, Transport node, TransactionRejectedException refusal)
            throws PartylineException {
        if (travel.isKnown(Rolls.network(roll), TxId.ofBytes(roll.transaction()))) {
            handed(roll);
            return;
        }
        switch (refusal.reason()) {
            case INPUTS_GONE -> {
                // A version stands in a block, or something else spent the coin.
                byte[] mined = closing.minedVersion(roll);
                if (mined == null && !caughtUp.test(Rolls.network(roll))) {
                    throw new Sealer.Waits("it waits until the latest blocks are read");
                }
                closing.close(roll, mined);
                throw new Sealer.Waits("its rolling transaction's coin was spent: it rides with another one");
            }
            case FEE_TOO_LOW -> {
                if (roll.fee() >= node.policy().minRelayFee().fee(roll.vsize()) && !isAnyKnown(roll)) {
                    outbid(roll);
                }
                bump(roll, node);
                throw new Sealer.Waits("node '" + node.name() + "' wants a higher fee: it rides in the next version");
            }
            default ->
                throw new Sealer.Waits(
                        "node '" + node.name() + "' refused its rolling transaction: " + refusal.getMessage());
        }
    }

    /** Whether a node has one of the last versions. */
    private boolean isAnyKnown(Records.Roll roll) {
        List<Records.Version> versions = roll.versions();
        return versions.subList(Math.max(0, versions.size() - LAST_VERSIONS), versions.size()).stream()
                .anyMatch(version -> travel.isKnown(Rolls.network(roll), TxId.ofBytes(version.transaction())));
    }

    /** A transaction that is not of this roll spends the coin and pays more: it is left alone. */
    private void outbid(Records.Roll roll) throws StoreException, Sealer.Waits {
        closing.close(roll, null);
        throw new Sealer.Waits("its rolling transaction's coin is spent by another one: it rides with another coin");
    }

    /** The same packets under the floor that rose meanwhile. */
    private void bump(Records.Roll roll, Transport node) throws PartylineException {
        spending.requireAccepted(Rolls.network(roll));
        Wallet wallet = core.nodes
                .wallet(roll.wallet())
                .orElseThrow(() -> new Sealer.Waits("it waits for wallet '" + roll.wallet() + "'"));
        FeeRate floor = node.policy().minRelayFee();
        if (floor.compareTo(core.settings.get().feeMaximum()) > 0) {
            throw new Sealer.Waits("node '" + node.name() + "' relays nothing under " + floor + " and fee-maximum is "
                    + core.settings.get().feeMaximum());
        }
        SignedTransaction version;
        try {
            version = wallet.replace(
                    Rolls.account(roll.persona()),
                    Rolls.signed(roll),
                    roll.rides().stream().map(Records.Ride::packet).toList(),
                    fees.replacement(Rolls.signed(roll), List.of(node)));
        } catch (WalletException e) {
            // Nodes do not have it, and the wallet's node does not take a dearer one.
            outbid(roll);
            return;
        }
        store(
                roll.persona(),
                Rolls.network(roll),
                Optional.of(roll),
                roll.rides(),
                List.of(),
                wallet,
                version,
                roll.fee());
        held.hold(roll, false);
    }

    private boolean isOver(Records.Roll roll) {
        Duration age = Duration.between(Instant.ofEpochMilli(roll.started()), core.now());
        return !roll.ended() && age.compareTo(core.settings.get().rollMaxAge()) > 0;
    }

    /** Ends a roll: its last version is left to be mined, or replaced by one that carries nothing. */
    private void end(Records.Roll roll, List<Transport> nodes) throws PartylineException {
        if (core.settings.get().rollBurns() && !roll.rides().isEmpty()) {
            try {
                withoutPackets(roll, List.of(), nodes);
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
            Optional<Records.Roll> now = Rolls.find(tx, roll.persona(), roll.network());
            if (now.isPresent()) {
                tx.delete(Records.ROLLS, Rolls.key(now.get()));
                Rolls.put(tx, now.get().ending());
            }
            return null;
        }));
    }

    /** Replaces the current version by one with these packets only. */
    private void withoutPackets(Records.Roll roll, List<Records.Ride> left, List<Transport> nodes)
            throws PartylineException {
        hand(without(roll, left, nodes), nodes);
    }

    private Records.Roll without(Records.Roll roll, List<Records.Ride> left, List<Transport> nodes)
            throws PartylineException {
        spending.requireAccepted(Rolls.network(roll));
        Wallet wallet = core.nodes
                .wallet(roll.wallet())
                .orElseThrow(() -> new Sealer.Waits("it waits for wallet '" + roll.wallet() + "'"));
        SignedTransaction version = wallet.replace(
                Rolls.account(roll.persona()),
                Rolls.signed(roll),
                left.stream().map(Records.Ride::packet).toList(),
                fees.replacement(Rolls.signed(roll), nodes));
        return store(
                roll.persona(), Rolls.network(roll), Optional.of(roll), left, List.of(), wallet, version, roll.fee());
    }

    /**
     * Takes the packets of a message that was recalled out of the current version.
     *
     * @return satoshi that this added; empty when none of them rides now, or a version was mined in between
     */
    Optional<Long> recall(long message, List<Transport> nodes) throws PartylineException {
        Optional<Records.Roll> found = rolls.carrying(message);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Records.Roll roll = found.get();
        byte[] mined = closing.minedVersion(roll);
        if (mined != null) {
            closing.close(roll, mined);
            return Optional.empty();
        }
        List<Records.Ride> left = remaining(roll);
        if (left.isEmpty() && roll.versions().size() == 1 && !wasAttempted(roll)) {
            drop(roll);
            return Optional.empty();
        }
        Records.Roll next;
        try {
            next = without(roll, left, nodes);
        } catch (WalletException e) {
            byte[] meanwhile = closing.minedVersion(roll);
            if (meanwhile == null) {
                throw e;
            }
            closing.close(roll, meanwhile);
            return Optional.empty();
        }
        hand(next, nodes);
        return Optional.of(next.fee() - roll.fee());
    }

    /** What is due by time: a version that was never handed over or that nodes lost, a roll whose time is over. */
    void tick() throws StoreException {
        List<Records.Roll> all = rolls.all();
        List<TxId> current =
                all.stream().map(roll -> TxId.ofBytes(roll.transaction())).toList();
        looked.keySet().retainAll(current);
        said.keySet().retainAll(current);
        for (Records.Roll roll : all) {
            Network network = Rolls.network(roll);
            List<Transport> nodes = core.nodes.ready(network);
            if (nodes.isEmpty()) {
                continue;
            }
            try {
                if (!roll.sent()) {
                    hand(roll, nodes);
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
    private boolean isDue(Records.Roll roll) throws StoreException {
        Settings settings = core.settings.get();
        Instant last = looked.getOrDefault(TxId.ofBytes(roll.transaction()), Instant.ofEpochMilli(roll.lastSent()));
        Duration patience = isUnseen(roll) ? settings.nodeRules().resendAfter() : settings.rebroadcastAfter();
        return core.now().isAfter(last.plus(patience));
    }

    /** Where a roll stands that nothing was heard of for a while: one that carries nothing is never reported. */
    private void look(Records.Roll roll, Network network, List<Transport> nodes) throws PartylineException {
        byte[] mined = roll.ended() || roll.rides().isEmpty() ? closing.minedVersion(roll) : null;
        TxId id = TxId.ofBytes(roll.transaction());
        if (mined != null) {
            closing.close(roll, mined);
        } else if (!travel.isKnown(network, id)) {
            hand(roll, othersFirst(roll, nodes));
        } else {
            spread(roll, id, nodes);
        }
    }

    /** A node that took it and does not show it may keep it to itself. */
    private List<Transport> othersFirst(Records.Roll roll, List<Transport> nodes) throws StoreException {
        List<String> entered = core.open(memory -> core.store.transact(tx -> Traces.find(tx, roll.transaction())))
                .entered();
        List<Transport> ordered = new ArrayList<>(nodes);
        ordered.sort(Comparator.comparing(node -> entered.contains(node.name())));
        return ordered;
    }

    /** One node has it: those that do not get it from us, as the first may keep it to itself. */
    private void spread(Records.Roll roll, TxId id, List<Transport> nodes) throws StoreException {
        for (Transport node : nodes) {
            try {
                if (node.locate(id).kind() == TransactionPlace.Kind.UNKNOWN) {
                    attempt(roll, node);
                    node.broadcast(roll.raw());
                }
            } catch (NodeUnavailableException | TransactionRejectedException e) {
                LOG.debug("a node does not take a rolling transaction that another has: {}", e.getMessage());
            }
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
        Optional<Records.Roll> roll = rolls.find(persona, network);
        if (roll.isEmpty() || isOver(roll.get())) {
            return Optional.empty();
        }
        int packets = Math.min(
                core.settings.get().rollPackets(), RollLimits.narrowest(nodes).maxOutputs());
        int vsize = FeePolicy.vsize(bucket, packets);
        return Optional.of(fees.replacement(Rolls.signed(roll.get()), nodes)
                        .fee(Math.max(vsize, roll.get().vsize()))
                - roll.get().fee());
    }
}
