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
import org.partyline.engine.fees.FeePolicy;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.kernel.WaitsException;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.PacketEvent;
import org.partyline.engine.mailbox.PropagationRecords;
import org.partyline.engine.schedule.CoverPlans;

/**
 * Makes the versions of rolling transactions. Each is stored, with where its packets ride, before anybody has it: so a server that was
 * killed goes on with the same one.
 */
final class BatchVersions {
    private final Core core;
    private final Outbox outbox;
    private final FeePolicy fees;
    private final Spending spending;
    private final BatchLimits limits;
    private final BatchClosing closing;
    private final ChangeLock held;

    BatchVersions(
            Core core,
            Outbox outbox,
            FeePolicy fees,
            Spending spending,
            BatchLimits limits,
            BatchClosing closing,
            ChangeLock held) {
        this.core = core;
        this.outbox = outbox;
        this.fees = fees;
        this.spending = spending;
        this.limits = limits;
        this.closing = closing;
        this.held = held;
    }

    /** Signs a version and stores it, with where its packets ride, in one transaction. */
    ReplaceableBatch make(
            int persona,
            Network network,
            Optional<ReplaceableBatch> before,
            List<BatchedPacket> rides,
            List<BatchedPacket> boarding,
            List<Transport> nodes)
            throws PartylineException {
        spending.requireAccepted(network);
        List<byte[]> payloads = rides.stream().map(BatchedPacket::packet).toList();
        long paid = before.map(ReplaceableBatch::fee).orElse(0L);
        Optional<FeeRate> rate = before.isEmpty() ? Optional.of(fees.draw(nodes)) : Optional.empty();
        int vsize = rate.isPresent() ? FeePolicy.vsize(payloads) : BatchLimits.likelyVsize(before.get(), payloads);
        long likely = rate.isPresent()
                ? rate.get().fee(vsize)
                : fees.replacement(Batches.signed(before.get()), nodes).fee(vsize);
        // What a limit refuses should not be signed first: that takes an address each time.
        core.<Void, PartylineException>open(memory -> core.store.<Void, PartylineException>transact(tx -> {
            limits.checkLimits(before, rides, boarding, likely, vsize);
            limits.checkCaps(tx, rides, boarding, likely - paid, persona);
            spending.checkBudget(tx, likely - paid, persona, network);
            return null;
        }));
        Payers.Paid payment = rate.isPresent()
                ? Payers.pay(core, fees.entries(nodes), Batches.account(persona), payloads, rate.get())
                : replace(before.get(), payloads, nodes);
        Wallet wallet = payment.wallet();
        SignedTransaction version = payment.transaction();
        boolean kept = false;
        boolean refused = false;
        try {
            ReplaceableBatch roll = store(persona, network, before, rides, boarding, wallet, version, paid);
            kept = true;
            return roll;
        } catch (WaitsException | InsufficientFundsException e) {
            refused = true;
            throw e;
        } finally {
            if (!kept && before.isEmpty()) {
                if (refused) {
                    wallet.discard(Batches.account(persona), version);
                } else {
                    wallet.release(Batches.account(persona), version);
                }
            }
        }
    }

    private Payers.Paid replace(ReplaceableBatch before, List<byte[]> payloads, List<Transport> nodes)
            throws PartylineException {
        Wallet wallet = core.nodes
                .wallet(before.wallet())
                .orElseThrow(() -> new WaitsException("it waits for a wallet on "
                        + Batches.network(before).label() + ": '" + before.wallet() + "' is away"));
        SignedTransaction version = wallet.replace(
                Batches.account(before.persona()),
                Batches.signed(before),
                payloads,
                fees.replacement(Batches.signed(before), nodes));
        return new Payers.Paid(wallet, version);
    }

