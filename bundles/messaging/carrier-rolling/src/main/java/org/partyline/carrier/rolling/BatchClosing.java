package org.partyline.carrier.rolling;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierTransaction;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.store.StoreException;

/** Ends rolls without losing a packet: any version may be mined. */
final class BatchClosing {
    /** A node that took a version has dropped those before it, or is about to. */
    private static final int LAST_VERSIONS = 3;

    private final CarrierContext context;
    private final Batches rolls;

    BatchClosing(CarrierContext context, Batches rolls) {
        this.context = context;
        this.rolls = rolls;
    }

    /** Called when a transaction is in a block: if it is a version of a roll, the conversation continues from there. */
    void mined(Network network, TxId transaction) throws StoreException {
        // A reorganisation may have disconnected the block before this thread checked.
        boolean stands = context.transact(tx -> tx.trace(transaction).isInBlock());
        for (ReplaceableBatch roll : rolls.all()) {
            if (stands && roll.network() == network.code() && roll.has(transaction.bytes())) {
                close(roll, transaction.bytes());
            }
        }
    }

    /** Handles versions that were mined without a report while this was unavailable. */
    void closeMined() throws StoreException {
        for (ReplaceableBatch roll : rolls.all()) {
            Optional<byte[]> mined = context.transact(tx -> knownVersion(tx, roll));
            if (mined.isPresent()) {
                close(roll, mined.get());
            }
        }
    }

    private static Optional<byte[]> knownVersion(CarrierTransaction tx, ReplaceableBatch roll) throws StoreException {
        for (ReplaceableBatch.Version version : roll.versions()) {
            if (tx.trace(TxId.ofBytes(version.transaction())).isInBlock()) {
                return Optional.of(version.transaction());
            }
        }
        return Optional.empty();
    }

    /** The mined version, according to nodes; null if none. */
    byte @Nullable [] minedVersion(ReplaceableBatch roll) {
        return roll.versions().stream()
                .map(ReplaceableBatch.Version::transaction)
                .filter(version -> context.propagation().isMined(Batches.network(roll), TxId.ofBytes(version)))
                .findFirst()
                .orElse(null);
    }

    /** Whether a node has one of the last versions. */
    boolean isAnyKnown(ReplaceableBatch roll) {
        List<ReplaceableBatch.Version> all = roll.versions();
        return all.subList(Math.max(0, all.size() - LAST_VERSIONS), all.size()).stream()
                .anyMatch(version ->
                        context.propagation().isKnown(Batches.network(roll), TxId.ofBytes(version.transaction())));
    }

    /**
     * Ends a roll. Packets of the mined version are confirmed; those that were only in earlier versions are replaced;
     * those that were added later are sent again.
     *
     * @param mined the mined version; null: another transaction spent the coin
     */
    void close(ReplaceableBatch roll, byte @Nullable [] mined) throws StoreException {
        Set<Long> before = new LinkedHashSet<>();
        Set<Long> in = new LinkedHashSet<>();
        boolean passed = mined == null;
        Set<Long> after = new LinkedHashSet<>();
        for (ReplaceableBatch.Version version : roll.versions()) {
            if (!passed && Arrays.equals(version.transaction(), mined)) {
                in.addAll(version.rides());
                passed = true;
            } else if (passed) {
                after.addAll(version.rides());
            } else {
                before.addAll(version.rides());
            }
        }
        after.removeAll(in);
        before.removeAll(in);
        before.removeAll(after);
        context.<StoreException>update(tx -> {
            if (mined != null) {
                tx.paid(TxId.ofBytes(mined));
                for (long code : in) {
                    tx.mined(packet(code), TxId.ofBytes(mined));
                }
            } else {
                for (ReplaceableBatch.Version version : roll.versions()) {
                    tx.unpaid(TxId.ofBytes(version.transaction()));
                }
            }
            for (long code : before) {
                tx.superseded(packet(code));
            }
            for (long code : after) {
                tx.gone(packet(code), "");
            }
            tx.delete(BatchCodec.key(roll));
        });
    }

    private static PacketRef packet(long code) {
        return new PacketRef(code >> 8, (int) (code & 0xff));
    }
}
