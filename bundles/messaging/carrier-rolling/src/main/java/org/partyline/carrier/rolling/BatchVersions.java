package org.partyline.carrier.rolling;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.carrier.Payments.Signed;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.WalletException;

/** Builds the versions of rolling transactions. */
final class BatchVersions {
    private final CarrierContext context;
    private final BatchLimits limits;
    private final BatchClosing closing;

    BatchVersions(CarrierContext context, BatchLimits limits, BatchClosing closing) {
        this.context = context;
        this.limits = limits;
        this.closing = closing;
    }

    /** Signs a version and stores it, with the packets that it carries, in one transaction. */
    ReplaceableBatch make(
            int persona,
            Network network,
            Optional<ReplaceableBatch> before,
            List<BatchedPacket> rides,
            List<BatchedPacket> boarding,
            List<CarrierNode> nodes)
            throws PartylineException {
        int stood = before.map(roll -> roll.rides().size()).orElse(0);
        boolean takesBack = boarding.isEmpty() && rides.size() < stood;
        List<ReplaceableBatch> stored = new ArrayList<>();
        context.payments()
                .sign(
                        new SharedTransaction(
                                persona,
                                network,
                                before.map(BatchCodec::key).orElse(BatchCodec.key(persona, network)),
                                before.map(BatchCodec::key),
                                rides.stream().map(BatchedPacket::cargo).toList(),
                                boarding.stream()
                                        .filter(rides::contains)
                                        .map(BatchedPacket::ref)
                                        .collect(Collectors.toSet()),
                                takesBack,
                                (fee, vsize) -> limits.check(before, takesBack, fee, vsize),
                                nodes),
                        (tx, signed) -> {
                            ReplaceableBatch next = next(persona, network, before, rides, signed);
                            stored.add(next);
                            return BatchCodec.write(next);
                        });
        return stored.get(stored.size() - 1);
    }

    private ReplaceableBatch next(
            int persona, Network network, Optional<ReplaceableBatch> before, List<BatchedPacket> rides, Signed signed) {
        List<ReplaceableBatch.Version> versions =
                new ArrayList<>(before.map(ReplaceableBatch::versions).orElse(List.of()));
        versions.add(new ReplaceableBatch.Version(
                signed.transaction().id().bytes(),
                signed.transaction().fee(),
                rides.stream().map(Batches::code).toList()));
        return new ReplaceableBatch(
                persona,
                network.code(),
                signed.wallet(),
                signed.transaction().raw(),
                before.map(last -> last.sent() ? last.raw() : last.replaced()).orElse(null),
                signed.transaction().id().bytes(),
                signed.transaction().vsize(),
                signed.transaction().fee(),
                false,
                before.map(ReplaceableBatch::started).orElse(context.now().toEpochMilli()),
                before.map(ReplaceableBatch::lastSent).orElse(0L),
                rides,
                versions,
                before.map(ReplaceableBatch::ended).orElse(false));
    }

    /** Whether a packet's message has ended without it: it was recalled, expired, or is forgotten. */
    private static boolean isGone(CarrierTransaction tx, BatchedPacket ride) throws StoreException {
        return tx.message(ride.message()).map(CarriedMessage::isEnded).orElse(true);
    }

    /** The packets of the current version whose messages have not ended. */
    List<BatchedPacket> remaining(ReplaceableBatch roll) throws StoreException {
        return context.transact(tx -> {
            List<BatchedPacket> all = new ArrayList<>();
            for (BatchedPacket ride : roll.rides()) {
                if (!isGone(tx, ride)) {
                    all.add(ride);
                }
            }
            return all;
        });
    }

    /**
     * The current version, which possibly no node has, without the packets whose messages ended meanwhile.
     *
     * @throws WaitsException if nothing is left of it
     */
    ReplaceableBatch revised(ReplaceableBatch roll, List<CarrierNode> nodes) throws PartylineException {
        if (roll.sent()) {
            return roll;
        }
        List<BatchedPacket> left = remaining(roll);
        if (left.size() == roll.rides().size()) {
            return roll;
        }
        if (left.isEmpty() && roll.versions().size() == 1 && !wasAttempted(roll)) {
            drop(roll);
            throw new WaitsException("its rolling transaction was no longer needed: it is sent with another one");
        }
        try {
            return without(roll, left, nodes);
        } catch (InsufficientFundsException e) {
            byte[] mined = closing.minedVersion(roll);
            if (mined == null && closing.isAnyKnown(roll)) {
                throw e;
            }
            closing.close(roll, mined);
            throw new WaitsException("the rolling transaction's coin is used up: it is sent with another coin");
        }
    }

    /** Whether the current version was handed to a node, with any result. */
    boolean wasAttempted(ReplaceableBatch roll) throws StoreException {
        return !context.transact(tx -> tx.trace(Batches.id(roll))).entered().isEmpty();
    }

    /** Forgets a roll that nobody has, and frees its coins. */
    void drop(ReplaceableBatch roll) throws StoreException {
        context.<StoreException>update(tx -> {
            tx.drop(BatchCodec.key(roll));
        });
    }

    /** No node ever had the only version: its packets take another coin. */
    private void release(ReplaceableBatch roll) throws StoreException, WaitsException {
        context.<StoreException>update(tx -> {
            for (BatchedPacket ride : roll.rides()) {
                tx.gone(ride.ref(), "");
            }
            tx.drop(BatchCodec.key(roll));
        });
        throw new WaitsException("its coin cannot pay the fee that nodes require now: it is sent with another coin");
    }

    /** Replaces the current version by one with only these packets. */
    ReplaceableBatch without(ReplaceableBatch roll, List<BatchedPacket> left, List<CarrierNode> nodes)
            throws PartylineException {
        return make(roll.persona(), Batches.network(roll), Optional.of(roll), left, List.of(), nodes);
    }

    /** Another transaction spends the coin and pays more: the roll is left alone. */
    void outbid(ReplaceableBatch roll) throws StoreException, WaitsException {
        closing.close(roll, null);
        throw new WaitsException(
                "its rolling transaction's coin was spent by another transaction: it is sent with another coin");
    }

    /**
     * The same packets under the floor that rose meanwhile.
     *
     * @param known whether a node has one of the last versions
     */
    void bump(ReplaceableBatch roll, CarrierNode node, boolean known) throws PartylineException {
        FeeRate floor = node.policy().minRelayFee();
        FeeRate most = context.rules().feeMaximum();
        if (floor.compareTo(most) > 0) {
            throw WaitsException.onHold("node '" + node.name() + "' relays nothing below " + floor
                    + ", but fee-maximum is " + most + ": it waits, or raise it with partyline:config fee-maximum");
        }
        try {
            without(roll, roll.rides(), List.of(node));
        } catch (InsufficientFundsException e) {
            if (known || roll.sent() || roll.versions().size() > 1) {
                throw e;
            }
            release(roll);
        } catch (WalletException e) {
            if (known) {
                throw e;
            }
            // Nodes do not have it, and the wallet's node rejects a more expensive one.
            outbid(roll);
        }
    }
}