    private ReplaceableBatch store(
            int persona,
            Network network,
            Optional<ReplaceableBatch> before,
            List<BatchedPacket> rides,
            List<BatchedPacket> boarding,
            Wallet wallet,
            SignedTransaction version,
            long paid)
            throws PartylineException {
        long added = version.fee() - paid;
        return core.<ReplaceableBatch, PartylineException>open(memory -> {
            List<OutgoingMessage> changed = new ArrayList<>();
            ReplaceableBatch roll = core.store.<ReplaceableBatch, PartylineException>transact(tx -> {
                limits.checkLimits(before, rides, boarding, version.fee(), version.vsize());
                limits.checkCaps(tx, rides, boarding, added, persona);
                List<BatchedPacket> stood = before.map(ReplaceableBatch::rides).orElse(List.of());
                for (BatchedPacket ride : rides) {
                    if (!stood.contains(ride) && isGone(tx, ride)) {
                        throw new WaitsException("it was taken back meanwhile");
                    }
                }
                count(tx, persona, network, added, boarding.isEmpty() && rides.size() < stood.size());
                ReplaceableBatch next = next(persona, network, before, rides, wallet, version);
                if (before.isPresent()) {
                    tx.delete(Batches.TABLE, Batches.key(before.get()));
                }
                Batches.put(tx, next);
                changed.addAll(ride(tx, memory, next, boarding, added));
                for (BatchedPacket ride : stood) {
                    if (!rides.contains(ride)) {
                        changed.addAll(BatchClosing.settle(
                                core, tx, memory, Batches.code(ride), part -> part.on(PacketEvent.SUPERSEDED)));
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

    private ReplaceableBatch next(
            int persona,
            Network network,
            Optional<ReplaceableBatch> before,
            List<BatchedPacket> rides,
            Wallet wallet,
            SignedTransaction version) {
        List<ReplaceableBatch.Version> versions =
                new ArrayList<>(before.map(ReplaceableBatch::versions).orElse(List.of()));
        versions.add(new ReplaceableBatch.Version(
                version.id().bytes(),
                version.fee(),
                rides.stream().map(Batches::code).toList()));
        return new ReplaceableBatch(
                persona,
                network.code(),
                wallet.name(),
                version.raw(),
                before.map(last -> last.sent() ? last.raw() : last.replaced()).orElse(null),
                version.id().bytes(),
                version.vsize(),
                version.fee(),
                false,
                before.map(ReplaceableBatch::started).orElse(core.now().toEpochMilli()),
                before.map(ReplaceableBatch::lastSent).orElse(0L),
                rides,
                versions,
                before.map(ReplaceableBatch::ended).orElse(false));
    }

    /** Writes down at each packet that it rides in a version. @return the messages that changed */
    private List<OutgoingMessage> ride(
            StoreTransaction tx, Unlocked memory, ReplaceableBatch version, List<BatchedPacket> boarding, long added)
            throws StoreException {
        List<OutgoingMessage> changed = new ArrayList<>();
        long left = added;
        for (BatchedPacket ride : version.rides()) {
            Optional<OutgoingMessage> found = Outbox.find(tx, ride.message());
            if (found.isEmpty() || found.get().parts().size() <= ride.part()) {
                continue;
            }
            OutgoingPart part = found.get().parts().get(ride.part());
            boolean boards = boarding.contains(ride);
            if (boards && found.get().type() != PacketType.DECOY.code()) {
                CoverPlans.remember(tx, version.persona(), ride.packet().length);
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
                                    Batches.account(version.persona())));
            Outbox.update(core, tx, memory, found.get(), outgoing);
            changed.add(outgoing);
        }
        return changed;
    }

    /** Whether a packet's message has ended without it: it was taken back, expired, or is forgotten. */
    private static boolean isGone(StoreTransaction tx, BatchedPacket ride) throws StoreException {
        Optional<OutgoingMessage> found = Outbox.find(tx, ride.message());
        return found.isEmpty()
                || found.get().state().isSettled()
                        && found.get().state() != State.CONFIRMED
                        && found.get().state() != State.REPLACED;
    }

    /** The packets of the current version whose messages have not ended without it. */
    List<BatchedPacket> remaining(ReplaceableBatch roll) throws StoreException {
        return core.open(memory -> core.store.transact(tx -> {
            List<BatchedPacket> all = new ArrayList<>();
            for (BatchedPacket ride : roll.rides()) {
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
    ReplaceableBatch revised(ReplaceableBatch roll, List<Transport> nodes) throws PartylineException {
        if (roll.sent()) {
            return roll;
        }
        List<BatchedPacket> left = remaining(roll);
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
    boolean wasAttempted(ReplaceableBatch roll) throws StoreException {
        return core.open(memory -> !core.store
                .transact(tx -> PropagationRecords.find(tx, roll.transaction()))
                .entered()
                .isEmpty());
    }

    /** Forgets a roll that nobody has, and frees its coins. */
    void drop(ReplaceableBatch roll) throws PartylineException {
        core.open(memory -> core.store.transact(tx -> {
            tx.delete(Batches.TABLE, Batches.key(roll));
            return null;
        }));
        held.hold(roll, false);
        Optional<Wallet> wallet = core.nodes.wallet(roll.wallet());
        if (wallet.isPresent()) {
            wallet.get().release(Batches.account(roll.persona()), Batches.signed(roll));
        }
    }

    /** Replaces the current version by one with these packets only. */
    ReplaceableBatch without(ReplaceableBatch roll, List<BatchedPacket> left, List<Transport> nodes)
            throws PartylineException {
        spending.requireAccepted(Batches.network(roll));
        Wallet wallet = core.nodes
                .wallet(roll.wallet())
                .orElseThrow(() -> new WaitsException("it waits for wallet '" + roll.wallet() + "'"));
        SignedTransaction version = wallet.replace(
                Batches.account(roll.persona()),
                Batches.signed(roll),
                left.stream().map(BatchedPacket::packet).toList(),
                fees.replacement(Batches.signed(roll), nodes));
        return store(
                roll.persona(), Batches.network(roll), Optional.of(roll), left, List.of(), wallet, version, roll.fee());
    }

    /** A transaction that is not of this roll spends the coin and pays more: it is left alone. */
    void outbid(ReplaceableBatch roll) throws StoreException, WaitsException {
        closing.close(roll, null);
        throw new WaitsException("its rolling transaction's coin is spent by another one: it rides with another coin");
    }

    /** The same packets under the floor that rose meanwhile. */
    void bump(ReplaceableBatch roll, Transport node) throws PartylineException {
        spending.requireAccepted(Batches.network(roll));
        Wallet wallet = core.nodes
                .wallet(roll.wallet())
                .orElseThrow(() -> new WaitsException("it waits for wallet '" + roll.wallet() + "'"));
        FeeRate floor = node.policy().minRelayFee();
        if (floor.compareTo(core.settings.get().fees().maximum()) > 0) {
            throw new WaitsException("node '" + node.name() + "' relays nothing under " + floor + " and fee-maximum is "
                    + core.settings.get().fees().maximum());
        }
        SignedTransaction version;
        try {
            version = wallet.replace(
                    Batches.account(roll.persona()),
                    Batches.signed(roll),
                    roll.rides().stream().map(BatchedPacket::packet).toList(),
                    fees.replacement(Batches.signed(roll), List.of(node)));
        } catch (WalletException e) {
            // Nodes do not have it, and the wallet's node does not take a dearer one.
            outbid(roll);
            return;
        }
        store(
                roll.persona(),
                Batches.network(roll),
                Optional.of(roll),
                roll.rides(),
                List.of(),
                wallet,
                version,
                roll.fee());
        held.hold(roll, false);
    }
}
