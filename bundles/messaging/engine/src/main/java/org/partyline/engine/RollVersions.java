package org.partyline.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.PacketEvent;

/**
 * Makes the versions of rolling transactions. Each is stored, with where its packets ride, before anybody has it: so a server that was
 * killed goes on with the same one.
 */
final class RollVersions {
    private final Core core;
    private final Outbox outbox;
    private final FeePolicy fees;
    private final Spending spending;
    private final RollLimits limits;
    private final RollClosing closing;
    private final HeldChange held;

    RollVersions(
            Core core,
            Outbox outbox,
            FeePolicy fees,
            Spending spending,
            RollLimits limits,
            RollClosing closing,
            HeldChange held) {
        this.core = core;
        this.outbox = outbox;
        this.fees = fees;
        this.spending = spending;
        this.limits = limits;
        this.closing = closing;
        this.held = held;
    }

    /** Signs a version and stores it, with where its packets ride, in one transaction. */
    Roll make(
            int persona,
            Network network,
            Optional<Roll> before,
            List<Ride> rides,
            List<Ride> boarding,
            List<Transport> nodes)
            throws PartylineException {
        spending.requireAccepted(network);
        List<byte[]> payloads = rides.stream().map(Ride::packet).toList();
        long paid = before.map(Roll::fee).orElse(0L);
        Optional<FeeRate> rate = before.isEmpty() ? Optional.of(fees.draw(nodes)) : Optional.empty();
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
        Payers.Paid payment = rate.isPresent()
                ? Payers.pay(core, fees.entries(nodes), Rolls.account(persona), payloads, rate.get())
                : replace(before.get(), payloads, nodes);
        Wallet wallet = payment.wallet();
        SignedTransaction version = payment.transaction();
        boolean kept = false;
        boolean refused = false;
        try {
            Roll roll = store(persona, network, before, rides, boarding, wallet, version, paid);
            kept = true;
            return roll;
        } catch (WaitsException | InsufficientFundsException e) {
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

    private Payers.Paid replace(Roll before, List<byte[]> payloads, List<Transport> nodes) throws PartylineException {
        Wallet wallet = core.nodes
                .wallet(before.wallet())
                .orElseThrow(() -> new WaitsException("it waits for a wallet on "
                        + Rolls.network(before).label() + ": '" + before.wallet() + "' is away"));
        SignedTransaction version = wallet.replace(
                Rolls.account(before.persona()),
                Rolls.signed(before),
                payloads,
                fees.replacement(Rolls.signed(before), nodes));
        return new Payers.Paid(wallet, version);
    }

    private Roll store(
            int persona,
            Network network,
            Optional<Roll> before,
            List<Ride> rides,
            List<Ride> boarding,
            Wallet wallet,
            SignedTransaction version,
            long paid)
            throws PartylineException {
        long added = version.fee() - paid;
        return core.<Roll, PartylineException>open(memory -> {
            List<OutgoingMessage> changed = new ArrayList<>();
            Roll roll = core.store.<Roll, PartylineException>transact(tx -> {
                limits.checkLimits(before, rides, boarding, version.fee(), version.vsize());
                limits.checkCaps(tx, rides, boarding, added, persona);
                List<Ride> stood = before.map(Roll::rides).orElse(List.of());
                for (Ride ride : rides) {
                    if (!stood.contains(ride) && isGone(tx, ride)) {
                        throw new WaitsException("it was taken back meanwhile");
                    }
                }
                count(tx, persona, network, added, boarding.isEmpty() && rides.size() < stood.size());
                Roll next = next(persona, network, before, rides, wallet, version);
                if (before.isPresent()) {
                    tx.delete(Records.ROLLS, Rolls.key(before.get()));
                }
                Rolls.put(tx, next);
                changed.addAll(ride(tx, memory, next, boarding, added));
                for (Ride ride : stood) {
                    if (!rides.contains(ride)) {
                        changed.addAll(RollClosing.settle(
                                core, tx, memory, Rolls.code(ride), part -> part.on(PacketEvent.SUPERSEDED)));
                    }
                }
                return next;
            });
            changed.forEach(outgoing -> outbox.tell(memory, outgoing));
            return roll;
        });
    }

    /** @param taken whether packets are only taken back, or a roll is burned: that is no part of the cover traffic */
    private void count(StoreTransaction tx, int persona, Network network, long added, boolean taken)
            throws PartylineException {
        if (taken) {
            spending.countRecall(tx, added, persona);
        } else {
            spending.checkBudget(tx, added, persona, network);
            spending.countPacket(tx, added, persona, network);
        }
    }

    private Roll next(
            int persona,
            Network network,
            Optional<Roll> before,
            List<Ride> rides,
            Wallet wallet,
            SignedTransaction version) {
        List<Roll.Version> versions = new ArrayList<>(before.map(Roll::versions).orElse(List.of()));
        versions.add(new Roll.Version(
                version.id().bytes(),
                version.fee(),
                rides.stream().map(Rolls::code).toList()));
        return new Roll(
                persona,
                network.code(),
                wallet.name(),
                version.raw(),
                before.map(last -> last.sent() ? last.raw() : last.replaced()).orElse(null),
                version.id().bytes(),
                version.vsize(),
                version.fee(),
                false,
                before.map(Roll::started).orElse(core.now().toEpochMilli()),
                before.map(Roll::lastSent).orElse(0L),
                rides,
                versions,
                before.map(Roll::ended).orElse(false));
    }

    /** Writes down at each packet that it rides in a version. @return the messages that changed */
    private List<OutgoingMessage> ride(
            StoreTransaction tx, Memory memory, Roll version, List<Ride> boarding, long added) throws StoreException {
        List<OutgoingMessage> changed = new ArrayList<>();
        long left = added;
        for (Ride ride : version.rides()) {
            Optional<OutgoingMessage> found = Outbox.find(tx, ride.message());
            if (found.isEmpty() || found.get().parts().size() <= ride.part()) {
                continue;
            }
            OutgoingPart part = found.get().parts().get(ride.part());
            boolean boards = boarding.contains(ride);
            if (boards && found.get().type() != PacketType.DECOY.code()) {
                CoverRunner.remember(tx, version.persona(), ride.packet().length);
            }
            // What a version adds to the fee is what the packets that board with it cost.
            long share = boards ? left : part.fee();
            left = boards ? 0 : left;
            OutgoingMessage outgoing = found.get()
                    .with(
                            ride.part(),
                            part.signed(
                                    version.raw(),
                                    version.transaction(),
                                    version.vsize(),
                                    share,
                                    version.wallet(),
                                    Rolls.account(version.persona())));
            Outbox.update(core, tx, memory, found.get(), outgoing);
            changed.add(outgoing);
        }
        return changed;
    }

    /** Whether a packet's message has ended without it: it was taken back, expired, or is forgotten. */
    private static boolean isGone(StoreTransaction tx, Ride ride) throws StoreException {
        Optional<OutgoingMessage> found = Outbox.find(tx, ride.message());
        return found.isEmpty()
                || found.get().state().isSettled()
                        && found.get().state() != State.CONFIRMED
                        && found.get().state() != State.REPLACED;
    }

    /** The packets of the current version whose messages have not ended without it. */
    List<Ride> remaining(Roll roll) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> {
            List<Ride> all = new ArrayList<>();
            for (Ride ride : roll.rides()) {
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
     * @throws WaitsException when nothing is left of it
     */
    Roll revised(Roll roll, List<Transport> nodes) throws PartylineException {
        if (roll.sent()) {
            return roll;
        }
        List<Ride> left = remaining(roll);
        if (left.size() == roll.rides().size()) {
            return roll;
        }
        if (left.isEmpty() && roll.versions().size() == 1 && !wasAttempted(roll)) {
            drop(roll);
            throw new WaitsException("its rolling transaction was not needed any more: it rides with another one");
        }
        try {
            return without(roll, left, nodes);
        } catch (InsufficientFundsException e) {
            closing.close(roll, closing.minedVersion(roll));
            throw new WaitsException("the rolling transaction's coin is used up: it rides with another one");
        }
    }

    /** Whether the current version was handed to a node, whatever came of it. */
    boolean wasAttempted(Roll roll) throws StoreException {
        return core.open(memory -> !core.store
                .transact(tx -> Traces.find(tx, roll.transaction()))
                .entered()
                .isEmpty());
    }

    /** Forgets a roll that nobody has, and frees its coins. */
    void drop(Roll roll) throws PartylineException {
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

    /** Replaces the current version by one with these packets only. */
    Roll without(Roll roll, List<Ride> left, List<Transport> nodes) throws PartylineException {
        spending.requireAccepted(Rolls.network(roll));
        Wallet wallet = core.nodes
                .wallet(roll.wallet())
                .orElseThrow(() -> new WaitsException("it waits for wallet '" + roll.wallet() + "'"));
        SignedTransaction version = wallet.replace(
                Rolls.account(roll.persona()),
                Rolls.signed(roll),
                left.stream().map(Ride::packet).toList(),
                fees.replacement(Rolls.signed(roll), nodes));
        return store(
                roll.persona(), Rolls.network(roll), Optional.of(roll), left, List.of(), wallet, version, roll.fee());
    }

    /** A transaction that is not of this roll spends the coin and pays more: it is left alone. */
    void outbid(Roll roll) throws StoreException, WaitsException {
        closing.close(roll, null);
        throw new WaitsException("its rolling transaction's coin is spent by another one: it rides with another coin");
    }

    /** The same packets under the floor that rose meanwhile. */
    void bump(Roll roll, Transport node) throws PartylineException {
        spending.requireAccepted(Rolls.network(roll));
        Wallet wallet = core.nodes
                .wallet(roll.wallet())
                .orElseThrow(() -> new WaitsException("it waits for wallet '" + roll.wallet() + "'"));
        FeeRate floor = node.policy().minRelayFee();
        if (floor.compareTo(core.settings.get().feeMaximum()) > 0) {
            throw new WaitsException("node '" + node.name() + "' relays nothing under " + floor + " and fee-maximum is "
                    + core.settings.get().feeMaximum());
        }
        SignedTransaction version;
        try {
            version = wallet.replace(
                    Rolls.account(roll.persona()),
                    Rolls.signed(roll),
                    roll.rides().stream().map(Ride::packet).toList(),
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
}
